//! Who may do what (API.md "Access").

mod caller;
mod needs;

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, Request};
use http::header::{AUTHORIZATION, FORWARDED, VIA};
use http::{HeaderMap, HeaderValue};
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

pub use self::caller::Caller;
pub(super) use self::needs::Need;
#[cfg(test)]
pub(super) use self::needs::is_listed;
pub(super) use self::needs::{is_counted, scope_of};
use super::rate_limit::{CountedAs, RateLimit};
use crate::config::{Environment, Scope, ServerConfig, TrustProxy};
use crate::errors::AppError;

/// The route that Make.com calls.
pub(super) const PROCESS: &str = "/api/v1/leads/process";

/// The route that a scraper calls.
pub(super) const METRICS: &str = "/metrics";

pub(super) const KEY_NEEDED: AppError = AppError::Unauthorized(
    "a key is needed, one of those in API_KEYS: send it as Authorization: Bearer or X-API-Key",
);

/// The keys and rules of this service.
pub struct Access {
    keys: Vec<KnownKey>,
    trigger_anonymous: bool,
    /// No keys, a loopback address, not production.
    on_own_machine: bool,
    trust_proxy: TrustProxy,
    cors_origins: Vec<HeaderValue>,
    pub(super) rate_limit: RateLimit,
}

struct KnownKey {
    name: String,
    scopes: Vec<Scope>,
    digest: [u8; 32],
}

impl KnownKey {
    fn caller(&self) -> Caller {
        Caller::Key {
            name: self.name.clone(),
            scopes: self.scopes.clone(),
        }
    }
}

impl Access {
    /// The rules that follow from the configuration.
    #[must_use]
    pub fn new(config: &ServerConfig) -> Self {
        let keys = config.api_keys.0.iter().map(|key| KnownKey {
            name: key.name.clone(),
            scopes: key.scopes.clone(),
            digest: digest_of(key.secret.expose_secret()),
        });
        let production = config.environment == Environment::Production;
        Self {
            keys: keys.collect(),
            trigger_anonymous: config.trigger_anonymous,
            on_own_machine: config.api_keys.is_empty() && config.host.is_loopback() && !production,
            trust_proxy: config.trust_proxy,
            cors_origins: config.cors_origins.clone(),
            rate_limit: RateLimit::new(config.rate_limit_per_sec, config.rate_limit_burst),
        }
    }

    /// The origins whose pages may read answers.
    pub(super) fn cors_origins(&self) -> &[HeaderValue] {
        &self.cors_origins
    }

    /// Tells the operator's log, at start, of a door that stands open.
    pub fn warn_when_open(&self) {
        if let Some(warning) = self.warning() {
            tracing::warn!("{warning}");
        }
    }

    fn warning(&self) -> Option<&'static str> {
        if self.on_own_machine {
            Some("no API_KEYS: every request on this machine may do everything (development)")
        } else if self.keys.is_empty() {
            Some(
                "no API_KEYS: the trigger answers anybody, with masked CPFs; \
                 all else but /health, /ready, /docs and the OpenAPI document answers 401",
            )
        } else if self.trigger_anonymous {
            Some("TRIGGER_ANONYMOUS: the trigger answers anybody, with masked CPFs")
        } else {
            None
        }
    }

    /// Frees what is remembered of callers who do not call; to be called every minute or so.
    pub fn forget_idle_callers(&self) {
        self.rate_limit.forget_idle();
    }

    /// The key presented. All keys are compared, each in constant time and by digest, so that
    /// time tells neither how much of a key was right nor which one it was.
    fn find_key(&self, presented: &str) -> Option<&KnownKey> {
        let presented = digest_of(presented);
        let mut found = None;
        for key in &self.keys {
            let same: Choice = key.digest.as_slice().ct_eq(presented.as_slice());
            if bool::from(same) {
                found = Some(key);
            }
        }
        found
    }

    pub(super) fn decide(&self, need: Need, headers: &HeaderMap) -> Result<Caller, AppError> {
        if need == Need::Open {
            return Ok(Caller::Anonymous);
        }
        let open_trigger =
            need == Need::Trigger && (self.keys.is_empty() || self.trigger_anonymous);
        if self.keys.is_empty() {
            return if self.on_own_machine && !came_through_proxy(headers) {
                Ok(Caller::Developer)
            } else if open_trigger {
                Ok(Caller::Anonymous)
            } else {
                Err(AppError::Unauthorized(
                    "this service has no keys: the operator sets API_KEYS to open this address",
                ))
            };
        }
        let Some(presented) = presented_key(headers) else {
            return if open_trigger {
                Ok(Caller::Anonymous)
            } else {
                Err(KEY_NEEDED)
            };
        };
        let key = self.find_key(presented).ok_or(AppError::Unauthorized(
            "this key is not known: use one of those in API_KEYS",
        ))?;
        let scope = match need {
            Need::Trigger => Scope::Trigger,
            Need::Scope(scope) => scope,
            Need::AnyKey | Need::Nothing | Need::Open => return Ok(key.caller()),
        };
        let caller = key.caller();
        caller.must(scope)?;
        Ok(caller)
    }

    pub(super) fn counted_as(&self, request: &Request) -> CountedAs {
        let headers = request.headers();
        if let Some(key) = presented_key(headers).and_then(|key| self.find_key(key)) {
            return CountedAs::Key(key.name.clone());
        }
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
        let peer = peer.map(|ConnectInfo(address)| address.ip());
        let named = match self.trust_proxy {
            TrustProxy::Fly => header_text(headers, "fly-client-ip").and_then(|ip| ip.parse().ok()),
            TrustProxy::Nobody => None,
        };
        CountedAs::address(named.or(peer))
    }
}

fn digest_of(key: &str) -> [u8; 32] {
    Sha256::digest(key.as_bytes()).into()
}

fn header_text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

/// The key of `Authorization: Bearer`, else of `X-API-Key`.
fn presented_key(headers: &HeaderMap) -> Option<&str> {
    let bearer = header_text(headers, AUTHORIZATION.as_str()).and_then(|value| {
        let (scheme, key) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
    });
    bearer.or_else(|| header_text(headers, "x-api-key"))
}

/// Whether a proxy says that it passed the request on: then the caller may be anywhere.
fn came_through_proxy(headers: &HeaderMap) -> bool {
    let forwarded = |name: &http::HeaderName| name.as_str().starts_with("x-forwarded-");
    headers.contains_key(FORWARDED) || headers.contains_key(VIA) || headers.keys().any(forwarded)
}

#[cfg(test)]
#[path = "access_tests.rs"]
mod tests;
