//! Whether this instance may still believe that its leads are its own.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// When this instance told the database that it lives. By the monotonic clock: a process that was
/// stopped for a while must notice before it pays or posts anything.
#[derive(Debug, Clone)]
pub struct Heartbeat {
    beats: Arc<Mutex<Beats>>,
    lease: Duration,
}

#[derive(Debug)]
struct Beats {
    last: Instant,
    /// Since when no pause between two beats was so long that leads may have been lost.
    unbroken_since: Instant,
}

impl Heartbeat {
    /// A heart that has just beaten, with the lease (`LEASE_SECS`) its leads are held under.
    #[must_use]
    pub fn new(lease: Duration) -> Self {
        let now = Instant::now();
        let beats = Beats {
            last: now,
            unbroken_since: now,
        };
        Self {
            beats: Arc::new(Mutex::new(beats)),
            lease,
        }
    }

    /// Records a beat that the database has committed; `sent` is when the statement was sent, so
    /// that a slow answer does not make the beat look younger than it is. After a pause of two thirds
    /// of the lease (a beat may take a sixth to be committed) leads held before are lost, perhaps.
    pub fn record(&self, sent: Instant) {
        let mut beats = self.beats.lock().unwrap_or_else(PoisonError::into_inner);
        if sent.saturating_duration_since(beats.last) >= self.lease * 2 / 3 {
            beats.unbroken_since = sent;
        }
        beats.last = sent;
    }

    /// Whether the last beat is younger than half the lease.
    #[must_use]
    pub fn is_fresh(&self) -> bool {
        let beats = self.beats.lock().unwrap_or_else(PoisonError::into_inner);
        beats.last.elapsed() < self.lease / 2
    }

    /// Whether a lead held since then is still ours: asked before each paid call and each post
    /// (DATABASE.md). A process that was frozen beyond its lease beats again at once when it thaws, and
    /// may have lost every lead that it had.
    #[must_use]
    pub fn holds(&self, since: Instant) -> bool {
        let unbroken_since = {
            let beats = self.beats.lock().unwrap_or_else(PoisonError::into_inner);
            beats.unbroken_since
        };
        self.is_fresh() && unbroken_since <= since
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEASE: Duration = Duration::from_secs(60);

    /// Of a machine that has been up for longer than a test needs.
    fn ago(seconds: u64) -> Instant {
        let then = Instant::now().checked_sub(Duration::from_secs(seconds));
        then.unwrap_or_else(Instant::now)
    }

    fn last_beat(last: Instant) -> Heartbeat {
        let beats = Beats {
            last,
            unbroken_since: last,
        };
        Heartbeat {
            beats: Arc::new(Mutex::new(beats)),
            lease: LEASE,
        }
    }

    #[test]
    fn an_old_beat_is_not_fresh() {
        let heartbeat = Heartbeat::new(LEASE);
        assert!(heartbeat.is_fresh() && heartbeat.holds(Instant::now()));
        let heartbeat = last_beat(ago(31));
        assert!(!heartbeat.is_fresh() && !heartbeat.holds(Instant::now()));
    }

    #[test]
    fn after_a_long_pause_only_leads_claimed_since_are_held() {
        let heartbeat = last_beat(ago(100));
        let claimed_before = ago(95);
        heartbeat.record(ago(80));
        heartbeat.record(ago(50));
        // beats came in time so far
        heartbeat.record(ago(20));
        assert!(heartbeat.holds(claimed_before));

        let thawed = ago(0);
        let heartbeat = last_beat(ago(100));
        heartbeat.record(thawed);
        assert!(heartbeat.is_fresh());
        assert!(!heartbeat.holds(claimed_before), "lost meanwhile, perhaps");
        assert!(heartbeat.holds(Instant::now()));
    }
}
