//! `GET /api/v1/customers/{uuid}`, and who looked.

use rust_c2s_api::simulator::Situation;
use serde_json::Value;

use crate::support::Service;
use crate::support::evidence::newcomer;

const KEYS: &str = "corretor:read:a-reading-key-of-tests;make:trigger:a-trigger-key-of-tests";

#[tokio::test]
async fn a_stored_person_is_read_whole() {
    let service = Service::start().await;
    let person = newcomer(&service.simulator, 1).person;
    let cpf = person.cpf.as_str();
    service
        .get(&format!("/api/v1/contributor/customer?cpf={cpf}"))
        .await;
    let id: uuid::Uuid = sqlx::query_scalar("select id from core.parties")
        .fetch_one(service.pool())
        .await
        .unwrap();
    let answer = service.get(&format!("/api/v1/customers/{id}")).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.body["customer"]["id"], id.to_string());
    assert_eq!(answer.body["customer"]["cpf"], cpf);
    assert_eq!(answer.body["emails"][0]["email"], person.email());
    assert_eq!(answer.body["phones"][0]["phone"], person.phone());
    assert!(answer.body["addresses"][0]["cep"].is_string());
    assert_eq!(answer.body["enrichment"]["provider"], "work_api");
    assert_eq!(service.simulator.calls().paid(), 1);
    for (path, status) in [("no-uuid", 400), (&uuid::Uuid::nil().to_string(), 404)] {
        let answer = service.get(&format!("/api/v1/customers/{path}")).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.body);
    }
    service.stop().await;
}

/// Each look leaves its rows, with ids and words and nothing that names a person.
#[tokio::test]
async fn who_looked_is_recorded_without_the_data() {
    let purpose = ("LGPD_PURPOSE", "finalidade");
    let service = Service::start_with(&[("API_KEYS", KEYS), purpose]).await;
    let reader = [("x-api-key", "a-reading-key-of-tests")];
    let person = newcomer(&service.simulator, 1).person;
    let cpf = person.cpf.as_str();
    let world = service.simulator.world();
    let shared = world.lead(Situation::SharedPhone).lookup_phone.clone();
    let shared = shared.unwrap();
    for path in [
        format!("/api/v1/contributor/customer?cpf={cpf}"),
        format!("/api/v1/contributor/customer?phone={shared}"),
        format!("/api/v1/work/modules/all?documento={cpf}"),
    ] {
        let closed = service.get(&path).await;
        assert_eq!(closed.status, 401, "{path}");
        let wrong = [("x-api-key", "a-trigger-key-of-tests")];
        assert_eq!(service.get_with(&path, &wrong).await.status, 403, "{path}");
        let answer = service.get_with(&path, &reader).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    }
    let looks: Vec<String> = sqlx::query_scalar(
        "select concat_ws(' ', actor, action, (party_id is not null)::text, reason)
         from ops.access_log order by access_id",
    )
    .fetch_all(service.pool())
    .await
    .unwrap();
    let reason = "finalidade";
    assert_eq!(
        looks,
        [
            format!("corretor customer true {reason}"),
            format!("corretor customer false {reason}"),
            format!("corretor work_module true {reason}"),
        ]
    );
    let rows: Vec<Value> = sqlx::query_scalar("select to_jsonb(a) from ops.access_log a")
        .fetch_all(service.pool())
        .await
        .unwrap();
    let written = serde_json::to_string(&rows).unwrap();
    for personal in [cpf, person.phone(), person.email(), &person.name] {
        assert!(!written.contains(personal));
    }
    service.stop().await;
}

#[tokio::test]
async fn without_a_record_nothing_is_shown() {
    let service = Service::start().await;
    let person = newcomer(&service.simulator, 1).person;
    sqlx::query("alter table ops.access_log add constraint ck_closed check (actor = '')")
        .execute(service.pool())
        .await
        .unwrap();
    let path = format!("/api/v1/contributor/customer?cpf={}", person.cpf);
    let answer = service.get(&path).await;
    assert_eq!(answer.status, 503, "{}", answer.body);
    assert!(answer.retry_after().is_some());
    assert!(!answer.body.to_string().contains(&person.cpf));
    service.stop().await;
}
