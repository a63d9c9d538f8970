//! Leads that no retry mends: a person is told of them, and has them run again.

use rust_c2s_api::models::LeadState;
use rust_c2s_api::storage::{self, Accepted, Claim, Persisted, RunEnd};

use super::harness::{Db, profile};

/// The only lead that is due, claimed.
async fn claim_next(db: &Db) -> Claim {
    let mut claims = db.claim(5).await;
    assert_eq!(claims.len(), 1, "{claims:?}");
    claims.remove(0)
}

#[tokio::test]
async fn a_replay_runs_what_has_ended_and_follows_what_runs() {
    let db = Db::new().await;
    assert_eq!(db.replay("lead-1").await, Accepted::Unknown);
    assert_eq!(db.count("ops.leads").await, 0);
    let claim = db.completed("lead-1", &profile(1), "mensagem").await;
    assert!(matches!(
        db.accept("lead-1", db.me).await,
        Accepted::Duplicate(_)
    ));
    let again = match db.replay("lead-1").await {
        Accepted::Run(again) => again,
        other => panic!("{other:?}"),
    };
    assert!(again.run_no > claim.run_no);
    // While it runs, a repeat asks for nothing more, and a replay for another run.
    assert_eq!(db.accept("lead-1", db.me).await, Accepted::Join);
    let ahead = "select (requested_no > run_no)::text from ops.leads";
    assert_eq!(db.text(ahead).await.as_deref(), Some("false"));
    assert_eq!(db.replay("lead-1").await, Accepted::Join);
    assert_eq!(db.text(ahead).await.as_deref(), Some("true"));
}

#[tokio::test]
async fn a_replay_allows_three_sends_more() {
    let db = Db::new().await;
    let claim = db.run("lead-1").await;
    db.persist(&claim, &profile(1), "mensagem").await.unwrap();
    db.execute("update ops.outbox set attempts = 3").await;
    storage::end_run(&db.pool, &claim, &RunEnd::DeliveryUnknown, &[], &[], 20)
        .await
        .unwrap();
    let Accepted::Run(claim) = db.replay("lead-1").await else {
        panic!("a lead of unknown delivery is replayed")
    };
    match db.persist(&claim, &profile(1), "mensagem").await.unwrap() {
        Persisted::ReadBack { unknown_sends, .. } => assert_eq!(unknown_sends, 0),
        answer => panic!("{answer:?}"),
    }
}

/// Nobody may send a fourth time because the third post's end was not written.
#[tokio::test]
async fn an_unknown_delivery_keeps_the_post_that_no_end_had_counted() {
    let db = Db::new().await;
    let claim = db.run("lead-1").await;
    db.persist(&claim, &profile(1), "mensagem").await.unwrap();
    db.execute("update ops.outbox set attempts = 2").await;
    storage::end_run(&db.pool, &claim, &RunEnd::DeliveryUnknown, &[], &[], 20)
        .await
        .unwrap();
    let outbox = "select concat_ws('|', state, attempts, sending_since is null) from ops.outbox";
    assert_eq!(db.text(outbox).await.as_deref(), Some("unknown|3|t"));
}

/// A replay during the run that gives up: the run that follows may send.
#[tokio::test]
async fn a_replay_of_a_running_lead_allows_three_sends_more_as_well() {
    let db = Db::new().await;
    let claim = db.run("lead-1").await;
    db.persist(&claim, &profile(1), "mensagem").await.unwrap();
    db.execute("update ops.outbox set attempts = 3, sending_since = null")
        .await;
    assert_eq!(db.replay("lead-1").await, Accepted::Join);
    let end = storage::end_run(&db.pool, &claim, &RunEnd::DeliveryUnknown, &[], &[], 20).await;
    assert_eq!(
        end.unwrap().state,
        LeadState::Accepted,
        "another run follows"
    );
    let claim = claim_next(&db).await;
    match db.persist(&claim, &profile(1), "mensagem").await.unwrap() {
        Persisted::ReadBack { unknown_sends, .. } => assert_eq!(unknown_sends, 0),
        answer => panic!("{answer:?}"),
    }
}

#[tokio::test]
async fn of_each_end_that_needs_a_person_somebody_is_told_once() {
    let db = Db::new().await;
    let claim = db.run("unknown").await;
    db.persist(&claim, &profile(1), "mensagem").await.unwrap();
    storage::end_run(&db.pool, &claim, &RunEnd::DeliveryUnknown, &[], &[], 20)
        .await
        .unwrap();
    for (id, reason) in [
        ("crashed", "crashed_too_often"),
        ("failed", "c2s_status_422"),
    ] {
        let end = RunEnd::Failed {
            reason: reason.to_owned(),
        };
        let claim = db.run(id).await;
        storage::end_run(&db.pool, &claim, &end, &[], &[], 20)
            .await
            .unwrap();
    }
    let mut due = storage::take_due_alerts(&db.pool).await.unwrap();
    due.sort_by(|a, b| a.lead_id.cmp(&b.lead_id));
    let ids: Vec<_> = due.iter().map(|alert| alert.lead_id.as_str()).collect();
    assert_eq!(ids, ["crashed", "unknown"]);
    // Taken, and not taken again by another; not told within the minute, it is due again.
    assert_eq!(storage::take_due_alerts(&db.pool).await, Ok(Vec::new()));
    db.execute("update ops.leads set alert_at = now() where alert_at is not null")
        .await;
    for alert in storage::take_due_alerts(&db.pool).await.unwrap() {
        storage::alert_told(&db.pool, &alert.lead_id).await.unwrap();
    }
    let owed = db.text("select count(alert_at)::text from ops.leads").await;
    assert_eq!(owed.as_deref(), Some("0"));
    // The same end again is no news.
    db.execute("update ops.leads set finished_at = now() - interval '1 day'")
        .await;
    let claim = db.run("unknown").await;
    storage::end_run(&db.pool, &claim, &RunEnd::DeliveryUnknown, &[], &[], 20)
        .await
        .unwrap();
    assert_eq!(storage::take_due_alerts(&db.pool).await, Ok(Vec::new()));
}
