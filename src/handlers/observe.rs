//! Around every request: its id, its log line, and problems made complete.

use std::sync::Arc;

use axum::extract::{FromRequestParts, MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use uuid::Uuid;

use super::access::PROCESS;
use super::extract::{LeadInPath, lead_named_in};
use crate::errors::{AppError, InternalCause, Problem, ProblemBody, problem_response};
use crate::models::LeadId;
use crate::telemetry::{RequestLine, RequestSummary};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Whether answers at this path, or at this route, carry the five keys of a lead.
pub(super) fn is_about_leads(path: &str) -> bool {
    ["/api/v1/leads", "/api/v1/c2s"]
        .iter()
        .any(|start| path.starts_with(start))
}

/// Gives the request its id, and writes its one line when it is answered or its caller has left.
pub(super) async fn observe(request: Request, next: Next) -> Response {
    let summary = Arc::new(RequestSummary::new(request_id(request.headers())));
    let about_leads = is_about_leads(request.uri().path());
    let (lead_id, mut request) = lead_in_address(request).await;
    if let Some(lead_id) = lead_id.filter(|_| about_leads) {
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

/// The lead that the address names, in the path or, for the trigger, in the query. It is looked for here,
/// so that whoever refuses the request can tell of which lead it was.
async fn lead_in_address(request: Request) -> (Option<LeadId>, Request) {
    let (mut parts, body) = request.into_parts();
    let lead_id = if parts.uri.path() == PROCESS {
        parts.uri.query().and_then(lead_named_in)
    } else {
        let in_path = LeadInPath::from_request_parts(&mut parts, &()).await;
        in_path.ok().map(|LeadInPath(lead_id)| lead_id)
    };
    (lead_id, Request::from_parts(parts, body))
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
    let body = response.extensions().get::<ProblemBody>().cloned();
    let mut body = body.unwrap_or_else(|| {
        let detail = AppError::of_status(status).to_string();
        ProblemBody::Plain(Problem::new(status, detail))
    });
    if about_leads {
        let lead_id = summary.lead_id().map_or("", |lead_id| lead_id.as_str());
        body = body.about_lead(lead_id);
    }
    let mut complete = problem_response(status, body.of_request(summary.request_id()));
    for (name, value) in response.headers() {
        if !matches!(name.as_str(), "content-length" | "content-type") {
            complete.headers_mut().append(name, value.clone());
        }
    }
    complete
}

/// An error and its causes. They name no person: that is the rule for every error of ours.
pub(super) fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(": ")
}
