//! `PRIVACY_KEY`, `LGPD_*`: data protection.

use super::Environment;
use super::reader::Reader;
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
