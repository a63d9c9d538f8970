//! Who may do what (API.md "Access").

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use http::header::{AUTHORIZATION, FORWARDED, VIA};
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

use super::extract::Parameters;
use super::rate_limit::{CountedAs, RateLimit};
use super::state::AppState;
use crate::config::{Environment, Scope, ServerConfig, TrustProxy};
use crate::errors::AppError;
use crate::services::lead_processing::NamedCaller;
use crate::telemetry::RequestSummary;

/// The route that Make.com calls.
pub(super) const PROCESS: &str = "/api/v1/leads/process";

/// The route that a scraper calls.
pub(super) const METRICS: &str = "/metrics";

/// Who is asking, in the extensions of a request that was let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// A developer on his own machine.
    Developer,
    /// The holder of a key.
    Key {
        /// The key's name.
        name: String,
        /// What it opens.
        scopes: Vec<Scope>,
    },
    /// Somebody without a key: sees no personal data.
    Anonymous,
}

impl Caller {
    /// Whether this caller may do what a scope opens.
    #[must_use]
    pub fn may(&self, scope: Scope) -> bool {
        match self {
            Self::Developer => true,
            Self::Key { scopes, .. } => scopes.contains(&scope),
            Self::Anonymous => false,
        }
    }

    /// Asks for a scope besides the route's own.
    ///
    /// # Errors
    /// 403 for a key without it, 401 without a key.
    pub fn must(&self, scope: Scope) -> Result<(), AppError> {
        match self {
            _ if self.may(scope) => Ok(()),
            Self::Anonymous => Err(KEY_NEEDED),
            Self::Developer | Self::Key { .. } => Err(AppError::Forbidden(scope.as_str())),
        }
    }

    /// Who triggers by this route, for the record; nobody for a caller without a key, who has no name and
    /// sees masks.
    pub(super) fn named(&self, action: &'static str) -> Option<NamedCaller> {
        (*self != Self::Anonymous).then(|| NamedCaller {
            actor: self.actor().to_owned(),
            action,
        })
    }

    /// Who this is, for the record of who looked: the key's name, never the key.
    #[must_use]
    pub fn actor(&self) -> &str {
        match self {
            Self::Developer => "developer",
            Self::Key { name, .. } => name,
            Self::Anonymous => "anonymous",
        }
    }
}

const KEY_NEEDED: AppError =
    AppError::Unauthorized("a key is needed: send it as Authorization: Bearer or X-API-Key");

/// What a route asks of its caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    /// Nothing; not counted either.
    Nothing,
    /// A scope.
    Scope(Scope),
    /// The scope `trigger`, or nobody where the trigger is open.
    Trigger,
    /// Any key: there is no such route, which only who has one is told.
    AnyKey,
}

/// What each operation asks. One that is not listed is for admins, so that a forgotten one is shut.
const NEEDS: &[(&str, &str, Need)] = &[
    ("GET", "/health", Need::Nothing),
    ("GET", "/ready", Need::Nothing),
    ("GET", "/docs", Need::Nothing),
    ("GET", "/docs/", Need::Nothing),
    ("GET", "/docs/{*file}", Need::Nothing),
    ("GET", "/api-docs/openapi.json", Need::Nothing),
    ("GET", METRICS, Need::Scope(Scope::Metrics)),
    ("GET", PROCESS, Need::Trigger),
    (
        "POST",
        "/api/v1/c2s/enrich/{lead_id}",
        Need::Scope(Scope::Trigger),
    ),
    ("POST", "/api/v1/leads", Need::Scope(Scope::Trigger)),
    ("POST", "/api/v1/leads/batch", Need::Scope(Scope::Trigger)),
    ("GET", "/api/v1/leads", Need::Scope(Scope::Read)),
    ("GET", "/api/v1/leads/{id}", Need::Scope(Scope::Read)),
    (
        "POST",
        "/api/v1/leads/{id}/replay",
        Need::Scope(Scope::Admin),
    ),
    (
        "GET",
        "/api/v1/contributor/customer",
        Need::Scope(Scope::Read),
    ),
    ("POST", "/api/v1/enrich", Need::Scope(Scope::Read)),
    ("GET", "/api/v1/customers/{uuid}", Need::Scope(Scope::Read)),
    ("GET", "/api/v1/work/modules/all", Need::Scope(Scope::Read)),
    (
        "GET",
        "/api/v1/work/modules/{module}",
        Need::Scope(Scope::Read),
    ),
];

impl Need {
    /// Of a method that the route does not take, whatever the route asks.
    fn of(method: &str, route: Option<&str>) -> Self {
        let Some(route) = route else {
            return Self::AnyKey;
        };
        let method = if method == "HEAD" { "GET" } else { method };
        let of_route = || NEEDS.iter().filter(|(_, path, _)| *path == route);
        let listed = of_route().find(|(known, ..)| *known == method);
        let listed = listed.or_else(|| of_route().next());
        listed.map_or(Self::Scope(Scope::Admin), |(.., need)| *need)
    }

    /// `dry_run=true` triggers nothing: whoever may read may ask for it.
    fn of_request(request: &Request) -> Self {
        let route = request.extensions().get::<MatchedPath>();
        let need = Self::of(request.method().as_str(), route.map(MatchedPath::as_str));
        let parameters = || Parameters::parse(request.uri().query().unwrap_or_default());
        let dry = || parameters().is_ok_and(|given| given.flag("dry_run").unwrap_or(false));
        if need == Self::Trigger && dry() {
            return Self::Scope(Scope::Read);
        }
        need
    }
}

/// The scope that an operation asks, as the OpenAPI document tells it; `None` where no key is
/// needed.
pub(super) fn scope_of(method: &str, route: &str) -> Option<Scope> {
    match Need::of(method, Some(route)) {
        Need::Nothing => None,
        Need::Trigger => Some(Scope::Trigger),
        Need::Scope(scope) => Some(scope),
        // Only what is no route asks for any key.
        Need::AnyKey => Some(Scope::Admin),
    }
}

/// Whether an operation is listed above.
#[cfg(test)]
pub(super) fn is_listed(method: &str, route: &str) -> bool {
    let mut needs = NEEDS.iter();
    needs.any(|(known, path, _)| (*known, *path) == (method, route))
}

/// The keys and rules of this service.
pub struct Access {
    keys: Vec<KnownKey>,
    trigger_anonymous: bool,
    /// No keys, a loopback address, not production.
    on_own_machine: bool,
    trust_proxy: TrustProxy,
    rate_limit: RateLimit,
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
            rate_limit: RateLimit::new(config.rate_limit_per_sec, config.rate_limit_burst),
        }
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
                 all else but /health and /ready answers 401",
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

    fn decide(&self, need: Need, headers: &HeaderMap) -> Result<Caller, AppError> {
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
            Need::AnyKey | Need::Nothing => return Ok(key.caller()),
        };
        let caller = key.caller();
        caller.must(scope)?;
        Ok(caller)
    }

    fn counted_as(&self, request: &Request) -> CountedAs {
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

/// Lets a request in, or answers 401, 403 or 429. Guesses at keys are counted like any request.
pub(super) async fn guard(
    State(state): State<AppState>,
    mut request: Request,
    next: Next,
) -> Response {
    let need = Need::of_request(&request);
    if need == Need::Nothing {
        return next.run(request).await;
    }
    let access = &state.access;
    let counted_as = access.counted_as(&request);
    if let (CountedAs::Key(name), Some(summary)) = (
        &counted_as,
        request.extensions().get::<Arc<RequestSummary>>(),
    ) {
        summary.set_key_name(name);
    }
    let decided = access.decide(need, request.headers());
    // Whoever may read the metrics is not counted; whoever guesses at a key for them is.
    if need == Need::Scope(Scope::Metrics)
        && let Ok(caller) = &decided
    {
        request.extensions_mut().insert(caller.clone());
        return next.run(request).await;
    }
    let standing = access.rate_limit.take(&counted_as);
    let mut answer = match (standing.refused_for, decided) {
        (Some(retry_after), _) => AppError::TooManyRequests { retry_after }.into_response(),
        (None, Err(refused)) => refused.into_response(),
        (None, Ok(caller)) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
    };
    access.rate_limit.tell(standing, answer.headers_mut());
    answer
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
