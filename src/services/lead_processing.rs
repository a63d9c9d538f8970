//! What `GET /leads/process` asks for and gets.

use std::error::Error;
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::models::{Cpf, LeadId, LeadState};

/// How a lead stands when the wait is over.
#[derive(Debug, Clone)]
pub struct ProcessAnswer {
    /// The lead.
    pub lead_id: LeadId,
    /// Its state.
    pub state: LeadState,
    /// Whether this run posted a message.
    pub message_sent: bool,
    /// CPFs of the people stored.
    pub cpfs: Vec<Cpf>,
    /// Whether another call started the run.
    pub duplicate: bool,
    /// Why it ended so; a code without personal data.
    pub reason: Option<String>,
    /// Time to the next attempt.
    pub next_attempt_in: Option<Duration>,
    /// Time of the next attempt.
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// Milliseconds spent in upstreams.
    pub upstream_ms: u64,
    /// Milliseconds spent in the database.
    pub database_ms: u64,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum ProcessError {
    /// Nothing was accepted.
    #[error("the database cannot be reached")]
    DatabaseUnavailable,
    /// A defect.
    #[error("processing failed")]
    Internal(#[source] Box<dyn Error + Send + Sync>),
}
