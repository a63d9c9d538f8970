//! `WORK_API*`: CPF → profile.

use std::time::Duration;

use secrecy::SecretString;
use url::Url;

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
