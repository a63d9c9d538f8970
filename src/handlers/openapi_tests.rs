#![expect(clippy::unwrap_used, reason = "tests")]
use std::collections::BTreeSet;

use http::StatusCode;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::*;
use crate::errors::PROBLEM_JSON;
use crate::handlers::access::is_listed;
use crate::handlers::router;
use crate::handlers::tests::{READY, Stub, request};

/// Each operation: method, path, and what the document says of it.
fn each_operation() -> Vec<(String, String, Value)> {
    let document: Value = serde_json::from_str(document()).unwrap();
    let paths = document["paths"].as_object().unwrap();
    let operations = paths.iter().flat_map(|(path, item)| {
        let item = item.as_object().unwrap();
        item.iter()
            .map(|(method, operation)| (method.to_uppercase(), path.clone(), operation.clone()))
    });
    operations.collect()
}

#[test]
fn every_operation_is_complete() {
    let mut ids = BTreeSet::new();
    for (method, path, operation) in each_operation() {
        let at = format!("{method} {path}");
        assert!(is_listed(&method, &path), "{at}: no line in NEEDS");
        let id = operation["operationId"].as_str().unwrap_or_default();
        let is_snake = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        assert!(!id.is_empty() && id.chars().all(is_snake), "{at}: {id}");
        assert!(ids.insert(id.to_owned()), "{at}: {id} is taken");
        assert!(
            !operation["tags"].as_array().unwrap().is_empty(),
            "{at}: no tag"
        );
        assert!(
            operation["summary"].is_string() && operation["description"].is_string(),
            "{at}"
        );
        assert!(
            operation["security"].is_array(),
            "{at}: does not say who may"
        );
        let body = operation["requestBody"].to_string();
        assert!(!body.contains("\"null\""), "{at}: {body}");
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let schema = parameter["schema"].to_string();
            assert!(!schema.contains("null"), "{at}: {parameter}");
            assert!(parameter["description"].is_string(), "{at}: {parameter}");
        }
    }
}

#[test]
fn every_status_is_shown_with_schema_and_example() {
    for (method, path, operation) in each_operation() {
        let responses = operation["responses"].as_object().unwrap();
        assert!(!responses.contains_key("default"), "{method} {path}");
        for (status, response) in responses {
            let at = format!("{method} {path} {status}");
            let status: u16 = status.parse().unwrap();
            assert!(
                !response["description"].as_str().unwrap().is_empty(),
                "{at}"
            );
            let content = response["content"].as_object();
            let contents: Vec<_> = content.into_iter().flatten().collect();
            assert_eq!(contents.len(), 1, "{at}: one kind of content");
            let (kind, content) = contents[0];
            assert!(content["schema"].is_object(), "{at}: no schema");
            let shown = content.get("example").or_else(|| content.get("examples"));
            assert!(shown.is_some(), "{at}: no example");
            assert_eq!(kind == PROBLEM_JSON, status >= 400, "{at}: {kind}");
        }
    }
}

#[tokio::test]
async fn the_document_and_the_page_are_open_and_whole() {
    let state = Stub::default().state(&[("HOST", "0.0.0.0")], READY);
    let router = router(state);
    let get = async |uri: &str| {
        let answer = router.clone().oneshot(request("GET", uri)).await.unwrap();
        let (parts, body) = answer.into_parts();
        (parts, body.collect().await.unwrap().to_bytes())
    };
    let (parts, body) = get(DOCUMENT).await;
    assert_eq!(parts.headers["content-type"], "application/json");
    assert_eq!(body, document());
    let (parts, _) = get("/docs").await;
    assert_eq!(parts.status, StatusCode::PERMANENT_REDIRECT);
    let (parts, page) = get("/docs/").await;
    assert_eq!(parts.headers["content-type"], "text/html");
    let page = String::from_utf8(page.to_vec()).unwrap();
    let files = page
        .split(['"', '\''])
        .filter_map(|text| text.strip_prefix("./"));
    let files: Vec<&str> = files.collect();
    assert!(files.len() >= 5, "{page}");
    for file in files {
        let (parts, body) = get(&format!("/docs/{file}")).await;
        assert_eq!(parts.status, StatusCode::OK, "{file}");
        assert!(!body.is_empty(), "{file}");
    }
    let (parts, start) = get("/docs/swagger-initializer.js").await;
    assert!(parts.headers.contains_key("ratelimit"), "counted");
    assert!(String::from_utf8_lossy(&start).contains(DOCUMENT));
    assert_eq!(
        get("/docs/no-such-file").await.0.status,
        StatusCode::NOT_FOUND
    );
}

/// A word that is always the same, or out of a few, is shown as such.
#[test]
fn closed_sets_are_shown_as_such() {
    let document: Value = serde_json::from_str(document()).unwrap();
    let schemas = &document["components"]["schemas"];
    for (place, words) in [
        ("/CustomerBody/properties/type", json!(["customer"])),
        ("/CandidatesBody/properties/type", json!(["candidates"])),
        ("/CustomerBody/properties/source", json!(["rust-c2s-api"])),
        ("/CandidatesBody/properties/source", json!(["rust-c2s-api"])),
        (
            "/Metadata/properties/sources/items",
            json!(["local_db", "diretrix", "work_api"]),
        ),
        ("/EnrichmentBody/properties/provider", json!(["work_api"])),
    ] {
        let schema = schemas.pointer(place).unwrap();
        assert_eq!(schema["enum"], words, "{place}: {schema}");
    }
    let gender = schemas["PersonalInfo"]["properties"]["gender"].to_string();
    assert!(gender.contains(r#"["F","M"]"#), "{gender}");
    let problem = schemas["LeadProblem"].to_string();
    assert!(problem.contains(r#""enum":["lead_missing"]"#), "{problem}");
    let score = &schemas["CandidateBody"]["properties"]["score"];
    assert_eq!(
        (&score["minimum"], &score["maximum"]),
        (&json!(1), &json!(100))
    );
    let which = &schemas["CustomerAnswer"]["discriminator"]["propertyName"];
    assert_eq!(which, "type");
}
