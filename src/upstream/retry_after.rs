//! `Retry-After`: how long an upstream asks us to stay away.

use std::time::Duration;

use chrono::{DateTime, FixedOffset};
use http::HeaderMap;
use http::header::{DATE, RETRY_AFTER};

/// The longest time we stay away on an upstream's word: the longest backoff by default
/// (`RETRY_MAX_MS`). A slip of the upstream must not park leads for days.
const LONGEST: Duration = Duration::from_secs(900);

/// Reads seconds or an HTTP date (RFC 9110 §10.2.3), clamped to 1 s to 15 min. A date counts from
/// the answer's own `Date`, so that our clock and theirs need not agree; without one it says nothing.
pub(super) fn read(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let seconds = if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        // More digits than fit are only a longer wait.
        text.parse().unwrap_or(u64::MAX)
    } else {
        let wait = http_date(text)? - http_date(headers.get(DATE)?.to_str().ok()?)?;
        wait.to_std().map_or(0, |wait| wait.as_secs())
    };
    Some(Duration::from_secs(seconds).clamp(Duration::from_secs(1), LONGEST))
}

fn http_date(text: &str) -> Option<DateTime<FixedOffset>> {
    DateTime::parse_from_rfc2822(text.trim()).ok()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("7", Some(7))]
    #[case(" 7 ", Some(7))]
    #[case("0", Some(1))]
    #[case("86400", Some(900))]
    #[case("99999999999999999999999", Some(900))]
    #[case("Sun, 06 Nov 1994 08:49:37 GMT", Some(30))]
    #[case("Sun, 06 Nov 1994 08:00:00 GMT", Some(1))]
    #[case("Mon, 07 Nov 1994 08:00:00 GMT", Some(900))]
    #[case("-5", None)]
    #[case("soon", None)]
    #[case("", None)]
    fn reads(#[case] text: &'static str, #[case] seconds: Option<u64>) {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, HeaderValue::from_static(text));
        headers.insert(
            DATE,
            HeaderValue::from_static("Sun, 06 Nov 1994 08:49:07 GMT"),
        );
        assert_eq!(read(&headers), seconds.map(Duration::from_secs));
    }

    #[test]
    fn a_date_without_a_date_to_count_from_says_nothing() {
        let mut headers = HeaderMap::new();
        headers.insert(
            RETRY_AFTER,
            HeaderValue::from_static("Sun, 06 Nov 1994 08:49:37 GMT"),
        );
        assert_eq!(read(&headers), None);
    }
}
