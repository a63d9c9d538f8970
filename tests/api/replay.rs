//! `POST /api/v1/leads/{id}/replay`: a person wants a lead run again.

use std::time::Duration;

use futures::future::join;
use rust_c2s_api::simulator::{Fault, FaultRule, Operation, Situation, Upstream};

use crate::support::evidence::{Newcomer, newcomer};
use crate::support::{Answer, IMPATIENT, Service};

async fn replay(service: &Service, lead_id: &str) -> Answer {
    service
        .send("POST", &format!("/api/v1/leads/{lead_id}/replay"))
        .await
}

async fn runs(service: &Service) -> usize {
    let calls = service.simulator.calls();
    calls.count(Upstream::C2s, Operation::Lead)
}

#[tokio::test]
async fn a_finished_lead_runs_again_and_an_unchanged_message_is_not_posted() {
    let service = Service::start().await;
    let lead_id = Situation::Plain.lead_id();
    assert!(service.process(&lead_id).await.says_done());
    let paid = service.simulator.calls().paid();

    let again = replay(&service, &lead_id).await;

    assert!(again.says_done(), "{}", again.body);
    again.assert_five_keys();
    assert_eq!(again.body["message_sent"], false);
    assert!(again.body.get("duplicate_request").is_none());
    assert_eq!(runs(&service).await, 2);
    assert_eq!(service.simulator.calls().paid(), paid);
    service.only_message(&lead_id);
    service.stop().await;
}

/// The change that the person saw in the CRM came after this run had fetched the lead.
#[tokio::test]
async fn a_replay_during_a_run_is_followed_by_another_run() {
    let service = Service::start().await;
    let Newcomer { lead_id, .. } = newcomer(&service.simulator, 1);
    let slow = FaultRule::always(Upstream::WorkApi, Fault::Slow(Duration::from_millis(500)));
    service.simulator.fault(slow.times(1));
    let replayed = async {
        while service.simulator.in_flight(Upstream::WorkApi) == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        replay(&service, &lead_id).await
    };

    let (first, again) = join(service.process(&lead_id), replayed).await;

    assert!(first.says_done(), "{}", first.body);
    assert!(again.says_done(), "{}", again.body);
    assert_eq!(again.body["message_sent"], false, "{}", again.body);
    assert_eq!(runs(&service).await, 2);
    service.only_message(&lead_id);
    service.stop().await;
}

#[tokio::test]
async fn a_lead_of_unknown_delivery_is_sent_once_a_person_says_so() {
    let service = Service::start_with(&[IMPATIENT]).await;
    let Newcomer { lead_id, .. } = newcomer(&service.simulator, 1);
    let rule = FaultRule::always(Upstream::C2s, Fault::Reset).operation(Operation::CreateMessage);
    service.simulator.fault(rule.times(3));
    service.process(&lead_id).await;
    service.wait_for_state(&lead_id, "delivery_unknown").await;
    let repeated = service.process(&lead_id).await;
    assert_eq!(repeated.state(), "delivery_unknown");
    assert_eq!(service.simulator.messages(&lead_id).len(), 0);

    let again = replay(&service, &lead_id).await;

    assert!(again.says_done(), "{}", again.body);
    service.only_message(&lead_id);
    service.stop().await;
}

#[tokio::test]
async fn what_cannot_be_replayed_is_told() {
    let keys = "ops:admin:an-admin-key-of-tests;make:trigger+read:a-trigger-key-of-tests";
    let service = Service::start_with(&[("API_KEYS", keys)]).await;
    let path = "/api/v1/leads/never-seen/replay";
    assert_eq!(service.send("POST", path).await.status, 401);
    let other = [("x-api-key", "a-trigger-key-of-tests")];
    let answer = service.post_with(path, &other, "").await;
    assert_eq!(answer.status, 403, "{}", answer.body);
    let admin = [
        ("x-api-key", "an-admin-key-of-tests"),
        ("content-type", "application/json"),
    ];
    for (path, body, status) in [
        (path, "", 404),
        ("/api/v1/leads/no%20id/replay", "", 400),
        ("/api/v1/leads/%ff/replay", "", 400),
        (path, "{\"dry_run\":\"yes\"}", 422),
        (path, "{\"force\":null}", 404),
        (path, "[1]", 422),
        (path, "{", 400),
        ("/api/v1/leads/never-seen/replay?wait=soon", "", 400),
    ] {
        let answer = service.post_with(path, &admin, body).await;
        assert_eq!(answer.status, status, "{path} {body}: {}", answer.body);
        answer.assert_five_keys();
    }
    assert_eq!(service.simulator.calls().all().len(), 0);
    assert_eq!(service.count("select count(*) from ops.leads").await, 0);
    service.stop().await;
}
