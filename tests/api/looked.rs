//! Who looked: each look at a person leaves its row before it is answered, and the printed query finds it.

use rust_c2s_api::simulator::{Candidate, Person, Situation};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use crate::leads::looks;
use crate::support::Service;
use crate::support::evidence::{newcomer, newcomer_like};

/// The query that the operator's page prints, of this person.
fn printed_query(party_id: Uuid) -> String {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/docs/security/ACCESS_AND_HEADERS.md"
    );
    let page = std::fs::read_to_string(path).unwrap();
    let (_, block) = page.split_once("```sql\n").unwrap();
    let (query, _) = block.split_once("```").unwrap();
    let printed = "01990f2e-7d6c-7c3a-9b1d-2f4e6a8c0e12";
    assert!(query.contains(printed), "{query}");
    query.replace(printed, &party_id.to_string())
}

/// What the printed query answers, as `actor action`.
async fn who_looked_at(service: &Service, party_id: Uuid) -> Vec<String> {
    let query = printed_query(party_id);
    let query = query.trim().trim_end_matches(';');
    let words = format!("select concat_ws(' ', q.actor, q.action) from ({query}) q order by q.at");
    sqlx::query_scalar(AssertSqlSafe(words))
        .fetch_all(service.pool())
        .await
        .unwrap()
}

async fn party_of(service: &Service, cpf: &str) -> Uuid {
    sqlx::query_scalar("select id from core.parties where cpf_cnpj = $1")
        .bind(cpf)
        .fetch_one(service.pool())
        .await
        .unwrap()
}

/// A trigger does not know yet whom it shows: its lead does.
#[tokio::test]
async fn the_printed_query_finds_triggers_and_lookups_and_nobody_else_s() {
    let service = Service::start().await;
    let (one, other) = (
        newcomer(&service.simulator, 1),
        newcomer(&service.simulator, 2),
    );
    assert!(service.process(&one.lead_id).await.says_done());
    let by_cpf = format!("/api/v1/contributor/customer?cpf={}", one.person.cpf);
    assert_eq!(service.get(&by_cpf).await.status, 200);
    let alone = format!("/api/v1/leads/{}", one.lead_id);
    assert_eq!(service.get(&alone).await.status, 200);
    assert!(service.process(&other.lead_id).await.says_done());

    let party_id = party_of(&service, &one.person.cpf).await;
    assert_eq!(
        who_looked_at(&service, party_id).await,
        [
            "developer lead_process",
            "developer customer",
            "developer lead"
        ]
    );
    let party_id = party_of(&service, &other.person.cpf).await;
    assert_eq!(
        who_looked_at(&service, party_id).await,
        ["developer lead_process"]
    );
    service.stop().await;
}

/// The first call shows nobody yet; what is told from memory afterwards is a look of its own.
#[tokio::test]
async fn each_answer_from_memory_is_recorded() {
    let keys = "first:trigger:key-of-first-0123456789;second:trigger:key-of-second-0123456789";
    let service = Service::start_with(&[("API_KEYS", keys)]).await;
    let lead_id = Situation::Plain.lead_id();
    let process = format!("/api/v1/leads/process?id={lead_id}");
    let first = [("x-api-key", "key-of-first-0123456789")];
    let second = [("x-api-key", "key-of-second-0123456789")];
    let told = service.get_with(&format!("{process}&wait=0"), &first).await;
    assert_eq!(told.status, 202, "{}", told.body);
    service.wait_for_state(&lead_id, "completed").await;
    for key in [&first, &first, &second, &second] {
        let answer = service.get_with(&process, key).await;
        assert!(answer.says_done(), "{}", answer.body);
    }
    let expected = ["first", "first", "first", "second", "second"];
    let expected = expected.map(|name| format!("{name} lead_process {lead_id}"));
    assert_eq!(looks(&service).await, expected);
    service.stop().await;
}

#[tokio::test]
async fn what_is_in_memory_is_not_told_without_a_record() {
    let service = Service::start().await;
    let lead_id = Situation::Plain.lead_id();
    let done = service.process(&lead_id).await;
    assert!(done.says_done(), "{}", done.body);
    let closed = "alter table ops.access_log add constraint ck_closed check (actor = '') not valid";
    sqlx::query(closed).execute(service.pool()).await.unwrap();

    let answer = service.process(&lead_id).await;

    assert_eq!(answer.status, 503, "{}", answer.body);
    answer.assert_five_keys();
    assert!(answer.retry_after().is_some() && answer.cpfs().is_empty());
    service.stop().await;
}

#[tokio::test]
async fn whoever_has_no_key_is_recorded_as_anonymous() {
    let service = Service::start_with(&[("HOST", "0.0.0.0")]).await;
    let lead_id = Situation::Plain.lead_id();
    for _ in 0..2 {
        let answer = service.process(&lead_id).await;
        assert!(answer.cpfs()[0].starts_with("***."), "{}", answer.body);
    }
    let expected = [(); 2].map(|()| format!("anonymous lead_process {lead_id}"));
    assert_eq!(looks(&service).await, expected);
    service.stop().await;
}

/// Whom Diretrix named and nobody stored has no id: one row stands for all of them.
#[tokio::test]
async fn candidates_who_are_not_stored_leave_a_row_beside_the_stored_ones() {
    let service = Service::start().await;
    let stored = newcomer(&service.simulator, 1).person;
    let shared = stored.phone().to_owned();
    let others = [2, 3].map(|number| {
        let sharing = |person| Person {
            phones: vec![shared.clone()],
            ..person
        };
        newcomer_like(&service.simulator, number, sharing).person
    });
    let named = |person: &Person| Candidate {
        nome: person.provider_name(),
        cpf: person.cpf.clone(),
    };
    let all = [&stored, &others[0], &others[1]];
    let all = all.into_iter().map(named).collect();
    service.simulator.put_contact_answer(&shared, all);
    let by_phone = format!("/api/v1/contributor/customer?phone={shared}");
    let by_cpf = format!("/api/v1/contributor/customer?cpf={}", stored.cpf);
    for path in [&by_phone, &by_cpf, &by_phone] {
        let answer = service.get(path).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
    }
    let shown: Vec<bool> =
        sqlx::query_scalar("select party_id is not null from ops.access_log order by access_id")
            .fetch_all(service.pool())
            .await
            .unwrap();
    assert_eq!(shown, [false, true, true, false]);
    service.stop().await;
}
