//! What a run would do, without doing it: the lead is read, stored answers are used, nothing is paid for and
//! nothing written.

use std::time::Instant;

use uuid::Uuid;

use super::LeadPipeline;
use super::identify::{Person, SecondLook, accept_given, decide, look_again, named_by};
use super::used_lead::UsedLead;
use crate::lookups::{Known, ProfileAnswer};
use crate::models::{LeadId, LeadState};
use crate::services::run_error::RunError;
use crate::storage::{self, Provider, RunEnd};

/// What a run of a lead would come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DryRun {
    /// It would end in this state.
    Ends {
        /// `unidentified`, `suppressed`, `lead_missing` or `failed`.
        state: LeadState,
        /// Why, as a code.
        reason: Option<String>,
    },
    /// It would post a message.
    Posts {
        /// The message, with a profile in it. Not shown in `Debug`.
        message: Preview,
        /// The person, who is stored already.
        party_id: Uuid,
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
        let person = match self.recognize(&lead, anew).await? {
            Ok(person) => person,
            Err(Stop::End(end)) => return Ok(ends(end)),
            Err(Stop::WouldBuy(missing)) => return Ok(DryRun::WouldBuy(missing)),
        };
        let ProfileAnswer::Stored { party_id, .. } = person.answer else {
            return Err(storage::StorageError::Corrupt("profile of an accepted person").into());
        };
        let (_, body) = self.message_about(lead_id, &person)?;
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
    ) -> Result<Result<Person, Stop>, RunError> {
        let hashes = lead.hashes(&self.privacy_key);
        if storage::any_suppressed(&self.pool, &hashes).await? {
            return Ok(Err(Stop::End(RunEnd::Suppressed)));
        }
        let (accepted, named_by) = match accept_given(lead) {
            Some(accepted) => (accepted, Provider::WorkApi),
            None => {
                let known = self.lookups.people_known_behind(&lead.used, &hashes, anew);
                let findings = match answered(known.await?) {
                    Ok(findings) => findings,
                    Err(stop) => return Ok(Err(stop)),
                };
                match decide(lead, &findings) {
                    Ok(accepted) => {
                        let named_by = named_by(&accepted, &findings);
                        (accepted, named_by)
                    }
                    Err(end) => return Ok(Err(Stop::End(end))),
                }
            }
        };
        let known = self
            .lookups
            .profile_known_of(&lead.used.id, &accepted.cpf, anew);
        let answer = match answered(known.await?) {
            Ok(answer) => answer,
            Err(stop) => return Ok(Err(stop)),
        };
        Ok(match look_again(lead, &accepted, &answer) {
            SecondLook::Stands { score, evidence } => Ok(Person {
                accepted,
                answer,
                score,
                evidence,
                named_by,
            }),
            SecondLook::Rejected(reason) => {
                Err(Stop::End(super::identify::unidentified(reason.as_str())))
            }
            SecondLook::End(end) => Err(Stop::End(end)),
        })
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
        RunEnd::Suppressed => (LeadState::Suppressed, None),
        RunEnd::LeadMissing => (LeadState::LeadMissing, None),
        RunEnd::Failed { reason } | RunEnd::Retry { reason, .. } => {
            (LeadState::Failed, Some(reason))
        }
        RunEnd::DeliveryUnknown | RunEnd::HandedBack { .. } => (LeadState::DeliveryUnknown, None),
    };
    DryRun::Ends { state, reason }
}
