//! Reads variables one after another and keeps every problem instead of stopping at the first.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use super::problem::{ConfigError, Problem};
use super::variables::{self, Fallback};

/// Reads variables by name. A method answers `None` when it noted a problem, or, where it says
/// so, when the variable is not set.
pub(super) struct Reader<'a> {
    lookup: &'a dyn Fn(&str) -> Option<String>,
    problems: Vec<Problem>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(lookup: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self {
            lookup,
            problems: Vec::new(),
        }
    }

    /// The value as set, without blanks around it; an empty one counts as unset.
    pub(super) fn set(&self, name: &str) -> Option<String> {
        let value = (self.lookup)(name)?.trim().to_owned();
        (!value.is_empty()).then_some(value)
    }

    pub(super) fn problem(
        &mut self,
        variable: &'static str,
        wrong: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.problems.push(Problem {
            variable,
            wrong: wrong.into(),
            remedy: remedy.into(),
        });
    }

    /// What is set, or the default of the table of variables. A required variable that is missing
    /// is a problem; one without a default is `None`.
    pub(super) fn text(&mut self, name: &'static str) -> Option<String> {
        let fallback = variables::find(name).map(|variable| variable.fallback);
        match (self.set(name), fallback) {
            (Some(value), _) => Some(value),
            (None, Some(Fallback::Value(default))) => Some(default.to_owned()),
            (None, Some(Fallback::Unset)) => None,
            (None, Some(Fallback::Required) | None) => {
                let remedy = "set it (docs/configuration.md says what it is)";
                self.problem(name, "is required and not set", remedy);
                None
            }
        }
    }

    /// A value that `parse` understands; `expected` completes "must be …".
    pub(super) fn parsed<T>(
        &mut self,
        name: &'static str,
        expected: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.text(name)?;
        let value = parse(&text);
        if value.is_none() {
            self.malformed(name, expected);
        }
        value
    }

    /// Notes that the value of a variable is not what it must be.
    pub(super) fn malformed(&mut self, name: &'static str, expected: &str) {
        let remedy = match variables::find(name).map(|variable| variable.fallback) {
            Some(Fallback::Value(default)) => {
                format!("correct it, or unset it for the default {default}")
            }
            Some(Fallback::Unset) => "correct it, or unset it".to_owned(),
            Some(Fallback::Required) | None => "correct it".to_owned(),
        };
        self.problem(name, format!("must be {expected}"), remedy);
    }

    /// A whole number within a range.
    pub(super) fn number<T>(&mut self, name: &'static str, range: RangeInclusive<T>) -> Option<T>
    where
        T: std::str::FromStr + PartialOrd + Display,
    {
        let expected = format!("a whole number from {} to {}", range.start(), range.end());
        self.parsed(name, &expected, |text| {
            text.parse().ok().filter(|number| range.contains(number))
        })
    }

    /// `true` or `false`.
    pub(super) fn boolean(&mut self, name: &'static str) -> Option<bool> {
        self.parsed(name, "true or false", |text| text.parse().ok())
    }

    /// A number of seconds.
    pub(super) fn seconds(
        &mut self,
        name: &'static str,
        range: RangeInclusive<u64>,
    ) -> Option<Duration> {
        self.number(name, range).map(Duration::from_secs)
    }

    /// A number of milliseconds.
    pub(super) fn milliseconds(
        &mut self,
        name: &'static str,
        range: RangeInclusive<u64>,
    ) -> Option<Duration> {
        self.number(name, range).map(Duration::from_millis)
    }

    /// A secret that goes into a header or a URL: visible ASCII characters only, which is what
    /// a header can carry.
    pub(super) fn token(&mut self, name: &'static str) -> Option<SecretString> {
        let expected = "letters, digits and signs only (no blanks, accents or control characters)";
        self.parsed(name, expected, |text| {
            text.bytes()
                .all(|byte| byte.is_ascii_graphic())
                .then(|| SecretString::from(text))
        })
    }

    /// The address of an upstream: http or https, without credentials, query or fragment, any of
    /// which would end in a log.
    pub(super) fn base_url(&mut self, name: &'static str) -> Option<Url> {
        let expected = "an http or https URL without user, password, query or fragment";
        self.parsed(name, expected, |text| {
            let url = Url::parse(text).ok()?;
            let web = matches!(url.scheme(), "http" | "https") && url.has_host();
            let plain = url.username().is_empty() && url.password().is_none();
            let bare = url.query().is_none() && url.fragment().is_none();
            (web && plain && bare).then_some(url)
        })
    }

    /// What was read, unless a problem was noted.
    pub(super) fn finish<T>(self, read: Option<T>) -> Result<T, ConfigError> {
        match read {
            Some(read) if self.problems.is_empty() => Ok(read),
            _ => Err(ConfigError(self.problems)),
        }
    }
}
