//! Body and example of each problem in the OpenAPI document: what the request that the document prints
//! would be answered, had it gone wrong so.

use http::StatusCode;
use serde_json::{Value, json};
use utoipa::openapi::content::{Content, ContentBuilder};
use utoipa::openapi::path::Operation;
use utoipa::openapi::response::Response as Described;
use utoipa::openapi::{Ref, RefOr};
use uuid::Uuid;

use super::observe::is_about_leads;
use super::process_answer::missing_lead;
use crate::errors::{PROBLEM_JSON, Problem, ProblemBody};
use crate::models::LeadId;

/// The request id of examples.
const EXAMPLE_REQUEST: Uuid = Uuid::from_u128(0x0199_0f2e_7d6c_7c3a_9b1d_2f4e_6a8c_0e12);

/// Refused before the body was read, or because it could not be.
const BODY_UNREAD: [u16; 6] = [400, 401, 403, 413, 415, 429];

/// The problems of one operation.
pub(super) struct ProblemExamples {
    about_leads: bool,
    /// The lead that the printed request names in its path or query.
    in_address: Option<LeadId>,
    /// The lead that the printed request names in its body.
    in_body: Option<LeadId>,
}

impl ProblemExamples {
    pub(super) fn of(operation: &Operation, path: &str) -> Self {
        let parameters = operation.parameters.iter().flatten().map(|one| json!(one));
        let mut lead_ids = parameters
            .filter(|one| one["name"] == "id" || one["name"] == "lead_id")
            .map(|one| one["example"].clone());
        let body = match &operation.request_body {
            Some(RefOr::T(body)) => body.content.values().find_map(example_of),
            _ => None,
        };
        Self {
            about_leads: is_about_leads(path),
            in_address: lead_ids.next().and_then(|id| lead_id(&id)),
            in_body: body.and_then(|body| lead_id(&body["lead_id"])),
        }
    }

    /// Whether the operation is about one lead.
    pub(super) fn are_about_one_lead(&self) -> bool {
        self.about_leads && (self.in_address.is_some() || self.in_body.is_some())
    }

    /// Adds body and example of a problem. What its description says is what its detail says.
    pub(super) fn add_to(&self, response: &mut Described, status: StatusCode) {
        let schema = if self.about_leads {
            "LeadProblem"
        } else {
            "Problem"
        };
        let content = response.content.entry(PROBLEM_JSON.to_owned());
        let content = content.or_insert_with(|| ContentBuilder::new().build().into());
        if let RefOr::T(content) = content {
            content.schema = Some(Ref::from_schema_name(schema).into());
            if content.example.is_none() && content.examples.is_empty() {
                content.example = Some(self.example(status, &response.description));
            }
        }
    }

    fn example(&self, status: StatusCode, detail: &str) -> Value {
        let mut problem = Problem::new(status, detail.to_owned());
        if matches!(status.as_u16(), 400 | 422) {
            problem.field = detail.split_once(": ").map(|(field, _)| field.to_owned());
        }
        if !self.about_leads {
            return json!(ProblemBody::Plain(problem).of_request(EXAMPLE_REQUEST));
        }
        let lead_id = self.lead_known(status, problem.field.as_deref());
        let missing = lead_id.map(|lead_id| missing_lead(lead_id, None));
        let missing = missing.filter(|missing| missing.problem.detail == detail);
        let body = missing.map_or(ProblemBody::Plain(problem), ProblemBody::Lead);
        let body = body.about_lead(lead_id.map_or("", LeadId::as_str));
        json!(body.of_request(EXAMPLE_REQUEST))
    }

    /// The lead that the request names, as far as it can be read.
    fn lead_known(&self, status: StatusCode, unusable: Option<&str>) -> Option<&LeadId> {
        if matches!(unusable, Some("id" | "lead_id")) {
            return None;
        }
        let in_body = self.in_body.as_ref();
        let in_body = in_body.filter(|_| !BODY_UNREAD.contains(&status.as_u16()));
        self.in_address.as_ref().or(in_body)
    }
}

fn lead_id(example: &Value) -> Option<LeadId> {
    LeadId::parse(example.as_str()?).ok()
}

fn example_of(content: &RefOr<Content>) -> Option<Value> {
    match content {
        RefOr::T(content) => content.example.clone(),
        RefOr::Ref(_) => None,
    }
}
