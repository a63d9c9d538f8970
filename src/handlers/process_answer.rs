//! How a lead stands, as `GET /api/v1/leads/process` answers it: the table of API.md. Make.com
//! branches on `success`, `message`, `lead_id`, `cpfs_processed` and `entities_stored`, so those
//! keys and their types are a contract.

use std::fmt;
use std::time::Duration;

use axum::response::{IntoResponse, Response};
use chrono::SecondsFormat;
use http::header::RETRY_AFTER;
use http::{HeaderName, HeaderValue, StatusCode};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::json::JsonAnswer;
use super::lead_state::StateWord;
use crate::errors::{LeadProblem, Problem, ProblemBody, problem_response, retry_after_secs};
use crate::models::{LeadId, LeadState};
use crate::services::lead_processing::ProcessAnswer;

/// The reason by which an unidentified lead says that its CPF was found, and no profile.
pub const NO_PROFILE: &str = "no_profile";

/// When to ask again about a run that says nothing of it.
const ASK_AGAIN: Duration = Duration::from_secs(5);

/// Whether CPFs are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Masking {
    /// Eleven digits.
    Full,
    /// `***.456.789-**`, for a caller without a key.
    Masked,
}

/// An answer, before it is written.
#[derive(Debug, Clone, PartialEq)]
pub struct Rendered {
    /// The HTTP status.
    pub status: StatusCode,
    /// Seconds of the `Retry-After` header.
    pub retry_after: Option<u64>,
    /// The body.
    pub body: LeadBody,
}

/// The body of an answer about the run of a lead.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum LeadBody {
    /// How the lead stands.
    Answer(Box<LeadAnswer>),
    /// The CRM does not know it.
    Missing(Box<LeadProblem>),
}

/// How a lead stands. The first five keys are in every answer about a lead, errors included, and
/// never change type; which of the others are there follows from `state`. Its `Debug` shows the state alone.
#[derive(Clone, PartialEq, Serialize, ToSchema)]
pub struct LeadAnswer {
    /// True for `completed`, and for all that is answered with 202, which is not done yet.
    pub(super) success: bool,
    /// What happened, for people. Programs read `state`.
    pub(super) message: String,
    /// The lead.
    #[schema(format = "lead-id")]
    pub(super) lead_id: String,
    /// The people stored for this lead: eleven digits, or a mask for a caller without a key.
    pub(super) cpfs_processed: Vec<String>,
    /// How many people were stored for this lead.
    pub(super) entities_stored: usize,
    /// How the lead stands; of a dry run how it would, null when answers would have to be bought first.
    #[schema(required = true)]
    pub(super) state: Option<StateWord>,
    /// Of `completed`: whether this run posted the message; false when the same one was there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = bool, required = false)]
    pub(super) message_sent: Option<bool>,
    /// True when this call joined a run, or repeats the answer of one that has just ended; absent
    /// otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = bool, required = false)]
    pub(super) duplicate_request: Option<bool>,
    /// Of 202: where the lead's state can be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    pub(super) status_url: Option<String>,
    /// Of `retrying` and `budget_hold`: when the next run is due.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<DateTime<Utc>>, required = false)]
    pub(super) next_attempt_at: Option<Option<String>>,
    /// Of `failed`: why, as a code such as `work_api_timeout`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, required = false)]
    pub(super) reason: Option<Option<String>>,
    /// Of `review`: the review in which a person decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Uuid>, required = false)]
    pub(super) review_id: Option<Option<Uuid>>,
    /// True of a dry run; absent otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = bool, required = false)]
    pub(super) dry_run: Option<bool>,
    /// Of a dry run: the message that would be posted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, required = false)]
    pub(super) message_preview: Option<Option<String>>,
}

impl fmt::Debug for LeadAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LeadAnswer")
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

impl LeadAnswer {
    /// The five keys and the state, of a lead for which nobody was stored.
    pub(super) fn of(lead_id: &LeadId, state: Option<StateWord>) -> Self {
        Self {
            success: false,
            message: String::new(),
            lead_id: lead_id.as_str().to_owned(),
            cpfs_processed: Vec::new(),
            entities_stored: 0,
            state,
            message_sent: None,
            duplicate_request: None,
            status_url: None,
            next_attempt_at: None,
            reason: None,
            review_id: None,
            dry_run: None,
            message_preview: None,
        }
    }
}

/// Renders how a lead stands.
#[must_use]
pub fn render(answer: &ProcessAnswer, masking: Masking) -> Rendered {
    let duplicate = answer.duplicate.then_some(true);
    if answer.state == LeadState::LeadMissing {
        return lead_missing(&answer.lead_id, duplicate);
    }
    let unfinished = !answer.state.is_end();
    let cpfs = shown_cpfs(answer, masking);
    let mut body = LeadAnswer {
        success: unfinished || answer.state == LeadState::Completed,
        message: message(answer, cpfs.len()),
        entities_stored: cpfs.len(),
        cpfs_processed: cpfs,
        duplicate_request: duplicate,
        status_url: unfinished.then(|| format!("/api/v1/leads/{}", answer.lead_id.as_str())),
        ..LeadAnswer::of(&answer.lead_id, Some(StateWord(answer.state)))
    };
    add_what_belongs_to_the_state(&mut body, answer);
    let wait = || retry_after_secs(answer.next_attempt_in.unwrap_or(ASK_AGAIN));
    let status = if unfinished {
        StatusCode::ACCEPTED
    } else {
        StatusCode::OK
    };
    Rendered {
        status,
        retry_after: unfinished.then(wait),
        body: LeadBody::Answer(Box::new(body)),
    }
}

/// The CRM does not know the lead: 404, a problem with the five keys.
pub(super) fn render_lead_missing(lead_id: &LeadId) -> Rendered {
    lead_missing(lead_id, None)
}

fn lead_missing(lead_id: &LeadId, duplicate_request: Option<bool>) -> Rendered {
    Rendered {
        status: StatusCode::NOT_FOUND,
        retry_after: None,
        body: LeadBody::Missing(Box::new(missing_lead(lead_id, duplicate_request))),
    }
}

/// The problem of a lead that the CRM does not know.
pub(super) fn missing_lead(lead_id: &LeadId, duplicate_request: Option<bool>) -> LeadProblem {
    let said = message_of(LeadState::LeadMissing, None).to_owned();
    LeadProblem {
        state: Some(LeadState::LeadMissing.as_str()),
        duplicate_request,
        ..LeadProblem::new(Problem::new(StatusCode::NOT_FOUND, said), lead_id.as_str())
    }
}

fn shown_cpfs(answer: &ProcessAnswer, masking: Masking) -> Vec<String> {
    if !shows_people(answer.state) {
        return Vec::new();
    }
    let shown = answer.cpfs.iter().map(|cpf| match masking {
        Masking::Full => cpf.digits().to_owned(),
        Masking::Masked => cpf.masked(),
    });
    shown.collect()
}

/// Whether people were stored for a lead in this state. Who was not accepted is never named.
fn shows_people(state: LeadState) -> bool {
    !matches!(
        state,
        LeadState::Unidentified
            | LeadState::Review
            | LeadState::Suppressed
            | LeadState::LeadMissing
    )
}

fn message(answer: &ProcessAnswer, people: usize) -> String {
    if answer.state == LeadState::Completed {
        return format!(
            "Successfully processed and enriched lead. Stored {people} entities in database."
        );
    }
    message_of(answer.state, answer.reason.as_deref()).to_owned()
}

/// What a state means, for people.
pub(super) fn message_of(state: LeadState, reason: Option<&str>) -> &'static str {
    match state {
        LeadState::Completed => "Successfully processed and enriched lead",
        LeadState::Unidentified if reason == Some(NO_PROFILE) => "CPF found, but no profile for it",
        LeadState::Unidentified => "Could not find CPF from phone or email",
        LeadState::Review => "Identity in doubt: waits for a person to decide",
        LeadState::Suppressed => "The person objected or was erased: nothing is looked up",
        LeadState::Accepted | LeadState::Processing => "Still processing: ask again",
        LeadState::Retrying => "An upstream failed: a retry is scheduled",
        LeadState::BudgetHold => "The budget is reached: waits for the next period",
        LeadState::LeadMissing => "Contact2Sale does not know this lead",
        LeadState::Failed => "Given up after the last attempt",
        LeadState::DeliveryUnknown => "Unknown whether the message arrived: a person has to look",
    }
}

fn add_what_belongs_to_the_state(body: &mut LeadAnswer, answer: &ProcessAnswer) {
    match answer.state {
        LeadState::Completed => body.message_sent = Some(answer.message_sent),
        LeadState::Review => body.review_id = Some(answer.review_id),
        LeadState::Failed => body.reason = Some(answer.reason.clone()),
        LeadState::Retrying | LeadState::BudgetHold => {
            let at = answer.next_attempt_at;
            body.next_attempt_at = Some(at.map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true)));
        }
        _ => {}
    }
}

impl Rendered {
    /// The `Retry-After` header, when there is one.
    pub(super) fn retry_after_header(&self) -> Option<[(HeaderName, HeaderValue); 1]> {
        let secs = self.retry_after?;
        Some([(RETRY_AFTER, HeaderValue::from(secs))])
    }
}

impl IntoResponse for Rendered {
    fn into_response(self) -> Response {
        let retry_after = self.retry_after_header();
        let answer = match self.body {
            LeadBody::Missing(problem) => {
                return problem_response(self.status, ProblemBody::Lead(*problem));
            }
            LeadBody::Answer(answer) => answer,
        };
        (self.status, retry_after, JsonAnswer(answer)).into_response()
    }
}

#[cfg(test)]
#[path = "process_answer_tests.rs"]
mod tests;
