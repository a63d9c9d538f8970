//! `C2S_*`: the CRM.

use std::time::Duration;

use secrecy::SecretString;
use url::Url;

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
