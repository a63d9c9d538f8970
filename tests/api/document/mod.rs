//! What the OpenAPI document says is so. Each test walks all its operations, so that a route that is
//! added later is tested without a word here.

mod bad_input;
mod examples;
mod operations;
mod refusals;
mod strangers;

use crate::support::{Raw, Service};
use operations::{Operation, Request};

/// A key of all scopes, and one of each set that lacks a scope.
const ALL: &str = "key-of-everything-0123456789";
const SCOPES: [&str; 4] = ["trigger", "read", "admin", "metrics"];

/// The value of API_KEYS.
fn keys() -> String {
    let mut keys = vec![format!("all:trigger+read+admin+metrics:{ALL}")];
    for scope in SCOPES {
        let others = SCOPES.iter().filter(|other| **other != scope);
        let others = others.copied().collect::<Vec<_>>().join("+");
        keys.push(format!("no-{scope}:{others}:{}", key_without(scope)));
    }
    keys.join(";")
}

/// A key of all scopes but this one.
fn key_without(scope: &str) -> String {
    format!("key-without-{scope}-0123456789")
}

/// A service with these keys, which counts nobody's requests.
async fn service() -> Service {
    let keys = keys();
    Service::start_with(&[
        ("API_KEYS", &keys),
        ("RATE_LIMIT_PER_SEC", "100000"),
        ("RATE_LIMIT_BURST", "100000"),
    ])
    .await
}

/// Sends a request with a key, or without one.
async fn send(service: &Service, request: &Request, key: Option<&str>) -> Raw {
    let mut headers = Vec::new();
    if let Some(key) = key {
        headers.push(("x-api-key", key));
    }
    if request.body.is_some() && !request.content_type.is_empty() {
        headers.push(("content-type", request.content_type));
    }
    let body = request.body.clone();
    service
        .call(&request.method, &request.uri(), &headers, body)
        .await
}

/// The answer is a problem that the document shows for this operation.
#[track_caller]
fn assert_documented_problem(operation: &Operation, answer: &Raw, at: &str) {
    answer.assert_problem(at);
    let status = answer.status.to_string();
    let shown = operation.responses.contains_key(&status);
    assert!(shown, "{at}: {status} is not documented");
    assert_documented_headers(operation, answer, at);
}

/// Of the headers that a caller may act on, the answer has those that the document shows, and no others.
#[track_caller]
fn assert_documented_headers(operation: &Operation, answer: &Raw, at: &str) {
    let status = answer.status.to_string();
    let shown = operation.responses[&status]["headers"].as_object();
    let shown: Vec<String> = shown
        .into_iter()
        .flatten()
        .map(|(name, _)| name.to_lowercase())
        .collect();
    for name in [
        "allow",
        "ratelimit",
        "ratelimit-policy",
        "retry-after",
        "www-authenticate",
        "x-request-id",
    ] {
        let is_sent = answer.headers.contains_key(name);
        let is_shown = shown.iter().any(|shown| shown == name);
        assert_eq!(
            is_sent, is_shown,
            "{at} {status}: {name} sent, and documented"
        );
    }
}
