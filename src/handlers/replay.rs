//! `POST /api/v1/leads/{id}/replay`: a person wants a lead run again.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{RawQuery, State};
use serde::Deserialize;
use utoipa::ToSchema;

use super::access::Caller;
use super::dry_run::dry_run;
use super::extract::{LeadInPath, wait_in};
use super::json::OptionalJson;
use super::lead_refusal::refused;
use super::openapi;
use super::process_answer::{LeadAnswer, Masking, Rendered, render};
use super::state::AppState;
use crate::config::Scope;
use crate::errors::AppError;
use crate::services::lead_processing::{LeadRequest, RunWhen};
use crate::telemetry::RequestSummary;

/// What a replay may be told.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub(super) struct ReplayRequest {
    /// True: the providers' answers are bought anew. A lead that runs already is joined, and not followed by
    /// another run.
    #[schema(default = false)]
    force: Option<bool>,
    /// True: only tells what a run would come to, as of the trigger. Needs the scope `read` besides.
    #[schema(default = false)]
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
    Extension(caller): Extension<Caller>,
    Extension(summary): Extension<Arc<RequestSummary>>,
    LeadInPath(lead_id): LeadInPath,
    RawQuery(query): RawQuery,
    OptionalJson(body): OptionalJson<ReplayRequest>,
) -> Result<Rendered, AppError> {
    let wait = wait_in(query.as_deref().unwrap_or_default())?;
    let asked = body.unwrap_or_default();
    let force = asked.force == Some(true);
    if asked.dry_run == Some(true) {
        caller.must(Scope::Read)?;
        return dry_run(&state, &caller, &summary, lead_id, force).await;
    }
    let request = LeadRequest {
        force,
        caller: Some(caller.named("lead_replay")),
        ..LeadRequest::of(lead_id, RunWhen::Replay)
    };
    let wait = wait.unwrap_or(state.process_wait);
    let answer = state.calls.leads.process.call((request, wait)).await;
    let answer = answer.map_err(refused)?;
    summary.set_outcome(answer.state);
    summary.add_times(answer.upstream_ms, answer.database_ms);
    Ok(render(&answer, Masking::Full))
}
