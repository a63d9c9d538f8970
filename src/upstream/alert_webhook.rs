//! Telling a person, by a chat's incoming webhook. Its URL is a secret.

use std::time::{Duration, Instant};

use http::HeaderMap;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use url::Url;

use super::{
    Answer, BreakerRules, Http, Limits, Permission, SetupError, Upstream, UpstreamError,
    UpstreamErrorKind, record_call,
};

const LIMITS: Limits = Limits {
    timeout: Duration::from_secs(10),
    concurrency: 2,
    pace: Duration::ZERO,
    body_limit: 64 << 10,
};

const ALERT: &str = "alert";

/// A webhook that takes a JSON object with `text`.
pub struct AlertWebhook {
    http: Http,
    url: Url,
}

impl AlertWebhook {
    /// The webhook at this URL.
    ///
    /// # Errors
    /// [`SetupError`] when it is no URL, or the client cannot be started.
    pub fn new(url: &SecretString, rules: BreakerRules) -> Result<Self, SetupError> {
        let url = Url::parse(url.expose_secret());
        let url = url.map_err(|_| SetupError::BaseUrl(Upstream::AlertWebhook))?;
        // It is told of leads and acts for none.
        let permission = Permission::new(|_| true);
        Ok(Self {
            http: Http::new(
                Upstream::AlertWebhook,
                LIMITS,
                rules,
                permission,
                HeaderMap::new(),
            )?,
            url,
        })
    }

    /// Posts an alert, once.
    ///
    /// # Errors
    /// [`UpstreamError`], when it was not taken by a complete 2xx.
    pub async fn post(&self, alert: &Value) -> Result<(), UpstreamError> {
        let request = self.http.post(self.url.clone()).json(alert);
        let read = |answer: &Answer| {
            let taken = answer.is_success().then_some(answer.latency);
            taken.ok_or(UpstreamErrorKind::of_status(answer.status))
        };
        let called = self.http.call(ALERT, Instant::now(), request, read).await;
        match &called {
            Ok(latency) => record_call(Upstream::AlertWebhook, ALERT, "delivered", *latency),
            Err(error) => {
                record_call(Upstream::AlertWebhook, ALERT, &error.code(), error.latency);
            }
        }
        called.map(|_| ())
    }
}
