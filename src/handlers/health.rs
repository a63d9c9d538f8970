//! `GET /health` and `GET /ready`.

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
    let checked = tokio::time::timeout(CHECK_TIMEOUT, state.readiness.check()).await;
    let report = checked.map_err(|_| not_ready("not ready: the checks did not end in time"))?;
    let parts = [
        ("database", report.database),
        ("migrations", report.migrations),
        ("workers", report.workers),
    ];
    let missing = parts.iter().filter(|(_, ready)| !ready);
    let missing: Vec<&str> = missing.map(|(name, _)| *name).collect();
    if missing.is_empty() {
        Ok(JsonAnswer(json!({ "status": "ready" })))
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
