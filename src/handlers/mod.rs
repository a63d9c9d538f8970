//! The routes: what comes in is parsed here, what goes out is written here, and what it means is
//! decided in the services.

mod access;
mod extract;
mod health;
mod metrics;
mod observe;
mod process;
mod process_answer;
mod rate_limit;
mod replay;
mod state;

use axum::Router;
use axum::extract::{Request, State};
use axum::handler::Handler;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use http::header::ALLOW;
use std::any::Any;
use std::time::Duration;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;

pub use self::metrics::Scrape;
pub use access::{Access, Caller};
pub use process_answer::{Masking, NO_PROFILE, Rendered, render};
pub use state::{AppState, ProcessLead, Readiness, ReadinessReport, ServiceCalls};

use crate::errors::AppError;

/// Longest body of a request, in bytes (API.md "Access").
const BODY_LIMIT: usize = 1024 * 1024;
/// A request not answered after this time is given up: the longest wait a caller may ask for
/// (25 s), and time to accept and answer around it.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(35);

/// All routes, with what holds for each of them: one log line, no panic, bounded body and time,
/// rate limit and access.
pub fn router(state: AppState) -> Router {
    let routes = Router::new()
        .route("/health", get(health::health))
        .route("/ready", get(health::ready))
        .route(access::METRICS, get(metrics::metrics))
        .route(access::PROCESS, get_with_effect(process::process))
        .route("/api/v1/leads/{id}/replay", post(replay::replay));
    with_layers(routes, state, REQUEST_TIMEOUT)
}

/// The metrics and nothing else, without a key: for METRICS_ADDR.
pub fn metrics_router(scrape: Scrape) -> Router {
    let routes = Router::new().route(access::METRICS, get(metrics::without_key));
    around(answering_all(routes).with_state(scrape), REQUEST_TIMEOUT)
}

/// A GET that does something. HEAD, which axum takes for a GET otherwise, is refused: link
/// checkers and previews send it and must not start anything.
fn get_with_effect<H, T>(handler: H) -> MethodRouter<AppState>
where
    H: Handler<T, AppState>,
    T: 'static,
{
    let refuse = async || ([(ALLOW, "GET")], AppError::MethodNotAllowed);
    get(handler).head(refuse)
}

fn with_layers(routes: Router<AppState>, state: AppState, time: Duration) -> Router {
    let guard = from_fn_with_state(state.clone(), access::guard);
    around(answering_all(routes).layer(guard).with_state(state), time)
}

/// Problems in place of a library's own answers.
fn answering_all<S: Clone + Send + Sync + 'static>(routes: Router<S>) -> Router<S> {
    routes
        .fallback(async || AppError::NoSuchRoute)
        .method_not_allowed_fallback(async || AppError::MethodNotAllowed)
}

fn around(routes: Router, time: Duration) -> Router {
    routes
        .layer(RequestBodyLimitLayer::new(BODY_LIMIT))
        .layer(from_fn_with_state(time, give_up_in_time))
        .layer(CatchPanicLayer::custom(answer_panic))
        .layer(from_fn(observe::observe))
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
pub(crate) mod tests;
