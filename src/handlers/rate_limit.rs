//! How many requests a caller may make.

use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// Whose requests are counted together.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum CountedAs {
    /// Those of a key, by its name.
    Key(String),
    /// Those of a client's address; `None` when the peer is not known.
    Address(Option<IpAddr>),
}

impl CountedAs {
    /// By address. An IPv6 network of 64 bits counts as one: each client has a whole one.
    pub(super) fn address(address: Option<IpAddr>) -> Self {
        Self::Address(address.map(|address| match address.to_canonical() {
            IpAddr::V6(v6) => {
                let network = v6.to_bits() >> 64 << 64;
                IpAddr::V6(Ipv6Addr::from_bits(network))
            }
            v4 => v4,
        }))
    }
}

/// A token bucket per caller.
pub(super) struct RateLimit {
    limiter: DefaultKeyedRateLimiter<CountedAs>,
    clock: DefaultClock,
}

impl RateLimit {
    pub(super) fn new(per_sec: u32, burst: u32) -> Self {
        let at_least_one = |n: u32| NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::per_second(at_least_one(per_sec)).allow_burst(at_least_one(burst));
        Self {
            limiter: RateLimiter::keyed(quota),
            clock: DefaultClock::default(),
        }
    }

    /// Takes a token.
    ///
    /// # Errors
    /// The time until there is one again.
    pub(super) fn take(&self, caller: &CountedAs) -> Result<(), Duration> {
        let taken = self.limiter.check_key(caller);
        taken.map_err(|refused| refused.wait_time_from(self.clock.now()))
    }

    /// Forgets callers whose bucket is full again.
    pub(super) fn forget_idle(&self) {
        self.limiter.retain_recent();
        self.limiter.shrink_to_fit();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_taken_and_then_the_wait_is_told() {
        let limit = RateLimit::new(1, 2);
        let caller = CountedAs::Key("make".to_owned());
        assert_eq!(limit.take(&caller), Ok(()));
        assert_eq!(limit.take(&caller), Ok(()));
        let wait = limit.take(&caller);
        assert!(wait.is_err_and(|wait| wait > Duration::ZERO && wait <= Duration::from_secs(1)));
        assert_eq!(limit.take(&CountedAs::Key("ops".to_owned())), Ok(()));
    }

    #[test]
    fn a_client_with_a_network_is_one_client() {
        let counted = |text: &str| CountedAs::address(text.parse().ok());
        assert_eq!(counted("2001:db8::1"), counted("2001:db8::ffff:2"));
        assert_ne!(counted("2001:db8::1"), counted("2001:db8:0:1::1"));
        assert_eq!(counted("::ffff:192.0.2.1"), counted("192.0.2.1"));
        assert_ne!(counted("192.0.2.1"), counted("192.0.2.2"));
    }
}
