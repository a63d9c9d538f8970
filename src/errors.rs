//! What goes wrong, as a caller is told: RFC 9457 `application/problem+json`.

mod problem;

use std::borrow::Cow;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};

pub use problem::{LeadProblem, PROBLEM_JSON, Problem, ProblemBody};

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
    /// 422: the body is JSON, and a field of it cannot be used.
    #[error("{field}: {wrong}")]
    Unprocessable {
        /// The path of the field, as in `contact_info.phones[0].phone`.
        field: String,
        /// What is wrong and what to send.
        wrong: Cow<'static, str>,
    },
    /// 415: the body is no JSON by its `Content-Type`.
    #[error("the body must be JSON: send it with Content-Type: application/json")]
    UnsupportedMediaType,
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
    /// 404: the route is there, and what it names is not.
    #[error("{0}")]
    NotFound(&'static str),
    /// 409: what the request asks for cannot be done as things stand.
    #[error("{0}")]
    Conflict(&'static str),
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

/// The cause of a 500, in the response's extensions: logged once, by the layer that logs requests.
#[derive(Debug, Clone)]
pub struct InternalCause(pub Arc<dyn Error + Send + Sync>);

impl AppError {
    /// A defect with its cause.
    pub fn internal(cause: impl Error + Send + Sync + 'static) -> Self {
        Self::Internal(Arc::new(cause))
    }

    /// A field of the body that cannot be used, by its path.
    pub fn unprocessable(field: impl Into<String>, wrong: impl Into<Cow<'static, str>>) -> Self {
        Self::Unprocessable {
            field: field.into(),
            wrong: wrong.into(),
        }
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::BadRequest { .. } => StatusCode::BAD_REQUEST,
            Self::Unauthorized(_) => StatusCode::UNAUTHORIZED,
            Self::Forbidden(_) => StatusCode::FORBIDDEN,
            Self::Unprocessable { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::NoSuchRoute | Self::NoSuchLead | Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::Conflict(_) => StatusCode::CONFLICT,
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

    fn field(&self) -> Option<&str> {
        match self {
            Self::BadRequest { field, .. } => Some(field),
            Self::Unprocessable { field, .. } => Some(field),
            _ => None,
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

/// A response that is a problem.
#[must_use]
pub fn problem_response(status: StatusCode, body: ProblemBody) -> Response {
    // Strings and numbers are always written.
    let text = serde_json::to_string(&body).unwrap_or_default();
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    let kind = HeaderValue::from_static(PROBLEM_JSON);
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response.extensions_mut().insert(body);
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
        let mut problem = Problem::new(status, self.to_string());
        problem.field = self.field().map(str::to_owned);
        let mut response = problem_response(status, ProblemBody::Plain(problem));
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
    use serde_json::{Value, json};

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
