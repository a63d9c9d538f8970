//! What a run would do, without doing it: the lead is read, stored answers are used, nothing is paid for and
//! nothing written.

use std::time::Instant;

use uuid::Uuid;

use super::LeadPipeline;
use super::person::{Person, SecondLook, Taken, ToldBefore, in_review, unidentified};
use super::used_lead::UsedLead;
use crate::lookups::{Known, ProfileAnswer};
use crate::models::{LeadId, LeadState};
use crate::services::run_error::RunError;
use crate::storage::{self, Recalled, RunEnd, StorageError};

/// What a run of a lead would come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DryRun {
    /// It would end in this state.
    Ends {
        /// `unidentified`, `review`, `suppressed`, `lead_missing` or `failed`.
        state: LeadState,
        /// Why, as a code.
        reason: Option<String>,
    },
    /// It would post a message.
    Posts {
        /// The message, with a profile in it. Not shown in `Debug`.
        message: Preview,
        /// The person, if they are stored already: one whose profile a review waits for is not.
        party_id: Option<Uuid>,
    },
    /// It would have to buy these answers first: `Diretrix by phone`.
    WouldBuy(Vec<&'static str>),
}

/// A message that was not posted. Not shown in `Debug`: it holds a profile.
#[derive(Clone, PartialEq, Eq)]
pub struct Preview(pub String);

impl std::fmt::Debug for Preview {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Preview(…)")
    }
}

/// Why a dry run stops before a message.
enum Stop {
    End(RunEnd),
    WouldBuy(Vec<&'static str>),
}

impl LeadPipeline {
    /// Runs a lead without effect. `anew`: as if nothing were stored of its providers' answers.
    ///
    /// # Errors
    /// [`RunError`] when the CRM or the database cannot say.
    pub(in crate::services) async fn dry_run(
        &self,
        lead_id: &LeadId,
        anew: bool,
    ) -> Result<DryRun, RunError> {
        let fetched = self.c2s.lead(lead_id, Instant::now()).await?;
        let Some(in_crm) = fetched.lead else {
            return Ok(ends(RunEnd::LeadMissing));
        };
        let given = storage::read_given_lead(&self.pool, lead_id).await?;
        let lead = UsedLead::of(in_crm, given.as_ref());
        let (person, told) = match self.recognize(&lead, anew).await? {
            Ok(recognized) => recognized,
            Err(Stop::End(end)) => return Ok(ends(end)),
            Err(Stop::WouldBuy(missing)) => return Ok(DryRun::WouldBuy(missing)),
        };
        let party_id = match person.answer {
            ProfileAnswer::Stored { party_id, .. } => Some(party_id),
            _ => None,
        };
        let (_, body) = self.message_about(lead_id, &person, &told)?;
        Ok(DryRun::Posts {
            message: Preview(body),
            party_id,
        })
    }

    /// As `identify`, from stored answers alone.
    async fn recognize(
        &self,
        lead: &UsedLead,
        anew: bool,
    ) -> Result<Result<(Person, ToldBefore), Stop>, RunError> {
        let (taken, told) = match self.taken_from_stored(lead, anew).await? {
            Ok(taken) => taken,
            Err(stop) => return Ok(Err(stop)),
        };
        let cpf = &taken.matched.cpf;
        let known = self.lookups.profile_known_of(&lead.used.id, cpf, anew);
        let answer = match answered(known.await?) {
            Ok(answer) => answer,
            Err(stop) => return Ok(Err(stop)),
        };
        Ok(match self.deciding(lead).second_look(&taken, &answer) {
            SecondLook::Stands {
                score, evidence, ..
            } => {
                let person = Person {
                    matched: taken.matched,
                    answer,
                    score,
                    evidence,
                    named_by: taken.named_by,
                };
                Ok((person, told))
            }
            SecondLook::Doubtful(review) => Err(Stop::End(in_review(review))),
            SecondLook::Rejected(reason) => Err(Stop::End(unidentified(reason))),
            SecondLook::End(end) => Err(Stop::End(end)),
        })
    }

    async fn taken_from_stored(
        &self,
        lead: &UsedLead,
        anew: bool,
    ) -> Result<Result<(Taken, ToldBefore), Stop>, RunError> {
        let hashes = lead.hashes(&self.privacy_key);
        if storage::any_suppressed(&self.pool, &hashes).await? {
            return Ok(Err(Stop::End(RunEnd::Suppressed)));
        }
        let deciding = self.deciding(lead);
        let recalled = self.recall(lead).await?;
        let decided = deciding.verdict(&recalled);
        // Forced, a run looks anew after a rejection.
        let decided = decided.filter(|decided| decided.is_ok() || !anew);
        let taken = match decided.or_else(|| deciding.given(&recalled)) {
            Some(decided) => decided,
            None => {
                let known = self.lookups.people_known_behind(&lead.used, &hashes, anew);
                match answered(known.await?) {
                    Ok(findings) => deciding.first_look(&findings, &recalled),
                    Err(stop) => return Ok(Err(stop)),
                }
            }
        };
        let told = ToldBefore::of(recalled);
        Ok(taken.map(|taken| (taken, told)).map_err(Stop::End))
    }

    /// What a person has said of a lead.
    pub(super) async fn recall(&self, lead: &UsedLead) -> Result<Recalled, StorageError> {
        let contacts = lead.contact_hashes(&self.privacy_key);
        let contacts: Vec<_> = contacts.into_iter().flatten().collect();
        let fingerprint = lead.fingerprint(&self.privacy_key);
        storage::recall_lead(&self.pool, &lead.used.id, fingerprint, &contacts).await
    }
}

/// An answer, or what is said where there is none.
pub(super) fn answered_or_missing<T>(known: Known<T>) -> Result<T, String> {
    match known {
        Known::Answer(answer) => Ok(answer),
        Known::Suppressed => Err("none: the person objected or was erased".to_owned()),
        Known::Missing(missing) => {
            let missing = missing.join(", ");
            Err(format!(
                "not known: these answers are not stored: {missing}"
            ))
        }
    }
}

fn answered<T>(known: Known<T>) -> Result<T, Stop> {
    match known {
        Known::Answer(answer) => Ok(answer),
        Known::Suppressed => Err(Stop::End(RunEnd::Suppressed)),
        Known::Missing(missing) => Err(Stop::WouldBuy(missing)),
    }
}

/// The state and reason that an end without a message comes to.
fn ends(end: RunEnd) -> DryRun {
    let (state, reason) = match end {
        RunEnd::Unidentified { reason } => (LeadState::Unidentified, Some(reason)),
        RunEnd::Review { reason, .. } => (LeadState::Review, Some(reason)),
        RunEnd::Suppressed => (LeadState::Suppressed, None),
        RunEnd::LeadMissing => (LeadState::LeadMissing, None),
        RunEnd::Failed { reason } | RunEnd::Retry { reason, .. } => {
            (LeadState::Failed, Some(reason))
        }
        RunEnd::DeliveryUnknown | RunEnd::HandedBack { .. } => (LeadState::DeliveryUnknown, None),
    };
    DryRun::Ends { state, reason }
}
