//! `PRIVACY_KEY`, `LGPD_*`: data protection.

use super::reader::Reader;
use super::{ConfigError, Environment};
use crate::models::PrivacyKey;

/// How personal data is protected, and on what ground it is processed.
#[derive(Debug, Clone)]
pub struct PrivacyConfig {
    /// `PRIVACY_KEY`: required in production; elsewhere one is generated once and kept in the
    /// database.
    pub key: Option<PrivacyKey>,
    /// `LGPD_PURPOSE`: why data is looked up (LGPD art. 6 I), recorded with each lookup.
    pub purpose: String,
    /// `LGPD_LEGAL_BASIS`: on what ground (LGPD art. 7), recorded with each lookup.
    pub legal_basis: String,
}

impl PrivacyConfig {
    /// Reads `LGPD_PURPOSE` alone, for commands that show or decide something and know no key.
    ///
    /// # Errors
    /// [`ConfigError`] when it cannot be read.
    pub fn purpose_from_env() -> Result<String, ConfigError> {
        let lookup = |name: &str| Some(super::of_the_process(name)?.to_string_lossy().into_owned());
        let mut reader = Reader::new(&lookup);
        let purpose = reader.text("LGPD_PURPOSE");
        reader.finish(purpose)
    }

    pub(super) fn read(reader: &mut Reader<'_>, environment: Option<Environment>) -> Option<Self> {
        let name = "PRIVACY_KEY";
        let key = reader.parsed(name, "16 bytes or more", |key| {
            PrivacyKey::new(key.as_bytes())
        });
        if environment == Some(Environment::Production) && reader.set(name).is_none() {
            let wrong = "is required in production and not set";
            let remedy = "set it to a random text of 16 bytes or more (openssl rand -hex 32) and keep it: \
                          with another key nobody who was erased is recognised";
            reader.problem(name, wrong, remedy);
        }
        let purpose = reader.text("LGPD_PURPOSE");
        let legal_basis = reader.text("LGPD_LEGAL_BASIS");
        Some(Self {
            key,
            purpose: purpose?,
            legal_basis: legal_basis?,
        })
    }
}
