//! Names of people.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::text::present;

/// A name as somebody wrote it, cleaned: at least one letter, at most 200 characters. Whether it
/// is good enough to tell people apart is a question for `identity`. Shown in `Debug` as initials.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PersonName(String);

/// Why a text is no name. Never holds the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Empty, or a provider's word for "not known".
    #[error("there is no name")]
    Absent,
    /// No letter in it.
    #[error("a name has letters")]
    NoLetter,
    /// Longer than 200 characters.
    #[error("a name has at most 200 characters")]
    TooLong,
}

impl PersonName {
    /// Reads a name; control and invisible characters are dropped, white space is squeezed.
    ///
    /// # Errors
    /// [`NameError`] when the text cannot be a name.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        if text.len() > 4_096 {
            return Err(NameError::TooLong);
        }
        let text = present(text).ok_or(NameError::Absent)?;
        if text.chars().count() > 200 {
            return Err(NameError::TooLong);
        }
        if !text.chars().any(char::is_alphabetic) {
            return Err(NameError::NoLetter);
        }
        Ok(Self(text))
    }

    /// The name as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Initials only, as an operator's list may show it: `P. E. U.`.
    #[must_use]
    pub fn masked(&self) -> String {
        let initials = self
            .0
            .split_whitespace()
            .filter_map(|word| word.chars().next());
        let initials: Vec<String> = initials.map(|c| format!("{c}.")).collect();
        initials.join(" ")
    }
}

impl fmt::Debug for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PersonName({})", self.masked())
    }
}

impl From<PersonName> for String {
    fn from(name: PersonName) -> Self {
        name.0
    }
}

impl TryFrom<String> for PersonName {
    type Error = NameError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::plain("Pessoa Exemplo Um", Ok("Pessoa Exemplo Um"))]
    #[case::blanks("  Pessoa \t Exemplo ", Ok("Pessoa Exemplo"))]
    #[case::nul("Pessoa\0Exemplo", Ok("Pessoa Exemplo"))]
    #[case::absent("SEM INFORMAÇÃO", Err(NameError::Absent))]
    #[case::empty("", Err(NameError::Absent))]
    #[case::digits("(11) 90000-0001", Err(NameError::NoLetter))]
    #[case::megabyte(&"A".repeat(1_000_000), Err(NameError::TooLong))]
    #[case::long(&"A".repeat(201), Err(NameError::TooLong))]
    fn reads_a_name(#[case] text: &str, #[case] expected: Result<&str, NameError>) {
        let read = PersonName::parse(text);
        assert_eq!(
            read.as_ref().map(PersonName::as_str).map_err(|e| *e),
            expected
        );
    }

    #[test]
    fn debug_shows_initials() {
        let shown = PersonName::parse("Pessoa Exemplo Um").map(|name| format!("{name:?}"));
        assert_eq!(shown.as_deref(), Ok("PersonName(P. E. U.)"));
    }
}
