//! Retries, waits and the message.

use std::time::Duration;

use crate::models::MessageField;

/// How leads are worked on.
#[derive(Debug, Clone)]
pub struct PipelineConfig {
    /// `RETRY_BASE_MS`: the backoff of the first retry.
    pub retry_base: Duration,
    /// `RETRY_MAX_MS`: the longest backoff.
    pub retry_max: Duration,
    /// `RETRY_MAX_ATTEMPTS`: after so many failures of a lead it is given up.
    pub retry_max_attempts: u16,
    /// `LEASE_SECS`: an instance silent for so long loses its leads.
    pub lease: Duration,
    /// `DEDUP_TTL_SECS`: how long a finished lead answers a repeated trigger.
    pub dedup_ttl: Duration,
    /// `PROCESS_WAIT_SECS`: how long a caller waits for a run.
    pub process_wait: Duration,
    /// `FRESH_DAYS`: how long a paid answer is used again.
    pub fresh_days: u16,
    /// `INCOME_MULTIPLIER`, in thousandths (1000 = as the provider says).
    pub income_multiplier_thousandths: u32,
    /// `MESSAGE_FIELDS`: the parts of the message; all if unset.
    pub message_fields: Vec<MessageField>,
}
