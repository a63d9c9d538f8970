//! T1: of any number of triggers one runs the lead.

use std::time::Duration;

use rstest::rstest;
use rust_c2s_api::models::LeadState;
use rust_c2s_api::storage::{self, Accepted, InstanceId, LastSend, RunEnd};
use uuid::Uuid;

use super::harness::{Db, MAKE, TAKEOVER, cpf, lead_id, profile};

#[tokio::test]
async fn of_eight_triggers_at_once_one_runs_the_others_join() {
    let db = Db::new().await;
    let other = db.instance().await;
    let triggers = (0..8).map(|i| db.accept("lead-1", if i % 2 == 0 { db.me } else { other }));
    let answers = futures::future::join_all(triggers).await;
    let runs = answers
        .iter()
        .filter(|answer| matches!(answer, Accepted::Run(_)));
    assert_eq!(runs.count(), 1, "{answers:?}");
    let joins = answers.iter().filter(|answer| **answer == Accepted::Join);
    assert_eq!(joins.count(), 7);
}

#[tokio::test]
async fn a_delivered_lead_is_a_duplicate_until_the_ttl_is_over() {
    let db = Db::new().await;
    db.completed("lead-1", &profile(1), "mensagem").await;
    match db.accept("lead-1", db.me).await {
        Accepted::Duplicate(result) => {
            assert_eq!(result.state, LeadState::Completed);
            assert!(result.message_sent && result.finished_at.is_some());
            assert_eq!(result.cpfs, [cpf(1)]);
        }
        other => panic!("{other:?}"),
    }
    db.execute("update ops.leads set attempts = 3, finished_at = now() - interval '301 seconds'")
        .await;
    let claim = db.run("lead-1").await;
    assert_eq!((claim.run_no, claim.attempts), (2, 0));
}

#[rstest]
#[case::unidentified(RunEnd::Unidentified { reason: "no_candidate".to_owned() }, true)]
#[case::suppressed(RunEnd::Suppressed, true)]
#[case::missing(RunEnd::LeadMissing, false)]
#[case::failed(RunEnd::Failed { reason: "http_422".to_owned() }, false)]
#[tokio::test]
async fn some_ends_answer_a_repeated_trigger(#[case] end: RunEnd, #[case] is_duplicate: bool) {
    let db = Db::new().await;
    let claim = db.run("lead-1").await;
    storage::end_run(&db.pool, &claim, &end, &[], &[], 20)
        .await
        .unwrap();
    let again = db.accept("lead-1", db.me).await;
    assert_eq!(
        matches!(again, Accepted::Duplicate(_)),
        is_duplicate,
        "{again:?}"
    );
    assert_eq!(matches!(again, Accepted::Run(_)), !is_duplicate);
}

#[tokio::test]
async fn a_waiting_lead_is_brought_forward_and_keeps_its_attempts() {
    let db = Db::new().await;
    let claim = db.run("lead-1").await;
    let end = RunEnd::Retry {
        reason: "work_api_timeout".to_owned(),
        after: Duration::from_secs(600),
        spends_attempt: true,
        send: LastSend::NotTried,
    };
    let result = storage::end_run(&db.pool, &claim, &end, &[], &[], 20)
        .await
        .unwrap();
    assert_eq!(result.state, LeadState::Retrying);
    assert!(result.next_attempt_at.is_some());
    let claim = db.run("lead-1").await;
    assert_eq!((claim.run_no, claim.attempts), (2, 1));
}

#[tokio::test]
async fn a_send_of_unknown_outcome_is_not_brought_forward() {
    let db = Db::new().await;
    let claim = db.run("lead-1").await;
    db.persist(&claim, &profile(1), "mensagem").await.unwrap();
    let end = RunEnd::Retry {
        reason: "c2s_timeout".to_owned(),
        after: Duration::from_secs(25),
        spends_attempt: false,
        send: LastSend::Unknown,
    };
    storage::end_run(&db.pool, &claim, &end, &[], &[], 20)
        .await
        .unwrap();
    match db.accept("lead-1", db.me).await {
        Accepted::Waiting(result) => assert_eq!(result.state, LeadState::Retrying),
        other => panic!("{other:?}"),
    }
    db.execute("update ops.leads set due_at = now()").await;
    assert!(matches!(db.accept("lead-1", db.me).await, Accepted::Run(_)));
}

#[tokio::test]
async fn a_silent_instance_loses_its_lead_to_the_next_trigger() {
    let db = Db::new().await;
    let other = db.instance().await;
    let lost = db.run("lead-1").await;
    assert_eq!(db.accept("lead-1", other).await, Accepted::Join);
    db.silence(db.me).await;
    match db.accept("lead-1", other).await {
        Accepted::Run(claim) => assert!(claim.run_no > lost.run_no),
        answer => panic!("{answer:?}"),
    }
    let crashes = db.text("select crashes::text from ops.leads").await;
    assert_eq!(crashes.as_deref(), Some("1"));
}

#[tokio::test]
async fn an_instance_nobody_registered_holds_nothing() {
    let db = Db::new().await;
    let unknown = InstanceId(Uuid::now_v7());
    assert!(matches!(
        db.accept("lead-1", unknown).await,
        Accepted::Run(_)
    ));
    assert!(matches!(db.accept("lead-1", db.me).await, Accepted::Run(_)));
}

#[tokio::test]
async fn without_a_connection_the_database_is_unavailable() {
    let db = Db::new().await;
    db.pool.close().await;
    let id = lead_id("lead-1");
    let accepted = storage::accept_lead(&db.pool, &id, MAKE, db.me, &TAKEOVER).await;
    assert!(accepted.unwrap_err().is_unavailable());
}
