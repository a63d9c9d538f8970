//! Whose problem it is: each problem of a route about one lead names it, whoever refused the request.

use serde_json::json;

use crate::support::{Answer, Service};

const KEYS: &str = "make:trigger:key-of-make-0123456789;ops:admin:key-of-ops-0123456789;reader:read:key-of-reader-0123456789";
const MAKE: &str = "key-of-make-0123456789";
const OPS: &str = "key-of-ops-0123456789";
const READER: &str = "key-of-reader-0123456789";

const SHOW: &str = "/api/v1/leads/never-seen";
const REPLAY: &str = "/api/v1/leads/never-seen/replay";
const ENRICH: &str = "/api/v1/c2s/enrich/never-seen";

async fn send(service: &Service, path: &str, key: &str, body: &str) -> Answer {
    let headers = [("x-api-key", key), ("content-type", "application/json")];
    if path.starts_with("/api/v1/leads/") && !path.starts_with(REPLAY) {
        return service.get_with(path, &headers[..1]).await;
    }
    service.post_with(path, &headers, body).await
}

#[track_caller]
fn assert_names(answer: &Answer, status: u16, lead_id: &str, at: &str) {
    assert_eq!(answer.status, status, "{at}: {}", answer.body);
    answer.assert_five_keys();
    assert_eq!(answer.body["lead_id"], lead_id, "{at} {status}");
}

#[tokio::test]
async fn the_lead_of_the_path_is_named_by_every_problem() {
    let service = Service::start_with(&[("API_KEYS", KEYS)]).await;
    for (path, key, body, status) in [
        (SHOW, "", "", 401),
        (SHOW, MAKE, "", 403),
        (SHOW, READER, "", 404),
        ("/api/v1/leads/never-seen?x=%ff", READER, "", 400),
        ("/api/v1/leads/never-seen?id=another", READER, "", 404),
        ("/api/v1/leads/never%2Dseen", READER, "", 404),
        (REPLAY, "", "", 401),
        (REPLAY, MAKE, "", 403),
        (REPLAY, OPS, "", 404),
        (REPLAY, OPS, "{\"force\":1}", 422),
        (REPLAY, OPS, "{", 400),
        ("/api/v1/leads/never-seen/replay?wait=soon", OPS, "", 400),
        (ENRICH, "", "", 401),
        (ENRICH, READER, "", 403),
        (ENRICH, MAKE, "", 404),
        ("/api/v1/c2s/enrich/never-seen?wait=soon", MAKE, "", 400),
    ] {
        let answer = send(&service, path, key, body).await;
        assert_names(&answer, status, "never-seen", path);
    }
    for path in ["/api/v1/leads/no%20id", "/api/v1/leads/%ff?id=another"] {
        let answer = send(&service, path, OPS, "").await;
        assert_eq!(answer.body["lead_id"], "", "{path}: {}", answer.body);
    }
    service.stop().await;
}

#[tokio::test]
async fn whoever_asks_too_often_is_told_of_which_lead() {
    let limits = [("RATE_LIMIT_PER_SEC", "1"), ("RATE_LIMIT_BURST", "1")];
    for path in [SHOW, REPLAY, ENRICH] {
        let service = Service::start_with(&limits).await;
        // The second of two requests within a second; a slow machine may need more of them.
        let mut answer = send(&service, path, OPS, "").await;
        while answer.status != 429 {
            answer = send(&service, path, OPS, "").await;
        }
        assert_names(&answer, 429, "never-seen", path);
        service.stop().await;
    }
}

#[tokio::test]
async fn the_lead_of_the_body_is_named_once_it_can_be_read() {
    let service = Service::start().await;
    let lead = json!({"lead_id": "never-seen"});
    let wrong_elsewhere = json!({"lead_id": "never-seen", "personal_info": {"cpf": 7}});
    let no_cpf = json!({"lead_id": "never-seen", "personal_info": {"cpf": "1"}});
    for (query, body, status, lead_id) in [
        ("", &lead, 404, "never-seen"),
        ("?wait=soon", &lead, 400, "never-seen"),
        ("?id=another", &no_cpf, 422, "never-seen"),
        ("", &wrong_elsewhere, 422, "never-seen"),
        ("", &json!({"lead_id": "no id"}), 422, ""),
        ("", &json!({"lead_id": 7}), 422, ""),
        ("?id=another", &json!({}), 422, ""),
        ("", &json!(["never-seen"]), 422, ""),
    ] {
        let path = format!("/api/v1/leads{query}");
        let answer = send(&service, &path, "", &body.to_string()).await;
        assert_names(&answer, status, lead_id, &format!("{path} {body}"));
    }
    let twice = r#"{"lead_id":"never-seen","lead_id":"another"}"#;
    let answer = send(&service, "/api/v1/leads", "", twice).await;
    assert_names(&answer, 422, "", twice);
    service.stop().await;
}
