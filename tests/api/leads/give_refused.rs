//! What `POST /api/v1/leads` refuses: what cannot be used is named by its path, and nothing is accepted.

use rust_c2s_api::simulator::Situation;
use serde_json::json;

use super::{looks, post, post_text};
use crate::support::{Answer, Service};

fn names(answer: &Answer, status: u16, field: &str) {
    assert_eq!(answer.status, status, "{}", answer.body);
    assert_eq!(answer.body["field"], field, "{}", answer.body);
    let detail = answer.body["detail"].as_str().unwrap();
    assert!(!detail.contains("Given"), "a name of our source: {detail}");
    answer.assert_five_keys();
}

#[tokio::test]
async fn what_cannot_be_used_is_named_and_nothing_is_accepted() {
    let service = Service::start().await;
    for (body, field) in [
        (json!({}), "lead_id"),
        (json!({"lead_id": 7}), "lead_id"),
        (json!({"lead_id": "no id"}), "lead_id"),
        (json!({"lead_id": "a".repeat(10_240)}), "lead_id"),
        (
            json!({"lead_id": "a1", "personal_info": []}),
            "personal_info",
        ),
        (
            json!({"lead_id": "a1", "personal_info": ["Aline Machado", "488.819.328-22", null]}),
            "personal_info",
        ),
        (
            json!({"lead_id": "a1", "contact_info": [[{"phone": "11900000012"}]]}),
            "contact_info",
        ),
        (
            json!({"lead_id": "a1", "contact_info": {"phones": [["11900000012"]]}}),
            "contact_info.phones[0]",
        ),
        (
            json!({"lead_id": "a1", "personal_info": {"cpf": "52998224724"}}),
            "personal_info.cpf",
        ),
        (
            json!({"lead_id": "a1", "personal_info": {"cpf": 52998224725_i64}}),
            "personal_info.cpf",
        ),
        (
            json!({"lead_id": "a1", "personal_info": {"email": "@"}}),
            "personal_info.email",
        ),
        (
            json!({"lead_id": "a1", "contact_info": {"phones": "11900000012"}}),
            "contact_info.phones",
        ),
        (
            json!({"lead_id": "a1", "contact_info": {"phones": [{"phone": "11900000012"}, {"phone": "12"}]}}),
            "contact_info.phones[1].phone",
        ),
    ] {
        names(&post(&service, "/api/v1/leads", &body).await, 422, field);
    }
    for body in [
        "{\"lead_id\":",
        "",
        "{\"lead_id\":\"a\\u0000\"}",
        "{\"lead_id\":\"\\ud800\"}",
    ] {
        names(
            &post_text(&service, "/api/v1/leads", body).await,
            400,
            "body",
        );
    }
    names(
        &post(
            &service,
            "/api/v1/leads?wait=soon",
            &json!({"lead_id": "a1"}),
        )
        .await,
        400,
        "wait",
    );
    let no_json = service
        .post_with("/api/v1/leads", &[], "{\"lead_id\":\"a1\"}")
        .await;
    assert_eq!(no_json.status, 415, "{}", no_json.body);
    assert_eq!(service.count("select count(*) from ops.leads").await, 0);
    assert_eq!(service.simulator.calls().all().len(), 0);
    service.stop().await;
}

#[tokio::test]
async fn only_a_key_that_triggers_may_give() {
    let keys = "make:trigger:key-of-make-0123456789;reader:read+admin:key-of-reader-0123456789";
    let service = Service::start_with(&[("API_KEYS", keys), ("TRIGGER_ANONYMOUS", "true")]).await;
    let body = json!({"lead_id": Situation::Plain.lead_id()}).to_string();
    let json = ("content-type", "application/json");
    for path in ["/api/v1/leads", "/api/v1/leads/batch"] {
        let body = body.replace("\"lead_id\":", "\"lead_ids\":[1],\"lead_id\":");
        assert_eq!(
            service.post_with(path, &[json], &body).await.status,
            401,
            "{path}"
        );
        let reader = [json, ("x-api-key", "key-of-reader-0123456789")];
        assert_eq!(
            service.post_with(path, &reader, &body).await.status,
            403,
            "{path}"
        );
        let make = [json, ("x-api-key", "key-of-make-0123456789")];
        let answer = service.post_with(path, &make, &body).await;
        assert!(answer.status < 300, "{path}: {}", answer.body);
    }
    assert_eq!(
        looks(&service).await,
        [format!("make lead_give {}", Situation::Plain.lead_id())]
    );
    service.stop().await;
}
