//! `POST /api/v1/leads/{id}/replay`: a person wants a lead run again.

use std::sync::Arc;

use axum::Extension;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use serde_json::Value;

use super::extract::{LeadInPath, wait_in};
use super::process::refused;
use super::process_answer::{Masking, Rendered, render};
use super::state::AppState;
use crate::errors::AppError;
use crate::telemetry::RequestSummary;

/// Runs a lead again, whatever became of it, and answers as `process` does. The body is optional:
/// `{"force":false,"dry_run":false}`.
pub(super) async fn replay(
    State(state): State<AppState>,
    Extension(summary): Extension<Arc<RequestSummary>>,
    LeadInPath(lead_id): LeadInPath,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Result<Rendered, AppError> {
    summary.set_lead_id(lead_id.clone());
    let wait = wait_in(query.as_deref().unwrap_or_default())?;
    check_body(&body)?;
    let wait = wait.unwrap_or(state.process_wait);
    let answer = state
        .calls
        .replay
        .call(lead_id, wait)
        .await
        .map_err(refused)?;
    summary.set_outcome(answer.state);
    summary.add_times(answer.upstream_ms, answer.database_ms);
    Ok(render(&answer, Masking::Full))
}

/// What the body asks for beyond a replay is not built, and so refused: ignored, `dry_run` would
/// post the message that the caller only wanted to see.
fn check_body(body: &[u8]) -> Result<(), AppError> {
    let bad = |field, wrong| Err(AppError::BadRequest { field, wrong });
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(());
    }
    let Ok(Value::Object(members)) = serde_json::from_slice(body) else {
        return bad(
            "body",
            "is no JSON object: send {\"force\":false,\"dry_run\":false}, or nothing",
        );
    };
    for field in ["force", "dry_run"] {
        match members.get(field) {
            None | Some(Value::Bool(false)) => {}
            Some(Value::Bool(true)) => {
                return bad(field, "is not built yet: leave it out; nothing was done");
            }
            Some(_) => return bad(field, "must be true or false"),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::panic, reason = "tests")]
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::nothing("", None)]
    #[case::blank(" \n", None)]
    #[case::neither("{\"force\":false,\"dry_run\":false}", None)]
    #[case::unknown("{\"why\":\"asked\"}", None)]
    #[case::force("{\"force\":true}", Some("force: is not built yet"))]
    #[case::dry_run("{\"dry_run\":true}", Some("dry_run: is not built yet"))]
    #[case::word("{\"dry_run\":\"yes\"}", Some("dry_run: must be true or false"))]
    #[case::null("{\"force\":null}", Some("force: must be true or false"))]
    #[case::list("[]", Some("body: is no JSON object"))]
    #[case::broken("{\"force\":", Some("body: is no JSON object"))]
    #[case::not_utf8("\u{fffd}", Some("body: is no JSON object"))]
    fn a_body_is_understood_or_refused(#[case] body: &str, #[case] refused: Option<&str>) {
        let said = check_body(body.as_bytes())
            .err()
            .map(|error| error.to_string());
        match (said, refused) {
            (None, None) => {}
            (Some(said), Some(start)) => assert!(said.starts_with(start), "{said}"),
            (said, refused) => panic!("{said:?}, expected {refused:?}"),
        }
    }
}
