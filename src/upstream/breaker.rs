//! The breaker of an upstream: it keeps everybody from calling one that is away or refuses us, and
//! lets one call at a time find out whether it is back.

mod circuit;
mod verdict;

use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use reqwest::Request;
use tokio::time::Instant;

use super::Upstream;
use crate::config::PipelineConfig;
use circuit::{Change, Circuit, Ticket};
pub(super) use verdict::Verdict;

/// When a breaker opens, and for how long (API.md "Configuration").
#[derive(Debug, Clone, Copy)]
pub struct BreakerRules {
    /// Failures of different requests, without a success between them, after which it opens.
    pub failures: usize,
    /// How long it stays open at first.
    pub base: Duration,
    /// How long at most, after doubling.
    pub max: Duration,
}

impl BreakerRules {
    /// The rules as configured.
    #[must_use]
    pub const fn of(config: &PipelineConfig) -> Self {
        Self {
            failures: config.breaker_failures,
            base: config.retry_base,
            max: config.retry_max,
        }
    }

    fn window(self, before: u32) -> Duration {
        let doubled = self.base.saturating_mul(2_u32.saturating_pow(before));
        doubled.min(self.max)
    }
}

/// How a breaker stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BreakerState {
    /// The upstream is called.
    Closed,
    /// It is not.
    Open {
        /// Time until a probe is due; zero when it is.
        remaining: Duration,
    },
    /// One call is finding out whether it is back.
    Probing,
}

impl BreakerState {
    /// The word in answers and metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open { .. } => "open",
            Self::Probing => "probing",
        }
    }
}

/// The breaker of one upstream.
pub(super) struct Breaker {
    upstream: Upstream,
    circuit: Mutex<Circuit>,
    /// Made anew by each process, so that what is kept of a URL says nothing of it.
    hasher: RandomState,
}

/// A call that may be made now. Dropped without an end, it gives its place back.
pub(super) struct Pass<'a> {
    breaker: &'a Breaker,
    ticket: Ticket,
    request: u64,
    settled: bool,
}

impl Breaker {
    pub(super) fn new(upstream: Upstream, rules: BreakerRules) -> Self {
        Self {
            upstream,
            circuit: Mutex::new(Circuit::new(rules)),
            hasher: RandomState::new(),
        }
    }

    /// How long a caller has to stay away who asked now; `None` when it may call.
    pub(super) fn refuses(&self) -> Option<Duration> {
        self.locked().refuses(Instant::now())
    }

    /// A pass for this request, to be settled with its verdict.
    ///
    /// # Errors
    /// How long to stay away.
    pub(super) fn pass(&self, request: &Request) -> Result<Pass<'_>, Duration> {
        let ticket = self.locked().ask(Instant::now())?;
        let name = (request.method(), request.url().as_str());
        Ok(Pass {
            breaker: self,
            ticket,
            request: self.hasher.hash_one(name),
            settled: false,
        })
    }

    pub(super) fn state(&self) -> BreakerState {
        self.locked().state(Instant::now())
    }

    fn locked(&self) -> MutexGuard<'_, Circuit> {
        self.circuit.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, change: Change) {
        let upstream = self.upstream;
        let milliseconds = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        match change {
            Change::Opened { failures, window } => tracing::warn!(
                %upstream,
                failures,
                window_ms = milliseconds(window),
                "the upstream fails or refuses us: leads wait, and one call at a time finds out \
                 whether it is back"
            ),
            Change::Closed { failures, after } => tracing::info!(
                %upstream,
                failures,
                after_ms = milliseconds(after),
                "the upstream is back"
            ),
        }
    }
}

impl Pass<'_> {
    /// Whether this is the one call that finds out whether the upstream is back.
    pub(super) const fn is_probe(&self) -> bool {
        self.ticket.probe
    }

    /// Says what the call showed.
    pub(super) fn settle(mut self, verdict: Verdict) {
        self.settled = true;
        let (ticket, request) = (self.ticket, self.request);
        let mut circuit = self.breaker.locked();
        let change = circuit.settle(ticket, request, verdict, Instant::now());
        drop(circuit);
        if let Some(change) = change {
            self.breaker.tell(change);
        }
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        if !self.settled {
            self.breaker.locked().abandon(self.ticket);
        }
    }
}

#[cfg(test)]
mod tests;
