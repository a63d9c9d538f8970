//! Diretrix: the people a phone or an e-mail belongs to (UPSTREAMS.md §2). Every call is paid.

mod wire;

use std::time::{Duration, Instant};

use http::HeaderMap;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::answer::{ProviderAnswer, ProviderOutcome, recorded};
use crate::config::DiretrixConfig;
use crate::models::{ContactPeople, Email, Phone};
use crate::upstream::{
    Answer, BreakerRules, Http, Limits, Permission, SetupError, Upstream, UpstreamError,
    UpstreamErrorKind, UpstreamHealth, at_path,
};

/// Longest answer that is read, in bytes.
const BODY_LIMIT: usize = 1 << 20;

/// What may stand in a path segment as it is (RFC 3986 §2.3).
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Diretrix' API.
pub(super) struct Diretrix {
    http: Http,
    base: Url,
    user: SecretString,
    password: SecretString,
}

type Candidates = ProviderAnswer<ContactPeople>;

impl Diretrix {
    /// Diretrix at the configured address.
    ///
    /// # Errors
    /// [`SetupError`] when the base URL cannot be used.
    pub(super) fn new(
        config: &DiretrixConfig,
        rules: BreakerRules,
        permission: Permission,
    ) -> Result<Self, SetupError> {
        let limits = Limits {
            timeout: config.timeout,
            concurrency: config.concurrency,
            pace: Duration::ZERO,
            body_limit: BODY_LIMIT,
        };
        Ok(Self {
            http: Http::new(
                Upstream::Diretrix,
                limits,
                rules,
                permission,
                HeaderMap::new(),
            )?,
            base: at_path(Upstream::Diretrix, &config.base_url, "/Consultas/Pessoa")?,
            user: config.user.clone(),
            password: config.password.clone(),
        })
    }

    /// The people a phone belongs to.
    ///
    /// # Errors
    /// [`UpstreamError`] when Diretrix gave no answer that can be read.
    pub(super) async fn by_phone(
        &self,
        phone: &Phone,
        held_since: Instant,
    ) -> Result<Candidates, UpstreamError> {
        self.ask("phone", held_since, ("Telefone", phone.national()))
            .await
    }

    /// The people an e-mail belongs to.
    ///
    /// # Errors
    /// [`UpstreamError`] when Diretrix gave no answer that can be read.
    pub(super) async fn by_email(
        &self,
        email: &Email,
        held_since: Instant,
    ) -> Result<Candidates, UpstreamError> {
        self.ask("email", held_since, ("Email", email.as_str()))
            .await
    }

    async fn ask(
        &self,
        operation: &'static str,
        held_since: Instant,
        (kind, contact): (&str, &str),
    ) -> Result<Candidates, UpstreamError> {
        let mut url = self.base.clone();
        let contact = utf8_percent_encode(contact, ENCODED);
        url.set_path(&format!("{}/{kind}/{contact}", self.base.path()));
        let password = Some(self.password.expose_secret());
        let request = self
            .http
            .get(url)
            .basic_auth(self.user.expose_secret(), password);
        let called = self.http.call(operation, held_since, request, read).await;
        recorded(Upstream::Diretrix, operation, called)
    }

    /// How Diretrix does.
    pub(super) fn health(&self) -> UpstreamHealth {
        self.http.health()
    }
}

fn read(answer: &Answer) -> Result<Candidates, UpstreamErrorKind> {
    let candidates = match answer.status {
        200..=299 => wire::candidates(&answer.body)?,
        // Diretrix says "not found" in three ways; a malformed contact is not sent at all.
        400 | 404 => ContactPeople::default(),
        status => return Err(UpstreamErrorKind::of_status(status)),
    };
    Ok(ProviderAnswer {
        outcome: if candidates.is_empty() {
            ProviderOutcome::Absent
        } else {
            ProviderOutcome::Found(candidates)
        },
        latency: answer.latency,
    })
}

#[cfg(test)]
mod tests;
