//! Our database goes away in the middle of a run: the lead is finished later, and told once.

use std::time::Duration;

use rust_c2s_api::simulator::{Fault, FaultRule, Operation, Situation, Upstream};
use rust_c2s_api::storage::test_database::TestDatabase;

use crate::support::Service;
use crate::support::database_link::{DatabaseLink, Link};

/// Loses the database while this call is out, and gives it back once its caller was answered.
async fn lost_during(upstream: Upstream, operation: Operation) -> Service {
    let database = TestDatabase::create().await.unwrap();
    let link = DatabaseLink::to(&database).await;
    let service = Service::start_on(
        database,
        &[("DB_URL", &link.url()), ("PROCESS_WAIT_SECS", "2")],
    )
    .await;
    let slow = Fault::Slow(Duration::from_millis(300));
    let rule = FaultRule::always(upstream, slow).operation(operation);
    service.simulator.fault(rule.times(1));
    let called = async {
        while service.simulator.calls().count(upstream, operation) == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        link.set(Link::Cut);
    };

    let lead_id = Situation::Plain.lead_id();
    let (answer, ()) = tokio::join!(service.process(&lead_id), called);

    assert!(!answer.says_done(), "{}", answer.body);
    assert!(matches!(answer.status, 202 | 503), "{}", answer.body);
    answer.assert_five_keys();
    link.set(Link::Up);
    service.wait_for_state(&lead_id, "completed").await;
    service.only_message(&lead_id);
    assert_eq!(service.count("select count(*) from core.parties").await, 1);
    service
}

#[tokio::test]
async fn lost_while_the_profile_is_bought() {
    let service = lost_during(Upstream::WorkApi, Operation::Cpf).await;
    let ledger = service.ledger(&Situation::Plain.lead_id()).await;
    let bought = ledger
        .iter()
        .filter(|row| row.starts_with("work_api profile"));
    // The answer is kept until it can be written.
    let bought: Vec<&String> = bought.collect();
    assert_eq!(bought, ["work_api profile hit 100"]);
    let calls = service.simulator.calls();
    assert_eq!(calls.count(Upstream::WorkApi, Operation::Cpf), 1);
    assert_eq!(calls.to(Upstream::Diretrix), 2, "what was settled is kept");
    service.stop().await;
}

#[tokio::test]
async fn lost_while_the_message_is_posted() {
    let service = lost_during(Upstream::C2s, Operation::CreateMessage).await;
    let calls = service.simulator.calls();
    assert_eq!(calls.count(Upstream::C2s, Operation::CreateMessage), 1);
    assert_eq!(calls.paid(), 3, "nothing is paid for twice");
    service.stop().await;
}

#[tokio::test]
async fn lost_while_the_contacts_are_looked_up() {
    let service = lost_during(Upstream::Diretrix, Operation::Phone).await;
    let calls = service.simulator.calls();
    assert_eq!(calls.count(Upstream::WorkApi, Operation::Cpf), 1);
    service.stop().await;
}

/// A network that lost its connections tells nobody: what waits for an answer must not wait for ever.
#[tokio::test]
async fn connections_that_fell_silent_do_not_stop_the_queue() {
    let database = TestDatabase::create().await.unwrap();
    let link = DatabaseLink::to(&database).await;
    let set = [("DB_URL", link.url()), ("LEASE_SECS", "5".to_owned())];
    let set = set.each_ref().map(|(name, value)| (*name, value.as_str()));
    let service = Service::start_on(database, &set).await;
    assert!(
        service
            .process_situation(Situation::Plain)
            .await
            .says_done()
    );

    link.set(Link::Silent);
    let lead_id = Situation::NullEmail.lead_id();
    assert_eq!(service.process(&lead_id).await.status, 503);
    link.set(Link::UpForNewOnes);

    let healed = async {
        while !service.process(&lead_id).await.says_done() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        while service.get("/ready").await.status != 200 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let healed = tokio::time::timeout(Duration::from_secs(30), healed).await;
    healed.expect("works again");
    service.only_message(&lead_id);
    service.stop().await;
}
