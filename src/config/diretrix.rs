//! `DIRETRIX_*`: contact → CPF.

use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use crate::models::Money;

/// How Diretrix is called.
#[derive(Debug, Clone)]
pub struct DiretrixConfig {
    /// `DIRETRIX_BASE_URL`.
    pub base_url: Url,
    /// `DIRETRIX_USER`; it names the brokerage's contract, so it counts as a secret.
    pub user: SecretString,
    /// `DIRETRIX_PASS`.
    pub password: SecretString,
    /// `DIRETRIX_TIMEOUT_SECS`: the total time of one call.
    pub timeout: Duration,
    /// `UPSTREAM_CONCURRENCY`, 16 if unset: calls in flight.
    pub concurrency: usize,
    /// `PRICE_DIRETRIX_CENTAVOS`: what a hit or a miss costs.
    pub price: Money,
}
