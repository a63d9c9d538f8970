//! `POST /api/v1/leads`: what a caller knows of a lead is used, by whoever runs it.

use std::time::Duration;

use rust_c2s_api::models::{Cpf, LeadId};
use rust_c2s_api::simulator::{Fault, FaultRule, Operation, Person, Situation, Upstream};
use serde_json::{Value, json};

use super::{give, key, looks, post, suppress};
use crate::support::Service;
use crate::support::evidence::{Newcomer, lead_of, newcomer};

/// A lead of whom the CRM has nothing usable, and the person it is.
fn stranger(service: &Service, number: u64) -> Newcomer {
    let person = Person::invented(number);
    service.simulator.put_person(person.clone());
    let lead_id = format!("stranger-{number}");
    let lead = lead_of(&lead_id, &person)
        .name("Cliente")
        .phone(Value::Null)
        .email(Value::Null);
    service.simulator.put_lead(lead).unwrap();
    Newcomer { lead_id, person }
}

async fn matched_by(service: &Service) -> Option<String> {
    sqlx::query_scalar("select matched_by from core.lead_parties")
        .fetch_optional(service.pool())
        .await
        .unwrap()
}

fn cpfs_asked(service: &Service) -> usize {
    let calls = service.simulator.calls();
    calls.count(Upstream::WorkApi, Operation::Cpf)
}

#[tokio::test]
async fn given_contacts_and_name_take_the_place_of_the_crm_s() {
    let service = Service::start().await;
    let Newcomer { lead_id, person } = stranger(&service, 1);
    let nobody = service.process(&lead_id).await;
    assert_eq!(nobody.state(), "unidentified", "{}", nobody.body);

    let given = json!({"name": person.name, "email": person.email()});
    let answer = give(&service, &lead_id, given, json!(person.phone())).await;

    assert!(answer.says_done(), "{}", answer.body);
    answer.assert_five_keys();
    assert_eq!(answer.cpfs(), [person.cpf.as_str()]);
    assert_eq!(answer.body["message_sent"], true);
    assert!(answer.body.get("duplicate_request").is_none());
    service.only_message(&lead_id);
    // Later runs have it too.
    let again = service
        .send("POST", &format!("/api/v1/leads/{lead_id}/replay"))
        .await;
    assert!(again.says_done(), "{}", again.body);
    assert_eq!(
        looks(&service).await,
        [
            format!("developer lead_process {lead_id}"),
            format!("developer lead_give {lead_id}"),
            format!("developer lead_replay {lead_id}")
        ]
    );
    service.stop().await;
}

#[tokio::test]
async fn a_given_cpf_with_its_name_goes_straight_to_the_profile() {
    let service = Service::start().await;
    let Newcomer { lead_id, person } = stranger(&service, 1);
    let cpf = Cpf::parse(&person.cpf).unwrap().formatted();

    let given = json!({"name": person.name, "cpf": cpf});
    let answer = give(&service, &lead_id, given, Value::Null).await;

    assert!(answer.says_done(), "{}", answer.body);
    assert_eq!(matched_by(&service).await.as_deref(), Some("cpf"));
    let calls = service.simulator.calls();
    assert_eq!((calls.to(Upstream::Diretrix), cpfs_asked(&service)), (0, 1));
    let message = service.only_message(&lead_id);
    assert!(!message.contains("mesma pessoa"), "{message}");
    service.stop().await;
}

#[tokio::test]
async fn a_given_cpf_of_somebody_else_is_nobody_and_the_profile_is_not_kept() {
    let service = Service::start().await;
    let Newcomer { lead_id, person } = newcomer(&service.simulator, 1);
    let other = Person::invented(2);
    service.simulator.put_person(other.clone());

    let given = json!({"name": person.name, "cpf": other.cpf});
    let answer = give(&service, &lead_id, given, json!(person.phone())).await;

    assert_eq!((answer.status, answer.state()), (200, "unidentified"));
    let reason = service.reason_of(&lead_id).await;
    assert_eq!(reason.as_deref(), Some("profile_name_contradicts"));
    assert_eq!(service.rows_about_people().await, 0);
    assert_eq!(service.simulator.messages(&lead_id).len(), 0);
    assert_eq!(service.simulator.calls().to(Upstream::Diretrix), 0);
    service.stop().await;
}

#[tokio::test]
async fn a_given_cpf_without_a_name_only_forbids() {
    let service = Service::start().await;
    let Newcomer { lead_id, person } = newcomer(&service.simulator, 1);
    let other = Person::invented(2);

    let given = json!({"name": "Cliente", "cpf": other.cpf});
    let forbidden = give(&service, &lead_id, given, Value::Null).await;
    assert_eq!(forbidden.state(), "unidentified", "{}", forbidden.body);
    let reason = service.reason_of(&lead_id).await;
    assert_eq!(reason.as_deref(), Some("given_cpf_differs"));
    assert_eq!(cpfs_asked(&service), 0);

    let given = json!({"name": "Cliente", "cpf": person.cpf});
    let reached = give(&service, &lead_id, given, Value::Null).await;
    assert!(reached.says_done(), "{}", reached.body);
    assert_eq!(matched_by(&service).await.as_deref(), Some("both"));
    service.stop().await;
}

#[tokio::test]
async fn the_dead_are_nobody() {
    let service = Service::start().await;
    let person = Person {
        deceased: true,
        ..Person::invented(1)
    };
    service.simulator.put_person(person.clone());
    service
        .simulator
        .put_lead(lead_of("lead-1", &person))
        .unwrap();
    let given = json!({"name": person.name, "cpf": person.cpf});
    let answer = give(&service, "lead-1", given, Value::Null).await;
    assert_eq!(answer.state(), "unidentified", "{}", answer.body);
    assert_eq!(
        service.reason_of("lead-1").await.as_deref(),
        Some("deceased")
    );
    service.stop().await;
}

#[tokio::test]
async fn of_a_suppressed_person_nothing_given_stays_and_nothing_is_paid() {
    let service = Service::start().await;
    let Newcomer { lead_id, person } = newcomer(&service.simulator, 1);
    let cpf = Cpf::parse(&person.cpf).unwrap();
    suppress(&service, "cpf", key().of_cpf(&cpf).as_bytes().as_slice()).await;

    let given = json!({"name": person.name, "cpf": person.cpf});
    let answer = give(&service, &lead_id, given, Value::Null).await;

    assert_eq!((answer.status, answer.state()), (200, "suppressed"));
    assert_eq!(service.simulator.calls().paid(), 0);
    assert_eq!(
        service.count("select count(*) from ops.given_leads").await,
        0
    );
    assert!(!service.dump().await.contains(&person.cpf));
    service.stop().await;
}

/// Of several given phones one is looked up; that any of them is an objector's is enough.
#[tokio::test]
async fn any_given_phone_of_a_suppressed_person_ends_the_lead() {
    let service = Service::start().await;
    let Newcomer { lead_id, person } = newcomer(&service.simulator, 1);
    let other = Person::invented(2);
    let objected = rust_c2s_api::models::Phone::parse(other.phone()).unwrap();
    suppress(
        &service,
        "phone",
        key().of_phone(&objected).as_bytes().as_slice(),
    )
    .await;

    let body = json!({
        "lead_id": lead_id,
        "personal_info": {"name": person.name},
        "contact_info": {"phones": [{"phone": person.phone()}, {"phone": other.phone()}]},
    });
    let answer = post(&service, "/api/v1/leads", &body).await;

    assert_eq!((answer.status, answer.state()), (200, "suppressed"));
    assert_eq!(service.simulator.calls().paid(), 0);
    service.stop().await;
}

/// The instance that accepted the lead is gone after T1; what it was given is in the database.
#[tokio::test]
async fn what_was_given_survives_a_crash_between_acceptance_and_run() {
    let service = Service::start().await;
    let Newcomer { lead_id, person } = stranger(&service, 1);
    let pool = service.pool().clone();
    let dead = rust_c2s_api::storage::InstanceId(uuid::Uuid::now_v7());
    let lease = Duration::from_secs(60);
    rust_c2s_api::storage::register_instance(&pool, dead, lease)
        .await
        .unwrap();
    let trigger = rust_c2s_api::storage::Trigger {
        wish: rust_c2s_api::storage::Wish::Process {
            source: rust_c2s_api::models::LeadSource::Api,
            dedup_ttl: Duration::ZERO,
        },
        force: false,
        asker: None,
        given: Some(rust_c2s_api::models::GivenLead {
            name: rust_c2s_api::models::PersonName::parse(&person.name).ok(),
            cpf: Cpf::parse(&person.cpf).ok(),
            email: None,
            phones: Vec::new(),
        }),
    };
    let takeover = rust_c2s_api::storage::Takeover {
        lease,
        lands_within: Duration::ZERO,
        spread: Duration::ZERO,
    };
    let id = LeadId::parse(&lead_id).unwrap();
    rust_c2s_api::storage::accept_lead(&pool, &id, trigger, dead, &takeover)
        .await
        .unwrap();
    rust_c2s_api::storage::remove_instance(&pool, dead)
        .await
        .unwrap();

    service.wait_for_state(&lead_id, "completed").await;

    service.only_message(&lead_id);
    assert_eq!(matched_by(&service).await.as_deref(), Some("cpf"));
    service.stop().await;
}

#[tokio::test]
async fn other_details_during_a_run_are_used_by_the_next() {
    let service = Service::start().await;
    let Newcomer { lead_id, person } = stranger(&service, 1);
    let slow = FaultRule::always(Upstream::C2s, Fault::Slow(Duration::from_millis(500)));
    service
        .simulator
        .fault(slow.operation(Operation::Lead).times(1));
    let corrected = async {
        while service.simulator.in_flight(Upstream::C2s) == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let given = json!({"name": person.name, "cpf": person.cpf});
        give(&service, &lead_id, given, Value::Null).await
    };
    let (_, answer) = futures::future::join(service.process(&lead_id), corrected).await;

    assert!(answer.says_done(), "{}", answer.body);
    let repeated = service.process(&lead_id).await;
    assert!(repeated.says_done(), "{}", repeated.body);
    service.only_message(&lead_id);
    service.stop().await;
}

#[tokio::test]
async fn a_finished_lead_runs_again_and_one_the_crm_does_not_know_is_missing() {
    let service = Service::start().await;
    let lead_id = Situation::Plain.lead_id();
    assert!(service.process(&lead_id).await.says_done());
    let paid = service.simulator.calls().paid();
    let again = post(&service, "/api/v1/leads", &json!({"lead_id": lead_id})).await;
    assert!(again.says_done(), "{}", again.body);
    assert_eq!(again.body["message_sent"], false);
    assert!(again.body.get("duplicate_request").is_none());
    assert_eq!(service.simulator.calls().paid(), paid);

    let missing = post(
        &service,
        "/api/v1/leads",
        &json!({"lead_id": "not-in-the-crm"}),
    )
    .await;
    assert_eq!((missing.status, missing.state()), (404, "lead_missing"));
    missing.assert_five_keys();
    let not_waited = post(
        &service,
        "/api/v1/leads?wait=0",
        &json!({"lead_id": lead_id}),
    )
    .await;
    assert_eq!(not_waited.status, 202, "{}", not_waited.body);
    service.stop().await;
}
