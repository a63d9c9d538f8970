//! `ANALYTICS_REFRESH_SECS`: when the views that marketing reads are refreshed.

use std::time::Duration;

use super::reader::Reader;

/// Whoever sets less would keep the database busy with nothing else, but for 0, which is no schedule.
const SHORTEST: Duration = Duration::from_secs(60);

/// The views that marketing reads.
#[derive(Debug, Clone)]
pub struct AnalyticsConfig {
    /// `ANALYTICS_REFRESH_SECS`: the pause between two refreshes; `None` for no schedule.
    pub refresh_every: Option<Duration>,
}

impl AnalyticsConfig {
    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let name = "ANALYTICS_REFRESH_SECS";
        let expected = "0, or a whole number from 60 to 86400";
        let seconds = reader.parsed(name, expected, |text| {
            let seconds = Duration::from_secs(text.parse().ok()?);
            let longest = Duration::from_secs(86_400);
            (seconds.is_zero() || (SHORTEST..=longest).contains(&seconds)).then_some(seconds)
        })?;
        Some(Self {
            refresh_every: (!seconds.is_zero()).then_some(seconds),
        })
    }
}
