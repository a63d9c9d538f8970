//! What no route can use, on every operation: a documented 4xx, and nothing breaks.

use super::operations::{Operation, Request, operations, with};
use super::{ALL, assert_documented_problem, send, service};
use crate::support::Service;

const NUL: &str = "%00";
/// Half a surrogate pair, as UTF-8 does not allow it.
const LONE_SURROGATE: &str = "a%ED%A0%80";

async fn refused(
    service: &Service,
    operation: &Operation,
    request: &Request,
    as_one_of: &[u16],
    why: &str,
) {
    let answer = send(service, request, Some(ALL)).await;
    let at = format!("{} {why}", operation.name());
    assert!(as_one_of.contains(&answer.status), "{at}: {answer:?}");
    assert_documented_problem(operation, &answer, &at);
}

#[tokio::test]
async fn in_paths() {
    let service = service().await;
    let mut tried = 0;
    for operation in operations() {
        for parameter in operation.parameters.iter().filter(|one| one.in_path) {
            let long = "a".repeat(10_000);
            for (value, why) in [
                (NUL, "NUL"),
                (LONE_SURROGATE, "surrogate"),
                (&long, "10 kB"),
            ] {
                let request = with(&operation, parameter, value);
                // What the contract has no module for is 404, whatever it is called.
                let statuses: &[u16] = if parameter.name == "module" {
                    &[400, 404]
                } else {
                    &[400]
                };
                refused(&service, &operation, &request, statuses, why).await;
                tried += 1;
            }
        }
    }
    assert!(tried >= 12, "only {tried} requests");
    service.stop().await;
}

#[tokio::test]
async fn in_queries() {
    let service = service().await;
    let mut tried = 0;
    for operation in operations() {
        for parameter in operation.parameters.iter().filter(|one| !one.in_path) {
            let name = &parameter.name;
            let mut twice = with(&operation, parameter, "1");
            twice.query.push((name.clone(), "1".to_owned()));
            let long = "a".repeat(10_000);
            let requests = [
                (with(&operation, parameter, NUL), "NUL"),
                (with(&operation, parameter, LONE_SURROGATE), "surrogate"),
                (with(&operation, parameter, &long), "10 kB"),
                (twice, "twice"),
            ];
            for (request, why) in requests {
                refused(
                    &service,
                    &operation,
                    &request,
                    &[400],
                    &format!("{name}: {why}"),
                )
                .await;
                tried += 1;
            }
        }
    }
    assert!(tried >= 40, "only {tried} requests");
    service.stop().await;
}

/// Unknown parameters are ignored, also where there are no others; but they must be text.
#[tokio::test]
async fn in_queries_that_nobody_reads() {
    let service = service().await;
    for operation in operations() {
        for (name, value) in [
            ("utm_source", "%FF"),
            ("%FF", "1"),
            ("utm_source", LONE_SURROGATE),
            (NUL, ""),
        ] {
            let mut request = operation.example();
            request.query.push((name.to_owned(), value.to_owned()));
            let why = format!("?{name}={value}");
            refused(&service, &operation, &request, &[400], &why).await;
        }
    }
    service.stop().await;
}

#[tokio::test]
async fn unknown_parameters_are_ignored() {
    let service = service().await;
    for operation in operations() {
        let plain = send(&service, &operation.example(), Some(ALL)).await;
        let mut request = operation.example();
        for value in ["1", "2", "a%C3%A7"] {
            request
                .query
                .push(("utm_source".to_owned(), value.to_owned()));
        }
        let answer = send(&service, &request, Some(ALL)).await;
        assert_eq!(
            answer.status,
            plain.status,
            "{}: {answer:?}",
            operation.name()
        );
    }
    service.stop().await;
}

#[tokio::test]
async fn in_bodies() {
    let service = service().await;
    let mut tried = 0;
    for operation in operations().into_iter().filter(|one| one.takes_body) {
        let example = operation.example();
        let whole = example
            .body
            .clone()
            .unwrap_or_else(|| b"{\"force\": false}".to_vec());
        let cut = &whole[..whole.len() - 1];
        let deep = "[".repeat(100_000);
        let bodies: [(&[u8], u16, &str); 8] = [
            (cut, 400, "truncated"),
            (b"{\"name\":\"\\ud800\"}", 400, "lone surrogate"),
            (b"{\"name\":\"\xed\xa0\x80\"}", 400, "surrogate in UTF-8"),
            (b"{\"name\":\"a\\u0000\"}", 400, "NUL"),
            (b"{\"name\":\"\xff\"}", 400, "not UTF-8"),
            (deep.as_bytes(), 400, "nested too deeply"),
            (b"[]", 422, "no object"),
            (b"\"text\"", 422, "no object"),
        ];
        for (body, status, why) in bodies {
            let mut request = example.clone();
            request.body = Some(body.to_vec());
            refused(&service, &operation, &request, &[status], why).await;
            tried += 1;
        }
        for kind in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "application/json; charset=latin1",
            "",
        ] {
            let mut request = example.clone();
            request.body = Some(whole.clone());
            request.content_type = kind;
            refused(&service, &operation, &request, &[415], kind).await;
            tried += 1;
        }
        let mut request = example.clone();
        request.body = Some(vec![b' '; 1024 * 1024 + 1]);
        refused(&service, &operation, &request, &[413], "too large").await;
    }
    assert!(tried >= 36, "only {tried} requests");
    service.stop().await;
}

#[tokio::test]
async fn unknown_members_are_ignored() {
    let service = service().await;
    for operation in operations().into_iter().filter(|one| one.takes_body) {
        let plain = send(&service, &operation.example(), Some(ALL)).await;
        let mut request = operation.example();
        let body = request.body.take().unwrap_or_else(|| b"{}".to_vec());
        let mut body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        body["nobody_knows_this"] = serde_json::json!([{"a": [1]}]);
        request.body = Some(body.to_string().into_bytes());
        let answer = send(&service, &request, Some(ALL)).await;
        assert_eq!(
            answer.status,
            plain.status,
            "{}: {answer:?}",
            operation.name()
        );
    }
    service.stop().await;
}
