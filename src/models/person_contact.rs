//! A phone or an e-mail that somebody has.

use super::{Email, Phone};

/// A contact of a person, whichever kind it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PersonContact {
    /// A phone, WhatsApp included.
    Phone(Phone),
    /// An e-mail.
    Email(Email),
}

impl PersonContact {
    /// Reads a contact as it is stored; `None` when it cannot be one.
    #[must_use]
    pub fn parse(kind: &str, value: &str) -> Option<Self> {
        match kind {
            "phone" => Phone::parse(value).ok().map(Self::Phone),
            "email" => Email::parse(value).ok().map(Self::Email),
            _ => None,
        }
    }

    /// The kind, as it is stored (DATABASE.md "party_contacts").
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Phone(_) => "phone",
            Self::Email(_) => "email",
        }
    }

    /// The value as it is stored to be compared: national digits, or lower case.
    #[must_use]
    pub fn normalized(&self) -> &str {
        match self {
            Self::Phone(phone) => phone.national(),
            Self::Email(email) => email.as_str(),
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn it_is_read_as_it_is_stored() {
        for (kind, value) in [("phone", "11900000012"), ("email", "pessoa@example.com")] {
            let contact = PersonContact::parse(kind, value).unwrap();
            assert_eq!((contact.kind(), contact.normalized()), (kind, value));
            assert!(!format!("{contact:?}").contains(value));
        }
        for (kind, value) in [("phone", "12"), ("email", "@"), ("fax", "11900000012")] {
            assert_eq!(PersonContact::parse(kind, value), None);
        }
    }
}
