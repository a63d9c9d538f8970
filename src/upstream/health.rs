//! How an upstream does, as seen from here.

use std::time::Duration;

use super::{BreakerState, Upstream};

/// How an upstream does. Cheap to ask for; nothing is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UpstreamHealth {
    /// Which.
    pub upstream: Upstream,
    /// Whether it is called.
    pub breaker: BreakerState,
    /// The least time between the starts of two calls, at present.
    pub spacing: Duration,
    /// Calls that have their turn: in flight, or waiting for their time to start.
    pub in_flight: usize,
}
