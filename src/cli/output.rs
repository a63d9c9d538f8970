//! What the commands print.

use std::io::{self, Write};

use crate::handlers::{Masking, render};
use crate::services::lead_processing::ProcessAnswer;

/// Prints a line to standard output.
///
/// # Errors
/// When nobody reads it any more.
pub(super) fn say(line: &str) -> io::Result<()> {
    writeln!(io::stdout().lock(), "{line}")
}

/// The answer of `GET /leads/process` as readable JSON, CPFs masked: terminals keep what they
/// show.
///
/// # Errors
/// When it cannot be written as JSON.
pub(super) fn process_answer(answer: &ProcessAnswer) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(&render(answer, Masking::Masked).body)
}

/// Rows as lines: each column as wide as its widest text, two blanks between them.
pub(super) fn table<const COLUMNS: usize>(rows: &[[String; COLUMNS]]) -> Vec<String> {
    let mut widths = [0; COLUMNS];
    for row in rows {
        for (width, text) in widths.iter_mut().zip(row) {
            *width = (*width).max(text.chars().count());
        }
    }
    let line = |row: &[String; COLUMNS]| {
        let columns = row.iter().zip(widths);
        let padded = columns.map(|(text, width)| format!("{text:<width$}"));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_text() {
        let rows = [["a", "bcd", "e"], ["ação", "b", "e"]].map(|row| row.map(str::to_owned));
        assert_eq!(table(&rows), ["a     bcd  e", "ação  b    e"]);
    }
}
