//! The time between the starts of two calls: as configured at least, widened while the upstream
//! refuses or does not answer, narrowed again by its answers (UPSTREAMS.md §3).

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::UpstreamErrorKind;

/// The first widening.
const FIRST: Duration = Duration::from_millis(250);

/// The widest; a least spacing above it stays as it is.
const WIDEST: Duration = Duration::from_secs(5);

/// What is left of a spacing after a success.
const NARROWED: f64 = 0.8;

/// A spacing below this is none.
const NONE_BELOW: Duration = Duration::from_millis(10);

/// Spaces the calls of all callers.
pub(super) struct Pace {
    /// Whoever is next holds it until his time has come, so that one who gives up uses nothing up.
    line: tokio::sync::Mutex<()>,
    spacing: Mutex<Spacing>,
}

impl Pace {
    pub(super) fn new(least: Duration) -> Self {
        Self {
            line: tokio::sync::Mutex::new(()),
            spacing: Mutex::new(Spacing::new(least)),
        }
    }

    /// Waits for a starting time of one's own, unless it is no longer needed.
    pub(super) async fn wait_while(&self, needed: impl Fn() -> bool) {
        let _next = self.line.lock().await;
        while needed() {
            let now = Instant::now();
            let start = self.locked().next(now);
            if start <= now {
                break;
            }
            sleep_until(start).await;
        }
        self.started();
    }

    /// A call starts now.
    fn started(&self) {
        self.locked().started(Instant::now());
    }

    /// What came of a call that started then: `None` is an answer.
    pub(super) fn learn(&self, started: Instant, failure: Option<UpstreamErrorKind>) {
        let mut spacing = self.locked();
        match failure {
            None => spacing.narrow(started),
            Some(
                UpstreamErrorKind::RateLimited
                | UpstreamErrorKind::Unavailable(503)
                | UpstreamErrorKind::Timeout,
            ) => spacing.widen(started, Instant::now()),
            Some(_) => {}
        }
    }

    /// The spacing in force.
    pub(super) fn spacing(&self) -> Duration {
        self.locked().current
    }

    fn locked(&self) -> MutexGuard<'_, Spacing> {
        self.spacing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The rules, without a clock.
#[derive(Debug)]
struct Spacing {
    least: Duration,
    current: Duration,
    last_start: Option<Instant>,
    widened: Option<Instant>,
}

impl Spacing {
    const fn new(least: Duration) -> Self {
        Self {
            least,
            current: least,
            last_start: None,
            widened: None,
        }
    }

    /// When the next call may start, asked now.
    fn next(&self, now: Instant) -> Instant {
        let earliest = self.last_start.map(|last| last + self.current);
        earliest.map_or(now, |earliest| earliest.max(now))
    }

    const fn started(&mut self, now: Instant) {
        self.last_start = Some(now);
    }

    fn widen(&mut self, started: Instant, now: Instant) {
        if self.knows_the_spacing(started) {
            let doubled = (self.current * 2).max(FIRST).min(WIDEST);
            self.current = doubled.max(self.least);
            self.widened = Some(now);
        }
    }

    fn narrow(&mut self, started: Instant) {
        if self.knows_the_spacing(started) {
            let narrowed = self.current.mul_f64(NARROWED);
            let is_none = narrowed < NONE_BELOW;
            self.current = if is_none {
                self.least
            } else {
                narrowed.max(self.least)
            };
        }
    }

    /// Calls that were in flight when the spacing was widened say nothing of how it works: sixteen
    /// that time out together are one reason to slow down, not sixteen.
    fn knows_the_spacing(&self, started: Instant) -> bool {
        self.widened.is_none_or(|widened| started >= widened)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    const MS: fn(u64) -> Duration = Duration::from_millis;

    #[test]
    fn starts_are_spaced() {
        let mut spacing = Spacing::new(MS(100));
        let now = Instant::now();
        assert_eq!(spacing.next(now), now);
        spacing.started(now);
        assert_eq!(spacing.next(now), now + MS(100));
        assert_eq!(spacing.next(now + MS(30)), now + MS(100));
        assert_eq!(spacing.next(now + MS(130)), now + MS(130));
    }

    /// `+` widens, `-` narrows, each by a call that started after the one before ended.
    #[rstest]
    #[case::none(0, "", 0.0)]
    #[case::first(0, "+", 250.0)]
    #[case::doubled(0, "++", 500.0)]
    #[case::widest(0, "++++++++++", 5_000.0)]
    #[case::a_success(0, "+-", 200.0)]
    #[case::nearly_none(0, "+--------------", 10.995)]
    #[case::none_again(0, "+---------------", 0.0)]
    #[case::least_stays(100, "-----", 100.0)]
    #[case::from_the_least(400, "+", 800.0)]
    #[case::back_to_the_least(400, "+----", 400.0)]
    #[case::least_above_the_widest(60_000, "+-", 60_000.0)]
    fn is_widened_and_narrowed(#[case] least: u64, #[case] calls: &str, #[case] expected: f64) {
        let mut spacing = Spacing::new(MS(least));
        let mut now = Instant::now();
        for call in calls.chars() {
            let started = now;
            now += MS(1);
            match call {
                '+' => spacing.widen(started, now),
                _ => spacing.narrow(started),
            }
        }
        let expected = Duration::from_secs_f64(expected / 1_000.0);
        let off = spacing.current.abs_diff(expected);
        assert!(off < Duration::from_micros(10), "{spacing:?}");
    }

    #[test]
    fn those_that_time_out_together_are_one_reason() {
        let mut spacing = Spacing::new(Duration::ZERO);
        let started = Instant::now();
        for late in 0..16 {
            spacing.widen(started, started + MS(100 + late));
        }
        spacing.narrow(started);
        assert_eq!(spacing.current, FIRST);
        spacing.widen(started + MS(200), started + MS(300));
        assert_eq!(spacing.current, FIRST * 2);
    }

    proptest! {
        #[test]
        fn stays_between_the_least_and_the_widest(
            least in 0_u64..10_000,
            calls in proptest::collection::vec(any::<bool>(), 0..200),
        ) {
            let mut spacing = Spacing::new(MS(least));
            let mut now = Instant::now();
            for failed in calls {
                let started = now;
                now += MS(1);
                if failed { spacing.widen(started, now) } else { spacing.narrow(started) }
                prop_assert!(spacing.current >= spacing.least);
                prop_assert!(spacing.current <= WIDEST.max(spacing.least));
            }
            for _ in 0..40 {
                spacing.narrow(now);
            }
            prop_assert_eq!(spacing.current, spacing.least);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn one_who_gives_up_uses_no_time_up() {
        let pace = Pace::new(MS(1_000));
        let begun = Instant::now();
        pace.wait_while(|| true).await;
        let given_up = tokio::time::timeout(MS(300), pace.wait_while(|| true)).await;
        assert!(given_up.is_err());
        pace.wait_while(|| true).await;
        assert_eq!(begun.elapsed(), MS(1_000));
        pace.wait_while(|| false).await;
        assert_eq!(begun.elapsed(), MS(1_000));
    }
}
