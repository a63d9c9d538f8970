//! `POST /api/v1/c2s/enrich/{lead_id}`: as the trigger, and what was stored.

use std::time::Duration;

use futures::future::join;
use rust_c2s_api::simulator::{Fault, FaultRule, Operation, Situation, Upstream};
use serde_json::json;
use uuid::Uuid;

use crate::leads::looks;
use crate::support::evidence::{Newcomer, newcomer};
use crate::support::{Answer, Service};

async fn enrich(service: &Service, lead_id: &str) -> Answer {
    service
        .send("POST", &format!("/api/v1/c2s/enrich/{lead_id}"))
        .await
}

#[tokio::test]
async fn a_completed_lead_tells_what_was_stored() {
    let service = Service::start().await;
    let Newcomer { lead_id, person } = newcomer(&service.simulator, 1);

    let answer = enrich(&service, &lead_id).await;

    assert!(answer.says_done(), "{}", answer.body);
    answer.assert_five_keys();
    let body = &answer.body;
    assert_eq!(body["customer_name"], json!(person.name));
    assert_eq!(
        (&body["enriched"], &body["stored_in_db"]),
        (&json!(true), &json!(true))
    );
    assert_eq!(body["message_sent"], true);
    let ids: Vec<Uuid> = serde_json::from_value(body["entity_ids"].clone()).unwrap();
    let stored: Vec<Uuid> = sqlx::query_scalar("select id from core.parties")
        .fetch_all(service.pool())
        .await
        .unwrap();
    assert_eq!(ids, stored);
    assert_eq!(
        looks(&service).await,
        [format!("developer lead_enrich {lead_id}")]
    );

    let again = enrich(&service, &lead_id).await;
    assert!(again.says_done(), "{}", again.body);
    assert_eq!(again.body["message_sent"], false);
    assert!(again.body.get("duplicate_request").is_none());
    assert_eq!(again.body["entity_ids"], answer.body["entity_ids"]);
    assert_eq!(service.simulator.calls().paid(), 3);
    service.only_message(&lead_id);
    service.stop().await;
}

#[tokio::test]
async fn the_other_cases_are_the_trigger_s() {
    let service = Service::start().await;
    for (situation, state) in [
        (Situation::UnknownContact, "unidentified"),
        (Situation::ProfileMissing, "unidentified"),
        (Situation::BadContacts, "unidentified"),
    ] {
        let answer = enrich(&service, &situation.lead_id()).await;
        assert_eq!(
            (answer.status, answer.state()),
            (200, state),
            "{}",
            answer.body
        );
        answer.assert_five_keys();
        assert!(answer.body.get("entity_ids").is_none());
        let repeated = service.process_situation(situation).await;
        assert_eq!(repeated.body["message"], answer.body["message"]);
    }
    let missing = enrich(&service, "not-in-the-crm").await;
    assert_eq!((missing.status, missing.state()), (404, "lead_missing"));
    assert_eq!(missing.headers["content-type"], "application/problem+json");

    let rejected = FaultRule::always(Upstream::WorkApi, Fault::Status(422, None));
    service
        .simulator
        .fault(rejected.operation(Operation::Cpf).times(1));
    let failed = enrich(&service, &Situation::Plain.lead_id()).await;
    assert_eq!(
        (failed.status, failed.state()),
        (200, "failed"),
        "{}",
        failed.body
    );
    assert!(failed.body["reason"].is_string());

    let down = FaultRule::always(Upstream::WorkApi, Fault::Status(500, None));
    service
        .simulator
        .fault(down.operation(Operation::Cpf).times(1));
    let retrying = enrich(&service, &Situation::NullEmail.lead_id()).await;
    assert_eq!(
        (retrying.status, retrying.state()),
        (202, "retrying"),
        "{}",
        retrying.body
    );
    assert!(retrying.retry_after().is_some() && retrying.body["next_attempt_at"].is_string());
    service.stop().await;
}

#[tokio::test]
async fn calls_at_once_join_one_run() {
    let service = Service::start().await;
    let lead_id = Situation::Plain.lead_id();
    let slow = FaultRule::always(Upstream::WorkApi, Fault::Slow(Duration::from_millis(300)));
    service.simulator.fault(slow.operation(Operation::Cpf));
    let (one, other) = join(enrich(&service, &lead_id), service.process(&lead_id)).await;
    assert!(
        one.says_done() && other.says_done(),
        "{} {}",
        one.body,
        other.body
    );
    let joined = [&one, &other].map(|answer| answer.body["duplicate_request"] == true);
    assert_eq!(joined.iter().filter(|joined| **joined).count(), 1);
    assert_eq!(service.simulator.calls().paid(), 3);
    let mut looked = looks(&service).await;
    looked.sort_unstable();
    let both =
        ["lead_enrich", "lead_process"].map(|action| format!("developer {action} {lead_id}"));
    assert_eq!(looked, both);
    let not_waited = service
        .send("POST", &format!("/api/v1/c2s/enrich/{lead_id}?wait=0"))
        .await;
    assert_eq!(not_waited.status, 202, "{}", not_waited.body);
    service.stop().await;
}

#[tokio::test]
async fn what_cannot_be_used_is_named_and_keys_are_asked_for() {
    let keys = "make:trigger:key-of-make-0123456789;reader:read+admin:key-of-reader-0123456789";
    let service = Service::start_with(&[("API_KEYS", keys), ("TRIGGER_ANONYMOUS", "true")]).await;
    assert_eq!(enrich(&service, "a1").await.status, 401);
    let reader = [("x-api-key", "key-of-reader-0123456789")];
    let answer = service
        .post_with("/api/v1/c2s/enrich/a1", &reader, "")
        .await;
    assert_eq!(answer.status, 403, "{}", answer.body);
    let make = [("x-api-key", "key-of-make-0123456789")];
    let long = "a".repeat(10_240);
    for (id, field) in [
        ("no%20id", "lead_id"),
        ("%ff", "lead_id"),
        (long.as_str(), "lead_id"),
        ("a1?wait=soon", "wait"),
    ] {
        let path = format!("/api/v1/c2s/enrich/{id}");
        let answer = service.post_with(&path, &make, "").await;
        assert_eq!(answer.status, 400, "{id:.20}: {}", answer.body);
        assert_eq!(answer.body["field"], field);
        answer.assert_five_keys();
    }
    assert_eq!(service.count("select count(*) from ops.leads").await, 0);
    service.stop().await;
}
