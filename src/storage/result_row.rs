//! How a lead stands, as `ops.lead_result` gives it.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{LeadResult, StorageError};
use crate::models::{Cpf, LeadId, LeadState};

/// A row of `ops.lead_result`.
pub(super) struct ResultRow {
    pub(super) state: String,
    pub(super) message_sent: bool,
    pub(super) cpfs: Vec<String>,
    pub(super) reason: Option<String>,
    pub(super) next_attempt_at: Option<DateTime<Utc>>,
    pub(super) finished_at: Option<DateTime<Utc>>,
    pub(super) review_id: Option<Uuid>,
}

impl ResultRow {
    pub(super) fn read(self, lead_id: &LeadId) -> Result<LeadResult, StorageError> {
        let cpfs = self.cpfs.iter().map(|digits| Cpf::parse(digits));
        Ok(LeadResult {
            lead_id: lead_id.clone(),
            state: read_state(&self.state)?,
            message_sent: self.message_sent,
            cpfs: cpfs
                .collect::<Result<_, _>>()
                .map_err(|_| StorageError::Corrupt("CPF"))?,
            reason: self.reason,
            next_attempt_at: self.next_attempt_at,
            finished_at: self.finished_at,
            review_id: self.review_id,
        })
    }
}

pub(super) fn read_state(word: &str) -> Result<LeadState, StorageError> {
    LeadState::parse(word).map_err(|_| StorageError::Corrupt("state of a lead"))
}
