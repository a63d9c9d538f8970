//! `dry_run`: what a run would come to, without a trace.

use std::collections::BTreeMap;

use rstest::rstest;
use rust_c2s_api::models::Phone;
use rust_c2s_api::simulator::{Fault, FaultRule, Operation, Situation, Upstream};
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;

use super::{key, looks, post, suppress};
use crate::support::evidence::{Newcomer, newcomer};
use crate::support::{Answer, Service};

async fn dry_run(service: &Service, lead_id: &str) -> Answer {
    let path = format!("/api/v1/leads/process?id={lead_id}&dry_run=true");
    let answer = service.get(&path).await;
    answer.assert_five_keys();
    answer
}

/// The rows of each table but the record of who looked, and those about the service's own life.
async fn rows(service: &Service) -> BTreeMap<String, String> {
    let tables: Vec<String> = sqlx::query_scalar(
        "select format('%I.%I', table_schema, table_name) from information_schema.tables
         where table_schema in ('core', 'ops') and table_type = 'BASE TABLE'
           and (table_schema, table_name) not in (('ops', 'access_log'), ('ops', 'instances'))",
    )
    .fetch_all(service.pool())
    .await
    .unwrap();
    assert!(tables.len() > 15, "{tables:?}");
    let mut rows = BTreeMap::new();
    for table in tables {
        let sql = format!(
            "select coalesce(string_agg(t::text, '|' order by t::text), '') from {table} t"
        );
        let all: String = sqlx::query_scalar(AssertSqlSafe(sql))
            .fetch_one(service.pool())
            .await
            .unwrap();
        rows.insert(table, all);
    }
    rows
}

#[tokio::test]
async fn what_is_stored_is_used_and_nothing_is_posted_paid_or_written() {
    let service = Service::start().await;
    let lead_id = Situation::Plain.lead_id();
    assert!(service.process(&lead_id).await.says_done());
    let message = service.only_message(&lead_id);
    let (paid, before) = (service.simulator.calls().paid(), rows(&service).await);

    let answer = dry_run(&service, &lead_id).await;

    assert_eq!(
        (answer.status, answer.state()),
        (200, "completed"),
        "{}",
        answer.body
    );
    assert_eq!(answer.body["success"], true);
    assert_eq!(answer.body["dry_run"], true);
    assert_eq!(answer.body["message_preview"], json!(message));
    assert_eq!(answer.body["entities_stored"], 0);
    assert_eq!(answer.cpfs(), Vec::<&str>::new());
    service.only_message(&lead_id);
    assert_eq!(service.simulator.calls().paid(), paid);
    assert_eq!(rows(&service).await, before);
    let replay = format!("/api/v1/leads/{lead_id}/replay");
    let replayed = post(&service, &replay, &json!({"dry_run": true})).await;
    assert_eq!(replayed.body, answer.body);
    assert_eq!(rows(&service).await, before);
    let expected = ["lead_process", "lead_dry_run", "lead_dry_run"];
    let expected = expected.map(|action| format!("developer {action} {lead_id}"));
    assert_eq!(looks(&service).await, expected);
    let people = "select count(*) from ops.access_log where action = 'lead_dry_run' and party_id is not null";
    assert_eq!(service.count(people).await, 2);
    service.stop().await;
}

/// Ignored, it would run the lead.
#[tokio::test]
async fn where_it_is_not_taken_it_is_refused_and_nothing_is_run() {
    let service = Service::start().await;
    let lead_id = Situation::Plain.lead_id();
    let (enrich, replay) = (
        format!("/api/v1/c2s/enrich/{lead_id}"),
        format!("/api/v1/leads/{lead_id}/replay"),
    );
    let (lead, leads) = (json!({"lead_id": lead_id}), json!({"lead_ids": [lead_id]}));
    for (path, body) in [
        (enrich.as_str(), &json!({})),
        (&replay, &json!({})),
        ("/api/v1/leads", &lead),
        ("/api/v1/leads/batch", &leads),
    ] {
        for flag in ["dry_run", "force"] {
            let refused = post(&service, &format!("{path}?{flag}=true"), body).await;
            assert_eq!(refused.status, 400, "{path}: {}", refused.body);
            assert_eq!(refused.body["field"], flag);
        }
    }
    for (path, body) in [("/api/v1/leads", &lead), ("/api/v1/leads/batch", &leads)] {
        for flag in ["dry_run", "force"] {
            let mut body = body.clone();
            body[flag] = json!(true);
            let refused = post(&service, path, &body).await;
            assert_eq!(refused.status, 422, "{path}: {}", refused.body);
            assert_eq!(refused.body["field"], flag);
        }
    }
    for flag in ["dry_run", "force"] {
        let refused = post(&service, &enrich, &json!({flag: true})).await;
        assert_eq!(refused.status, 400, "{}", refused.body);
        assert_eq!(refused.body["field"], flag);
    }
    assert_eq!(service.count("select count(*) from ops.leads").await, 0);
    assert_eq!(service.simulator.calls().all().len(), 0);
    // Any other body is not looked at.
    let no_json = service.post_with(&enrich, &[], "dry_run=true").await;
    assert_eq!(no_json.state(), "completed", "{}", no_json.body);
    let not_dry = post(&service, "/api/v1/leads?dry_run=false&force=false", &lead).await;
    assert_eq!(not_dry.state(), "completed", "{}", not_dry.body);
    service.stop().await;
}

#[tokio::test]
async fn what_would_have_to_be_bought_is_named_and_not_bought() {
    let service = Service::start().await;
    let Newcomer { lead_id, .. } = newcomer(&service.simulator, 1);
    let before = rows(&service).await;

    let answer = dry_run(&service, &lead_id).await;

    assert_eq!((answer.status, &answer.body["state"]), (200, &Value::Null));
    assert_eq!(answer.body["success"], false);
    assert_eq!(answer.body["message_preview"], Value::Null);
    let said = answer.body["message"].as_str().unwrap();
    assert!(
        said.ends_with("Diretrix by phone, Diretrix by e-mail"),
        "{said}"
    );
    assert_eq!(service.simulator.calls().paid(), 0);
    assert_eq!(
        rows(&service).await,
        before,
        "the lead was not even accepted"
    );

    assert!(service.process(&lead_id).await.says_done());
    let path = format!("/api/v1/leads/process?id={lead_id}&dry_run=true&force=true");
    let forced = service.get(&path).await;
    assert_eq!((forced.status, &forced.body["state"]), (200, &Value::Null));
    sqlx::query("delete from ops.lookups where kind = 'profile'")
        .execute(service.pool())
        .await
        .unwrap();
    let answer = dry_run(&service, &lead_id).await;
    let said = answer.body["message"].as_str().unwrap();
    assert!(said.ends_with("Work API by CPF"), "{said}");
    service.stop().await;
}

#[rstest]
#[case::nobody(Situation::UnknownContact, "unidentified")]
#[case::dead(Situation::Deceased, "unidentified")]
#[case::no_profile(Situation::ProfileMissing, "unidentified")]
#[case::namesake(Situation::Namesake, "review")]
#[case::work_api_by_phone(Situation::WorkPhoneOnly, "completed")]
#[case::no_name(Situation::NoName, "completed")]
#[tokio::test]
async fn it_comes_to_what_the_run_came_to(#[case] situation: Situation, #[case] state: &str) {
    let service = Service::start().await;
    let ran = service.process_situation(situation).await;
    assert_eq!(ran.state(), state, "{}", ran.body);
    let before = rows(&service).await;
    let answer = dry_run(&service, &situation.lead_id()).await;
    assert_eq!(
        (answer.status, answer.state()),
        (200, state),
        "{}",
        answer.body
    );
    assert_eq!(
        answer.body["message_preview"].is_string(),
        state == "completed"
    );
    assert_eq!(rows(&service).await, before);
    service.stop().await;
}

#[tokio::test]
async fn the_suppressed_the_missing_and_an_absent_crm_are_told() {
    let service = Service::start().await;
    let Newcomer { lead_id, person } = newcomer(&service.simulator, 1);
    let phone = Phone::parse(person.phone()).unwrap();
    suppress(
        &service,
        "phone",
        key().of_phone(&phone).as_bytes().as_slice(),
    )
    .await;
    let answer = dry_run(&service, &lead_id).await;
    assert_eq!((answer.status, answer.state()), (200, "suppressed"));

    let missing = dry_run(&service, "not-in-the-crm").await;
    assert_eq!((missing.status, missing.state()), (404, "lead_missing"));

    let down = FaultRule::always(Upstream::C2s, Fault::Status(503, None));
    service.simulator.fault(down.operation(Operation::Lead));
    let away = dry_run(&service, &lead_id).await;
    assert_eq!(away.status, 503, "{}", away.body);
    assert!(away.retry_after().is_some());
    assert_eq!(service.count("select count(*) from ops.leads").await, 0);
    service.stop().await;
}

#[tokio::test]
async fn it_needs_a_key_that_reads() {
    let keys = "make:trigger:key-of-make-0123456789;reader:read:key-of-reader-0123456789;\
                ops:admin:key-of-ops-0123456789;all:admin+read:key-of-all-0123456789";
    let service = Service::start_with(&[("API_KEYS", keys)]).await;
    let lead_id = Situation::Plain.lead_id();
    let process = format!("/api/v1/leads/process?id={lead_id}&dry_run=true");
    for (name, status) in [("make", 403), ("reader", 200), ("ops", 403)] {
        let held = format!("key-of-{name}-0123456789");
        let answer = service.get_with(&process, &[("x-api-key", &held)]).await;
        assert_eq!(answer.status, status, "{name}: {}", answer.body);
    }
    let forced = format!("{process}&force=true");
    let reader = [("x-api-key", "key-of-reader-0123456789")];
    assert_eq!(service.get_with(&forced, &reader).await.status, 403);
    let all = [("x-api-key", "key-of-all-0123456789")];
    assert_eq!(service.get_with(&forced, &all).await.status, 200);

    let replay = format!("/api/v1/leads/{lead_id}/replay");
    for (name, status) in [("reader", 403), ("ops", 403), ("all", 200)] {
        let held = format!("key-of-{name}-0123456789");
        let headers = [
            ("x-api-key", held.as_str()),
            ("content-type", "application/json"),
        ];
        let answer = service
            .post_with(&replay, &headers, "{\"dry_run\":true}")
            .await;
        assert_eq!(answer.status, status, "{name}: {}", answer.body);
    }
    assert_eq!(service.count("select count(*) from ops.leads").await, 0);
    service.stop().await;
}

/// No record of who looked, no preview.
#[tokio::test]
async fn what_cannot_be_recorded_is_not_shown() {
    let service = Service::start().await;
    let lead_id = Situation::Plain.lead_id();
    assert!(service.process(&lead_id).await.says_done());
    sqlx::query("alter table ops.access_log rename to access_log_away")
        .execute(service.pool())
        .await
        .unwrap();
    let answer = dry_run(&service, &lead_id).await;
    assert_eq!(answer.status, 503, "{}", answer.body);
    assert!(answer.body.get("message_preview").is_none());
    let shown = service.get(&format!("/api/v1/leads/{lead_id}")).await;
    assert_eq!(shown.status, 503, "{}", shown.body);
    assert!(shown.body.get("steps").is_none());
    service.stop().await;
}
