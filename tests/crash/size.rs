//! How much of it is run.

use std::fmt::Display;
use std::str::FromStr;

/// The short form is part of every run of the tests, the full one is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Size {
    Short,
    Full,
}

impl Size {
    /// `CRASH_TEST=full`, as `make crash-test` sets it.
    pub(crate) fn asked_for() -> Self {
        match variable("CRASH_TEST").as_deref() {
            Some("full") => Self::Full,
            Some(other) => panic!("CRASH_TEST is {other:?}: set it to full, or leave it out"),
            None => Self::Short,
        }
    }

    pub(crate) fn is_full(self) -> bool {
        self == Self::Full
    }

    /// One of two values.
    pub(crate) fn of<T>(self, short: T, full: T) -> T {
        match self {
            Self::Short => short,
            Self::Full => full,
        }
    }
}

/// A variable of the harness itself.
#[expect(
    clippy::disallowed_methods,
    reason = "the harness has no configuration; the service gets none of its environment"
)]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// A number that may be given by a variable, such as the seed of an earlier run.
pub(crate) fn number<N: FromStr<Err: Display>>(name: &str) -> Option<N> {
    let text = variable(name)?;
    let number = text.parse();
    Some(number.unwrap_or_else(|error| panic!("{name}: {error}")))
}
