//! The routes: what comes in is parsed here, what goes out is written here, and what it means is
//! decided in the services.
//!
//! A new route, as `GET /api/v1/things/{id}`:
//!
//! 1. a file `things.rs` with the handler. It takes extractors of ours (`extract`, `json`) and
//!    answers `Result<JsonAnswer<Thing>, AppError>`, where `Thing` derives `Serialize` and `ToSchema`;
//! 2. above it `#[utoipa::path(get, path = …, operation_id = "read_thing", tag = …, params(…),
//!    responses(…))]` with its doc comment as summary and description. Of errors it lists those of
//!    its own (400, 404, 409, 422, 503), each with `description` alone: the `detail` that is answered.
//!    Body and example of every error, and 401, 403, 408, 413, 415, 429, 500, are added by
//!    `openapi::complete`;
//! 3. `.routes(routes!(things::read_thing))` below;
//! 4. a line in `NEEDS` (`access/needs.rs`): which scope it asks;
//! 5. a section in docs/API_ENDPOINTS.md, and a walk in docs/scripts/testing/test-local.sh.
//!
//! Whoever shows a person calls `AppState::record` first.

mod access;
mod batch;
mod cors;
mod customer_body;
mod customer_calls;
mod customer_examples;
mod customers;
mod docs;
mod dry_run;
mod enrich;
mod extract;
mod give_lead;
mod guard;
mod health;
mod json;
mod lead_calls;
mod lead_identity;
mod lead_list;
mod lead_refusal;
mod lead_state;
mod metrics;
mod observe;
mod openapi;
mod problem_examples;
mod process;
mod process_answer;
mod rate_limit;
mod replay;
mod review_body;
mod review_calls;
mod review_examples;
mod reviews;
mod scrape;
mod security_headers;
mod state;
mod work_modules;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use http::header::ALLOW;
use std::any::Any;
use std::time::Duration;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt};
use utoipa_axum::routes;

pub use access::{Access, Caller};
pub use customer_calls::CustomerCalls;
pub use lead_calls::{AcceptLeads, Call, LeadCalls, ListRequest};
pub use lead_state::StateWord;
pub use openapi::document;
pub use process_answer::{LeadAnswer, LeadBody, Masking, NO_PROFILE, Rendered, render};
pub use review_calls::{DecideRequest, ReviewCalls, ReviewListRequest};
pub use scrape::Scrape;
pub use state::{AppState, NotRecorded, Readiness, ReadinessReport, RecordAccess, ServiceCalls};

use crate::errors::AppError;
use extract::Parameters;

/// Longest body of a request, in bytes (API.md "Access").
const BODY_LIMIT: usize = 1024 * 1024;
/// A request not answered after this time is given up: the longest wait a caller may ask for
/// (25 s), and time to accept and answer around it.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(35);

/// All routes, with what holds for each of them: headers for browsers, one log line, no panic,
/// bounded body and time, rate limit and access.
pub fn router(state: AppState) -> Router {
    let (routes, _) = documented_routes().split_for_parts();
    let [redirect, page, file] = docs::ROUTES;
    let routes = routes
        .route(redirect, get(docs::redirect))
        .route(page, get(docs::file))
        .route(file, get(docs::file));
    with_layers(routes, state, REQUEST_TIMEOUT)
}

/// The routes that the OpenAPI document shows, with it.
fn documented_routes() -> OpenApiRouter<AppState> {
    let mut routes = OpenApiRouter::with_openapi(openapi::base())
        .routes(routes!(health::health))
        .routes(routes!(health::ready))
        .routes(routes!(metrics::metrics))
        .routes(routes!(openapi::openapi_document))
        .routes(routes!(process::process).map(without_head))
        .routes(routes!(replay::replay))
        .routes(routes!(enrich::enrich))
        .routes(routes!(lead_list::list_leads, give_lead::give_lead))
        .routes(routes!(batch::accept_leads))
        .routes(routes!(lead_list::show_lead))
        .routes(routes!(reviews::list_reviews))
        .routes(routes!(reviews::decide_review))
        .routes(routes!(customers::find_customer).map(without_head))
        .routes(routes!(customers::enrich))
        .routes(routes!(customers::read_customer))
        .routes(routes!(work_modules::all_modules).map(without_head))
        .routes(routes!(work_modules::one_module).map(without_head));
    openapi::complete(routes.get_openapi_mut());
    routes
}

/// The metrics and nothing else, without a key: for METRICS_ADDR.
pub fn metrics_router(scrape: Scrape) -> Router {
    let routes = Router::new().route(access::METRICS, get(metrics::without_key));
    let routes = bounded(answering_all(routes), REQUEST_TIMEOUT);
    around(routes.with_state(scrape))
}

/// Of a GET that does something: HEAD, which axum takes for a GET otherwise, is refused. Link
/// checkers and previews send it and must not start anything.
fn without_head(route: MethodRouter<AppState>) -> MethodRouter<AppState> {
    let only_get = async || ([(ALLOW, "GET")], AppError::MethodNotAllowed);
    route.head(only_get).fallback(only_get)
}

fn with_layers(routes: Router<AppState>, state: AppState, time: Duration) -> Router {
    let guard = from_fn_with_state(state.clone(), guard::guard);
    let routes = bounded(answering_all(routes), time).layer(guard);
    let origins = state.access.cors_origins().to_vec();
    let mut routes = routes.with_state(state);
    if !origins.is_empty() {
        // Around the guard: a browser asks without a key whether it may send one.
        routes = cors::open_to(origins, routes);
    }
    around(routes)
}

/// Problems in place of a library's own answers, and queries that can be read, also where nobody reads them.
fn answering_all<S: Clone + Send + Sync + 'static>(routes: Router<S>) -> Router<S> {
    routes
        .route_layer(from_fn(refuse_unreadable_query))
        .fallback(async || AppError::NoSuchRoute)
        .method_not_allowed_fallback(async || AppError::MethodNotAllowed)
}

/// Bounded body and time. What is too large or too late counts against its caller as any request does.
fn bounded<S: Clone + Send + Sync + 'static>(routes: Router<S>, time: Duration) -> Router<S> {
    routes
        .layer(RequestBodyLimitLayer::new(BODY_LIMIT))
        .layer(from_fn_with_state(time, give_up_in_time))
}

fn around(routes: Router) -> Router {
    routes
        .layer(CatchPanicLayer::custom(answer_panic))
        .layer(from_fn(observe::observe))
        .layer(from_fn(security_headers::add))
}

async fn refuse_unreadable_query(request: Request, next: Next) -> Response {
    match Parameters::parse(request.uri().query().unwrap_or_default()) {
        Ok(_) => next.run(request).await,
        Err(unreadable) => unreadable.into_response(),
    }
}

async fn give_up_in_time(State(limit): State<Duration>, request: Request, next: Next) -> Response {
    let answer = tokio::time::timeout(limit, next.run(request)).await;
    answer.unwrap_or_else(|_| AppError::TookTooLong.into_response())
}

/// A handler panicked. What it said is not passed on: it may hold a value.
#[derive(Debug, thiserror::Error)]
#[error("a handler panicked (the log line \"panic\" says where)")]
struct Panicked;

fn answer_panic(_what_it_said: Box<dyn Any + Send>) -> Response {
    AppError::internal(Panicked).into_response()
}

#[cfg(test)]
mod refusal_tests;
#[cfg(test)]
pub(crate) mod tests;
