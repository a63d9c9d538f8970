//! `GET /health` and `GET /ready`.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::json::JsonAnswer;
use super::openapi;
use super::state::AppState;
use crate::errors::AppError;

/// Time the checks of readiness have.
const CHECK_TIMEOUT: Duration = Duration::from_secs(5);
const ASK_AGAIN: Duration = Duration::from_secs(5);

/// The service lives.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Health {
    /// Always `healthy`: who is not does not answer.
    status: &'static str,
    /// Always `rust-c2s-api`.
    service: &'static str,
    /// The version of the service.
    version: &'static str,
}

/// Requests can be worked on.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Ready {
    /// Always `ready`: who is not answers 503.
    status: &'static str,
    /// Each upstream and how its breaker stands: `closed`, `open` or `probing`. An open one does
    /// not make the service unready: leads are accepted and wait.
    upstreams: BTreeMap<&'static str, &'static str>,
}

/// Whether the process lives.
///
/// Touches nothing: route traffic by this.
#[utoipa::path(
    get,
    path = "/health",
    operation_id = "health",
    tag = openapi::OPERATION,
    responses((
        status = 200, description = "The process lives.", body = Health,
        example = json!({"status": "healthy", "service": "rust-c2s-api", "version": "0.1.0"})
    ))
)]
pub(super) async fn health() -> JsonAnswer<Health> {
    JsonAnswer(Health {
        status: "healthy",
        service: "rust-c2s-api",
        version: env!("CARGO_PKG_VERSION"),
    })
}

/// Whether requests can be worked on.
///
/// The database is reachable, no migration is pending and the workers are alive. Alert on this.
#[utoipa::path(
    get,
    path = "/ready",
    operation_id = "ready",
    tag = openapi::OPERATION,
    responses(
        (status = 200, description = "Requests can be worked on.", body = Ready, example = json!({
            "status": "ready",
            "upstreams": {"c2s": "closed", "diretrix": "closed", "work_api": "closed"}
        })),
        (status = 503, description = "not ready: database, migrations")
    )
)]
pub(super) async fn ready(State(state): State<AppState>) -> Result<JsonAnswer<Ready>, AppError> {
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
        Ok(JsonAnswer(Ready {
            status: "ready",
            upstreams: report.upstreams.into_iter().collect(),
        }))
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
