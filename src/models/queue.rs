//! How the queue stands, for whoever watches the service.

use std::time::Duration;

use super::LeadState;

/// The queue at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueStatus {
    /// Leads that are not ended, by state: accepted, processing, retrying, budget_hold.
    pub open: [(LeadState, u64); 4],
    /// Leads that could run now.
    pub due: u64,
    /// Leads whose moment is still to come.
    pub waiting: u64,
    /// For how long the first of those that are due has been; `None` when none is.
    pub oldest_due: Option<Duration>,
    /// How long ago the oldest message was sent of which nobody knows whether it arrived, of leads
    /// that are not ended; `None` when there is none.
    pub oldest_undelivered: Option<Duration>,
}

/// Ended leads, by the state they ended in.
pub type EndedLeads = [(LeadState, u64); 7];
