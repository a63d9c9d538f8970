//! The bodies of problems (RFC 9457), as they are written and as the OpenAPI document shows them.

use std::fmt;

use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};
use uuid::Uuid;

use crate::models::LeadState;

/// The content type of a problem.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// An error (RFC 9457). Its type is always `about:blank`: the status is all there is to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    /// Always `about:blank`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The status in words.
    pub title: &'static str,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// What went wrong and what to do. For people: its words may change.
    pub detail: String,
    /// As `detail`, for callers who read this key.
    pub error: String,
    /// Of 400 and 422: the parameter, or the path of the field of the body, that cannot be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    pub field: Option<String>,
    /// By this the operator finds the request in the log. Also in the header `x-request-id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Uuid, required = true)]
    pub request_id: Option<Uuid>,
}

impl Problem {
    /// A problem of this status, before it is known of which request.
    #[must_use]
    pub fn new(status: StatusCode, detail: String) -> Self {
        Self {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            error: detail.clone(),
            detail,
            field: None,
            request_id: None,
        }
    }
}

/// An error of a route about leads: a problem with the five keys that every answer about a lead
/// carries. Its `Debug` does not show the lead's id, which may be a number that names somebody.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LeadProblem {
    /// What every error carries.
    #[serde(flatten)]
    pub problem: Problem,
    /// Always false.
    pub success: bool,
    /// As `detail`.
    pub message: String,
    /// The lead, or `""` when its id is missing or malformed.
    pub lead_id: String,
    /// Always empty.
    #[schema(max_items = 0)]
    pub cpfs_processed: Vec<String>,
    /// Always 0.
    #[schema(minimum = 0, maximum = 0)]
    pub entities_stored: usize,
    /// `lead_missing` when Contact2Sale does not know the lead; absent otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = lead_missing, required = false)]
    pub state: Option<&'static str>,
    /// True when this is the answer of a run that this call joined or repeated; absent otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = bool, required = false)]
    pub duplicate_request: Option<bool>,
}

impl fmt::Debug for LeadProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LeadProblem")
            .field("problem", &self.problem)
            .finish_non_exhaustive()
    }
}

/// The one state that a problem can tell.
fn lead_missing() -> Object {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some([LeadState::LeadMissing.as_str()]))
        .description(Some(
            "`lead_missing` when Contact2Sale does not know the lead; absent otherwise.",
        ))
        .build()
}

impl LeadProblem {
    /// A problem of a lead; an empty id when it is not known which.
    #[must_use]
    pub fn new(problem: Problem, lead_id: &str) -> Self {
        Self {
            success: false,
            message: problem.detail.clone(),
            lead_id: lead_id.to_owned(),
            cpfs_processed: Vec::new(),
            entities_stored: 0,
            state: None,
            duplicate_request: None,
            problem,
        }
    }
}

/// The body of a problem. Also in the extensions of its response: the layer that knows the request
/// adds what belongs to it and writes it anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum ProblemBody {
    /// Of any route.
    Plain(Problem),
    /// Of a route about leads.
    Lead(LeadProblem),
}

impl ProblemBody {
    /// With the request's id.
    #[must_use]
    pub fn of_request(mut self, request_id: Uuid) -> Self {
        let (Self::Plain(problem) | Self::Lead(LeadProblem { problem, .. })) = &mut self;
        problem.request_id = Some(request_id);
        self
    }

    /// With the keys of a lead, unless it has them.
    #[must_use]
    pub fn about_lead(self, lead_id: &str) -> Self {
        match self {
            Self::Plain(problem) => Self::Lead(LeadProblem::new(problem, lead_id)),
            lead @ Self::Lead(_) => lead,
        }
    }
}
