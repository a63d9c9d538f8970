//! What is refused whatever the route.

#![expect(clippy::unwrap_used, reason = "tests")]
use axum::body::Body;
use http::StatusCode;
use serde_json::json;

use super::tests::{READY, Stub, request, send};
use super::*;

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let router = router(Stub::default().state(&[], READY));
    let mut request = request("POST", "/api/v1/leads/a1/replay");
    *request.body_mut() = Body::from(vec![b' '; BODY_LIMIT + 1]);
    let kind = "application/json".parse().unwrap();
    request.headers_mut().insert("content-type", kind);
    let (status, headers, body) = send(router, request).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(headers["content-type"], "application/problem+json");
    assert_eq!(
        body["detail"],
        json!("the body is larger than 1 MiB: send less")
    );
    assert_eq!(body["status"], json!(413));
}

#[tokio::test]
async fn another_method_is_refused_and_told_which_there_are() {
    let state = Stub::default().state(&[], READY);
    let (status, headers, body) = send(router(state), request("DELETE", "/health")).await;
    assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(headers["allow"], "GET,HEAD");
    assert_eq!(body["status"], json!(405));
}

#[tokio::test]
async fn a_request_that_hangs_is_given_up() {
    let never = Router::new().route("/health", get(std::future::pending::<()>));
    let router = with_layers(
        never,
        Stub::default().state(&[], READY),
        Duration::from_millis(50),
    );
    let (status, _, body) = send(router, request("GET", "/health")).await;
    assert_eq!(
        (status, &body["status"]),
        (StatusCode::REQUEST_TIMEOUT, &json!(408))
    );
}
