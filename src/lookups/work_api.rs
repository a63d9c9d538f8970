//! Work API: the profile behind a CPF, and the people a phone belongs to (UPSTREAMS.md §3).
//! Every call is paid.

mod profile;
mod wire;

use std::time::Instant;

use http::HeaderMap;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::answer::{ProviderAnswer, ProviderOutcome, recorded};
use crate::config::WorkApiConfig;
use crate::models::{AllowedPayload, ContactPeople, Cpf, Phone, Profile};
use crate::upstream::{
    BreakerRules, Http, Limits, Permission, SetupError, Upstream, UpstreamError, UpstreamErrorKind,
    UpstreamHealth, at_path,
};
use wire::Reading;

/// Longest answer that is read, in bytes.
const BODY_LIMIT: usize = 4 << 20;

const PROFILE: &str = "profile";
const PHONE: &str = "phone";

/// Work API.
pub(super) struct WorkApi {
    http: Http,
    endpoint: Url,
    token: SecretString,
}

/// A profile, and the part of the answer it was read from that may be kept.
#[derive(Debug, PartialEq)]
pub(super) struct FetchedProfile {
    /// The person.
    pub(super) profile: Profile,
    /// The allow-listed part of the answer, in the vendor's shape.
    pub(super) payload: AllowedPayload,
}

impl WorkApi {
    /// Work API at the configured address.
    ///
    /// # Errors
    /// [`SetupError`] when the base URL cannot be used.
    pub(super) fn new(
        config: &WorkApiConfig,
        rules: BreakerRules,
        permission: Permission,
    ) -> Result<Self, SetupError> {
        let limits = Limits {
            timeout: config.timeout,
            concurrency: config.concurrency,
            pace: config.pace,
            body_limit: BODY_LIMIT,
        };
        Ok(Self {
            http: Http::new(
                Upstream::WorkApi,
                limits,
                rules,
                permission,
                HeaderMap::new(),
            )?,
            endpoint: at_path(Upstream::WorkApi, &config.base_url, "/api")?,
            token: config.token.clone(),
        })
    }

    /// The profile behind a CPF.
    ///
    /// # Errors
    /// [`UpstreamError`] when Work API gave no answer that can be read, or one about somebody
    /// else.
    pub(super) async fn profile(
        &self,
        cpf: &Cpf,
        held_since: Instant,
    ) -> Result<ProviderAnswer<Box<FetchedProfile>>, UpstreamError> {
        let read = |body: &[u8]| {
            Ok(match wire::profile(body, cpf)? {
                Reading::Success(fetched) => ProviderOutcome::Found(Box::new(fetched)),
                Reading::Absent => ProviderOutcome::Absent,
            })
        };
        self.ask(PROFILE, held_since, ("cpf", cpf.digits()), read)
            .await
    }

    /// The people a phone belongs to; companies are left out. `NoAnswer` when the contract does
    /// not include this question.
    ///
    /// # Errors
    /// [`UpstreamError`] when Work API gave no answer that can be read.
    pub(super) async fn by_phone(
        &self,
        phone: &Phone,
        held_since: Instant,
    ) -> Result<ProviderAnswer<ContactPeople>, UpstreamError> {
        let read = |body: &[u8]| {
            Ok(match wire::candidates(body)? {
                Reading::Success(people) => ProviderOutcome::Found(people),
                Reading::Absent => ProviderOutcome::Absent,
            })
        };
        self.ask(PHONE, held_since, ("phone", phone.national()), read)
            .await
    }

    /// How Work API does.
    pub(super) fn health(&self) -> UpstreamHealth {
        self.http.health()
    }

    async fn ask<T>(
        &self,
        operation: &'static str,
        held_since: Instant,
        (module, query): (&str, &str),
        read: impl FnOnce(&[u8]) -> Result<ProviderOutcome<T>, UpstreamErrorKind>,
    ) -> Result<ProviderAnswer<T>, UpstreamError> {
        let mut url = self.endpoint.clone();
        url.query_pairs_mut()
            .append_pair("token", self.token.expose_secret())
            .append_pair("modulo", module)
            .append_pair("consulta", query);
        let called = self
            .http
            .call(operation, held_since, self.http.get(url), |answer| {
                if !answer.is_success() {
                    return Err(UpstreamErrorKind::of_status(answer.status));
                }
                Ok(ProviderAnswer {
                    outcome: read(&answer.body)?,
                    latency: answer.latency,
                })
            });
        let called = called.await.or_else(|error| {
            // An answer only to this question, and only after the breaker has seen that it was none.
            let no_answer = operation == PHONE && error.kind == UpstreamErrorKind::NotInContract;
            no_answer
                .then_some(ProviderAnswer {
                    outcome: ProviderOutcome::NoAnswer,
                    latency: error.latency,
                })
                .ok_or(error)
        });
        recorded(Upstream::WorkApi, operation, called)
    }
}

#[cfg(test)]
mod tests;
