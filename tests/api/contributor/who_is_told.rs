//! Whose answer it is: rows that cannot be read, answers that cannot be kept, people who objected.

use rust_c2s_api::models::{Cpf, Email, PrivacyKey};
use rust_c2s_api::simulator::{Fault, FaultRule, Operation, Person, Simulator, Upstream};
use serde_json::json;
use sqlx::AssertSqlSafe;

use super::customer::find;
use crate::leads::suppress;
use crate::support::evidence::{newcomer, newcomer_like};
use crate::support::{Answer, Service};

pub(super) fn candidates_of(answer: &Answer) -> Vec<serde_json::Value> {
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.body["type"], "candidates", "{}", answer.body);
    answer.body["candidates"].as_array().unwrap().clone()
}

pub(super) async fn execute(service: &Service, statement: &str) {
    sqlx::raw_sql(AssertSqlSafe(statement.to_owned()))
        .execute(service.pool())
        .await
        .unwrap();
}

pub(super) async fn store(service: &Service, person: &Person) {
    let stored = find(service, &format!("cpf={}", person.cpf)).await;
    assert_eq!(stored.status, 200, "{}", stored.body);
}

/// Lets what is stored of everybody be too old to be used.
pub(super) async fn everything_is_old(service: &Service) {
    execute(
        service,
        "update core.party_enrichments set expires_at = now();
         update ops.lookups set expires_at = now()",
    )
    .await;
}

/// The outcomes of the paid calls, in order.
async fn ledger(service: &Service) -> String {
    sqlx::query_scalar("select string_agg(outcome, ' ' order by call_id) from ops.provider_calls")
        .fetch_one(service.pool())
        .await
        .unwrap()
}

#[tokio::test]
async fn an_inquiry_that_cannot_store_gives_its_question_up_and_counts_the_call() {
    let service = Service::start().await;
    let person = newcomer(&service.simulator, 1).person;
    let query = format!("cpf={}", person.cpf);
    execute(
        &service,
        "create function core.out_of_order() returns trigger language plpgsql as
             $$ begin raise exception 'out of order' using errcode = 'XX002'; end $$;
         create trigger out_of_order before insert on core.parties
             for each row execute function core.out_of_order()",
    )
    .await;
    let failed = find(&service, &query).await;
    assert_eq!(failed.status, 500, "{}", failed.body);
    assert!(!failed.body.to_string().contains(&person.cpf));
    execute(&service, "drop trigger out_of_order on core.parties").await;
    let pending = "select count(*) from ops.lookups where state = 'pending'";
    let given_up = async {
        while service.count(pending).await > 0 {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    let given_up = tokio::time::timeout(std::time::Duration::from_secs(10), given_up).await;
    assert!(given_up.is_ok(), "the question is held");
    assert_eq!(ledger(&service).await, "hit");

    store(&service, &person).await;

    assert_eq!(ledger(&service).await, "hit hit");
    assert_eq!(service.simulator.calls().paid(), 2);
    service.stop().await;
}

/// Old rows, or rows of others: whether their holders objected cannot be known.
#[tokio::test]
async fn a_stored_cpf_with_wrong_check_digits_is_left_out_and_the_others_are_told() {
    let service = Service::start().await;
    let people = [1, 2, 3].map(|number| {
        let same = |person| Person {
            name: "Pessoa Inventada Comum".to_owned(),
            phones: vec!["11987654321".to_owned()],
            ..person
        };
        newcomer_like(&service.simulator, number, same).person
    });
    for person in &people {
        store(&service, person).await;
    }
    let spoil = format!(
        "update core.parties set cpf_cnpj = '52998224726' where cpf_cnpj = '{}'",
        people[1].cpf
    );
    let id: uuid::Uuid = sqlx::query_scalar("select id from core.parties where cpf_cnpj = $1")
        .bind(&people[1].cpf)
        .fetch_one(service.pool())
        .await
        .unwrap();
    execute(&service, &spoil).await;

    for query in ["phone=11987654321", "name=Pessoa+Inventada"] {
        let told = candidates_of(&find(&service, query).await);
        assert_eq!(told.len(), 2, "{query}: {told:?}");
        let spoilt = json!(id.to_string());
        assert!(told.iter().all(|who| who["id"] != spoilt), "{query}");
    }
    let answer = service.get(&format!("/api/v1/customers/{id}")).await;
    assert_eq!(answer.status, 404, "{}", answer.body);
    service.stop().await;
}

/// Of whom no CPF is known it is seen by the contacts.
#[tokio::test]
async fn who_objected_by_a_contact_is_nobody_without_a_cpf_too() {
    let service = Service::start().await;
    let people = [1, 2].map(|number| newcomer(&service.simulator, number).person);
    for person in &people {
        store(&service, person).await;
    }
    // Also by a contact that they no longer have.
    execute(
        &service,
        "update core.parties set cpf_cnpj = null;
         update core.party_contacts set valid_to = now(), is_primary = false where kind = 'email'",
    )
    .await;
    let key = PrivacyKey::new(b"a key for invented people").unwrap();
    let email = Email::parse(people[0].email()).unwrap();
    suppress(&service, "email", key.of_email(&email).as_bytes()).await;

    for (person, is_told) in people.iter().zip([false, true]) {
        let id: uuid::Uuid = sqlx::query_scalar("select id from core.parties where full_name = $1")
            .bind(person.provider_name())
            .fetch_one(service.pool())
            .await
            .unwrap();
        let stored = service.get(&format!("/api/v1/customers/{id}")).await;
        assert_eq!(stored.status, if is_told { 200 } else { 404 });
        let by_phone = find(&service, &format!("phone={}", person.phone())).await;
        assert_eq!(by_phone.status, if is_told { 200 } else { 404 });
        let name = person.provider_name().replace(' ', "+");
        let by_name = find(&service, &format!("name={name}")).await;
        let names_them = by_name.body.to_string().contains(&id.to_string());
        assert_eq!(names_them, is_told, "{}", by_name.body);
    }
    service.stop().await;
}

/// What is stored is old, and what Work API says now cannot be kept: better the old than nothing.
#[tokio::test]
async fn of_a_stored_person_an_answer_about_somebody_else_changes_nothing() {
    let of_another = |_: &Person| Simulator::profile_of(&Person::invented(99)).to_string();
    let too_large = |person: &Person| {
        let mut profile = Simulator::profile_of(person);
        profile["Enchimento"] = json!("x".repeat(5 << 20));
        profile.to_string()
    };
    for body in [of_another as fn(&Person) -> String, too_large] {
        let service = Service::start().await;
        let person = newcomer(&service.simulator, 1).person;
        let query = format!("cpf={}", person.cpf);
        let before = find(&service, &query).await;
        everything_is_old(&service).await;
        let fault = Fault::Body(200, body(&person));
        service
            .simulator
            .fault(FaultRule::always(Upstream::WorkApi, fault));
        // The second is answered from memory: the same answer is not paid for twice.
        for _ in 0..2 {
            let answer = find(&service, &query).await;
            assert_eq!(answer.status, 200, "{}", answer.body);
            assert_eq!(answer.body["personal_info"], before.body["personal_info"]);
            assert_eq!(answer.body["metadata"]["sources"], json!(["local_db"]));
        }
        let calls = service.simulator.calls();
        assert_eq!(calls.count(Upstream::WorkApi, Operation::Cpf), 2);
        service.simulator.clear_faults();
        service.stop().await;
    }
}

#[tokio::test]
async fn a_cursor_names_nobody_who_objected() {
    let service = Service::start().await;
    let key = PrivacyKey::new(b"a key for invented people").unwrap();
    let mut suppressed = Vec::new();
    for number in 1..=12 {
        let same = |person| Person {
            name: "Pessoa Inventada Comum".to_owned(),
            ..person
        };
        let person = newcomer_like(&service.simulator, number, same).person;
        store(&service, &person).await;
        if number % 3 != 0 {
            let hash = key.of_cpf(&Cpf::parse(&person.cpf).unwrap());
            let id: uuid::Uuid =
                sqlx::query_scalar("select id from core.parties where cpf_cnpj = $1")
                    .bind(&person.cpf)
                    .fetch_one(service.pool())
                    .await
                    .unwrap();
            suppress(&service, "cpf", hash.as_bytes()).await;
            suppressed.push(id.to_string());
        }
    }
    let mut told = Vec::new();
    let mut query = "name=Pessoa+Inventada&limit=1".to_owned();
    loop {
        let answer = find(&service, &query).await;
        let text = answer.body.to_string();
        assert!(suppressed.iter().all(|id| !text.contains(id)), "{text}");
        told.extend(candidates_of(&answer));
        match answer.body["next_cursor"].as_str() {
            Some(cursor) => query = format!("name=Pessoa+Inventada&limit=1&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(told.len(), 4, "{told:?}");
    service.stop().await;
}
