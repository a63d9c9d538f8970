//! `GET /api/v1/leads/process`: the main job, as Make.com calls it.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;

use super::access::{Caller, PROCESS};
use super::dry_run::dry_run;
use super::extract::ProcessQuery;
use super::lead_refusal::refused;
use super::openapi;
use super::process_answer::{LeadAnswer, Masking, Rendered, render, render_lead_missing};
use super::state::AppState;
use crate::config::Scope;
use crate::errors::AppError;
use crate::models::{LeadSource, LeadState};
use crate::services::lead_processing::{LeadRequest, RunWhen};
use crate::telemetry::RequestSummary;

/// Enriches a lead and tells the broker.
///
/// Runs the job for a lead, or joins its run, and answers how the lead stands when the wait is
/// over. A lead that finished less than DEDUP_TTL_SECS (300) ago is not run again.
/// `dry_run` needs the scope `read` in place of `trigger`, `force` needs `admin` besides.
#[utoipa::path(
    get,
    path = PROCESS,
    operation_id = "process_lead",
    tag = openapi::LEADS,
    params(
        ("id" = String, Query, format = "lead-id", min_length = 1, max_length = 64,
            pattern = "^[A-Za-z0-9_-]{1,64}$", example = "00000000000000000000000000000a02",
            description = "The lead's `id` in Contact2Sale; not the `internal_id`."),
        ("wait" = Option<i64>, Query, example = 25,
            description = "Seconds to wait for the end, 0 to 25 (more or less is clamped); \
                PROCESS_WAIT_SECS when not given. When it is over the run goes on."),
        ("dry_run" = Option<bool>, Query, example = false,
            description = "True: only tells what a run would come to, from what is stored. Nothing is \
                posted or paid for, and nothing written but who looked."),
        ("force" = Option<bool>, Query, example = false,
            description = "True: runs the lead also when it finished a moment ago, and buys the \
                providers' answers anew. A lead that runs already is joined.")
    ),
    responses(
        (status = 200, description = "The lead reached an end; `state` says which.",
            body = LeadAnswer, example = json!({
                "success": true,
                "message": "Successfully processed and enriched lead. Stored 1 entities in database.",
                "lead_id": "00000000000000000000000000000a02",
                "cpfs_processed": ["48881932822"],
                "entities_stored": 1,
                "state": "completed",
                "message_sent": true
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
        (status = 400, description = "id: is missing: send the lead's id, as in ?id=…"),
        (status = 404, description = "Contact2Sale does not know this lead"),
        (status = 503, description = "the database cannot be reached; nothing was accepted: ask again")
    )
)]
pub(super) async fn process(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Extension(summary): Extension<Arc<RequestSummary>>,
    query: ProcessQuery,
) -> Result<Rendered, AppError> {
    let ProcessQuery {
        lead_id,
        wait,
        is_dry_run,
        force,
    } = query;
    if force {
        caller.must(Scope::Admin)?;
    }
    if is_dry_run {
        return dry_run(&state, &caller, &summary, lead_id, force).await;
    }
    let anonymous = caller == Caller::Anonymous;
    if anonymous && state.unknown_leads.contains_key(&lead_id) {
        summary.set_outcome(LeadState::LeadMissing);
        return Ok(render_lead_missing(&lead_id));
    }
    let wait = wait.unwrap_or(state.process_wait);
    let request = LeadRequest {
        force,
        caller: Some(caller.named("lead_process")),
        ..LeadRequest::of(lead_id.clone(), RunWhen::NotEndedLately(LeadSource::Make))
    };
    let answer = state.calls.leads.process.call((request, wait)).await;
    let answer = answer.map_err(refused)?;
    summary.set_outcome(answer.state);
    summary.add_times(answer.upstream_ms, answer.database_ms);
    if anonymous && answer.state == LeadState::LeadMissing {
        state.unknown_leads.insert(lead_id, ()).await;
    }
    let masking = if anonymous {
        Masking::Masked
    } else {
        Masking::Full
    };
    Ok(render(&answer, masking))
}

#[cfg(test)]
mod tests {
    use http::StatusCode;
    use tower::ServiceExt;

    use crate::handlers::router;
    use crate::handlers::tests::{READY, Stub, request};

    #[tokio::test]
    async fn whoever_asks_for_the_head_alone_runs_nothing() {
        let stub = Stub::default();
        let router = router(stub.state(&[], READY));
        let head = request("HEAD", "/api/v1/leads/process?id=a1");
        for refused in [head, request("POST", "/api/v1/leads/process?id=a1")] {
            let answer = router.clone().oneshot(refused).await.unwrap();
            assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED);
            assert_eq!(answer.headers()["allow"], "GET");
        }
        assert_eq!(stub.calls(), 0);

        let health = router.oneshot(request("HEAD", "/health")).await.unwrap();
        assert_eq!(health.status(), StatusCode::OK);
    }
}
