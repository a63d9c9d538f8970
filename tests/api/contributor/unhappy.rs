//! Nobody, nobody who may be told of, providers that are away, callers who leave, instances that end.

use std::time::Duration;

use rust_c2s_api::models::{Cpf, Phone, PrivacyKey};
use rust_c2s_api::simulator::{Fault, FaultRule, Operation, Upstream};

use super::customer::find;
use crate::leads::suppress;
use crate::support::evidence::{Newcomer, newcomer};
use crate::support::{IMPATIENT, Service};

#[tokio::test]
async fn whoever_objected_is_nobody_and_nothing_is_asked() {
    let service = Service::start().await;
    let key = PrivacyKey::new(b"a key for invented people").unwrap();
    let Newcomer { lead_id, person } = newcomer(&service.simulator, 1);
    let by_name = format!("name={}", person.name.replace(' ', "+"));
    assert!(service.process(&lead_id).await.says_done());
    let party = find(&service, &by_name).await.body["candidates"][0]["id"].clone();
    let paid = service.simulator.calls().paid();
    suppress(
        &service,
        "cpf",
        key.of_cpf(&Cpf::parse(&person.cpf).unwrap()).as_bytes(),
    )
    .await;
    for query in [
        format!("cpf={}", person.cpf),
        format!("phone={}", person.phone()),
        format!("email={}", person.email()),
        by_name,
    ] {
        let answer = find(&service, &query).await;
        assert_eq!(answer.status, 404, "{query}: {}", answer.body);
    }
    for path in [
        format!("/api/v1/customers/{}", party.as_str().unwrap()),
        format!("/api/v1/work/modules/all?documento={}", person.cpf),
    ] {
        assert_eq!(service.get(&path).await.status, 404, "{path}");
    }
    // A contact of somebody who is not stored.
    let other = newcomer(&service.simulator, 2).person;
    let phone = Phone::parse(other.phone()).unwrap();
    suppress(&service, "phone", key.of_phone(&phone).as_bytes()).await;
    let answer = find(&service, &format!("phone={}", other.phone())).await;
    assert_eq!(answer.status, 404);
    assert_eq!(service.simulator.calls().paid(), paid);
    service.stop().await;
}

#[tokio::test]
async fn a_contact_that_reveals_somebody_who_objected_costs_that_much_and_no_more() {
    let service = Service::start().await;
    let key = PrivacyKey::new(b"a key for invented people").unwrap();
    let person = newcomer(&service.simulator, 1).person;
    let cpf = Cpf::parse(&person.cpf).unwrap();
    suppress(&service, "cpf", key.of_cpf(&cpf).as_bytes()).await;
    let answer = find(&service, &format!("phone={}", person.phone())).await;
    assert_eq!(answer.status, 404, "{}", answer.body);
    assert_eq!(service.simulator.calls().to(Upstream::Diretrix), 1);
    assert_eq!(service.simulator.calls().to(Upstream::WorkApi), 0);
    assert_eq!(service.rows_about_people().await, 0);
    service.stop().await;
}

#[tokio::test]
async fn nobody_is_404_and_the_answer_is_kept() {
    let service = Service::start().await;
    for _ in 0..2 {
        for query in ["cpf=52998224725", "email=ninguem@example.com"] {
            let answer = find(&service, query).await;
            assert_eq!(answer.status, 404, "{query}: {}", answer.body);
            assert_eq!(answer.body["error"], answer.body["detail"]);
        }
    }
    assert_eq!(service.simulator.calls().paid(), 2);
    service.stop().await;
}

#[tokio::test]
async fn a_provider_that_is_away_is_503_and_one_outside_the_contract_404() {
    for (fault, status) in [
        (Fault::Status(503, None), 503),
        (Fault::Status(401, None), 503),
        (Fault::Reset, 503),
        (Fault::InBand(500), 503),
        (Fault::InBand(429), 503),
        (Fault::ModuleNotInContract, 404),
    ] {
        let service = Service::start_with(&[IMPATIENT]).await;
        let person = newcomer(&service.simulator, 1).person;
        let rule = FaultRule::always(Upstream::WorkApi, fault.clone());
        service.simulator.fault(rule);
        let query = format!("cpf={}", person.cpf);
        let answer = find(&service, &query).await;
        assert_eq!(answer.status, status, "{fault:?}: {}", answer.body);
        assert_eq!(answer.retry_after().is_some(), status == 503, "{fault:?}");
        service.simulator.clear_faults();
        service.stop().await;
    }
}

#[tokio::test]
async fn a_caller_who_leaves_cuts_nothing_short() {
    let service = Service::start().await;
    let person = newcomer(&service.simulator, 1).person;
    let slow = Fault::Slow(Duration::from_millis(700));
    let rule = FaultRule::always(Upstream::WorkApi, slow);
    service.simulator.fault(rule.times(1));
    let query = format!("cpf={}", person.cpf);
    let leaves = tokio::time::timeout(Duration::from_millis(300), find(&service, &query));
    assert!(leaves.await.is_err(), "answered too early to leave");
    let stored = async {
        while service.count("select count(*) from core.parties").await == 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let stored = tokio::time::timeout(Duration::from_secs(10), stored).await;
    assert!(stored.is_ok(), "the answer was not stored");
    let answer = find(&service, &query).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(service.simulator.calls().paid(), 1);
    service.stop().await;
}

#[tokio::test]
async fn who_does_not_want_to_wait_is_told_to_ask_again() {
    let service = Service::start_with(&[("PROCESS_WAIT_SECS", "0")]).await;
    let person = newcomer(&service.simulator, 1).person;
    let query = format!("cpf={}", person.cpf);
    let first = find(&service, &query).await;
    assert_eq!(first.status, 503, "{}", first.body);
    assert!(first.retry_after().is_some());
    let found = async {
        while find(&service, &query).await.status != 200 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let found = tokio::time::timeout(Duration::from_secs(10), found).await;
    assert!(found.is_ok(), "never answered");
    let calls = service.simulator.calls();
    assert_eq!(calls.count(Upstream::WorkApi, Operation::Cpf), 1);
    service.stop().await;
}

/// Half of Work API's places are for leads.
#[tokio::test]
async fn lookups_leave_places_for_leads() {
    let service = Service::start_with(&[("PROCESS_WAIT_SECS", "1")]).await;
    let slow = Fault::Slow(Duration::from_secs(3));
    let rule = FaultRule::always(Upstream::WorkApi, slow);
    service.simulator.fault(rule.operation(Operation::Cpf));
    let people = [1, 2, 3, 4, 5, 6].map(|number| newcomer(&service.simulator, number).person);
    let queries = people.map(|person| format!("cpf={}", person.cpf));
    let asked = queries.iter().map(|query| find(&service, query));
    for answer in futures::future::join_all(asked).await {
        assert_eq!(answer.status, 503, "{}", answer.body);
    }
    // Who found the places taken has asked nothing, and asks nothing later.
    assert_eq!(service.simulator.in_flight(Upstream::WorkApi), 2);
    assert_eq!(service.count("select count(*) from ops.lookups").await, 2);
    service.simulator.clear_faults();
    // What is known needs no place.
    let nobody = Cpf::parse("11144477735").unwrap();
    let key = PrivacyKey::new(b"a key for invented people").unwrap();
    sqlx::query(
        "insert into ops.lookups (provider, kind, key_hash, state, lead_id, run_no, price_centavos,
                                  purpose, legal_basis, expires_at)
         values ('work_api', 'profile', $1, 'absent', 'lead-1', 0, 0, 'p', 'l', now() + interval '1 day')",
    )
    .bind(key.of_cpf(&nobody).as_bytes().as_slice())
    .execute(service.pool())
    .await
    .unwrap();
    let absent = find(&service, &format!("cpf={}", nobody.digits())).await;
    assert_eq!(absent.status, 404, "{}", absent.body);
    let lead = newcomer(&service.simulator, 7);
    let answer = service.process(&lead.lead_id).await;
    assert_eq!(answer.state(), "completed", "{}", answer.body);
    service.stop().await;
}

#[tokio::test]
async fn what_a_gone_instance_was_asking_is_taken_over_and_counted_once() {
    let service = Service::start().await;
    let person = newcomer(&service.simulator, 1).person;
    // As a process leaves it that is killed: a question of an instance that nobody hears of any more.
    let key = PrivacyKey::new(b"a key for invented people").unwrap();
    let hash = key.of_cpf(&Cpf::parse(&person.cpf).unwrap());
    sqlx::query(
        "insert into ops.lookups (provider, kind, key_hash, state, owner, lead_id, run_no, price_centavos,
                                  purpose, legal_basis, expires_at)
         values ('work_api', 'profile', $1, 'pending', gen_random_uuid(),
                 'inquiry:' || gen_random_uuid(), 0, 100, 'p', 'l', now() + interval '30 days')",
    )
    .bind(hash.as_bytes().as_slice())
    .execute(service.pool())
    .await
    .unwrap();
    let answer = find(&service, &format!("cpf={}", person.cpf)).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let ledger: String = sqlx::query_scalar(
        "select string_agg(outcome, ' ' order by call_id) from ops.provider_calls",
    )
    .fetch_one(service.pool())
    .await
    .unwrap();
    assert_eq!(ledger, "unknown hit");
    service.stop().await;
}

/// Where one person is answered, the cursor of a list says nothing.
#[tokio::test]
async fn a_cursor_of_ours_does_not_hinder_one_person() {
    let service = Service::start().await;
    let person = newcomer(&service.simulator, 1).person;
    for query in [
        format!("cpf={}&cursor=20", person.cpf),
        format!(
            "cpf={}&cursor=90.0190a8a0-0000-7000-8000-000000000000",
            person.cpf
        ),
        format!("phone={}&cursor=20", person.phone()),
    ] {
        let answer = find(&service, &query).await;
        assert_eq!(answer.status, 200, "{query}: {}", answer.body);
        assert_eq!(answer.body["type"], "customer", "{query}");
    }
    service.stop().await;
}

#[tokio::test]
async fn what_cannot_be_used_is_named() {
    let service = Service::start().await;
    for (query, field) in [
        ("", "query"),
        ("unknown=1", "query"),
        ("cpf=", "cpf"),
        ("cpf=52998224726", "cpf"),
        ("cpf=52998224725&cpf=52998224725", "cpf"),
        ("cpf=52998224725&phone=12", "phone"),
        ("email=x", "email"),
        ("name=%00", "query"),
        ("name=123", "name"),
        ("name=Pessoa&limit=0", "limit"),
        ("name=Pessoa&cursor=x", "cursor"),
        ("cpf=52998224725&cursor=x", "cursor"),
        ("email=ninguem@example.com&cursor=x", "cursor"),
        ("phone=11900000012&cursor=0", "cursor"),
        // Of another list than a phone's.
        (
            "phone=11900000012&cursor=90.0190a8a0-0000-7000-8000-000000000000",
            "cursor",
        ),
        ("name=Pessoa&cursor=20", "cursor"),
    ] {
        let answer = find(&service, query).await;
        assert_eq!(answer.status, 400, "{query}: {}", answer.body);
        assert_eq!(answer.body["field"], field, "{query}");
    }
    assert_eq!(service.simulator.calls().all().len(), 0);
    assert_eq!(
        service.count("select count(*) from ops.access_log").await,
        0
    );
    service.stop().await;
}
