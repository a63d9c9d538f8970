//! `force`: answers are bought anew, once.

use std::time::Duration;

use futures::future::join;
use rust_c2s_api::simulator::{Fault, FaultRule, Operation, Situation, Upstream};
use serde_json::json;

use super::post;
use crate::support::{Answer, Service};

async fn forced(service: &Service, lead_id: &str) -> Answer {
    let path = format!("/api/v1/leads/process?id={lead_id}&force=true");
    service.get(&path).await
}

#[tokio::test]
async fn two_forced_calls_at_once_pay_once_more() {
    let service = Service::start().await;
    let lead_id = Situation::Plain.lead_id();
    assert!(service.process(&lead_id).await.says_done());
    let paid = service.simulator.calls().paid();
    let slow = FaultRule::always(Upstream::WorkApi, Fault::Slow(Duration::from_millis(300)));
    service.simulator.fault(slow.operation(Operation::Cpf));

    let (one, other) = join(forced(&service, &lead_id), forced(&service, &lead_id)).await;

    assert!(
        one.says_done() && other.says_done(),
        "{} {}",
        one.body,
        other.body
    );
    let joined = [&one, &other].map(|answer| answer.body["duplicate_request"] == true);
    assert_eq!(joined.iter().filter(|joined| **joined).count(), 1);
    assert_eq!(service.simulator.calls().paid(), 2 * paid);
    service.only_message(&lead_id);
    // What was bought anew is used from then on.
    let replay = format!("/api/v1/leads/{lead_id}/replay");
    assert!(service.send("POST", &replay).await.says_done());
    assert_eq!(service.simulator.calls().paid(), 2 * paid);
    let again = post(&service, &replay, &json!({"force": true})).await;
    assert!(again.says_done(), "{}", again.body);
    assert!(again.body.get("duplicate_request").is_none());
    assert_eq!(service.simulator.calls().paid(), 3 * paid);
    service.stop().await;
}

#[tokio::test]
async fn two_instances_pay_once_more_together() {
    let service = Service::start().await;
    let second = service.second_instance().await;
    let lead_id = Situation::Plain.lead_id();
    assert!(service.process(&lead_id).await.says_done());
    let paid = service.simulator.calls().paid();
    let slow = FaultRule::always(Upstream::WorkApi, Fault::Slow(Duration::from_millis(300)));
    service.simulator.fault(slow.operation(Operation::Cpf));

    let (one, other) = join(forced(&service, &lead_id), forced(&second, &lead_id)).await;

    assert!(
        one.says_done() && other.says_done(),
        "{} {}",
        one.body,
        other.body
    );
    assert_eq!(service.simulator.calls().paid(), 2 * paid);
    service.only_message(&lead_id);
    second.stop().await;
    service.stop().await;
}

#[tokio::test]
async fn a_forced_call_joins_a_run_and_runs_nothing_extra() {
    let service = Service::start().await;
    let lead_id = Situation::Plain.lead_id();
    let slow = FaultRule::always(Upstream::WorkApi, Fault::Slow(Duration::from_millis(500)));
    service.simulator.fault(slow.operation(Operation::Cpf));
    let joining = async {
        while service.simulator.in_flight(Upstream::WorkApi) == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let replay = format!("/api/v1/leads/{lead_id}/replay");
        join(
            forced(&service, &lead_id),
            post(&service, &replay, &json!({"force": true})),
        )
        .await
    };

    let (first, (forced, replayed)) = join(service.process(&lead_id), joining).await;

    assert!(first.says_done(), "{}", first.body);
    for joined in [forced, replayed] {
        assert!(joined.says_done(), "{}", joined.body);
        assert_eq!(joined.body["duplicate_request"], true);
    }
    assert_eq!(service.simulator.calls().paid(), 3);
    let runs = "select run_no from ops.leads";
    assert_eq!(service.count(runs).await, 1);
    service.stop().await;
}

/// Waits until so many statements wait for a row.
async fn until_statements_wait(service: &Service, count: i64) {
    let waiting = "select count(*) from pg_stat_activity
                   where datname = current_database() and wait_event_type = 'Lock'";
    let until = async {
        while service.count(waiting).await < count {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let until = tokio::time::timeout(Duration::from_secs(3), until).await;
    assert!(until.is_ok(), "no {count} statements wait for the row");
}

/// The call that is in the air comes to nothing: what is wished for beside it is done all the same.
#[tokio::test]
async fn a_forced_call_does_not_share_the_end_of_a_repeat() {
    let service = Service::start().await;
    // It has not run the lead, so that the database tells it that the lead ended a moment ago.
    let second = service.second_instance().await;
    let lead_id = Situation::Plain.lead_id();
    assert!(service.process(&lead_id).await.says_done());
    let paid = service.simulator.calls().paid();
    let mut held = service.pool().begin().await.unwrap();
    sqlx::query("select from ops.leads where lead_id = $1 for update")
        .bind(&lead_id)
        .execute(&mut *held)
        .await
        .unwrap();
    let released = async {
        until_statements_wait(&service, 1).await;
        let let_go = async {
            until_statements_wait(&service, 2).await;
            held.rollback().await.unwrap();
        };
        join(forced(&second, &lead_id), let_go).await.0
    };

    let (repeat, forced) = join(second.process(&lead_id), released).await;

    assert!(repeat.says_done(), "{}", repeat.body);
    assert!(forced.says_done(), "{}", forced.body);
    assert_eq!(service.simulator.calls().paid(), 2 * paid);
    second.stop().await;
    service.stop().await;
}

/// The call that failed is bought by the retry; what came back is not bought a third time.
#[tokio::test]
async fn a_retry_of_a_forced_run_pays_for_what_is_missing_only() {
    let service = Service::start().await;
    let lead_id = Situation::Plain.lead_id();
    assert!(service.process(&lead_id).await.says_done());
    let broken = FaultRule::always(Upstream::WorkApi, Fault::Status(500, None));
    service
        .simulator
        .fault(broken.operation(Operation::Cpf).times(1));

    let answer = forced(&service, &lead_id).await;

    assert_eq!(
        (answer.status, answer.state()),
        (202, "retrying"),
        "{}",
        answer.body
    );
    service.wait_for_state(&lead_id, "completed").await;
    let calls = service.simulator.calls();
    assert_eq!(calls.count(Upstream::Diretrix, Operation::Phone), 2);
    assert_eq!(calls.count(Upstream::WorkApi, Operation::Cpf), 3);
    service.only_message(&lead_id);
    service.stop().await;
}

#[tokio::test]
async fn it_needs_an_admin_besides() {
    let keys = "make:trigger:key-of-make-0123456789;ops:admin+trigger:key-of-ops-0123456789";
    let service = Service::start_with(&[("API_KEYS", keys), ("TRIGGER_ANONYMOUS", "true")]).await;
    let path = format!(
        "/api/v1/leads/process?id={}&force=true",
        Situation::Plain.lead_id()
    );
    assert_eq!(service.get(&path).await.status, 401);
    let make = [("x-api-key", "key-of-make-0123456789")];
    let answer = service.get_with(&path, &make).await;
    assert_eq!(answer.status, 403, "{}", answer.body);
    answer.assert_five_keys();
    assert_eq!(service.count("select count(*) from ops.leads").await, 0);
    let ops = [("x-api-key", "key-of-ops-0123456789")];
    assert!(service.get_with(&path, &ops).await.says_done());
    service.stop().await;
}
