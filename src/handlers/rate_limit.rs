//! How many requests a caller may make.

use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock, QuantaInstant};
use governor::middleware::StateInformationMiddleware;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use http::{HeaderMap, HeaderName, HeaderValue};

/// The fields of draft-ietf-httpapi-ratelimit-headers-11: what holds for every caller, and how this
/// one stands.
const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const STANDING: HeaderName = HeaderName::from_static("ratelimit");

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
    limiter: DefaultKeyedRateLimiter<CountedAs, StateInformationMiddleware>,
    clock: DefaultClock,
    per_sec: u32,
    burst: u32,
}

/// How a caller stands after a request of his was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Standing {
    /// How many more are taken at once.
    remaining: u32,
    /// The time until there is a token again, when there was none for this one.
    pub(super) refused_for: Option<Duration>,
}

impl RateLimit {
    pub(super) fn new(per_sec: u32, burst: u32) -> Self {
        let at_least_one = |n: u32| NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN);
        let (per_sec, burst) = (at_least_one(per_sec), at_least_one(burst));
        let quota = Quota::per_second(per_sec).allow_burst(burst);
        Self {
            limiter: RateLimiter::keyed(quota).with_middleware::<StateInformationMiddleware>(),
            clock: DefaultClock::default(),
            per_sec: per_sec.get(),
            burst: burst.get(),
        }
    }

    /// Takes a token, if there is one.
    pub(super) fn take(&self, caller: &CountedAs) -> Standing {
        let now: QuantaInstant = self.clock.now();
        match self.limiter.check_key(caller) {
            Ok(state) => Standing {
                remaining: state.remaining_burst_capacity(),
                refused_for: None,
            },
            Err(refused) => Standing {
                remaining: 0,
                refused_for: Some(refused.wait_time_from(now)),
            },
        }
    }

    /// Tells the caller how he stands: the bucket holds `q` and is filled within `w` seconds; `r`
    /// are left, and after `t` seconds without a request it is full again.
    pub(super) fn tell(&self, standing: Standing, headers: &mut HeaderMap) {
        let seconds = |tokens: u32| tokens.div_ceil(self.per_sec);
        let Standing { remaining, .. } = standing;
        let full_in = seconds(self.burst.saturating_sub(remaining));
        let window = seconds(self.burst);
        let fields = [
            (POLICY, format!("\"default\";q={};w={window}", self.burst)),
            (STANDING, format!("\"default\";r={remaining};t={full_in}")),
        ];
        for (name, value) in fields {
            // Digits and words are always a header.
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(name, value);
            }
        }
    }

    /// Forgets callers whose bucket is full again.
    pub(super) fn forget_idle(&self) {
        self.limiter.retain_recent();
        self.limiter.shrink_to_fit();
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_burst_is_taken_and_then_the_wait_is_told() {
        let limit = RateLimit::new(1, 2);
        let caller = CountedAs::Key("make".to_owned());
        let told = |standing| {
            let mut headers = HeaderMap::new();
            limit.tell(standing, &mut headers);
            assert_eq!(headers[POLICY], "\"default\";q=2;w=2");
            headers[STANDING].to_str().unwrap().to_owned()
        };
        assert_eq!(told(limit.take(&caller)), "\"default\";r=1;t=1");
        assert_eq!(told(limit.take(&caller)), "\"default\";r=0;t=2");
        let refused = limit.take(&caller);
        let wait = refused.refused_for.unwrap();
        assert!(wait > Duration::ZERO && wait <= Duration::from_secs(1));
        assert_eq!(
            told(refused),
            "\"default\";r=0;t=2",
            "not before Retry-After"
        );
        let other = limit.take(&CountedAs::Key("ops".to_owned()));
        assert_eq!(other.refused_for, None);
    }

    #[test]
    fn a_fast_bucket_is_full_within_a_second() {
        let limit = RateLimit::new(100, 50);
        let mut headers = HeaderMap::new();
        limit.tell(limit.take(&CountedAs::Address(None)), &mut headers);
        assert_eq!(headers[POLICY], "\"default\";q=50;w=1");
        assert_eq!(headers[STANDING], "\"default\";r=49;t=1");
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
