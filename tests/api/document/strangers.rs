//! Who has no key, or the wrong one.

use super::operations::operations;
use super::{ALL, key_without, send, service};
use crate::support::Service;

/// Open by API.md "Access", whatever the service listens on.
const OPEN: [&str; 3] = ["/health", "/ready", "/api-docs/openapi.json"];
/// Open while there are no keys, with masked CPFs.
const TRIGGER: &str = "/api/v1/leads/process";

fn is_webhook(path: &str) -> bool {
    path.starts_with("/api/v1/webhooks/")
}

#[tokio::test]
async fn a_public_address_without_keys_answers_401_to_all_but_the_named_routes() {
    let service = Service::start_with(&[("HOST", "0.0.0.0")]).await;
    let mut shut = 0;
    for operation in operations() {
        let at = operation.name();
        let answer = send(&service, &operation.example(), None).await;
        if OPEN.contains(&operation.path.as_str()) {
            assert_eq!(answer.status, 200, "{at}: {answer:?}");
        } else if operation.path == TRIGGER {
            assert_eq!(answer.status, 200, "{at}: {answer:?}");
            let cpf = answer.json()["cpfs_processed"][0].clone();
            assert!(cpf.as_str().unwrap().starts_with("***."), "{at}: {cpf}");
        } else if !is_webhook(&operation.path) {
            assert_eq!(answer.status, 401, "{at}: {answer:?}");
            answer.assert_problem(&at);
            let detail = answer.json()["detail"].clone();
            assert!(detail.as_str().unwrap().contains("API_KEYS"), "{at}");
            shut += 1;
        }
    }
    assert!(shut >= 10, "only {shut} operations were tried");
    for page in ["/docs", "/docs/"] {
        let answer = service.call("GET", page, &[], None).await;
        assert!(answer.status < 400, "{page}: {answer:?}");
    }
    service.stop().await;
}

#[tokio::test]
async fn with_keys_each_operation_wants_one_of_its_scope() {
    let service = service().await;
    for operation in operations() {
        let at = operation.name();
        let request = operation.example();
        let Some(scope) = &operation.scope else {
            let answer = send(&service, &request, None).await;
            assert!(answer.status < 400, "{at}: {answer:?}");
            continue;
        };
        let guessed = send(&service, &request, Some("key-of-nobody-0123456789")).await;
        let without = send(&service, &request, None).await;
        for answer in [guessed, without] {
            assert_eq!(answer.status, 401, "{at}: {answer:?}");
            assert_eq!(answer.headers["www-authenticate"], "Bearer", "{at}");
            answer.assert_problem(&at);
        }
        let other = send(&service, &request, Some(&key_without(scope))).await;
        assert_eq!(other.status, 403, "{at}: {other:?}");
        other.assert_problem(&at);
        let answer = send(&service, &request, Some(ALL)).await;
        assert!(![401, 403].contains(&answer.status), "{at}: {answer:?}");
    }
    service.stop().await;
}

#[tokio::test]
async fn what_a_proxy_passed_on_to_loopback_is_not_free() {
    let service = Service::start().await;
    for operation in operations() {
        if operation.scope.is_none() || operation.path == TRIGGER {
            continue;
        }
        let request = operation.example();
        for header in [
            ("forwarded", "for=192.0.2.1"),
            ("x-forwarded-for", "192.0.2.1"),
        ] {
            let uri = request.uri();
            let answer = service
                .call(&request.method, &uri, &[header], request.body.clone())
                .await;
            assert_eq!(answer.status, 401, "{} {header:?}", operation.name());
        }
    }
    service.stop().await;
}
