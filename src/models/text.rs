//! Text from outside: cleaned, and absent when the sender only says that there is none.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Longest free text that is kept, in characters; the rest of a longer one is cut.
const LONGEST: usize = 4_000;

/// Text without what PostgreSQL or a reader cannot take: control characters become blanks
/// (NUL included, which a `text` column refuses), zero-width and direction marks vanish, and
/// white space is squeezed and trimmed.
#[must_use]
pub fn clean(text: &str) -> String {
    let visible = text
        .chars()
        .filter(|c| !is_invisible(*c))
        .map(|c| if c.is_control() { ' ' } else { c });
    let mut out = String::with_capacity(text.len().min(LONGEST));
    for c in visible {
        if !c.is_whitespace() {
            out.push(c);
        } else if !out.is_empty() && !out.ends_with(' ') {
            out.push(' ');
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// The text if there is any: cleaned, and `None` for what providers write when they know nothing:
/// empty, or the literal `SEM INFORMAÇÃO` (UPSTREAMS.md §3).
#[must_use]
pub fn present(text: &str) -> Option<String> {
    let text = clean(text);
    let folded = text.to_uppercase();
    let unknown = ["", "SEM INFORMAÇÃO", "SEM INFORMACAO", "NULL"];
    (!unknown.contains(&folded.as_str())).then_some(text)
}

/// The ASCII digits of a text, in order.
#[must_use]
pub fn digits_of(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

/// Text written by a person or a provider, which may name somebody: cleaned, never empty, at most
/// 4,000 characters, and shown in `Debug` by its length only.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FreeText(String);

impl FreeText {
    /// The text if there is any (see [`present`]), cut at 4,000 characters.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = present(text)?;
        let cut = text
            .char_indices()
            .nth(LONGEST)
            .map_or(text.len(), |(at, _)| at);
        Some(Self(text[..cut].trim_end().to_owned()))
    }

    /// The text itself, for the broker's message and for storage.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for FreeText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FreeText({} characters)", self.0.chars().count())
    }
}

impl From<FreeText> for String {
    fn from(text: FreeText) -> Self {
        text.0
    }
}

impl TryFrom<String> for FreeText {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("a text that says nothing")
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::empty("", None)]
    #[case::blanks(" \t ", None)]
    #[case::literal("SEM INFORMAÇÃO", None)]
    #[case::literal_small(" sem informacao ", None)]
    #[case::nul("\0", None)]
    #[case::control("a\u{0}b\u{7}c", Some("a b c"))]
    #[case::zero_width("Jo\u{200B}ão", Some("João"))]
    #[case::squeezed("  A   B\n C ", Some("A B C"))]
    fn absent_text_is_none(#[case] text: &str, #[case] expected: Option<&str>) {
        assert_eq!(present(text).as_deref(), expected);
    }

    #[test]
    fn debug_shows_the_length_only() {
        let text = FreeText::parse("Pessoa Exemplo").map(|t| format!("{t:?}"));
        assert_eq!(text.as_deref(), Some("FreeText(14 characters)"));
    }

    #[test]
    fn a_long_text_is_cut_on_a_character_boundary() {
        let text = FreeText::parse(&"ã".repeat(5_000)).map(|t| t.as_str().chars().count());
        assert_eq!(text, Some(4_000));
    }
}
