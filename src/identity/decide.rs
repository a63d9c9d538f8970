//! The first look: contacts and names, before any profile is bought.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::people::People;
use super::rivals::Rivals;
use super::score::{Assessed, Lead};
use super::{Asked, Decision, Doubt, Evidence, Match, Nobody, Reason, Thresholds};

/// The most candidates that a doubt lists.
const MOST_LISTED: usize = 10;

/// Decides who a lead is. The order of the candidates never changes the result, and a further
/// candidate never makes another one look better.
///
/// Accepted is, with a score from the threshold on, and only as long as every contact could be asked
/// for:
/// - with a usable name: whose name agrees (first name and a surname, nothing contradicts, one letter
///   may be off), on a contact of at most three people among whom nobody else fits, or on both
///   contacts; of the one person whom both contacts have in common also a first name alone, a
///   nickname with a surname, or a last surname that a marriage may have changed;
/// - without one: the one person whom both contacts have in common.
///
/// Of the others, those with a score from the threshold of reviews on are left for a person to
/// decide. A suffix on one side only or another first name is never accepted (API.md "Identity").
#[must_use]
pub fn decide(evidence: &Evidence<'_>, thresholds: Thresholds) -> Decision {
    let lead = Lead::of(evidence);
    let people = People::of(evidence);
    let assess = |person| Assessed::of(person, &lead, &people);
    let assessed: Vec<Assessed<'_>> = people.claimants().map(assess).collect();
    let rivals = Rivals::of(&lead, &people, &assessed);
    let failed = [evidence.by_phone, evidence.by_email];
    let failed = failed.iter().any(|asked| matches!(asked, Asked::Failed));

    let mut against = BTreeSet::new();
    if failed {
        against.insert(Reason::LookupFailed);
    }
    let mut matches = Vec::with_capacity(assessed.len());
    for mut one in assessed {
        let others = doubts_about(&one, &rivals, failed);
        one.passes &= others.is_empty();
        one.reasons.extend(others);
        against.extend(one.reasons.iter().filter(|reason| !reason.is_for()));
        let matched = matched(&one, &people, thresholds);
        if one.passes && matched.score >= thresholds.accept {
            return Decision::Accept(matched);
        }
        matches.push(matched);
    }
    if people.is_somebody_rejected() {
        against.insert(Reason::RejectedBefore);
    } else if rivals.is_somebody_without_cpf() {
        against.insert(Reason::CandidateWithoutCpf);
    } else if matches.is_empty() {
        against.insert(Reason::NoCandidate);
    }
    doubt_or_nobody(matches, against, thresholds)
}

/// What speaks against one person because of others, or of what could not be asked.
fn doubts_about(one: &Assessed<'_>, rivals: &Rivals, failed: bool) -> Vec<Reason> {
    let doubts = [
        (rivals.with_cpf(one), Reason::SeveralAgree),
        (rivals.without_cpf(one), Reason::CandidateWithoutCpf),
        (failed, Reason::LookupFailed),
    ];
    let doubts = doubts.into_iter().filter(|(applies, _)| *applies);
    doubts.map(|(_, reason)| reason).collect()
}

/// A person with the score that the rules leave: who may not be accepted stays below the threshold,
/// wherever it is.
fn matched(one: &Assessed<'_>, people: &People<'_>, thresholds: Thresholds) -> Match {
    let score = u8::try_from(one.score.clamp(0, 100)).unwrap_or_default();
    let score = if one.passes {
        score
    } else {
        thresholds.doubtful(score)
    };
    Match {
        cpf: one.person.cpf.clone(),
        name: one.person.name().cloned(),
        matched_by: one.person.matched_by(),
        agreement: people.agreement(one.person),
        score,
        reasons: one.reasons.iter().copied().collect(),
    }
}

fn doubt_or_nobody(
    mut matches: Vec<Match>,
    mut against: BTreeSet<Reason>,
    thresholds: Thresholds,
) -> Decision {
    // in the order of their CPFs so far, which a stable sort keeps
    matches.sort_by_key(|one| Reverse(one.score));
    let best = matches.first();
    if against.is_empty() {
        // the thresholds alone speak against the best
        against.extend(best.iter().flat_map(|one| &one.reasons));
    }
    let nobody = Nobody {
        score: best.map_or(0, |one| one.score),
        reasons: against.into_iter().collect(),
    };
    matches.retain(|one| one.score >= thresholds.review);
    matches.truncate(MOST_LISTED);
    Doubt::of(matches).map_or(Decision::Nobody(nobody), Decision::Review)
}
