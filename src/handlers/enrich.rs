//! `POST /api/v1/c2s/enrich/{lead_id}`: the main job, with what was stored for whoever goes on with it.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::access::Caller;
use super::extract::{LeadInPath, RunMembers, wait_in};
use super::json::Glimpsed;
use super::json::JsonAnswer;
use super::lead_refusal::refused;
use super::observe::chain;
use super::openapi;
use super::process_answer::{LeadAnswer, LeadBody, Masking, render};
use super::state::AppState;
use crate::errors::AppError;
use crate::models::{LeadId, LeadSource, LeadState};
use crate::services::lead_overview::OverviewError;
use crate::services::lead_processing::{LeadRequest, RunWhen};
use crate::storage::EnrichedLead;
use crate::telemetry::RequestSummary;

/// How a lead stands; of `completed` with what was stored.
#[derive(Serialize, ToSchema)]
pub(super) struct EnrichAnswer {
    /// As the trigger answers.
    #[serde(flatten)]
    answer: LeadAnswer,
    /// What was stored; of `completed` only.
    #[serde(flatten)]
    #[schema(value_type = StoredLead)]
    stored: Option<StoredLead>,
}

/// What was stored for a lead: all of it, or, unless the lead is `completed`, nothing.
#[derive(Serialize, ToSchema)]
pub(super) struct StoredLead {
    /// The lead's name: as given, else as in Contact2Sale; null when there is none.
    #[schema(required = false)]
    customer_name: Option<String>,
    /// Whether a profile was found.
    #[schema(required = false)]
    enriched: bool,
    /// Whether it is stored.
    #[schema(required = false)]
    stored_in_db: bool,
    /// The people stored for this lead, for `/api/v1/customers/{uuid}`; null, as the name, when they could not be
    /// read after the message was posted.
    #[schema(required = false)]
    entity_ids: Option<Vec<Uuid>>,
}

impl StoredLead {
    /// What is known when it could be read, and else what the run itself knows: the message is posted, so
    /// that what cannot be read any more is no failure of the lead.
    fn of(lead_id: &LeadId, read: Result<EnrichedLead, OverviewError>) -> Self {
        let read = read.map_err(|error| {
            tracing::warn!(%lead_id, cause = chain(&error), "what was stored could not be read back; the lead is completed all the same");
        });
        let read = read.ok();
        let name = read.as_ref().and_then(|lead| lead.customer_name.as_ref());
        Self {
            customer_name: name.map(|name| name.as_str().to_owned()),
            enriched: true,
            stored_in_db: true,
            entity_ids: read.map(|lead| lead.party_ids),
        }
    }
}

/// Enriches a lead and tells the broker, also when it ended a moment ago.
///
/// As the trigger, and answers what was stored. A message that has not changed is not posted again.
#[utoipa::path(
    post,
    path = "/api/v1/c2s/enrich/{lead_id}",
    operation_id = "enrich_lead",
    tag = openapi::LEADS,
    params(
        ("lead_id" = String, Path, format = "lead-id", min_length = 1, max_length = 64,
            pattern = "^[A-Za-z0-9_-]{1,64}$", example = "00000000000000000000000000000a02",
            description = "The lead's `id` in Contact2Sale."),
        ("wait" = Option<i64>, Query, example = 25, description = "As for the trigger.")
    ),
    responses(
        (status = 200, description = "The lead reached an end; `state` says which.",
            body = EnrichAnswer, example = json!({
                "success": true,
                "message": "Successfully processed and enriched lead. Stored 1 entities in database.",
                "lead_id": "00000000000000000000000000000a02",
                "cpfs_processed": ["48881932822"],
                "entities_stored": 1,
                "state": "completed",
                "message_sent": true,
                "customer_name": "Aline Silveira dos Machado",
                "enriched": true,
                "stored_in_db": true,
                "entity_ids": ["01990f2e-7d6c-7c3a-9b1d-2f4e6a8c0e12"]
            })),
        (status = 202, description = "Accepted, and not done: the lead reaches its end without \
            another call.", body = EnrichAnswer, example = json!({
                "success": true,
                "message": "Still processing: ask again",
                "lead_id": "00000000000000000000000000000a02",
                "cpfs_processed": [],
                "entities_stored": 0,
                "state": "processing",
                "status_url": "/api/v1/leads/00000000000000000000000000000a02"
            })),
        (status = 400, description = "lead_id: is no lead id: 1 to 64 of A–Z a–z 0–9 - _"),
        (status = 404, description = "Contact2Sale does not know this lead"),
        (status = 503, description = "the database cannot be reached; nothing was accepted: ask again")
    )
)]
pub(super) async fn enrich(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Extension(summary): Extension<Arc<RequestSummary>>,
    LeadInPath(lead_id): LeadInPath,
    RawQuery(query): RawQuery,
    Glimpsed(members): Glimpsed<RunMembers>,
) -> Result<Response, AppError> {
    let wait = wait_in(query.as_deref().unwrap_or_default())?;
    members.map_or(Ok(()), |members| members.refuse())?;
    let request = LeadRequest {
        caller: Some(caller.named("lead_enrich")),
        ..LeadRequest::of(lead_id.clone(), RunWhen::Always(LeadSource::Api))
    };
    let wait = wait.unwrap_or(state.process_wait);
    let answer = state.calls.leads.process.call((request, wait)).await;
    let answer = answer.map_err(refused)?;
    summary.set_outcome(answer.state);
    summary.add_times(answer.upstream_ms, answer.database_ms);
    let stored = if answer.state == LeadState::Completed {
        let read = state.calls.leads.enriched.call(lead_id.clone()).await;
        Some(StoredLead::of(&lead_id, read))
    } else {
        None
    };
    let rendered = render(&answer, Masking::Full);
    let (status, retry_after) = (rendered.status, rendered.retry_after_header());
    Ok(match rendered.body {
        LeadBody::Answer(answer) => {
            let answer = EnrichAnswer {
                answer: *answer,
                stored,
            };
            (status, retry_after, JsonAnswer(answer)).into_response()
        }
        LeadBody::Missing(_) => rendered.into_response(),
    })
}

#[cfg(test)]
mod tests {
    use http::StatusCode;
    use serde_json::{Value, json};

    use crate::handlers::router;
    use crate::handlers::tests::{READY, Stub, request, send};

    /// The database of the stub cannot be read; its run has ended.
    #[tokio::test]
    async fn what_cannot_be_read_after_the_message_is_null_and_no_failure() {
        let router = router(Stub::default().state(&[], READY));
        let asked = request("POST", "/api/v1/c2s/enrich/a1");
        let (status, _, body) = send(router, asked).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        assert_eq!(body["state"], "completed");
        assert_eq!(body["cpfs_processed"], json!(["52998224725"]));
        assert_eq!(body["entities_stored"], 1);
        assert_eq!(
            (&body["enriched"], &body["stored_in_db"]),
            (&json!(true), &json!(true))
        );
        for unread in ["customer_name", "entity_ids"] {
            assert_eq!(body.get(unread), Some(&Value::Null), "{unread}");
        }
    }
}
