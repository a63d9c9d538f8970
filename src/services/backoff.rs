//! How long to wait before the next try.

use std::time::Duration;

use rand::RngExt;

/// Full jitter: anywhere between nothing and the exponential backoff, so that leads that failed
/// together do not come back together; never before the upstream's `Retry-After`, which was
/// clamped when it was read. `chance` is a random number in 0..1.
pub(super) fn delay(
    base: Duration,
    max: Duration,
    attempts: u32,
    retry_after: Option<Duration>,
    chance: f64,
) -> Duration {
    let exponential = base.saturating_mul(2_u32.saturating_pow(attempts.min(30)));
    let jittered = exponential.min(max).mul_f64(chance.clamp(0.0, 1.0));
    jittered.max(retry_after.unwrap_or_default())
}

/// When a known wait is over (a breaker's window, the `Retry-After` of an upstream that holds the
/// queue), and up to `base` later, so that leads held together do not come back together.
pub(super) fn after(wait: Duration, base: Duration, chance: f64) -> Duration {
    wait + base.mul_f64(chance.clamp(0.0, 1.0))
}

/// A random number in 0..1.
pub(super) fn chance() -> f64 {
    rand::rng().random()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::first(0, None, 1.0, 1_000)]
    #[case::third(2, None, 1.0, 4_000)]
    #[case::jittered(2, None, 0.25, 1_000)]
    #[case::capped(12, None, 1.0, 900_000)]
    #[case::very_many(u32::MAX, None, 1.0, 900_000)]
    #[case::retry_after(0, Some(30), 0.0, 30_000)]
    #[case::retry_after_beyond_the_backoff(0, Some(1_200), 1.0, 1_200_000)]
    fn waits(
        #[case] attempts: u32,
        #[case] retry_after: Option<u64>,
        #[case] chance: f64,
        #[case] milliseconds: u64,
    ) {
        let (base, max) = (Duration::from_secs(1), Duration::from_secs(900));
        let retry_after = retry_after.map(Duration::from_secs);
        let waited = delay(base, max, attempts, retry_after, chance);
        assert_eq!(waited, Duration::from_millis(milliseconds));
    }

    #[rstest]
    #[case(0.0, 30_000)]
    #[case(0.25, 30_250)]
    #[case(1.0, 31_000)]
    fn held_leads_come_back_when_the_wait_is_over(#[case] chance: f64, #[case] milliseconds: u64) {
        let (wait, base) = (Duration::from_secs(30), Duration::from_secs(1));
        assert_eq!(
            after(wait, base, chance),
            Duration::from_millis(milliseconds)
        );
    }
}
