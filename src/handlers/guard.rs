//! What stands before every route: who may come in, and how often (API.md "Access").

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::access::Need;
use super::rate_limit::CountedAs;
use super::state::AppState;
use crate::config::Scope;
use crate::errors::AppError;
use crate::telemetry::RequestSummary;

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
