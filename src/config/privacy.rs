//! `PRIVACY_KEY`, `LGPD_*`: data protection.

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
