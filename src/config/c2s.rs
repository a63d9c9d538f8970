//! `C2S_*`: the CRM.

use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use super::reader::Reader;

/// How Contact2Sale is called.
#[derive(Debug, Clone)]
pub struct C2sConfig {
    /// `C2S_BASE_URL`; `/integration` is appended.
    pub base_url: Url,
    /// `C2S_TOKEN`.
    pub token: SecretString,
    /// `C2S_TIMEOUT_SECS`: the total time of one call.
    pub timeout: Duration,
    /// `UPSTREAM_CONCURRENCY`, 16 if unset: calls in flight.
    pub concurrency: usize,
}

impl C2sConfig {
    pub(super) fn read(reader: &mut Reader<'_>, concurrency: Option<usize>) -> Option<Self> {
        let base_url = reader.base_url("C2S_BASE_URL");
        let token = reader.token("C2S_TOKEN");
        let timeout = reader.seconds("C2S_TIMEOUT_SECS", 1..=300);
        Some(Self {
            base_url: base_url?,
            token: token?,
            timeout: timeout?,
            concurrency: concurrency.unwrap_or(16),
        })
    }
}
