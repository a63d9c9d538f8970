//! What is wanted of a lead, and by whom.

use std::time::Duration;

use super::flight::LONGEST_ACCEPT;
use super::{LeadProcessing, ProcessAnswer, ProcessError};
use crate::models::{GivenLead, LeadId, LeadSource, LeadState};
use crate::storage::{self, AccessRecord, Asker, Outage, StorageError, Trigger, Wish};

/// A lead that somebody wants run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeadRequest {
    /// The lead.
    pub lead_id: LeadId,
    /// When it is run.
    pub when: RunWhen,
    /// Whether stored answers of the providers are ignored, and bought anew. A lead that runs already is
    /// joined all the same.
    pub force: bool,
    /// What the caller gave of the lead.
    pub given: Option<GivenLead>,
    /// Who is recorded as having asked; nobody when `None`.
    pub caller: Option<NamedCaller>,
}

/// Whether a lead that ran before runs again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunWhen {
    /// Unless it ended less than DEDUP_TTL_SECS ago: `GET /leads/process`.
    NotEndedLately(LeadSource),
    /// Whenever it ended: the other triggers.
    Always(LeadSource),
    /// Whatever became of it, and once more after a run in progress: a person wants it.
    Replay,
}

/// Who asks, and by which route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedCaller {
    /// The name of the key; `developer` or `anonymous` without one.
    pub actor: String,
    /// A fixed word per route.
    pub action: &'static str,
}

impl LeadRequest {
    /// A lead that nobody is recorded to have asked for.
    #[must_use]
    pub const fn of(lead_id: LeadId, when: RunWhen) -> Self {
        Self {
            lead_id,
            when,
            force: false,
            given: None,
            caller: None,
        }
    }
}

impl LeadProcessing {
    /// The trigger that a request comes to.
    pub(super) fn trigger(&self, request: LeadRequest) -> Trigger {
        let process = |source, dedup_ttl| Wish::Process { source, dedup_ttl };
        Trigger {
            wish: match request.when {
                RunWhen::NotEndedLately(source) => process(source, self.settings.dedup_ttl),
                RunWhen::Always(source) => process(source, Duration::ZERO),
                RunWhen::Replay => Wish::Replay,
            },
            force: request.force,
            asker: request.caller.map(|caller| self.asker(caller)),
            given: request.given,
        }
    }

    /// Records a caller whose request does not reach T1, because it shares a flight or is answered from
    /// memory. To be called before the answer: no record, no data.
    pub(super) async fn record(
        &self,
        lead_id: &LeadId,
        caller: Option<NamedCaller>,
    ) -> Result<(), ProcessError> {
        let Some(caller) = caller else { return Ok(()) };
        let asker = self.asker(caller);
        let look = AccessRecord {
            actor: &asker.actor,
            action: asker.action,
            party_ids: &[],
            lead_id: Some(lead_id),
            reason: &asker.reason,
        };
        let recording = storage::record_access(&self.pool, look);
        let recorded = tokio::time::timeout(LONGEST_ACCEPT, recording).await;
        let silent = StorageError::Unavailable(Outage::NoConnectionFree);
        recorded.unwrap_or(Err(silent)).map_err(|error| {
            tracing::error!(%lead_id, error = %error, action = asker.action, "who looked could not be recorded: nothing was shown");
            ProcessError::NotRecorded
        })
    }

    /// Of somebody who objected or was erased since, a call is not told that repeats an answer or shares a run;
    /// a run of its own has just looked (API.md "PRIVACY").
    pub(super) async fn without_objectors(
        &self,
        answer: ProcessAnswer,
    ) -> Result<ProcessAnswer, ProcessError> {
        if !answer.duplicate || answer.cpfs.is_empty() {
            return Ok(answer);
        }
        let looking = self.pipeline.is_any_suppressed(&answer.cpfs);
        let looked = tokio::time::timeout(LONGEST_ACCEPT, looking).await;
        let silent = StorageError::Unavailable(Outage::NoConnectionFree);
        let objected = looked.unwrap_or(Err(silent)).map_err(|error| {
            let lead_id = &answer.lead_id;
            tracing::error!(%lead_id, error = %error, "whether the person objected could not be read: nothing was shown");
            ProcessError::NotRecorded
        })?;
        if !objected {
            return Ok(answer);
        }
        Ok(ProcessAnswer {
            state: LeadState::Suppressed,
            message_sent: false,
            cpfs: Vec::new(),
            reason: None,
            review_id: None,
            ..answer
        })
    }

    pub(super) fn asker(&self, caller: NamedCaller) -> Asker {
        Asker {
            actor: caller.actor,
            action: caller.action,
            reason: self.purpose.clone(),
        }
    }
}
