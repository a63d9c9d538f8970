//! Who a lead was taken for, or why for nobody, in the terms of a run.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::identity::{self, Match, Reason};
use crate::lookups::ProfileAnswer;
use crate::models::{Cpf, KeyedHash, MatchStrength, MatchedBy, PrivacyKey, Profile};
use crate::storage::{Provider, Recalled, ReviewCandidate, ReviewToOpen, RunEnd, StorageError};

/// Who the lead is, and what is known of them.
pub(super) struct Person {
    pub(super) matched: Match,
    pub(super) answer: ProfileAnswer,
    /// After the second look.
    pub(super) score: u8,
    pub(super) evidence: Value,
    /// Who named the person.
    pub(super) named_by: Provider,
}

impl Person {
    /// How strong the match is.
    pub(super) fn strength(&self) -> MatchStrength {
        identity::strength_of(self.score, self.matched.matched_by)
    }

    /// The profile, and when it was bought.
    pub(super) fn profile(&self) -> Result<(&Profile, DateTime<Utc>), StorageError> {
        profile_in(&self.answer).ok_or(StorageError::Corrupt("profile of an accepted person"))
    }
}

/// What the CRM was told of a lead before this run.
pub(super) struct ToldBefore {
    /// A message was about somebody who was turned down since.
    pub(super) correction_due: bool,
    /// Whom the last message was about, if they are stored for the lead.
    pub(super) cpf: Option<Cpf>,
    /// Of what was last delivered.
    pub(super) last: Option<KeyedHash>,
}

impl ToldBefore {
    pub(super) const NOTHING: Self = Self {
        correction_due: false,
        cpf: None,
        last: None,
    };

    pub(super) fn of(recalled: Recalled) -> Self {
        Self {
            correction_due: recalled.correction_due,
            cpf: recalled.told_cpf,
            last: recalled.last_delivered,
        }
    }

    /// Whether a message about this person has to begin by saying that an earlier one was about somebody else.
    pub(super) fn was_about_another(&self, cpf: &Cpf) -> bool {
        self.correction_due || self.cpf.as_ref().is_some_and(|told| told != cpf)
    }

    /// The reference by which what is posted now is found again: another one each time something else was delivered
    /// in between, so that an earlier delivery of the same text is not taken for it.
    pub(super) fn reference(&self, key: &PrivacyKey, fingerprint: &KeyedHash) -> String {
        match &self.last {
            Some(last) if last != fingerprint => {
                let parts = [fingerprint.to_hex(), last.to_hex()];
                let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
                key.hash("reference", &parts).reference()
            }
            _ => fingerprint.reference(),
        }
    }
}

/// Whom a run goes on with.
pub(super) struct Taken {
    pub(super) matched: Match,
    pub(super) named_by: Provider,
    /// How many people each contact has, and who decided: goes into the evidence.
    pub(super) circumstances: Value,
    /// The contacts that led to the person.
    pub(super) contact_hashes: Vec<KeyedHash>,
}

/// What the profile makes of a person.
pub(super) enum SecondLook {
    /// It is this person, with this score, for these reasons; the evidence is what is stored.
    Stands {
        score: u8,
        reasons: Vec<Reason>,
        evidence: Value,
    },
    /// A person has to look.
    Doubtful(Box<ReviewToOpen>),
    /// It is not, for this reason: the profile is not kept.
    Rejected(Reason),
    /// There is no profile to look at.
    End(RunEnd),
}

/// The candidate that a person chose.
pub(super) fn chosen(review_id: Uuid, candidate: &ReviewCandidate) -> Result<Taken, RunEnd> {
    // A decision keeps the chosen one's CPF.
    let Some(cpf) = candidate.cpf.clone() else {
        return Err(unidentified(Reason::RejectedInReview));
    };
    let known = candidate
        .reasons
        .iter()
        .filter_map(|code| read_reason(code));
    let mut reasons: Vec<Reason> = known.chain([Reason::ChosenByPerson]).collect();
    reasons.sort_unstable();
    reasons.dedup();
    Ok(Taken {
        matched: Match {
            cpf,
            name: candidate.name.clone(),
            matched_by: MatchedBy::Review,
            agreement: candidate.agreement,
            score: candidate.score,
            reasons,
        },
        named_by: candidate.named_by,
        circumstances: json!({"review_id": review_id}),
        contact_hashes: candidate.contact_hashes.clone(),
    })
}

/// The end of a run that opens this review.
pub(super) fn in_review(review: Box<ReviewToOpen>) -> RunEnd {
    let known = review.reasons.iter().filter_map(|code| read_reason(code));
    let decisive = Reason::decisive(&known.collect::<Vec<_>>());
    RunEnd::Review {
        reason: decisive.map_or("doubtful", Reason::as_str).to_owned(),
        review,
    }
}

pub(super) fn unidentified(reason: Reason) -> RunEnd {
    unidentified_as(reason.as_str())
}

pub(super) fn unidentified_as(reason: &str) -> RunEnd {
    let reason = reason.to_owned();
    RunEnd::Unidentified { reason }
}

/// The profile in an answer, and when it was bought.
pub(super) fn profile_in(answer: &ProfileAnswer) -> Option<(&Profile, DateTime<Utc>)> {
    match answer {
        ProfileAnswer::Bought {
            profile,
            fetched_at,
            ..
        }
        | ProfileAnswer::Stored {
            profile,
            fetched_at,
            ..
        } => Some((profile, *fetched_at)),
        ProfileAnswer::Held { held, .. } => Some((&held.profile, held.fetched_at)),
        ProfileAnswer::Absent | ProfileAnswer::Refused { .. } => None,
    }
}

pub(super) fn end_without_profile(answer: &ProfileAnswer) -> RunEnd {
    match answer {
        // Refused because of whom it is about, and not because it could not be read or stored.
        ProfileAnswer::Refused { reason } if read_reason(reason).is_some() => {
            unidentified_as(reason)
        }
        ProfileAnswer::Refused { reason } => RunEnd::Failed {
            reason: reason.clone(),
        },
        _ => unidentified_as("no_profile"),
    }
}

fn read_reason(code: &str) -> Option<Reason> {
    serde_json::from_value(json!(code)).ok()
}

pub(super) fn codes(reasons: &[Reason]) -> Vec<String> {
    let codes = reasons.iter().map(|reason| reason.as_str().to_owned());
    codes.collect()
}
