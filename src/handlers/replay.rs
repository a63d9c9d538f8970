//! `POST /api/v1/leads/{id}/replay`: a person wants a lead run again.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{RawQuery, State};
use serde::Deserialize;
use utoipa::ToSchema;

use super::extract::{LeadInPath, wait_in};
use super::json::OptionalJson;
use super::openapi;
use super::process::refused;
use super::process_answer::{LeadAnswer, Masking, Rendered, render};
use super::state::AppState;
use crate::errors::AppError;
use crate::telemetry::RequestSummary;

/// What a replay may be told.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub(super) struct ReplayRequest {
    /// Not built yet: `true` is refused.
    #[schema(nullable = false, default = false)]
    force: Option<bool>,
    /// Not built yet: `true` is refused.
    #[schema(nullable = false, default = false)]
    dry_run: Option<bool>,
}

/// Runs a lead again, whatever became of it.
///
/// Answers as the trigger does. The body is optional.
#[utoipa::path(
    post,
    path = "/api/v1/leads/{id}/replay",
    operation_id = "replay_lead",
    tag = openapi::LEADS,
    params(
        ("id" = String, Path, format = "lead-id", min_length = 1, max_length = 64,
            pattern = "^[A-Za-z0-9_-]{1,64}$", example = "00000000000000000000000000000a02",
            description = "The lead's `id` in Contact2Sale."),
        ("wait" = Option<i64>, Query, example = 25, description = "As for the trigger.")
    ),
    request_body = Option<ReplayRequest>,
    responses(
        (status = 200, description = "The lead reached an end; `state` says which.",
            body = LeadAnswer, example = json!({
                "success": true,
                "message": "Successfully processed and enriched lead. Stored 1 entities in database.",
                "lead_id": "00000000000000000000000000000a02",
                "cpfs_processed": ["48881932822"],
                "entities_stored": 1,
                "state": "completed",
                "message_sent": false
            })),
        (status = 202, description = "Accepted, and not done: the lead reaches its end without \
            another call.", body = LeadAnswer, example = json!({
                "success": true,
                "message": "Still processing: ask again",
                "lead_id": "00000000000000000000000000000a02",
                "cpfs_processed": [],
                "entities_stored": 0,
                "state": "processing",
                "status_url": "/api/v1/leads/00000000000000000000000000000a02"
            })),
        (status = 400, description = "id: is no lead id: 1 to 64 of A–Z a–z 0–9 - _"),
        (status = 404, description = "no lead of this id was ever accepted here: trigger it by \
            GET /api/v1/leads/process"),
        (status = 422, description = "force: is not what is expected: send a boolean"),
        (status = 503, description = "the database cannot be reached; nothing was accepted: ask again")
    )
)]
pub(super) async fn replay(
    State(state): State<AppState>,
    Extension(summary): Extension<Arc<RequestSummary>>,
    LeadInPath(lead_id): LeadInPath,
    RawQuery(query): RawQuery,
    OptionalJson(body): OptionalJson<ReplayRequest>,
) -> Result<Rendered, AppError> {
    summary.set_lead_id(lead_id.clone());
    let wait = wait_in(query.as_deref().unwrap_or_default())?;
    check(&body.unwrap_or_default())?;
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
fn check(asked: &ReplayRequest) -> Result<(), AppError> {
    for (field, given) in [("force", asked.force), ("dry_run", asked.dry_run)] {
        if given == Some(true) {
            let wrong = "is not built yet: leave it out; nothing was done";
            return Err(AppError::unprocessable(field, wrong));
        }
    }
    Ok(())
}
