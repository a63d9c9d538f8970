//! `WORK_API*`: CPF → profile.

use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use super::reader::Reader;
use crate::models::Money;

/// How Work API is called.
#[derive(Debug, Clone)]
pub struct WorkApiConfig {
    /// `WORK_API_BASE_URL`; `/api` is appended.
    pub base_url: Url,
    /// `WORK_API`: the token.
    pub token: SecretString,
    /// `WORK_API_TIMEOUT_SECS`: the total time of one call.
    pub timeout: Duration,
    /// `WORK_API_PACE_MS`: the least time between the starts of two calls.
    pub pace: Duration,
    /// `UPSTREAM_CONCURRENCY`, 4 if unset: calls in flight.
    pub concurrency: usize,
    /// `PRICE_WORK_API_CENTAVOS`: what a hit or a miss costs.
    pub price: Money,
}

impl WorkApiConfig {
    pub(super) fn read(reader: &mut Reader<'_>, concurrency: Option<usize>) -> Option<Self> {
        let base_url = reader.base_url("WORK_API_BASE_URL");
        let token = reader.token("WORK_API");
        let timeout = reader.seconds("WORK_API_TIMEOUT_SECS", 1..=300);
        let pace = reader.milliseconds("WORK_API_PACE_MS", 0..=60_000);
        let price = reader.number("PRICE_WORK_API_CENTAVOS", 0..=1_000_000);
        Some(Self {
            base_url: base_url?,
            token: token?,
            timeout: timeout?,
            pace: pace?,
            concurrency: concurrency.unwrap_or(4),
            price: Money::from_centavos(price?),
        })
    }
}
