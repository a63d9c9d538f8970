//! What is counted of a set of judged leads.

use std::collections::BTreeMap;

use rust_c2s_api::models::Cpf;

use crate::judge::{Judged, Verdict, judge};
use crate::labelled::{Careful, LabelledLead};
use crate::{PER_SITUATION, SEED, recipe, the_set};

/// Seeds of leads that are not committed. Whoever changes a rule because of them takes others: they are
/// unseen only as long as nobody does.
pub(super) const UNSEEN: [u64; 3] = [31_415_927, 27_182_818, 16_180_339];
/// Scores are counted in steps of so many points; 100 belongs to the last step.
pub(super) const STEP: usize = 5;
pub(super) const STEPS: usize = 100 / STEP;

/// Leads with what is made of them.
pub(super) struct JudgedSet {
    pub(super) name: String,
    pub(super) leads: Vec<(LabelledLead, Judged)>,
}

/// What became of a lead, and whether the best candidate sent it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Outcome {
    Nobody,
    ReviewOfAnother,
    ReviewOfTheSender,
    AcceptedAnother,
    AcceptedTheSender,
}

impl Outcome {
    pub(super) const ALL: [Self; 5] = [
        Self::Nobody,
        Self::ReviewOfAnother,
        Self::ReviewOfTheSender,
        Self::AcceptedAnother,
        Self::AcceptedTheSender,
    ];

    fn of(lead: &LabelledLead, judged: &Judged) -> Self {
        let best = judged.best().map(Cpf::digits);
        let is_sender = best.is_some() && best == lead.truth.as_deref();
        match (&judged.verdict, is_sender) {
            (Verdict::Nobody, _) => Self::Nobody,
            (Verdict::Review(_), false) => Self::ReviewOfAnother,
            (Verdict::Review(_), true) => Self::ReviewOfTheSender,
            (Verdict::Accept(_), false) => Self::AcceptedAnother,
            (Verdict::Accept(_), true) => Self::AcceptedTheSender,
        }
    }

    pub(super) const fn text(self) -> &'static str {
        match self {
            Self::Nobody => "nobody",
            Self::ReviewOfAnother => "review, another one first",
            Self::ReviewOfTheSender => "review, the sender first",
            Self::AcceptedAnother => "accepted, wrong person",
            Self::AcceptedTheSender => "accepted, the sender",
        }
    }

    pub(super) const fn verdict(self) -> Careful {
        match self {
            Self::Nobody => Careful::Nobody,
            Self::ReviewOfAnother | Self::ReviewOfTheSender => Careful::Review,
            Self::AcceptedAnother | Self::AcceptedTheSender => Careful::Accept,
        }
    }
}

impl JudgedSet {
    pub(super) fn of(name: String, leads: Vec<LabelledLead>) -> Self {
        let leads = leads.into_iter();
        let leads = leads.map(|lead| {
            let judged = judge(&lead);
            (lead, judged)
        });
        Self {
            name,
            leads: leads.collect(),
        }
    }

    pub(super) fn of_seed(seed: u64) -> Self {
        Self::of(format!("seed {seed}"), recipe::leads(seed, PER_SITUATION))
    }

    /// The labelled set, and the leads of the unseen seeds.
    pub(super) fn all() -> Vec<Self> {
        let set = Self::of(format!("the set ({SEED})"), the_set());
        let unseen = UNSEEN.map(Self::of_seed);
        std::iter::once(set).chain(unseen).collect()
    }

    pub(super) fn outcomes(&self) -> impl Iterator<Item = (&LabelledLead, Outcome)> {
        let leads = self.leads.iter();
        leads.map(|(lead, judged)| (lead, Outcome::of(lead, judged)))
    }

    pub(super) fn count(&self, of: impl Fn(&LabelledLead, Outcome) -> bool) -> usize {
        self.outcomes()
            .filter(|(lead, outcome)| of(lead, *outcome))
            .count()
    }

    /// Ids of the leads for which somebody else was accepted.
    pub(super) fn mistaken(&self) -> Vec<&str> {
        self.outcomes()
            .filter(|(_, outcome)| *outcome == Outcome::AcceptedAnother)
            .map(|(lead, _)| lead.id.as_str())
            .collect()
    }

    /// Of the leads that a careful person accepts: how many are accepted with their sender, and how many
    /// there are.
    pub(super) fn recalled(&self) -> (usize, usize) {
        let is_due = |lead: &LabelledLead| lead.careful == Careful::Accept;
        let found =
            |lead: &LabelledLead, outcome| is_due(lead) && outcome == Outcome::AcceptedTheSender;
        (self.count(found), self.count(|lead, _| is_due(lead)))
    }
}

/// How many leads of all sets have a score of a step, by outcome in the order of [`Outcome::ALL`].
pub(super) fn distribution(sets: &[JudgedSet]) -> [[usize; 5]; STEPS] {
    let mut steps = [[0; 5]; STEPS];
    for (lead, judged) in sets.iter().flat_map(|set| &set.leads) {
        let step = (usize::from(judged.score) / STEP).min(STEPS - 1);
        steps[step][Outcome::of(lead, judged) as usize] += 1;
    }
    steps
}

/// Accepted, left for review, nobody, of each situation in its order of the recipe, set by set.
pub(super) fn by_situation(sets: &[JudgedSet]) -> Vec<(&'static str, Careful, Vec<[usize; 3]>)> {
    let row = |(situation, careful): (&'static str, Careful)| {
        let cells = sets.iter().map(|set| {
            [Careful::Accept, Careful::Review, Careful::Nobody].map(|verdict| {
                set.count(|lead, outcome| {
                    lead.situation == situation && outcome.verdict() == verdict
                })
            })
        });
        (situation, careful, cells.collect())
    };
    recipe::situations().map(row).collect()
}

/// How many leads of a situation got a verdict that is not their label's, set by set.
pub(super) fn differing(sets: &[JudgedSet]) -> BTreeMap<(&str, Careful, Careful), Vec<usize>> {
    let mut rows = BTreeMap::new();
    for (at, set) in sets.iter().enumerate() {
        for (lead, outcome) in set.outcomes() {
            let verdict = outcome.verdict();
            if verdict != lead.careful {
                let row = (lead.situation.as_str(), lead.careful, verdict);
                rows.entry(row).or_insert_with(|| vec![0; sets.len()])[at] += 1;
            }
        }
    }
    rows
}
