//! `GET /api/v1/leads/{id}`: how a lead stands, and what its broker reads.

use rust_c2s_api::models::{Cpf, Phone};
use rust_c2s_api::simulator::Situation;
use serde_json::{Value, json};

use super::{key, looks, suppress};
use crate::support::evidence::{Newcomer, newcomer};
use crate::support::{Answer, Service};

async fn show(service: &Service, lead_id: &str) -> Answer {
    service.get(&format!("/api/v1/leads/{lead_id}")).await
}

#[tokio::test]
async fn a_delivered_lead_shows_its_steps_its_person_and_the_message() {
    let service = Service::start().await;
    let lead_id = Situation::Plain.lead_id();
    let processed = service
        .get(&format!("/api/v1/leads/process?id={lead_id}&wait=0"))
        .await;
    let status_url = processed.body["status_url"].as_str().unwrap();
    service.wait_for_state(&lead_id, "completed").await;

    let answer = service.get(status_url).await;

    assert_eq!(answer.status, 200, "{}", answer.body);
    let body = &answer.body;
    assert_eq!(body["lead_id"], json!(lead_id));
    assert_eq!(
        (answer.state(), &body["outcome"]),
        ("completed", &json!("completed"))
    );
    let steps = body["steps"].as_array().unwrap();
    let names: Vec<_> = steps
        .iter()
        .filter_map(|step| step["name"].as_str())
        .collect();
    assert_eq!(names.first(), Some(&"fetch_lead"));
    assert!(names.contains(&"lookup_profile"), "{names:?}");
    let cost: i64 = steps
        .iter()
        .filter_map(|step| step["cost_centavos"].as_i64())
        .sum();
    assert_eq!(json!(cost), body["cost_centavos"]);
    assert_eq!(body["identity"]["decision"], "accept");
    assert_eq!(body["identity"]["score"], 100);
    let reasons = body["identity"]["reasons"].as_array().unwrap();
    assert!(reasons.contains(&json!("both_contacts")), "{reasons:?}");
    let evidence = json!({
        "matched_by": "both", "provider": "diretrix", "phone_people": 1, "email_people": 1,
    });
    assert_eq!(body["identity"]["evidence"], evidence);
    assert_eq!(body["message"], json!(service.only_message(&lead_id)));
    let people =
        "select count(*) from ops.access_log where action = 'lead' and party_id is not null";
    assert_eq!(service.count(people).await, 1);
    service.stop().await;
}

#[tokio::test]
async fn nobody_is_nobody_with_a_reason() {
    let service = Service::start().await;
    service.process_situation(Situation::UnknownContact).await;
    let lead_id = Situation::UnknownContact.lead_id();
    let answer = show(&service, &lead_id).await;
    let nobody = json!({
        "decision": "none", "score": null, "reasons": ["no_candidate"], "evidence": null, "review_id": null,
    });
    assert_eq!(answer.body["identity"], nobody);
    assert_eq!(answer.body["message"], Value::Null);
    let looked = looks(&service).await;
    assert_eq!(looked.last(), Some(&format!("developer lead {lead_id}")));
    service.stop().await;
}

#[tokio::test]
async fn of_a_person_who_objected_since_nothing_is_shown() {
    let service = Service::start().await;
    for (number, kind) in [(1, "cpf"), (2, "phone")] {
        let Newcomer { lead_id, person } = newcomer(&service.simulator, number);
        assert!(service.process(&lead_id).await.says_done());
        assert!(show(&service, &lead_id).await.body["message"].is_string());
        let hash = if kind == "cpf" {
            key().of_cpf(&Cpf::parse(&person.cpf).unwrap())
        } else {
            key().of_phone(&Phone::parse(person.phone()).unwrap())
        };
        suppress(&service, kind, hash.as_bytes().as_slice()).await;

        let answer = show(&service, &lead_id).await;

        assert_eq!((answer.status, answer.state()), (200, "completed"));
        assert_eq!(answer.body["message"], Value::Null, "{kind}");
        assert_eq!(answer.body["identity"], Value::Null, "{kind}");
        assert!(!answer.body.to_string().contains(&person.cpf));
    }
    service.stop().await;
}

#[tokio::test]
async fn what_is_no_lead_here_is_told() {
    let service = Service::start().await;
    let unknown = show(&service, "never-seen").await;
    assert_eq!(unknown.status, 404, "{}", unknown.body);
    unknown.assert_five_keys();
    for id in ["no%20id", "%ff", "%00", &"a".repeat(10_240)] {
        let answer = show(&service, id).await;
        assert_eq!(answer.status, 400, "{id:.20}: {}", answer.body);
        assert_eq!(answer.body["field"], "id");
        answer.assert_five_keys();
    }
    assert_eq!(looks(&service).await, Vec::<String>::new());
    service.stop().await;
}

#[tokio::test]
async fn only_a_key_that_reads_may_look() {
    let keys = "make:trigger+admin:key-of-make-0123456789;reader:read:key-of-reader-0123456789";
    let service = Service::start_with(&[("API_KEYS", keys)]).await;
    for path in ["/api/v1/leads", "/api/v1/leads/never-seen"] {
        assert_eq!(service.get(path).await.status, 401, "{path}");
        let make = [("x-api-key", "key-of-make-0123456789")];
        assert_eq!(service.get_with(path, &make).await.status, 403, "{path}");
        let reader = [("authorization", "Bearer key-of-reader-0123456789")];
        let answer = service.get_with(path, &reader).await;
        assert!(
            matches!(answer.status, 200 | 404),
            "{path}: {}",
            answer.body
        );
    }
    service.stop().await;
}
