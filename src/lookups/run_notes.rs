//! What a run has seen and not yet written.

use std::time::{Duration, Instant};

use crate::models::Money;
use crate::storage::{SettledLookup, Step};

/// What a run has seen so far: calls that came back and wait for the run's next transaction, the
/// steps of its timeline, and where its time went.
#[derive(Debug)]
pub struct RunNotes {
    /// Since when the lead is held: shortly before it was claimed, and so before the run began. Of an
    /// inquiry: shortly before its first question was acquired.
    pub held_since: Instant,
    /// Calls to be settled by the next transaction.
    pub unsettled: Vec<SettledLookup>,
    /// Steps of the timeline.
    pub steps: Vec<Step>,
    /// Time in upstreams; calls at the same time count each.
    pub upstream: Duration,
    /// Time in the database.
    pub database: Duration,
}

impl RunNotes {
    /// Of a run whose lead is held since this moment.
    #[must_use]
    pub const fn of_a_lead_held_since(held_since: Instant) -> Self {
        Self::held_since(held_since)
    }

    /// Of questions that are held since this moment.
    pub(super) const fn held_since(held_since: Instant) -> Self {
        Self {
            held_since,
            unsettled: Vec::new(),
            steps: Vec::new(),
            upstream: Duration::ZERO,
            database: Duration::ZERO,
        }
    }

    /// Notes a call to an upstream.
    pub fn called(&mut self, name: &str, outcome: &str, latency: Duration, cost: Money) {
        self.upstream += latency;
        self.step(name, outcome, latency, cost);
    }

    /// Notes a transaction that began at `since` and has just ended.
    pub fn stored(&mut self, since: Instant) {
        self.database += since.elapsed();
    }

    /// Notes an answer that was there already.
    pub fn had(&mut self, name: &str) {
        self.step(name, "cached", Duration::ZERO, Money::from_centavos(0));
    }

    fn step(&mut self, name: &str, outcome: &str, latency: Duration, cost: Money) {
        self.steps.push(Step {
            name: name.to_owned(),
            outcome: outcome.to_owned(),
            latency_ms: milliseconds(latency),
            cost_centavos: cost.centavos(),
        });
    }
}

/// Whole milliseconds, as kept in ledger and timeline.
pub(super) fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
