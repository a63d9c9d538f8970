//! Work API: the profile behind a CPF, and the people a phone belongs to (UPSTREAMS.md §3).
//! Every call is paid.

mod profile;
mod wire;

use http::HeaderMap;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::answer::{ProviderAnswer, ProviderOutcome, recorded};
use crate::config::WorkApiConfig;
use crate::models::{AllowedPayload, Candidate, Cpf, Phone, Profile};
use crate::upstream::{
    Answer, Http, Limits, Permission, SetupError, Upstream, UpstreamError, UpstreamErrorKind,
    at_path,
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
    pub(super) fn new(config: &WorkApiConfig, permission: Permission) -> Result<Self, SetupError> {
        let limits = Limits {
            timeout: config.timeout,
            concurrency: config.concurrency,
            pace: config.pace,
            body_limit: BODY_LIMIT,
        };
        Ok(Self {
            http: Http::new(Upstream::WorkApi, limits, permission, HeaderMap::new())?,
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
    ) -> Result<ProviderAnswer<Box<FetchedProfile>>, UpstreamError> {
        let called = self.call(PROFILE, "cpf", cpf.digits()).await;
        let read = called.and_then(|answer| {
            self.read(PROFILE, &answer, |body| {
                Ok(match wire::profile(body, cpf)? {
                    Reading::Success(fetched) => ProviderOutcome::Found(Box::new(fetched)),
                    Reading::Absent => ProviderOutcome::Absent,
                })
            })
        });
        recorded(Upstream::WorkApi, PROFILE, read)
    }

    /// The people a phone belongs to; companies are left out. `NoAnswer` when the contract does
    /// not include this question.
    ///
    /// # Errors
    /// [`UpstreamError`] when Work API gave no answer that can be read.
    pub(super) async fn by_phone(
        &self,
        phone: &Phone,
    ) -> Result<ProviderAnswer<Vec<Candidate>>, UpstreamError> {
        let called = self.call(PHONE, "phone", phone.national()).await;
        let read = called.and_then(|answer| {
            self.read(PHONE, &answer, |body| match wire::candidates(body) {
                Ok(Reading::Success(people)) => Ok(ProviderOutcome::Found(people)),
                Ok(Reading::Absent) => Ok(ProviderOutcome::Absent),
                Err(UpstreamErrorKind::NotInContract) => Ok(ProviderOutcome::NoAnswer),
                Err(kind) => Err(kind),
            })
        });
        recorded(Upstream::WorkApi, PHONE, read)
    }

    async fn call(
        &self,
        operation: &'static str,
        module: &str,
        query: &str,
    ) -> Result<Answer, UpstreamError> {
        let mut url = self.endpoint.clone();
        url.query_pairs_mut()
            .append_pair("token", self.token.expose_secret())
            .append_pair("modulo", module)
            .append_pair("consulta", query);
        self.http.call(operation, self.http.get(url)).await
    }

    fn read<T>(
        &self,
        operation: &'static str,
        answer: &Answer,
        body: impl FnOnce(&[u8]) -> Result<ProviderOutcome<T>, UpstreamErrorKind>,
    ) -> Result<ProviderAnswer<T>, UpstreamError> {
        let read = if answer.is_success() {
            body(&answer.body)
        } else {
            Err(UpstreamErrorKind::of_status(answer.status))
        };
        let outcome = read.map_err(|kind| self.http.error(operation, answer, kind))?;
        Ok(ProviderAnswer {
            outcome,
            latency: answer.latency,
        })
    }
}

#[cfg(test)]
mod tests;
