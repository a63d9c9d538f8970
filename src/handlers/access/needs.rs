//! What each operation asks of its caller.

use axum::extract::{MatchedPath, Request};

use super::{METRICS, PROCESS};
use crate::config::Scope;
use crate::handlers::extract::Parameters;

/// What a route asks of its caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::handlers) enum Need {
    /// Nothing; not counted either.
    Nothing,
    /// Nothing; counted as any other.
    Open,
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
    ("GET", "/docs", Need::Open),
    ("GET", "/docs/", Need::Open),
    ("GET", "/docs/{*file}", Need::Open),
    ("GET", "/api-docs/openapi.json", Need::Open),
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
    ("GET", "/api/v1/reviews", Need::Scope(Scope::Admin)),
    ("POST", "/api/v1/reviews/{id}", Need::Scope(Scope::Admin)),
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
    pub(super) fn of(method: &str, route: Option<&str>) -> Self {
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
    pub(in crate::handlers) fn of_request(request: &Request) -> Self {
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
pub(in crate::handlers) fn scope_of(method: &str, route: &str) -> Option<Scope> {
    match Need::of(method, Some(route)) {
        Need::Nothing | Need::Open => None,
        Need::Trigger => Some(Scope::Trigger),
        Need::Scope(scope) => Some(scope),
        // Only what is no route asks for any key.
        Need::AnyKey => Some(Scope::Admin),
    }
}

/// Whether requests of an operation count in the rate limit. Of the metrics only those of whoever may not read
/// them.
pub(in crate::handlers) fn is_counted(method: &str, route: &str) -> bool {
    Need::of(method, Some(route)) != Need::Nothing
}

/// Whether an operation is listed above.
#[cfg(test)]
pub(in crate::handlers) fn is_listed(method: &str, route: &str) -> bool {
    let mut needs = NEEDS.iter();
    needs.any(|(known, path, _)| (*known, *path) == (method, route))
}
