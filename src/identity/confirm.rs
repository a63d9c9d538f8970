//! The second look, once the profile is there (API.md "Identity").

use super::fold::folded_words;
use super::lead_name::LeadName;
use super::likeness::{Grade, Likeness};
use super::name::{ComparableName, TypedName};
use super::{LeadFacts, Match, Reason, Thresholds};
use crate::models::{MatchedBy, Profile};

/// What an agreeing name in the profile adds to the score.
const NAME_CONFIRMED: u8 = 3;
/// What a contact of the lead in the profile adds to the score.
const CONTACT_CONFIRMED: u8 = 3;

/// What follows the name of somebody whose estate is not settled.
const ESTATE: &str = "ESPOLIO";

/// What the profile says of a match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Confirmation {
    /// It stands, with this score and these reasons.
    Confirmed {
        /// How much speaks for the person, 0–100: an order, no probability.
        score: u8,
        /// What speaks for and against the person, in the order of [`Reason`].
        reasons: Vec<Reason>,
    },
    /// A person has to look: the match with the new score and reasons.
    Doubtful(Match),
    /// Nothing of this person is stored or shown.
    Rejected(Reason),
}

/// Looks again at a matched person with the profile in hand.
///
/// Rejected when the holder is dead, or only the estate is left (the number was given to somebody else since). Doubtful when the
/// profile's name contradicts the lead's, if that is usable, or the candidate's; unless a person chose
/// who has seen that. Of a given CPF, which no contact speaks for, the profile's name must be the
/// lead's. An agreeing name, and a contact of the lead in the profile, make the match stronger.
#[must_use]
pub fn confirm(
    lead: &LeadFacts<'_>,
    matched: &Match,
    profile: &Profile,
    thresholds: Thresholds,
) -> Confirmation {
    if profile.cpf != matched.cpf {
        return Confirmation::Rejected(Reason::ProfileOfAnotherCpf);
    }
    if profile.deceased || is_of_an_estate(profile) {
        return Confirmation::Rejected(Reason::Deceased);
    }
    let of_profile = ComparableName::of(&profile.name);
    let of_lead =
        LeadName::of(lead.name).and_then(|name| Likeness::of_person(&name, of_profile.iter()));
    let agrees = of_lead.is_some_and(|like| like.grade == Grade::Agrees && !like.unsure);
    let exactly = agrees && of_lead.is_some_and(|like| !like.slip);
    let contradicts =
        contradicts_lead(of_lead, matched) || contradicts_candidate(of_profile.as_ref(), matched);
    let mut confirmed = matched.clone();
    if matched.matched_by == MatchedBy::Cpf {
        if contradicts || !exactly {
            return Confirmation::Rejected(Reason::ProfileNameContradicts);
        }
    } else if contradicts && !has_seen_it(matched) {
        confirmed.score = thresholds.doubtful(matched.score);
        confirmed.add(0, Reason::ProfileNameContradicts);
        return Confirmation::Doubtful(confirmed);
    }
    if agrees {
        confirmed.add(NAME_CONFIRMED, Reason::ProfileNameAgrees);
    }
    if has_contact_of(lead, profile) {
        confirmed.add(CONTACT_CONFIRMED, Reason::ProfileHasContact);
    }
    Confirmation::Confirmed {
        score: confirmed.score,
        reasons: confirmed.reasons,
    }
}

/// Whether the name says that its holder is dead: "… ESPOLIO" is the estate that somebody left.
fn is_of_an_estate(profile: &Profile) -> bool {
    folded_words(profile.name.as_str())
        .iter()
        .any(|word| word == ESTATE)
}

/// Whether a person chose with the profile's name before them.
fn has_seen_it(matched: &Match) -> bool {
    matched.matched_by == MatchedBy::Review
        && matched.reasons.contains(&Reason::ProfileNameContradicts)
}

/// A name that is further from the lead's than what the match rests on already.
fn contradicts_lead(likeness: Option<Likeness>, matched: &Match) -> bool {
    likeness.is_some_and(|likeness| match likeness.grade {
        Grade::Agrees | Grade::FirstNameOnly | Grade::Initial => false,
        further => !matched.reasons.contains(&further.reason()),
    })
}

fn contradicts_candidate(of_profile: Option<&ComparableName>, matched: &Match) -> bool {
    let candidate = matched.name.as_ref().and_then(ComparableName::of);
    let likeness = candidate.zip(of_profile).map(|(candidate, of_profile)| {
        let candidate = TypedName::new(candidate);
        Likeness::of(&candidate, of_profile).grade
    });
    likeness.is_some_and(|grade| {
        !matches!(grade, Grade::Agrees | Grade::FirstNameOnly | Grade::Initial)
    })
}

fn has_contact_of(lead: &LeadFacts<'_>, profile: &Profile) -> bool {
    let is_leads_phone = |phone| Some(phone) == lead.phone;
    let is_leads_email = |email| Some(email) == lead.email;
    let mut phones = profile.phones.iter().map(|held| &held.phone);
    let mut emails = profile.emails.iter().map(|held| &held.email);
    phones.any(is_leads_phone) || emails.any(is_leads_email)
}

impl Match {
    fn add(&mut self, points: u8, reason: Reason) {
        self.score = self.score.saturating_add(points).min(100);
        if let Err(at) = self.reasons.binary_search(&reason) {
            self.reasons.insert(at, reason);
        }
    }
}
