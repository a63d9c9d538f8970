//! `GET /api/v1/leads/process`: the main job, as Make.com calls it.

use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::State;

use super::access::Caller;
use super::extract::ProcessQuery;
use super::process_answer::{Masking, Rendered, render, render_lead_missing};
use super::state::AppState;
use crate::errors::AppError;
use crate::models::LeadState;
use crate::services::lead_processing::ProcessError;
use crate::telemetry::RequestSummary;

/// When to ask again after the database could not be reached: Neon wakes within seconds.
const DATABASE_BACK: Duration = Duration::from_secs(5);

/// When to ask again about a lead that the CRM could not be asked for.
const CRM_BACK: Duration = Duration::from_secs(5);

/// Runs the job for a lead, or joins it, and answers how it stands when the wait is over.
pub(super) async fn process(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Extension(summary): Extension<Arc<RequestSummary>>,
    query: ProcessQuery,
) -> Result<Rendered, AppError> {
    let ProcessQuery { lead_id, wait } = query;
    let anonymous = caller == Caller::Anonymous;
    if anonymous && state.unknown_leads.contains_key(&lead_id) {
        summary.set_outcome(LeadState::LeadMissing);
        return Ok(render_lead_missing(&lead_id));
    }
    let wait = wait.unwrap_or(state.process_wait);
    let answer = state.calls.process.call(lead_id.clone(), wait).await;
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

/// Why nothing was accepted, as a caller is told.
pub(super) fn refused(error: ProcessError) -> AppError {
    match error {
        ProcessError::DatabaseUnavailable => AppError::Unavailable {
            detail: "the database cannot be reached; nothing was accepted: ask again".to_owned(),
            retry_after: DATABASE_BACK,
        },
        ProcessError::NeverAccepted => AppError::NoSuchLead,
        ProcessError::CrmUnavailable { retry_after, .. } => AppError::Unavailable {
            detail: "Contact2Sale cannot be reached, so the lead could not be read: ask again"
                .to_owned(),
            retry_after: retry_after.unwrap_or(CRM_BACK),
        },
        internal @ ProcessError::Internal(_) => AppError::internal(internal),
    }
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
        let answer = router.clone().oneshot(head).await.unwrap();
        assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(answer.headers()["allow"], "GET");
        assert_eq!(stub.calls(), 0);

        let health = router.oneshot(request("HEAD", "/health")).await.unwrap();
        assert_eq!(health.status(), StatusCode::OK);
    }
}
