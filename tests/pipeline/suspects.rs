//! A lead whose last runs ended with their process runs alone, and has a bound of its own.

use std::time::Duration;

use rust_c2s_api::simulator::{Fault, FaultRule, Operation, Upstream};

use crate::support::Service;
use crate::support::evidence::{Newcomer, newcomer};

/// A lead as crashes left it: due, and nothing spent.
async fn left_by_crashes(service: &Service, lead_id: &str, crashes: i32) {
    sqlx::query(
        "insert into ops.leads (lead_id, source, state, due_at, crashes)
         values ($1, 'make', 'accepted', now(), $2)",
    )
    .bind(lead_id)
    .bind(crashes)
    .execute(service.pool())
    .await
    .unwrap();
}

async fn until_asked(service: &Service, lead_id: &str) {
    let asked = async {
        loop {
            let calls = service.simulator.calls();
            if calls
                .keys(Upstream::C2s, Operation::Lead)
                .contains(&lead_id)
            {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let asked = tokio::time::timeout(Duration::from_secs(30), asked).await;
    assert!(asked.is_ok(), "the CRM is never asked for {lead_id}");
}

/// Where in the order of all calls the CRM was asked for a lead, and got its message.
fn run_of(service: &Service, lead_id: &str) -> (usize, usize) {
    let calls = service.simulator.calls();
    let place = |operation| {
        let mut calls = calls.all().iter();
        calls
            .position(|call| call.operation == operation && call.key == lead_id)
            .unwrap()
    };
    (place(Operation::Lead), place(Operation::CreateMessage))
}

#[tokio::test]
async fn nothing_runs_beside_a_lead_that_crashed_twice() {
    let service = Service::start().await;
    let [suspect, live, queued] =
        [1, 2, 3].map(|number| newcomer(&service.simulator, number).lead_id);
    let slow = Fault::Slow(Duration::from_millis(700));
    let rule = FaultRule::always(Upstream::C2s, slow).key(&suspect);
    service.simulator.fault(rule.operation(Operation::Lead));
    left_by_crashes(&service, &suspect, 2).await;
    until_asked(&service, &suspect).await;

    left_by_crashes(&service, &queued, 1).await;
    let answer = service.process(&live).await;

    assert!(answer.says_done(), "{}", answer.body);
    for lead_id in [&suspect, &live, &queued] {
        service.wait_for_state(lead_id, "completed").await;
        service.only_message(lead_id);
    }
    let (_, told) = run_of(&service, &suspect);
    for lead_id in [&live, &queued] {
        let (asked, _) = run_of(&service, lead_id);
        assert!(asked > told, "{lead_id} ran beside the suspect");
    }
    let crashes = service.count("select sum(crashes)::bigint from ops.leads");
    assert_eq!(crashes.await, 0, "an end that is no crash clears them");
    service.stop().await;
}

#[tokio::test]
async fn a_suspect_waits_until_what_runs_has_ended() {
    let service = Service::start().await;
    let [running, suspect] = [1, 2].map(|number| newcomer(&service.simulator, number).lead_id);
    let slow = Fault::Slow(Duration::from_millis(700));
    let rule = FaultRule::always(Upstream::C2s, slow).key(&running);
    service.simulator.fault(rule.operation(Operation::Lead));
    let first = format!("/api/v1/leads/process?id={running}&wait=0");
    assert_eq!(service.get(&first).await.status, 202);
    until_asked(&service, &running).await;

    // Triggered by a caller, it is accepted, and waits for its turn as one from the queue does.
    left_by_crashes(&service, &suspect, 2).await;
    let answer = service.process(&suspect).await;

    assert!(answer.says_done(), "{}", answer.body);
    let (asked, _) = run_of(&service, &suspect);
    let (_, told) = run_of(&service, &running);
    assert!(asked > told, "the suspect ran beside another lead");
    service.stop().await;
}

/// Two crashes of a busy process leave many suspects: the leads that somebody waits for go between them.
#[tokio::test]
async fn many_suspects_do_not_keep_a_live_lead_waiting() {
    let service = Service::start().await;
    let suspects = [1, 2, 3, 4].map(|number| newcomer(&service.simulator, number).lead_id);
    let live = newcomer(&service.simulator, 5).lead_id;
    for suspect in &suspects {
        left_by_crashes(&service, suspect, 2).await;
    }
    let calls = service.simulator.clone();
    let any_asked = async {
        while calls.calls().count(Upstream::C2s, Operation::Lead) == 0 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), any_asked)
        .await
        .unwrap();

    assert!(service.process(&live).await.says_done());

    for suspect in &suspects {
        service.wait_for_state(suspect, "completed").await;
        service.only_message(suspect);
    }
    let (live_asked, _) = run_of(&service, &live);
    let before = suspects.iter().filter(|suspect| {
        let (asked, _) = run_of(&service, suspect);
        asked < live_asked
    });
    assert!(before.count() <= 2, "the live lead waited for all suspects");
    service.stop().await;
}

#[tokio::test]
async fn after_so_many_crashes_a_lead_is_given_up_unrun() {
    let service = Service::start_with(&[("CRASH_MAX", "3")]).await;
    let Newcomer { lead_id, .. } = newcomer(&service.simulator, 1);
    left_by_crashes(&service, &lead_id, 3).await;

    service.wait_for_state(&lead_id, "failed").await;

    assert_eq!(
        service.reason_of(&lead_id).await.as_deref(),
        Some("crashed_too_often")
    );
    assert_eq!(service.simulator.calls().all().len(), 0);
    let again = service.process(&lead_id).await;
    assert!(
        again.says_done(),
        "a trigger starts it anew: {}",
        again.body
    );
    service.stop().await;
}
