//! `RUST_LOG`: which of our own log lines are written.

use tracing_subscriber::filter::{LevelFilter, Targets};

/// Completes "must be …".
pub(super) const EXPECTED: &str = "off, error, warn, info, debug or trace, \
     or a list such as info,rust_c2s_api=debug";

/// The text, if it is a level or a list of `target=level`. A bare word that is no level would be
/// read as a target and silence everything else, so a misspelt level is refused.
pub(super) fn parse(text: &str) -> Option<String> {
    let mut parts = text.split(',').map(str::trim);
    let known = |part: &str| {
        part.contains('=') || (!part.is_empty() && part.parse::<LevelFilter>().is_ok())
    };
    let valid = parts.all(known) && text.parse::<Targets>().is_ok();
    valid.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::parse;

    #[rstest]
    #[case::level("info", true)]
    #[case::upper("DEBUG", true)]
    #[case::list("info,rust_c2s_api=trace", true)]
    #[case::off("off", true)]
    #[case::misspelt("inof", false)]
    #[case::bad_level("rust_c2s_api=loud", false)]
    #[case::hole("info,,debug", false)]
    fn a_misspelt_level_is_refused(#[case] text: &str, #[case] valid: bool) {
        assert_eq!(parse(text).is_some(), valid);
    }
}
