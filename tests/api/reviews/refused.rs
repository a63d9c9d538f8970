//! Decisions that cannot be made.

use serde_json::json;

use super::{choose, decide, doubtful, first_name_only, listed};
use crate::support::Service;
use crate::support::evidence::Newcomer;

const NOBODYS: &str = "01990f2e-7d6c-7c3a-9b1d-2f4e6a8c0e12";

#[tokio::test]
async fn what_cannot_be_used_is_named_and_nothing_is_decided() {
    let service = Service::start().await;
    let Newcomer { lead_id, .. } = first_name_only(&service.simulator, 1);
    let review_id = doubtful(&service, &lead_id).await;
    for (decision, field) in [
        (json!({"decision": "choose", "candidate": 0}), "candidate"),
        (json!({"decision": "choose", "candidate": 2}), "candidate"),
        (
            json!({"decision": "choose", "candidate": 70_000}),
            "candidate",
        ),
        (json!({"decision": "choose", "candidate": -1}), "candidate"),
        (json!({"decision": "choose", "candidate": 1.5}), "candidate"),
        (json!({"decision": "choose", "candidate": "1"}), "candidate"),
        (json!({"decision": "choose"}), "candidate"),
        (json!({"decision": "reject", "candidate": 1}), "candidate"),
        (json!({"decision": "Choose", "candidate": 1}), "decision"),
        (json!({"decision": 1}), "decision"),
        (json!({}), "decision"),
    ] {
        let answer = decide(&service, &review_id, decision.clone()).await;
        assert_eq!(
            (answer.status, &answer.body["field"]),
            (422, &json!(field)),
            "{decision}: {}",
            answer.body
        );
    }
    assert_eq!(service.state_of(&lead_id).await.as_deref(), Some("review"));
    assert_eq!(listed(&service, "").await.len(), 1);
    service.stop().await;
}

#[tokio::test]
async fn a_review_that_is_not_there_is_told() {
    let service = Service::start().await;
    let unknown = choose(&service, NOBODYS, 1).await;
    assert_eq!(unknown.status, 404, "{}", unknown.body);
    for id in ["1", "a%2Fb", "%00", "%ff"] {
        let answer = choose(&service, id, 1).await;
        assert_eq!(
            (answer.status, &answer.body["field"]),
            (400, &json!("id")),
            "{id}: {}",
            answer.body
        );
    }
    service.stop().await;
}

#[tokio::test]
async fn only_an_admin_sees_and_decides() {
    let keys = "ops:admin:an-admin-key-of-tests;make:trigger+read:a-trigger-key-of-tests";
    let service = Service::start_with(&[("API_KEYS", keys)]).await;
    let path = format!("/api/v1/reviews/{NOBODYS}");
    let body = json!({"decision": "reject"}).to_string();
    for (key, statuses) in [
        ("a-trigger-key-of-tests", (403, 403)),
        ("an-admin-key-of-tests", (200, 404)),
    ] {
        let headers = [("x-api-key", key), ("content-type", "application/json")];
        let list = service.get_with("/api/v1/reviews", &headers).await;
        let decided = service.post_with(&path, &headers, &body).await;
        assert_eq!((list.status, decided.status), statuses, "{key}");
    }
    service.stop().await;
}
