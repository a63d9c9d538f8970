//! Contact2Sale, the CRM: leads in, messages out (UPSTREAMS.md §1).

mod wire;

use std::time::{Duration, Instant};

use http::HeaderMap;
use http::header::{AUTHORIZATION, HeaderValue};
use secrecy::ExposeSecret;
use serde_json::json;
use url::Url;

pub use super::error::{UpstreamError, UpstreamErrorKind};
pub use super::http::longest_wait;
use super::{Answer, BreakerRules, Http, Limits, Permission, SetupError, at_path, record_call};
pub use super::{BreakerState, Upstream, UpstreamHealth};
use crate::config::C2sConfig;
use crate::models::{Lead, LeadId};

/// Longest answer that is read. A lead carries its whole history of messages.
const BODY_LIMIT: usize = 4 << 20;

const LEAD: &str = "lead";
const CREATE_MESSAGE: &str = "create_message";

/// The CRM's API.
pub struct C2s {
    http: Http,
    base: Url,
}

/// A lead as fetched, and how long that took.
#[derive(Debug)]
pub struct FetchedLead {
    /// The lead; `None` when the CRM does not know it.
    pub lead: Option<Lead>,
    /// How long the call took.
    pub latency: Duration,
}

/// What became of a message. Posting is not idempotent, so what is not known is not guessed
/// (UPSTREAMS.md §1 "create_message").
#[derive(Debug)]
pub enum SendOutcome {
    /// A complete 2xx: the broker has it.
    Delivered {
        /// How long the call took.
        latency: Duration,
    },
    /// A complete 4xx: final. `Status(404)` says that the lead is missing; `RateLimited` and
    /// `Denied` say that it may be sent later (see [`UpstreamError::is_retryable`]).
    Rejected(UpstreamError),
    /// Surely not sent: no connection could be made, or none was tried. It may be sent again at any
    /// time.
    NotSent(UpstreamError),
    /// A complete answer of another status (5xx, or a redirect): most likely not delivered. Read
    /// the lead back before the next try.
    MostLikelyNot(UpstreamError),
    /// Sent, and no complete answer, or one that says that time ran out (408, 504): nothing is known. Wait out the call's timeout and 10 s more,
    /// then read the lead back before the next try.
    Unknown(UpstreamError),
}

impl C2s {
    /// The CRM at the configured address.
    ///
    /// # Errors
    /// [`SetupError`] when base URL or token cannot be used.
    pub fn new(
        config: &C2sConfig,
        rules: BreakerRules,
        permission: Permission,
    ) -> Result<Self, SetupError> {
        let bearer = format!("Bearer {}", config.token.expose_secret());
        let mut bearer =
            HeaderValue::from_str(&bearer).map_err(|_| SetupError::Credentials(Upstream::C2s))?;
        bearer.set_sensitive(true);
        let limits = Limits {
            timeout: config.timeout,
            concurrency: config.concurrency,
            pace: Duration::ZERO,
            body_limit: BODY_LIMIT,
        };
        let headers = HeaderMap::from_iter([(AUTHORIZATION, bearer)]);
        Ok(Self {
            http: Http::new(Upstream::C2s, limits, rules, permission, headers)?,
            base: at_path(Upstream::C2s, &config.base_url, "/integration/leads")?,
        })
    }

    /// Fetches a lead, which the caller has held since `held_since` (see [`Permission`]).
    ///
    /// # Errors
    /// [`UpstreamError`] when the CRM gave no answer that can be read.
    pub async fn lead(
        &self,
        id: &LeadId,
        held_since: Instant,
    ) -> Result<FetchedLead, UpstreamError> {
        let fetched = self.fetch(id, held_since).await;
        match &fetched {
            Ok(FetchedLead { lead, latency }) => {
                let outcome = if lead.is_some() { "found" } else { "absent" };
                record_call(Upstream::C2s, LEAD, outcome, *latency);
            }
            Err(error) => record_call(Upstream::C2s, LEAD, &error.code(), error.latency),
        }
        fetched
    }

    async fn fetch(&self, id: &LeadId, held_since: Instant) -> Result<FetchedLead, UpstreamError> {
        let request = self.http.get(self.lead_url(id, ""));
        let read = |answer: &Answer| {
            let lead = match answer.status {
                200..=299 => Some(wire::lead(&answer.body, id)?),
                404 => None,
                status => return Err(UpstreamErrorKind::of_status(status)),
            };
            Ok(FetchedLead {
                lead,
                latency: answer.latency,
            })
        };
        self.http.call(LEAD, held_since, request, read).await
    }

    /// Posts a message to a lead, once: it is never repeated in here. The body must be under
    /// 5,000 characters.
    pub async fn create_message(
        &self,
        id: &LeadId,
        held_since: Instant,
        body: &str,
    ) -> SendOutcome {
        let url = self.lead_url(id, "/create_message");
        let request = self.http.post(url).json(&json!({ "body": body }));
        let read = |answer: &Answer| {
            let taken = answer.is_success().then_some(answer.latency);
            taken.ok_or(UpstreamErrorKind::of_status(answer.status))
        };
        let outcome = match self
            .http
            .call(CREATE_MESSAGE, held_since, request, read)
            .await
        {
            Ok(latency) => SendOutcome::Delivered { latency },
            Err(error) => SendOutcome::of(error),
        };
        outcome.record();
        outcome
    }

    /// How the CRM does.
    #[must_use]
    pub fn health(&self) -> UpstreamHealth {
        self.http.health()
    }

    fn lead_url(&self, id: &LeadId, below: &str) -> Url {
        let mut url = self.base.clone();
        // A lead id holds no character that would have to be encoded.
        url.set_path(&format!("{}/{}{below}", self.base.path(), id.as_str()));
        url
    }
}

impl SendOutcome {
    /// What a failure means: what the kind tells of the status that came, if one came.
    fn of(error: UpstreamError) -> Self {
        use UpstreamErrorKind as Kind;
        match error.kind {
            _ if error.is_unsent() => Self::NotSent(error),
            // What a gateway or a slow server says of a request that may still be at work.
            Kind::Status(408) | Kind::Unavailable(504) => Self::Unknown(error),
            Kind::Denied | Kind::RateLimited | Kind::Status(400..=499) => Self::Rejected(error),
            Kind::Unavailable(_) | Kind::Status(_) => Self::MostLikelyNot(error),
            _ => Self::Unknown(error),
        }
    }

    /// The error, unless it was delivered.
    #[must_use]
    pub const fn error(&self) -> Option<&UpstreamError> {
        match self {
            Self::Delivered { .. } => None,
            Self::Rejected(error)
            | Self::NotSent(error)
            | Self::MostLikelyNot(error)
            | Self::Unknown(error) => Some(error),
        }
    }

    /// How long the call took.
    #[must_use]
    pub const fn latency(&self) -> Duration {
        match self {
            Self::Delivered { latency } => *latency,
            Self::Rejected(error)
            | Self::NotSent(error)
            | Self::MostLikelyNot(error)
            | Self::Unknown(error) => error.latency,
        }
    }

    fn record(&self) {
        let code = self.error().map(UpstreamError::code);
        let outcome = code.as_deref().unwrap_or("delivered");
        record_call(Upstream::C2s, CREATE_MESSAGE, outcome, self.latency());
    }
}

#[cfg(test)]
mod tests;
