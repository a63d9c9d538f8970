//! T1 of many leads at once.

use futures::future::join_all;
use rust_c2s_api::models::{LeadId, LeadSource, LeadState};
use rust_c2s_api::storage::{self, Accepted, Asker, LastSend, RunEnd};

use super::harness::{Db, TAKEOVER, lead_id, profile};

fn ids(ids: &[&str]) -> Vec<LeadId> {
    ids.iter().map(|id| lead_id(id)).collect()
}

async fn accept(db: &Db, ids: &[LeadId]) -> Vec<LeadState> {
    let asker = Asker {
        actor: "ops".to_owned(),
        action: "lead_batch",
        reason: "lead_qualification".to_owned(),
    };
    storage::accept_leads(
        &db.pool,
        ids,
        LeadSource::Api,
        Some(&asker),
        db.me,
        &TAKEOVER,
    )
    .await
    .unwrap()
}

#[tokio::test]
async fn leads_are_accepted_once_and_answered_in_the_order_asked() {
    let db = Db::new().await;
    let states = accept(&db, &ids(&["c", "a", "b", "a"])).await;
    assert_eq!(states, [LeadState::Accepted; 4]);
    assert_eq!(db.count("ops.leads").await, 3);
    assert_eq!(db.count("ops.access_log").await, 3);
    let claims = db.claim(10).await;
    assert_eq!(claims.len(), 3);
    assert!(claims.iter().all(|claim| claim.run_no == 1));
}

#[tokio::test]
async fn what_runs_or_may_still_land_is_left_alone_and_the_rest_is_due_at_once() {
    let db = Db::new().await;
    db.run("runs").await;
    db.completed("ended", &profile(1), "mensagem").await;
    let retrying = |send| RunEnd::Retry {
        reason: "work_api_timeout".to_owned(),
        after: std::time::Duration::from_secs(600),
        spends_attempt: true,
        send,
    };
    let waits = db.run("waits").await;
    storage::end_run(
        &db.pool,
        &waits,
        &retrying(LastSend::NotTried),
        &[],
        &[],
        20,
    )
    .await
    .unwrap();
    let sent = db.run("may-land").await;
    db.persist(&sent, &profile(2), "mensagem").await.unwrap();
    storage::end_run(&db.pool, &sent, &retrying(LastSend::Unknown), &[], &[], 20)
        .await
        .unwrap();

    let states = accept(&db, &ids(&["runs", "ended", "waits", "may-land", "new"])).await;
    assert_eq!(
        states,
        [
            LeadState::Processing,
            LeadState::Accepted,
            LeadState::Accepted,
            LeadState::Retrying,
            LeadState::Accepted
        ]
    );
    let claims = db.claim(10).await;
    let mut claimed: Vec<_> = claims.iter().map(|claim| claim.lead_id.as_str()).collect();
    claimed.sort_unstable();
    assert_eq!(claimed, ["ended", "new", "waits"]);
    let ended = claims
        .iter()
        .find(|claim| claim.lead_id.as_str() == "ended");
    assert_eq!(
        ended.map(|claim| (claim.run_no, claim.attempts)),
        Some((2, 0))
    );
}

#[tokio::test]
async fn a_lead_of_a_dead_instance_is_released() {
    let db = Db::new().await;
    let dead = db.instance().await;
    db.accept("left-behind", dead).await;
    db.silence(dead).await;
    let states = accept(&db, &ids(&["left-behind"])).await;
    assert_eq!(states, [LeadState::Accepted]);
    assert_eq!(db.claim(1).await[0].crashes, 1);
}

/// Its process died while the message was on its way: the batch answers one of its three words.
#[tokio::test]
async fn a_lead_whose_post_was_cut_off_is_retrying() {
    let db = Db::new().await;
    let dead = db.instance().await;
    let Accepted::Run(claim) = db.accept("cut-off", dead).await else {
        panic!("nobody runs it yet")
    };
    db.persist(&claim, &profile(1), "mensagem").await.unwrap();
    db.silence(dead).await;
    let states = accept(&db, &ids(&["cut-off"])).await;
    assert_eq!(states, [LeadState::Retrying]);
    assert!(db.claim(1).await.is_empty(), "it may still land");
}

#[tokio::test]
async fn batches_in_opposite_orders_do_not_wait_for_each_other() {
    let db = Db::new().await;
    let forward: Vec<_> = (0..40).map(|i| lead_id(&format!("lead-{i:02}"))).collect();
    let back: Vec<_> = forward.iter().rev().cloned().collect();
    for _ in 0..5 {
        let batches = [&forward, &back, &forward, &back];
        let states = join_all(batches.map(|batch| accept(&db, batch))).await;
        assert!(
            states
                .iter()
                .flatten()
                .all(|state| *state == LeadState::Accepted)
        );
    }
    assert_eq!(db.count("ops.leads").await, 40);
}
