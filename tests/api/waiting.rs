//! The caller waits as long as told, or leaves; the run goes on.

use std::time::Duration;

use futures::future::join_all;
use rust_c2s_api::simulator::{Fault, FaultRule, Operation, Situation, Upstream};

use crate::support::Service;

/// The profile takes a while.
fn slow_profiles(service: &Service) {
    let slow = Fault::Slow(Duration::from_millis(400));
    let rule = FaultRule::always(Upstream::WorkApi, slow);
    service.simulator.fault(rule.operation(Operation::Cpf));
}

#[tokio::test]
async fn whoever_does_not_wait_is_told_where_to_look_and_the_run_goes_on() {
    let service = Service::start().await;
    slow_profiles(&service);
    let lead_id = Situation::Plain.lead_id();

    let answer = service
        .get(&format!("/api/v1/leads/process?id={lead_id}&wait=0"))
        .await;

    assert_eq!((answer.status, answer.state()), (202, "processing"));
    answer.assert_five_keys();
    assert_eq!(answer.body["success"], true);
    assert_eq!(
        answer.body["status_url"],
        format!("/api/v1/leads/{lead_id}")
    );
    assert!(answer.retry_after().is_some_and(|seconds| seconds >= 1));
    assert!(answer.body.get("duplicate_request").is_none());
    service.wait_for_state(&lead_id, "completed").await;
    service.only_message(&lead_id);
    let again = service.process(&lead_id).await;
    assert!(again.says_done() && again.body["duplicate_request"] == true);
    service.stop().await;
}

#[tokio::test]
async fn a_caller_who_leaves_cuts_no_paid_call() {
    let service = Service::start().await;
    slow_profiles(&service);
    let lead_id = Situation::Plain.lead_id();
    let asked = async {
        while service.simulator.in_flight(Upstream::WorkApi) == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };

    tokio::select! {
        answer = service.process(&lead_id) => panic!("answered before it was left: {answer:?}"),
        () = asked => {}
    }

    service.wait_for_state(&lead_id, "completed").await;
    service.only_message(&lead_id);
    let calls = service.simulator.calls();
    assert_eq!(calls.count(Upstream::WorkApi, Operation::Cpf), 1);
    assert_eq!(
        service.ledger(&lead_id).await.last().unwrap(),
        "work_api profile hit 100"
    );
    service.stop().await;
}

#[tokio::test]
async fn ten_callers_at_once_join_one_run() {
    let service = Service::start().await;
    slow_profiles(&service);
    let lead_id = Situation::Plain.lead_id();

    let answers = join_all((0..10).map(|_| service.process(&lead_id))).await;

    assert!(answers.iter().all(|answer| answer.says_done()));
    let joined = answers
        .iter()
        .filter(|a| a.body["duplicate_request"] == true);
    assert_eq!(joined.count(), 9);
    assert_eq!(service.simulator.calls().paid(), 3);
    service.only_message(&lead_id);
    service.stop().await;
}

#[tokio::test]
async fn a_second_instance_joins_the_run_of_the_first() {
    let service = Service::start().await;
    slow_profiles(&service);
    let second = service.second_instance().await;
    let lead_id = Situation::Plain.lead_id();

    let answers = join_all([service.process(&lead_id), second.process(&lead_id)]).await;

    assert!(
        answers.iter().all(|answer| answer.says_done()),
        "{answers:?}"
    );
    let joined = answers
        .iter()
        .filter(|a| a.body["duplicate_request"] == true);
    assert_eq!(joined.count(), 1);
    assert_eq!(service.simulator.calls().paid(), 3);
    service.only_message(&lead_id);
    second.stop().await;
    service.stop().await;
}
