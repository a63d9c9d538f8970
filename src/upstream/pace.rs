//! The least time between the starts of two calls.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// Hands out starting times, each at least `spacing` after the one before.
pub(super) struct Pace {
    spacing: Duration,
    next: Mutex<Option<Instant>>,
}

impl Pace {
    pub(super) const fn new(spacing: Duration) -> Self {
        Self {
            spacing,
            next: Mutex::new(None),
        }
    }

    /// Waits for a starting time of one's own.
    pub(super) async fn wait(&self) {
        if !self.spacing.is_zero() {
            sleep_until(self.reserve(Instant::now())).await;
        }
    }

    fn reserve(&self, now: Instant) -> Instant {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let start = next.map_or(now, |next| next.max(now));
        *next = Some(start + self.spacing);
        start
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn starts_are_spaced() {
        let spacing = Duration::from_millis(100);
        let pace = Pace::new(spacing);
        let now = Instant::now();
        let starts = [pace.reserve(now), pace.reserve(now), pace.reserve(now)];
        assert_eq!(starts, [now, now + spacing, now + 2 * spacing]);
        let later = now + Duration::from_secs(1);
        assert_eq!(pace.reserve(later), later);
    }
}
