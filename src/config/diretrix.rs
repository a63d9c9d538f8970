//! `DIRETRIX_*`: contact → CPF.

use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use super::reader::Reader;
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

impl DiretrixConfig {
    pub(super) fn read(reader: &mut Reader<'_>, concurrency: Option<usize>) -> Option<Self> {
        let base_url = reader.base_url("DIRETRIX_BASE_URL");
        // HTTP Basic separates user and password by a colon (RFC 7617).
        let user = reader.parsed("DIRETRIX_USER", "a user name without a colon", |user| {
            (!user.contains(':')).then(|| SecretString::from(user))
        });
        let password = reader.text("DIRETRIX_PASS").map(SecretString::from);
        let timeout = reader.seconds("DIRETRIX_TIMEOUT_SECS", 1..=300);
        let price = reader.number("PRICE_DIRETRIX_CENTAVOS", 0..=1_000_000);
        Some(Self {
            base_url: base_url?,
            user: user?,
            password: password?,
            timeout: timeout?,
            concurrency: concurrency.unwrap_or(16),
            price: Money::from_centavos(price?),
        })
    }
}
