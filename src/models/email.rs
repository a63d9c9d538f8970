//! E-mail addresses.

use std::fmt;

use email_address::{EmailAddress, Options};
use serde::{Deserialize, Serialize};

/// An e-mail address: lower case, with a domain of at least two parts, no display name, no IP
/// literal. Shown masked (`a***@example.com`).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

/// Why a text is no e-mail address. Never holds the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EmailError {
    /// Longer than the 254 characters that mail servers take (RFC 5321 §4.5.3.1.3).
    #[error("an e-mail address has at most 254 characters")]
    Length,
    /// Not of the form of an address (RFC 5322, without display names and IP literals).
    #[error("this is not an e-mail address")]
    Form,
}

impl Email {
    /// Reads an address; blanks around it are dropped and it is put in lower case.
    ///
    /// # Errors
    /// [`EmailError`] when the text cannot be an address.
    pub fn parse(text: &str) -> Result<Self, EmailError> {
        let text = text.trim();
        if text.len() > 254 {
            return Err(EmailError::Length);
        }
        let strict = Options::default()
            .with_required_tld()
            .without_display_text()
            .without_domain_literal();
        let text = text.to_lowercase();
        let quoted_or_blank = |c: char| c.is_control() || c.is_whitespace() || c == '"';
        if text.contains(quoted_or_blank)
            || EmailAddress::parse_with_options(&text, strict).is_err()
        {
            return Err(EmailError::Form);
        }
        Ok(Self(text))
    }

    /// The address, as stored and as asked for at the providers.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands before the `@`.
    #[must_use]
    pub fn local_part(&self) -> &str {
        self.0.split('@').next().unwrap_or_default()
    }

    /// As a log may see it: `a***@example.com`.
    #[must_use]
    pub fn masked(&self) -> String {
        let (local, domain) = self.0.split_once('@').unwrap_or((&self.0, ""));
        let first: String = local.chars().take(1).collect();
        format!("{first}***@{domain}")
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Email({})", self.masked())
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.0
    }
}

impl TryFrom<String> for Email {
    type Error = EmailError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::plain("ana@example.com", Some("ana@example.com"))]
    #[case::capitals(" Ana.Silva@EXAMPLE.com ", Some("ana.silva@example.com"))]
    #[case::plus("ana+casa@example.com", Some("ana+casa@example.com"))]
    #[case::no_domain("a@b", None)]
    #[case::display("Ana <ana@example.com>", None)]
    #[case::literal("ana@[127.0.0.1]", None)]
    #[case::two_ats("ana@@example.com", None)]
    #[case::blank_inside("an a@example.com", None)]
    #[case::nul("ana\0@example.com", None)]
    #[case::two("ana@example.com;bia@example.com", None)]
    #[case::absent("SEM INFORMAÇÃO", None)]
    #[case::empty("", None)]
    #[case::endless(&format!("{}@example.com", "a".repeat(300)), None)]
    fn reads_an_address(#[case] text: &str, #[case] expected: Option<&str>) {
        assert_eq!(
            Email::parse(text).ok().as_ref().map(Email::as_str),
            expected
        );
    }

    #[test]
    fn debug_is_masked() {
        let email = Email::parse("pessoa.um@example.com").map(|e| format!("{e:?}"));
        assert_eq!(email.as_deref(), Ok("Email(p***@example.com)"));
    }
}
