//! Who a CPF belongs to.

use std::time::Duration;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::answer::ProviderOutcome;
use super::asker::Asker;
use super::settle::{Settle, count_answer};
use super::{LookupError, Lookups, RunNotes};
use crate::lookups::work_api::FetchedProfile;
use crate::models::{AllowedPayload, Cpf, Profile};
use crate::storage::{
    Claim, HeldProfile, LookupKey, LookupKind, LookupState, Provider, SettledAnswer, SettledLookup,
    StorageError,
};

/// What is known of a CPF.
#[derive(Debug)]
pub enum ProfileAnswer {
    /// Just bought; to be stored together with its settlement.
    Bought {
        /// The person.
        profile: Box<Profile>,
        /// What may be kept of the answer.
        payload: AllowedPayload,
        /// The call.
        settled: SettledLookup,
        /// When it was answered.
        fetched_at: DateTime<Utc>,
    },
    /// Bought before, stored, and still fresh.
    Stored {
        /// The person's row.
        party_id: Uuid,
        /// The person.
        profile: Box<Profile>,
        /// When it was bought.
        fetched_at: DateTime<Utc>,
    },
    /// Bought before, and held for a review: nobody is stored yet.
    Held {
        /// The profile.
        held: HeldProfile,
        /// The question it is held with.
        key: LookupKey,
    },
    /// The provider knows nothing of this CPF.
    Absent,
    /// Bought before, and refused: not kept, and not bought again while it is fresh.
    Refused {
        /// A code: what refused it.
        reason: String,
    },
}

impl Settle for Box<FetchedProfile> {
    fn settled(&self) -> SettledAnswer {
        SettledAnswer::Profile
    }
}

impl Lookups {
    /// The profile of a CPF. What the run has not settled yet is settled with the same transaction
    /// that acquires the question.
    ///
    /// # Errors
    /// [`LookupError`]; a failed call is in the notes, to be settled by the end of the run.
    pub async fn profile_of(
        &self,
        claim: &Claim,
        cpf: &Cpf,
        notes: &mut RunNotes,
    ) -> Result<ProfileAnswer, LookupError> {
        self.profile_asked_by(Asker::Lead(claim), cpf, notes).await
    }

    /// The profile of a CPF, whoever asks.
    pub(super) async fn profile_asked_by(
        &self,
        asker: Asker<'_>,
        cpf: &Cpf,
        notes: &mut RunNotes,
    ) -> Result<ProfileAnswer, LookupError> {
        let key = self.profile_key(cpf);
        let mut state = self.acquire_one(asker, key, notes).await?;
        let waited = state == LookupState::Pending;
        if waited {
            state = self.wait_for(asker, key).await?;
        }
        count_answer(key, waited, &state);
        if state == LookupState::Mine {
            self.settled.invalidate(&key).await;
            return self.buy(key, cpf, notes).await;
        }
        notes.had("lookup_profile");
        stored_answer(key, state)
    }

    pub(super) fn profile_key(&self, cpf: &Cpf) -> LookupKey {
        LookupKey {
            provider: Provider::WorkApi,
            kind: LookupKind::Profile,
            hash: self.privacy_key.of_cpf(cpf),
        }
    }

    async fn buy(
        &self,
        key: LookupKey,
        cpf: &Cpf,
        notes: &mut RunNotes,
    ) -> Result<ProfileAnswer, LookupError> {
        let result = self.work_api.profile(cpf, notes.held_since).await;
        let settled = self.settle(key, &result);
        let (latency, outcome) = (settled.latency_ms, settled.outcome.as_str());
        let latency = Duration::from_millis(latency);
        notes.called("lookup_profile", outcome, latency, settled.cost);
        match result.map(|answer| answer.outcome) {
            Ok(ProviderOutcome::Found(fetched)) => Ok(ProfileAnswer::Bought {
                profile: Box::new(fetched.profile),
                payload: fetched.payload,
                settled,
                fetched_at: self.clock.now(),
            }),
            Ok(ProviderOutcome::Absent | ProviderOutcome::NoAnswer) => {
                notes.unsettled.push(settled);
                Ok(ProfileAnswer::Absent)
            }
            Err(error) => {
                notes.unsettled.push(settled);
                Err(error.into())
            }
        }
    }
}

/// A stored answer about a CPF.
pub(super) fn stored_answer(
    key: LookupKey,
    state: LookupState,
) -> Result<ProfileAnswer, LookupError> {
    match state {
        LookupState::Profile {
            party_id,
            profile,
            fetched_at,
        } => Ok(ProfileAnswer::Stored {
            party_id,
            profile,
            fetched_at,
        }),
        LookupState::Held(held) => Ok(ProfileAnswer::Held { held, key }),
        LookupState::Absent => Ok(ProfileAnswer::Absent),
        LookupState::Suppressed => Err(LookupError::Suppressed),
        LookupState::Refused { reason } => Ok(ProfileAnswer::Refused { reason }),
        LookupState::Candidates(_) | LookupState::Mine | LookupState::Pending => {
            Err(StorageError::Corrupt("answer about a CPF").into())
        }
    }
}
