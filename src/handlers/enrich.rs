//! `POST /api/v1/c2s/enrich/{lead_id}`: the main job, with what was stored for whoever goes on with it.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::access::Caller;
use super::extract::{LeadInPath, wait_in};
use super::json::JsonAnswer;
use super::openapi;
use super::process::{refused, unreadable};
use super::process_answer::{LeadAnswer, LeadBody, Masking, render};
use super::state::AppState;
use crate::errors::AppError;
use crate::models::{LeadSource, LeadState, PersonName};
use crate::services::lead_processing::{LeadRequest, RunWhen};
use crate::telemetry::RequestSummary;

/// How a lead stands; of `completed` with what was stored.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EnrichAnswer {
    /// As the trigger answers.
    #[serde(flatten)]
    answer: LeadAnswer,
    /// What was stored; of `completed` only.
    #[serde(flatten)]
    stored: Option<StoredLead>,
}

/// What was stored for a lead.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct StoredLead {
    /// The lead's name: as given, else as in Contact2Sale.
    #[schema(required = true)]
    customer_name: Option<String>,
    /// Whether a profile was found.
    enriched: bool,
    /// Whether it is stored.
    stored_in_db: bool,
    /// The people stored for this lead, for `/api/v1/customers/{uuid}`.
    entity_ids: Vec<Uuid>,
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
) -> Result<Response, AppError> {
    summary.set_lead_id(lead_id.clone());
    let wait = wait_in(query.as_deref().unwrap_or_default())?;
    let request = LeadRequest {
        caller: caller.named("lead_enrich"),
        ..LeadRequest::of(lead_id.clone(), RunWhen::Always(LeadSource::Api))
    };
    let wait = wait.unwrap_or(state.process_wait);
    let answer = state.calls.leads.process.call((request, wait)).await;
    let answer = answer.map_err(refused)?;
    summary.set_outcome(answer.state);
    summary.add_times(answer.upstream_ms, answer.database_ms);
    let stored = if answer.state == LeadState::Completed {
        let enriched = state.calls.leads.enriched.call(lead_id).await;
        let enriched = enriched.map_err(unreadable)?;
        let name = enriched.customer_name.as_ref().map(PersonName::as_str);
        Some(StoredLead {
            customer_name: name.map(str::to_owned),
            enriched: true,
            stored_in_db: true,
            entity_ids: enriched.party_ids,
        })
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
