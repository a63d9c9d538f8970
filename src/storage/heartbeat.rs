//! Whether this instance may still believe that its leads are its own.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// When this instance last told the database that it lives. By the monotonic clock: a process that
/// was stopped for a while must notice before it pays or posts anything.
#[derive(Debug, Clone)]
pub struct Heartbeat {
    last: Arc<Mutex<Instant>>,
    lease: Duration,
}

impl Heartbeat {
    /// A heart that has just beaten, with the lease (`LEASE_SECS`) its leads are held under.
    #[must_use]
    pub fn new(lease: Duration) -> Self {
        Self {
            last: Arc::new(Mutex::new(Instant::now())),
            lease,
        }
    }

    /// Records a beat that the database has committed; `sent` is when the statement was sent, so
    /// that a slow answer does not make the beat look younger than it is.
    pub fn record(&self, sent: Instant) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = sent;
    }

    /// Whether the last beat is younger than half the lease: asked before each paid call and each
    /// post (DATABASE.md).
    #[must_use]
    pub fn is_fresh(&self) -> bool {
        let last = *self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.elapsed() < self.lease / 2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_beat_is_not_fresh() {
        let heartbeat = Heartbeat::new(Duration::from_secs(60));
        assert!(heartbeat.is_fresh());
        let long_ago = Instant::now().checked_sub(Duration::from_secs(31));
        heartbeat.record(long_ago.unwrap_or_else(Instant::now));
        assert_eq!(heartbeat.is_fresh(), long_ago.is_none());
    }
}
