//! Around every request: its id, its log line, and problems made complete.

use std::sync::Arc;

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::extract::lead_named_in;
use crate::errors::{AppError, InternalCause, Problem, problem_members, problem_response};
use crate::telemetry::{RequestLine, RequestSummary};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Answers below this path carry the five keys of a lead.
const LEAD_ROUTES: &str = "/api/v1/leads";

/// Gives the request its id, and writes its one line when it is answered or its caller has left.
pub(super) async fn observe(mut request: Request, next: Next) -> Response {
    let summary = Arc::new(RequestSummary::new(request_id(request.headers())));
    let about_leads = request.uri().path().starts_with(LEAD_ROUTES);
    if let Some(lead_id) = request
        .uri()
        .query()
        .filter(|_| about_leads)
        .and_then(lead_named_in)
    {
        summary.set_lead_id(lead_id);
    }
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or("unknown", MatchedPath::as_str);
    let line = RequestLine::start(summary.clone(), known_method(request.method()), route);
    request.extensions_mut().insert(summary.clone());

    let mut response = complete(next.run(request).await, &summary, about_leads);
    if let Ok(id) = HeaderValue::from_str(&summary.request_id().to_string()) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    line.finish(response.status().as_u16());
    response
}

/// The caller's `X-Request-Id` when it is a UUID, else a new one. Any other text could hold a
/// person's data, and this one is logged.
fn request_id(headers: &HeaderMap) -> Uuid {
    let given = headers.get(REQUEST_ID).and_then(|id| id.to_str().ok());
    let given = given.and_then(|id| Uuid::try_parse(id).ok());
    given.unwrap_or_else(Uuid::now_v7)
}

/// The method, if it is one of HTTP's own. Any other is text of the caller's, and this is logged.
fn known_method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        Method::TRACE => "TRACE",
        Method::CONNECT => "CONNECT",
        _ => "other",
    }
}

/// Makes an error a complete problem, whoever under us answered it.
fn complete(response: Response, summary: &RequestSummary, about_leads: bool) -> Response {
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    if let Some(InternalCause(cause)) = response.extensions().get() {
        let request_id = summary.request_id();
        tracing::error!(%request_id, cause = chain(cause.as_ref()), "internal error");
    }
    // An answer of a library is no problem yet: its text is dropped, its headers (Allow) stay.
    let members = response.extensions().get::<Problem>().cloned();
    let Problem(mut members) = members.unwrap_or_else(|| {
        let detail = AppError::of_status(status).to_string();
        Problem(problem_members(status, &detail))
    });
    members.insert("request_id".to_owned(), json!(summary.request_id()));
    if about_leads {
        add_lead_keys(&mut members, summary);
    }
    let mut complete = problem_response(status, members);
    for (name, value) in response.headers() {
        if !matches!(name.as_str(), "content-length" | "content-type") {
            complete.headers_mut().append(name, value.clone());
        }
    }
    complete
}

/// The five keys every answer about a lead carries (API.md); what is there already stays.
fn add_lead_keys(members: &mut Map<String, Value>, summary: &RequestSummary) {
    let message = members.get("detail").cloned().unwrap_or_default();
    let lead_id = summary.lead_id().map_or("", |lead_id| lead_id.as_str());
    let keys = [
        ("success", json!(false)),
        ("message", message),
        ("lead_id", json!(lead_id)),
        ("cpfs_processed", json!([])),
        ("entities_stored", json!(0)),
    ];
    for (name, value) in keys {
        members.entry(name).or_insert(value);
    }
}

/// An error and its causes. They name no person: that is the rule for every error of ours.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(": ")
}
