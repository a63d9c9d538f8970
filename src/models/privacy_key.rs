//! Keyed hashes: how contacts and CPFs are told apart without being kept.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretSlice};
use sha2::Sha256;

use super::{Cpf, Email, PersonContact, Phone};

/// The operator's secret for keyed hashes (PRIVACY_KEY). Without it, a hash of an eleven-digit
/// number could be undone by trying all numbers.
#[derive(Clone)]
pub struct PrivacyKey(SecretSlice<u8>);

/// HMAC-SHA-256 of a contact or a CPF under the privacy key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyedHash([u8; 32]);

impl PrivacyKey {
    /// A key of at least 16 bytes; `None` for a shorter one.
    #[must_use]
    pub fn new(key: &[u8]) -> Option<Self> {
        (key.len() >= 16).then(|| Self(SecretSlice::from(key.to_vec())))
    }

    /// The hash by which a CPF is known.
    #[must_use]
    pub fn of_cpf(&self, cpf: &Cpf) -> KeyedHash {
        self.hash("cpf", &[cpf.digits()])
    }

    /// The hash by which a phone is known.
    #[must_use]
    pub fn of_phone(&self, phone: &Phone) -> KeyedHash {
        self.hash("phone", &[phone.national()])
    }

    /// The hash by which an e-mail is known.
    #[must_use]
    pub fn of_email(&self, email: &Email) -> KeyedHash {
        self.hash("email", &[email.as_str()])
    }

    /// The hash by which a contact is known.
    #[must_use]
    pub fn of_contact(&self, contact: &PersonContact) -> KeyedHash {
        match contact {
            PersonContact::Phone(phone) => self.of_phone(phone),
            PersonContact::Email(email) => self.of_email(email),
        }
    }

    /// The hash of several texts under a label. Each text goes in with its length, so that no two
    /// lists share a hash.
    #[must_use]
    pub fn hash(&self, label: &str, parts: &[&str]) -> KeyedHash {
        let mut mac = match Hmac::<Sha256>::new_from_slice(self.0.expose_secret()) {
            Ok(mac) => mac,
            Err(_) => unreachable!("HMAC takes a key of any length"),
        };
        for part in std::iter::once(&label).chain(parts) {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        KeyedHash(mac.finalize().into_bytes().into())
    }
}

impl KeyedHash {
    /// A stored hash, in hexadecimal digits; `None` when it is none.
    #[must_use]
    pub fn from_hex(digits: &str) -> Option<Self> {
        let bytes = hex::decode(digits).ok()?;
        bytes.try_into().ok().map(Self)
    }

    /// The 64 hexadecimal digits, as JSON in the database holds it.
    #[must_use]
    pub fn to_hex(self) -> String {
        hex::encode(self.0)
    }

    /// The 32 bytes, as stored.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Six characters of the hash, upper case without look-alikes, for the eye of a person: the
    /// reference in a message's last line.
    #[must_use]
    pub fn reference(&self) -> String {
        const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
        let letters = self.0.iter().take(6);
        letters
            .map(|byte| char::from(LETTERS[usize::from(byte % 32)]))
            .collect()
    }
}

impl fmt::Debug for PrivacyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivacyKey(secret)")
    }
}

impl fmt::Debug for KeyedHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyedHash({}…)", hex::encode(&self.0[..4]))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_short_key_is_refused() {
        assert!(PrivacyKey::new(b"short").is_none());
    }

    #[test]
    fn parts_and_labels_do_not_run_into_each_other() {
        let key = PrivacyKey::new(b"0123456789abcdef").unwrap();
        let hashes = [
            key.hash("phone", &["ab", "c"]),
            key.hash("phone", &["a", "bc"]),
            key.hash("phonea", &["b", "c"]),
            key.hash("phone", &["abc"]),
        ];
        for (i, one) in hashes.iter().enumerate() {
            assert_eq!(hashes.iter().position(|h| h == one), Some(i));
        }
    }

    #[test]
    fn another_key_gives_another_hash() {
        let cpf = Cpf::parse("52998224725").unwrap();
        let one = PrivacyKey::new(b"0123456789abcdef").unwrap().of_cpf(&cpf);
        let other = PrivacyKey::new(b"fedcba9876543210").unwrap().of_cpf(&cpf);
        assert_ne!(one, other);
    }
}
