//! The id of a lead, as Contact2Sale gives it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A lead's id: opaque, 1–64 of `A–Z a–z 0–9 - _` (C2S uses 32 lowercase hex characters).
/// It names no person by itself, so it may be logged and shown; but a caller may send a CPF or a
/// phone in its place, so of 10 to 14 digits without a letter only the last two are shown.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LeadId(String);

/// A text that is no lead id. Never holds the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a lead id is 1 to 64 of A–Z a–z 0–9 - _")]
pub struct LeadIdError;

impl LeadId {
    /// Reads a lead id, exactly as given.
    ///
    /// # Errors
    /// [`LeadIdError`] when the text is empty, longer than 64 or holds another character.
    pub fn parse(text: &str) -> Result<Self, LeadIdError> {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        if (1..=64).contains(&text.len()) && text.bytes().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(LeadIdError)
        }
    }

    /// The id itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LeadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let punctuation = |c: char| matches!(c, '-' | '_');
        let digits = self.0.replace(punctuation, "");
        let may_name_somebody =
            (10..=14).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        if may_name_somebody {
            write!(f, "***{}", &digits[digits.len() - 2..])
        } else {
            f.write_str(&self.0)
        }
    }
}

impl fmt::Debug for LeadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LeadId({self})")
    }
}

impl From<LeadId> for String {
    fn from(id: LeadId) -> Self {
        id.0
    }
}

impl TryFrom<String> for LeadId {
    type Error = LeadIdError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::usual("00000000000000000000000000000a01", "00000000000000000000000000000a01")]
    #[case::short("12345", "12345")]
    #[case::cpf("52998224725", "***25")]
    #[case::phone("55-11_900000001", "***01")]
    fn what_may_be_a_cpf_or_a_phone_is_not_shown(#[case] id: &str, #[case] shown: &str) {
        let id = LeadId::parse(id).map(|id| format!("{id} {id:?}"));
        assert_eq!(id, Ok(format!("{shown} LeadId({shown})")));
    }

    #[rstest]
    #[case::usual("00000000000000000000000000000a01", true)]
    #[case::opaque("Lead_01-x", true)]
    #[case::longest(&"a".repeat(64), true)]
    #[case::too_long(&"a".repeat(65), false)]
    #[case::empty("", false)]
    #[case::path("a/b", false)]
    #[case::nul("a\0", false)]
    #[case::accent("ação", false)]
    fn reads_a_lead_id(#[case] text: &str, #[case] valid: bool) {
        assert_eq!(LeadId::parse(text).is_ok(), valid);
    }
}
