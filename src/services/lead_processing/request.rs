//! What is wanted of a lead, and by whom.

use std::time::Duration;

use super::flight::refusal;
use super::{LeadProcessing, ProcessError};
use crate::models::{GivenLead, LeadId, LeadSource};
use crate::storage::{self, AccessRecord, Asker, Trigger, Wish};

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
    /// The name of the key.
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

    /// Records who shares a flight: only the first call of it reaches T1.
    pub(super) async fn record(&self, lead_id: &LeadId, asker: Asker) -> Result<(), ProcessError> {
        let look = AccessRecord {
            actor: &asker.actor,
            action: asker.action,
            party_ids: &[],
            lead_id: Some(lead_id),
            reason: &asker.reason,
        };
        let recorded = storage::record_access(&self.pool, look).await;
        recorded.map_err(refusal)
    }

    pub(super) fn asker(&self, caller: NamedCaller) -> Asker {
        Asker {
            actor: caller.actor,
            action: caller.action,
            reason: self.purpose.clone(),
        }
    }
}
