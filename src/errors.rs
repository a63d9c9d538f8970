//! What goes wrong, as a caller is told: RFC 9457 `application/problem+json`.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use serde_json::{Map, Value, json};

/// An answer other than success. Its text is for the caller: it never holds the text of an inner
/// error, what the caller sent, or another person's data.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// 400: a part of the request cannot be used.
    #[error("{field}: {wrong}")]
    BadRequest {
        /// Where in the request.
        field: &'static str,
        /// What is wrong and what to send.
        wrong: &'static str,
    },
    /// 401: no key, or an unknown one.
    #[error("{0}")]
    Unauthorized(&'static str),
    /// 403: the key does not open this.
    #[error("this key does not have the scope `{0}`: use one that has")]
    Forbidden(&'static str),
    /// 404: no such route.
    #[error("there is nothing at this address: see docs for the routes")]
    NoSuchRoute,
    /// 404: no such lead.
    #[error("no lead of this id was ever accepted here: trigger it by GET /api/v1/leads/process")]
    NoSuchLead,
    /// 405: the route has other methods.
    #[error("this address does not take this method")]
    MethodNotAllowed,
    /// 408: the request was not answered in time.
    #[error("the request took too long and was given up: ask again")]
    TookTooLong,
    /// 413: the body is too large.
    #[error("the body is larger than 1 MiB: send less")]
    BodyTooLarge,
    /// 429: too many requests of this caller.
    #[error("too many requests: wait as long as Retry-After says")]
    TooManyRequests {
        /// When the next one is taken.
        retry_after: Duration,
    },
    /// 503: something we need is not there; nothing was accepted.
    #[error("{detail}")]
    Unavailable {
        /// What is missing.
        detail: String,
        /// When to ask again.
        retry_after: Duration,
    },
    /// 500: a defect. The cause is for the log alone.
    #[error("an internal error: tell the operator the request_id")]
    Internal(Arc<dyn Error + Send + Sync>),
    /// Another status, as a library under us answered it.
    #[error("{}", .0.canonical_reason().unwrap_or("the request was refused"))]
    Other(StatusCode),
}

/// The members of a problem, in the response's extensions: the layer that knows the request adds
/// what belongs to it and writes the body.
#[derive(Debug, Clone)]
pub struct Problem(pub Map<String, Value>);

/// The cause of a 500, in the response's extensions: logged once, by the layer that logs requests.
#[derive(Debug, Clone)]
pub struct InternalCause(pub Arc<dyn Error + Send + Sync>);

impl AppError {
    /// A defect with its cause.
    pub fn internal(cause: impl Error + Send + Sync + 'static) -> Self {
        Self::Internal(Arc::new(cause))
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::BadRequest { .. } => StatusCode::BAD_REQUEST,
            Self::Unauthorized(_) => StatusCode::UNAUTHORIZED,
            Self::Forbidden(_) => StatusCode::FORBIDDEN,
            Self::NoSuchRoute | Self::NoSuchLead => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::TookTooLong => StatusCode::REQUEST_TIMEOUT,
            Self::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooManyRequests { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable { .. } => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Other(status) => *status,
        }
    }

    /// The error that says what a bare status says.
    #[must_use]
    pub fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::NoSuchRoute,
            StatusCode::METHOD_NOT_ALLOWED => Self::MethodNotAllowed,
            StatusCode::REQUEST_TIMEOUT => Self::TookTooLong,
            StatusCode::PAYLOAD_TOO_LARGE => Self::BodyTooLarge,
            other => Self::Other(other),
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::TooManyRequests { retry_after } | Self::Unavailable { retry_after, .. } => {
                Some(*retry_after)
            }
            _ => None,
        }
    }
}

/// The members every problem has (RFC 9457 §3.1; the type `about:blank` says that the status is
/// all there is to know), and `error`, which existing callers read.
#[must_use]
pub fn problem_members(status: StatusCode, detail: &str) -> Map<String, Value> {
    let title = status.canonical_reason().unwrap_or("Error");
    let members = [
        ("type", json!("about:blank")),
        ("title", json!(title)),
        ("status", json!(status.as_u16())),
        ("detail", json!(detail)),
        ("error", json!(detail)),
    ];
    let members = members.into_iter();
    members
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// A response that is a problem.
#[must_use]
pub fn problem_response(status: StatusCode, members: Map<String, Value>) -> Response {
    let body = Body::from(Value::Object(members.clone()).to_string());
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let kind = HeaderValue::from_static("application/problem+json");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response.extensions_mut().insert(Problem(members));
    response
}

/// Whole seconds for a `Retry-After` header: rounded up, at least one.
#[must_use]
pub fn retry_after_secs(wait: Duration) -> u64 {
    let rounded_up = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    rounded_up.max(1)
}

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        let status = self.status();
        let mut members = problem_members(status, &self.to_string());
        if let Self::BadRequest { field, .. } = &self {
            members.insert("field".to_owned(), json!(field));
        }
        let mut response = problem_response(status, members);
        let headers = response.headers_mut();
        if let Some(wait) = self.retry_after() {
            headers.insert(RETRY_AFTER, HeaderValue::from(retry_after_secs(wait)));
        }
        match self {
            Self::Unauthorized(_) => {
                headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            Self::Internal(cause) => {
                response.extensions_mut().insert(InternalCause(cause));
            }
            _ => {}
        }
        response
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use http_body_util::BodyExt;
    use rstest::rstest;

    use super::*;

    async fn rendered(error: AppError) -> (StatusCode, http::HeaderMap, Value) {
        let (parts, body) = error.into_response().into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        (
            parts.status,
            parts.headers,
            serde_json::from_slice(&bytes).unwrap(),
        )
    }

    #[tokio::test]
    async fn a_problem_says_the_same_in_detail_and_error() {
        let error = AppError::BadRequest {
            field: "wait",
            wrong: "must be a number",
        };
        let (status, headers, body) = rendered(error).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert_eq!(headers[CONTENT_TYPE], "application/problem+json");
        let expected = json!({
            "type": "about:blank", "title": "Bad Request", "status": 400, "field": "wait",
            "detail": "wait: must be a number", "error": "wait: must be a number",
        });
        assert_eq!(body, expected);
    }

    #[tokio::test]
    async fn the_cause_of_a_defect_stays_inside() {
        let cause = std::io::Error::other("planted inner text");
        let response = AppError::internal(cause).into_response();
        let kept = response.extensions().get::<InternalCause>().unwrap();
        assert_eq!(kept.0.to_string(), "planted inner text");
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        assert!(!String::from_utf8_lossy(&bytes).contains("planted"));
    }

    #[rstest]
    #[case(Duration::ZERO, 1)]
    #[case(Duration::from_millis(1_001), 2)]
    #[case(Duration::from_secs(5), 5)]
    fn waits_are_rounded_up(#[case] wait: Duration, #[case] secs: u64) {
        assert_eq!(retry_after_secs(wait), secs);
    }

    #[tokio::test]
    async fn headers_that_are_due_are_there() {
        let wait = Duration::from_millis(2_500);
        let (_, headers, _) = rendered(AppError::TooManyRequests { retry_after: wait }).await;
        assert_eq!(headers[RETRY_AFTER], "3");
        let (_, headers, _) = rendered(AppError::Unauthorized("set a key")).await;
        assert_eq!(headers[WWW_AUTHENTICATE], "Bearer");
    }
}
