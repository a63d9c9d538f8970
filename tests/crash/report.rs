//! The figures of a scenario.

use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::Write as _;

use crate::size::variable;

/// What a scenario counted, told when it is over; in the file named by `CRASH_TEST_REPORT` too,
/// from which `make crash-test` makes its summary.
pub(crate) struct Report(String);

impl Report {
    pub(crate) fn of(scenario: &str) -> Self {
        Self(format!("{scenario}\n"))
    }

    pub(crate) fn line(&mut self, text: impl AsRef<str>) {
        writeln!(self.0, "  {}", text.as_ref()).unwrap();
    }

    pub(crate) fn tell(&self) {
        println!("{}", self.0);
        if let Some(path) = variable("CRASH_TEST_REPORT") {
            let file = OpenOptions::new().create(true).append(true).open(path);
            writeln!(file.unwrap(), "{}", self.0).unwrap();
        }
    }
}

/// The middle one.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
