//! How a lead stands, as `GET /api/v1/leads/process` answers it: the table of API.md. Make.com
//! branches on `success`, `message`, `lead_id`, `cpfs_processed` and `entities_stored`, so those
//! keys and their types are a contract.

use std::time::Duration;

use axum::response::{IntoResponse, Response};
use chrono::SecondsFormat;
use http::header::RETRY_AFTER;
use http::{HeaderValue, StatusCode};
use serde_json::{Map, Value, json};

use super::extract::JsonAnswer;
use crate::errors::{problem_members, problem_response, retry_after_secs};
use crate::models::{Cpf, LeadId, LeadState};
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
    /// The body's keys.
    pub body: Map<String, Value>,
}

/// Renders how a lead stands.
#[must_use]
pub fn render(answer: &ProcessAnswer, masking: Masking) -> Rendered {
    if answer.state == LeadState::LeadMissing {
        let mut rendered = render_lead_missing(&answer.lead_id);
        mark_duplicate(&mut rendered.body, answer);
        return rendered;
    }
    let unfinished = !answer.state.is_end();
    let cpfs: &[Cpf] = if shows_people(answer.state) {
        &answer.cpfs
    } else {
        &[]
    };
    let shown = cpfs.iter().map(|cpf| match masking {
        Masking::Full => cpf.digits().to_owned(),
        Masking::Masked => cpf.masked(),
    });
    let mut body = five_keys(
        unfinished || answer.state == LeadState::Completed,
        &message(answer, cpfs.len()),
        &answer.lead_id,
        &shown.collect::<Vec<_>>(),
    );
    body.insert("state".to_owned(), json!(answer.state.as_str()));
    mark_duplicate(&mut body, answer);
    let mut retry_after = None;
    if unfinished {
        retry_after = Some(retry_after_secs(
            answer.next_attempt_in.unwrap_or(ASK_AGAIN),
        ));
        let status_url = format!("/api/v1/leads/{}", answer.lead_id.as_str());
        body.insert("status_url".to_owned(), json!(status_url));
    }
    for (key, value) in beside(answer) {
        body.insert(key.to_owned(), value);
    }
    let status = if unfinished {
        StatusCode::ACCEPTED
    } else {
        StatusCode::OK
    };
    Rendered {
        status,
        retry_after,
        body,
    }
}

/// The CRM does not know the lead: 404, a problem with the five keys.
pub(super) fn render_lead_missing(lead_id: &LeadId) -> Rendered {
    let message = "Contact2Sale does not know this lead";
    let status = StatusCode::NOT_FOUND;
    let mut body = problem_members(status, message);
    body.extend(five_keys(false, message, lead_id, &[]));
    body.insert("state".to_owned(), json!(LeadState::LeadMissing.as_str()));
    Rendered {
        status,
        retry_after: None,
        body,
    }
}

fn five_keys(
    success: bool,
    message: &str,
    lead_id: &LeadId,
    cpfs: &[String],
) -> Map<String, Value> {
    let keys = [
        ("success", json!(success)),
        ("message", json!(message)),
        ("lead_id", json!(lead_id.as_str())),
        ("entities_stored", json!(cpfs.len())),
        ("cpfs_processed", json!(cpfs)),
    ];
    keys.into_iter()
        .map(|(key, value)| (key.to_owned(), value))
        .collect()
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
    let text = match answer.state {
        LeadState::Completed => {
            return format!(
                "Successfully processed and enriched lead. Stored {people} entities in database."
            );
        }
        LeadState::Unidentified if answer.reason.as_deref() == Some(NO_PROFILE) => {
            "CPF found, but no profile for it"
        }
        LeadState::Unidentified => "Could not find CPF from phone or email",
        LeadState::Review => "Identity in doubt: waits for a person to decide",
        LeadState::Suppressed => "The person objected or was erased: nothing is looked up",
        LeadState::Accepted | LeadState::Processing => "Still processing: ask again",
        LeadState::Retrying => "An upstream failed: a retry is scheduled",
        LeadState::BudgetHold => "The budget is reached: waits for the next period",
        LeadState::LeadMissing => "Contact2Sale does not know this lead",
        LeadState::Failed => "Given up after the last attempt",
        LeadState::DeliveryUnknown => "Unknown whether the message arrived: a person has to look",
    };
    text.to_owned()
}

/// The keys that belong to one state.
fn beside(answer: &ProcessAnswer) -> Vec<(&'static str, Value)> {
    match answer.state {
        LeadState::Completed => vec![("message_sent", json!(answer.message_sent))],
        // Reviews are a later feature: the key is there, so that callers can rely on it.
        LeadState::Review => vec![("review_id", Value::Null)],
        LeadState::Failed => vec![("reason", json!(answer.reason))],
        LeadState::Retrying | LeadState::BudgetHold => {
            let at = answer.next_attempt_at;
            let at = at.map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true));
            vec![("next_attempt_at", json!(at))]
        }
        _ => Vec::new(),
    }
}

fn mark_duplicate(body: &mut Map<String, Value>, answer: &ProcessAnswer) {
    if answer.duplicate {
        body.insert("duplicate_request".to_owned(), json!(true));
    }
}

impl IntoResponse for Rendered {
    fn into_response(self) -> Response {
        if self.status.is_client_error() {
            return problem_response(self.status, self.body);
        }
        let mut response = (self.status, JsonAnswer(Value::Object(self.body))).into_response();
        if let Some(secs) = self.retry_after {
            let headers = response.headers_mut();
            headers.insert(RETRY_AFTER, HeaderValue::from(secs));
        }
        response
    }
}

#[cfg(test)]
#[path = "process_answer_tests.rs"]
mod tests;
