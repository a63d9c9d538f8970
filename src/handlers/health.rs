//! `GET /health` and `GET /ready`.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::extract::State;
use serde_json::json;

use super::extract::JsonAnswer;
use super::state::AppState;
use crate::errors::AppError;

/// Time the checks of readiness have.
const CHECK_TIMEOUT: Duration = Duration::from_secs(5);
const ASK_AGAIN: Duration = Duration::from_secs(5);

/// The process lives. Touches nothing.
pub(super) async fn health() -> JsonAnswer {
    JsonAnswer(json!({
        "status": "healthy",
        "service": "rust-c2s-api",
        "version": env!("CARGO_PKG_VERSION"),
    }))
}

/// Requests can be worked on; 503 names what is missing.
pub(super) async fn ready(State(state): State<AppState>) -> Result<JsonAnswer, AppError> {
    if state.draining.is_cancelled() {
        return Err(not_ready("the service is stopping"));
    }
    let checked = tokio::time::timeout(CHECK_TIMEOUT, state.calls.readiness.check()).await;
    let report = checked.map_err(|_| not_ready("not ready: the checks did not end in time"))?;
    let parts = [
        ("database", report.database),
        ("migrations", report.migrations),
        ("workers", report.workers),
    ];
    let missing = parts.iter().filter(|(_, ready)| !ready);
    let missing: Vec<&str> = missing.map(|(name, _)| *name).collect();
    if missing.is_empty() {
        let upstreams = report.upstreams.into_iter();
        let upstreams: BTreeMap<_, _> = upstreams.collect();
        Ok(JsonAnswer(
            json!({ "status": "ready", "upstreams": upstreams }),
        ))
    } else {
        Err(not_ready(&format!("not ready: {}", missing.join(", "))))
    }
}

fn not_ready(detail: &str) -> AppError {
    AppError::Unavailable {
        detail: detail.to_owned(),
        retry_after: ASK_AGAIN,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tower::ServiceExt;

    use crate::handlers::tests::{READY, Stub, request};
    use crate::handlers::{Readiness, router};

    #[tokio::test]
    async fn many_who_ask_at_once_cost_one_check() {
        let checks = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&checks);
        let mut state = Stub::default().state(&[], READY);
        state.calls.readiness = Readiness::new(move || {
            counted.fetch_add(1, Ordering::SeqCst);
            async move {
                tokio::task::yield_now().await;
                READY
            }
        });
        let router = router(state);
        let ask = || async {
            let answer = router.clone().oneshot(request("GET", "/ready")).await;
            answer.unwrap().status()
        };
        let answers = futures::future::join_all((0..20).map(|_| ask())).await;
        assert!(answers.iter().all(http::StatusCode::is_success));
        assert_eq!(checks.load(Ordering::SeqCst), 1);
    }
}
