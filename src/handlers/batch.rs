//! `POST /api/v1/leads/batch`: many leads, accepted for the queue.

use axum::Extension;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::access::Caller;
use super::extract::{NO_LEAD_ID, Parameters, refuse_run_members};
use super::json::{JsonAnswer, JsonBody};
use super::lead_refusal::refused;
use super::lead_state::StateWord;
use super::openapi;
use super::state::AppState;
use crate::errors::AppError;
use crate::models::{LeadId, LeadState};

/// The most leads of a batch (API.md).
const MOST_LEADS: usize = 100;

/// Leads to be run.
#[derive(Deserialize, ToSchema)]
pub(super) struct BatchRequest {
    /// The leads' ids in Contact2Sale. One that is no lead id is answered as such, beside the others.
    #[schema(min_items = 1, max_items = 100)]
    lead_ids: Vec<Value>,
    /// Not taken here.
    #[schema(ignore)]
    dry_run: Option<bool>,
    /// Not taken here.
    #[schema(ignore)]
    force: Option<bool>,
}

/// How each lead of a batch stands, in the order asked.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct BatchAnswer {
    /// One for each id.
    items: Vec<BatchItem>,
}

/// How a lead of a batch stands.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct BatchItem {
    /// The lead, or `""` when what was sent is no lead id.
    lead_id: String,
    /// `accepted`, `processing` when it runs already, `retrying` when its message may still arrive; null when it
    /// was not accepted.
    #[schema(required = true)]
    state: Option<StateWord>,
    /// Why it was not accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    message: Option<String>,
}

/// Accepts many leads.
///
/// They are run by the queue, 16 at a time in each process, and nobody waits. Leads that ended run again; a message
/// that has not changed is not posted again. `GET /api/v1/leads/{id}` tells how each stands.
#[utoipa::path(
    post,
    path = "/api/v1/leads/batch",
    operation_id = "accept_leads",
    tag = openapi::LEADS,
    request_body(content = BatchRequest, example = json!({
        "lead_ids": ["00000000000000000000000000000a02", "no lead id"]
    })),
    responses(
        (status = 202, description = "Accepted, and not done.", body = BatchAnswer, example = json!({
            "items": [
                {"lead_id": "00000000000000000000000000000a02", "state": "accepted"},
                {"lead_id": "", "state": null, "message": "is no lead id: 1 to 64 of A–Z a–z 0–9 - _"}
            ]
        })),
        (status = 400, description = "body: is no JSON in UTF-8, or nested too deeply"),
        (status = 422, description = "lead_ids: are not 1 to 100: send at least one, and at most 100 at a time"),
        (status = 503, description = "the database cannot be reached; nothing was accepted: ask again")
    )
)]
pub(super) async fn accept_leads(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    parameters: Parameters,
    JsonBody(body): JsonBody<BatchRequest>,
) -> Result<Response, AppError> {
    parameters.refuse_run_flags()?;
    refuse_run_members(body.dry_run, body.force)?;
    if body.lead_ids.is_empty() || body.lead_ids.len() > MOST_LEADS {
        let wrong = "are not 1 to 100: send at least one, and at most 100 at a time";
        return Err(AppError::unprocessable("lead_ids", wrong));
    }
    let parse = |id: &Value| LeadId::parse(id.as_str()?).ok();
    let asked: Vec<Option<LeadId>> = body.lead_ids.iter().map(parse).collect();
    let usable: Vec<LeadId> = asked.iter().flatten().cloned().collect();
    let states = if usable.is_empty() {
        Vec::new()
    } else {
        let caller = caller.named("lead_batch");
        let accepted = state.calls.leads.accept.call((usable, caller)).await;
        accepted.map_err(refused)?
    };
    let mut states = states.into_iter();
    let items = asked.iter().map(|lead_id| {
        lead_id
            .as_ref()
            .map_or_else(BatchItem::of_no_lead, |lead_id| {
                BatchItem::of(lead_id, states.next())
            })
    });
    let items = items.collect();
    Ok((StatusCode::ACCEPTED, JsonAnswer(BatchAnswer { items })).into_response())
}

impl BatchItem {
    fn of(lead_id: &LeadId, state: Option<LeadState>) -> Self {
        Self {
            lead_id: lead_id.as_str().to_owned(),
            state: state.map(StateWord),
            message: None,
        }
    }

    fn of_no_lead() -> Self {
        Self {
            lead_id: String::new(),
            state: None,
            message: Some(NO_LEAD_ID.to_owned()),
        }
    }
}
