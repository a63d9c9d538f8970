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
