//! Days and instants, in the forms the outside writes them.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, NaiveDateTime, Utc};

/// Reads a day as the providers write it: `DD/MM/YYYY`, `YYYY-MM-DD` or `YYYY-MM-DD HH:MM:SS`
/// (UPSTREAMS.md §3). `None` for anything else, days before 1850 included.
#[must_use]
pub fn parse_day(text: &str) -> Option<NaiveDate> {
    let text = text.trim();
    let day = text.split([' ', 'T']).next()?;
    let earliest = NaiveDate::from_ymd_opt(1850, 1, 1)?;
    NaiveDate::parse_from_str(day, "%d/%m/%Y")
        .or_else(|_| NaiveDate::parse_from_str(day, "%Y-%m-%d"))
        .ok()
        .filter(|day| *day >= earliest)
}

/// Reads an instant as C2S writes it: RFC 3339, `YYYY-MM-DD HH:MM:SS[.fff] ±ZZZZ`, or the same
/// without a zone, which then is UTC (UPSTREAMS.md §1).
#[must_use]
pub fn parse_instant(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    let text = text.strip_suffix(" UTC").unwrap_or(text);
    DateTime::parse_from_rfc3339(text)
        .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f %z"))
        .map(|instant| instant.to_utc())
        .or_else(|_| {
            NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f")
                .or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f"))
                .map(|instant| instant.and_utc())
        })
        .ok()
        // Beyond these the database refuses what chrono still can hold.
        .filter(|instant| (1900..2200).contains(&instant.year()))
}

/// The day it is in America/Sao_Paulo at an instant: UTC−3, all year since 2019 (Decreto
/// 9.772/2019 ended daylight saving).
#[must_use]
pub fn day_in_sao_paulo(instant: DateTime<Utc>) -> NaiveDate {
    FixedOffset::west_opt(3 * 3600).map_or_else(
        || instant.date_naive(),
        |zone| instant.with_timezone(&zone).date_naive(),
    )
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::brazilian("01/02/1980", Some("1980-02-01"))]
    #[case::iso("1980-02-01", Some("1980-02-01"))]
    #[case::with_time("2020-01-01 00:00:00", Some("2020-01-01"))]
    #[case::empty("", None)]
    #[case::words("SEM INFORMAÇÃO", None)]
    #[case::no_such_day("31/02/1980", None)]
    #[case::zero("00/00/0000", None)]
    #[case::nonsense_year("01/01/0001", None)]
    fn reads_a_day(#[case] text: &str, #[case] day: Option<&str>) {
        assert_eq!(parse_day(text).map(|d| d.to_string()).as_deref(), day);
    }

    #[rstest]
    #[case::rfc3339("2025-01-15T13:00:00.000Z", Some("2025-01-15T13:00:00+00:00"))]
    #[case::offset("2025-01-15T10:00:00-03:00", Some("2025-01-15T13:00:00+00:00"))]
    #[case::blank_zone("2025-01-15 10:00:00.123 -0300", Some("2025-01-15T13:00:00.123+00:00"))]
    #[case::naive("2025-01-15 13:00:00", Some("2025-01-15T13:00:00+00:00"))]
    #[case::naive_t("2025-01-15T13:00:00", Some("2025-01-15T13:00:00+00:00"))]
    #[case::words("ontem", None)]
    #[case::year_zero("0000-01-01T00:00:00Z", None)]
    #[case::five_digits("+12025-01-15 13:00:00", None)]
    fn reads_an_instant(#[case] text: &str, #[case] instant: Option<&str>) {
        let read = parse_instant(text).map(|i| i.to_rfc3339());
        assert_eq!(read.as_deref(), instant);
    }

    #[test]
    fn the_day_is_that_of_sao_paulo() {
        let day = parse_instant("2026-11-24T02:30:00Z").map(day_in_sao_paulo);
        assert_eq!(day.map(|d| d.to_string()).as_deref(), Some("2026-11-23"));
    }
}
