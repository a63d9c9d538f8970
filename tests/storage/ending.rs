//! T5, and the ends of runs that deliver nothing.

use std::time::Duration;

use rust_c2s_api::models::LeadState;
use rust_c2s_api::storage::{
    self, Accepted, CallOutcome, Claim, LastSend, LeadResult, MAX_UNKNOWN_SENDS, Persisted, RunEnd,
    SettledAnswer, StorageError,
};

use super::harness::{
    Db, TAKEOVER, candidate, email_key, lead_id, phone_key, profile, settled, step,
};

const LANDS_WITHIN: Duration = TAKEOVER.lands_within;
const HANDED_BACK: RunEnd = RunEnd::HandedBack {
    lands_within: LANDS_WITHIN,
};

fn retry(spends_attempt: bool, send: LastSend) -> RunEnd {
    RunEnd::Retry {
        reason: "timeout".to_owned(),
        after: Duration::from_secs(60),
        spends_attempt,
        send,
    }
}

async fn end(db: &Db, claim: &Claim, end: &RunEnd) -> LeadResult {
    storage::end_run(&db.pool, claim, end, &[], &[], 2)
        .await
        .unwrap()
}

async fn run_due(db: &Db) -> Claim {
    db.execute("update ops.leads set due_at = now() - interval '1 second'")
        .await;
    let mut claims = db.claim(10).await;
    assert_eq!(claims.len(), 1);
    claims.remove(0)
}

#[tokio::test]
async fn a_delivered_message_completes_the_lead() {
    let db = Db::new().await;
    let claim = db.completed("lead-1", &profile(1), "mensagem").await;
    let lead = db
        .text("select concat_ws('|', l.state, l.outcome, l.message_sent, l.owner is null, l.finished_at is not null, l.message_fingerprint = o.fingerprint, o.state, l.timeline -> 0 ->> 'name') from ops.leads l join ops.outbox o using (lead_id)")
        .await;
    assert_eq!(
        lead.as_deref(),
        Some("completed|completed|t|t|t|t|sent|send")
    );
    // Repeated after its answer was lost: already done.
    let repeated = storage::complete_delivery(&db.pool, &claim, true, &[]).await;
    assert_eq!(repeated, Ok(()));
    let steps = db
        .text("select jsonb_array_length(timeline)::text from ops.leads")
        .await;
    assert_eq!(steps.as_deref(), Some("1"));
}

#[tokio::test]
async fn a_change_during_the_run_starts_the_lead_again() {
    let db = Db::new().await;
    let claim = db.run("lead-1").await;
    db.persist(&claim, &profile(1), "mensagem").await.unwrap();
    db.execute("update ops.leads set requested_no = run_no + 1, attempts = 1")
        .await;
    storage::complete_delivery(&db.pool, &claim, true, &[])
        .await
        .unwrap();
    let lead = db
        .text("select concat_ws('|', state, outcome, attempts, due_at <= now(), finished_at is null) from ops.leads")
        .await;
    assert_eq!(lead.as_deref(), Some("accepted|completed|0|t|t"));
    assert!(matches!(db.accept("lead-1", db.me).await, Accepted::Run(_)));
}

#[tokio::test]
async fn nothing_is_completed_without_a_message_being_sent() {
    let db = Db::new().await;
    let claim = db.run("lead-1").await;
    let completed = storage::complete_delivery(&db.pool, &claim, true, &[]).await;
    assert_eq!(completed, Err(StorageError::LostClaim));
    let unknown = storage::end_run(
        &db.pool,
        &claim,
        &retry(false, LastSend::Unknown),
        &[],
        &[],
        2,
    )
    .await;
    assert_eq!(unknown, Err(StorageError::LostClaim));
}

#[tokio::test]
async fn an_end_writes_down_what_came_back_and_gives_up_what_did_not() {
    let db = Db::new().await;
    let claim = db.run("lead-1").await;
    db.acquire(&claim, &[phone_key(), email_key()])
        .await
        .unwrap();
    let found = SettledAnswer::Candidates(vec![candidate(1)].into());
    let call = settled(phone_key(), found, CallOutcome::Hit);
    let result = storage::end_run(
        &db.pool,
        &claim,
        &retry(true, LastSend::NotTried),
        &[call],
        &[step("fetch_lead")],
        20,
    )
    .await;
    assert_eq!(result.unwrap().state, LeadState::Retrying);
    let ledger = db
        .text("select string_agg(operation || ' ' || outcome || ' ' || cost_centavos, ', ' order by call_id) from ops.provider_calls")
        .await;
    assert_eq!(ledger.as_deref(), Some("phone hit 25, email unknown 10"));
    let left = db
        .text("select string_agg(kind || ' ' || state, ', ') from ops.lookups")
        .await;
    assert_eq!(left.as_deref(), Some("phone found"));
}

#[tokio::test]
async fn the_last_attempt_fails_the_lead_and_an_outage_spends_none() {
    let db = Db::new().await;
    let claim = db.run("lead-1").await;
    for _ in 0..3 {
        let result = end(
            &db,
            &claim_again(&db, &claim).await,
            &retry(false, LastSend::NotTried),
        )
        .await;
        assert_eq!(result.state, LeadState::Retrying);
    }
    let claim = run_due(&db).await;
    assert_eq!(claim.attempts, 0);
    assert_eq!(
        end(&db, &claim, &retry(true, LastSend::NotTried))
            .await
            .state,
        LeadState::Retrying
    );
    let claim = run_due(&db).await;
    assert_eq!(claim.attempts, 1);
    let result = end(&db, &claim, &retry(true, LastSend::NotTried)).await;
    assert_eq!(result.state, LeadState::Failed);
    assert_eq!(result.reason.as_deref(), Some("timeout"));
    assert!(result.next_attempt_at.is_none() && result.finished_at.is_some());
}

async fn claim_again(db: &Db, first: &Claim) -> Claim {
    let owned = storage::owned_leads(&db.pool, db.me).await.unwrap();
    if owned.contains(first) {
        return first.clone();
    }
    run_due(db).await
}

#[tokio::test]
async fn sends_of_unknown_outcome_are_counted_and_have_their_bound() {
    let db = Db::new().await;
    let mut claim = db.run("lead-1").await;
    db.persist(&claim, &profile(1), "mensagem").await.unwrap();
    for sends in 1..=MAX_UNKNOWN_SENDS {
        let result = end(&db, &claim, &retry(false, LastSend::Unknown)).await;
        assert_eq!(result.state, LeadState::Retrying);
        assert_eq!(result.cpfs, [profile(1).cpf]);
        claim = run_due(&db).await;
        match db.persist(&claim, &profile(1), "mensagem").await.unwrap() {
            Persisted::ReadBack { unknown_sends, .. } => assert_eq!(unknown_sends, sends),
            other => panic!("{other:?}"),
        }
    }
    let result = end(&db, &claim, &RunEnd::DeliveryUnknown).await;
    assert_eq!(result.state, LeadState::DeliveryUnknown);
    let outbox = db.text("select state from ops.outbox").await;
    assert_eq!(outbox.as_deref(), Some("unknown"));
}

#[tokio::test]
async fn one_more_unknown_send_than_allowed_ends_the_lead_by_itself() {
    let db = Db::new().await;
    let mut claim = db.run("lead-1").await;
    db.persist(&claim, &profile(1), "mensagem").await.unwrap();
    for _ in 0..MAX_UNKNOWN_SENDS {
        end(&db, &claim, &retry(false, LastSend::Unknown)).await;
        claim = run_due(&db).await;
        db.persist(&claim, &profile(1), "mensagem").await.unwrap();
    }
    let result = end(&db, &claim, &retry(false, LastSend::Unknown)).await;
    assert_eq!(result.state, LeadState::DeliveryUnknown);
}

#[tokio::test]
async fn a_lead_handed_back_is_due_at_once_and_spends_nothing() {
    let db = Db::new().await;
    let claim = db.run("lead-1").await;
    db.acquire(&claim, &[phone_key()]).await.unwrap();
    let result = end(&db, &claim, &HANDED_BACK).await;
    assert_eq!(result.state, LeadState::Accepted);
    let claim = db.run("lead-1").await;
    assert_eq!((claim.run_no, claim.attempts), (2, 0));
    assert_eq!(
        storage::hand_back_leads(&db.pool, db.me, LANDS_WITHIN).await,
        Ok(1)
    );
    assert_eq!(storage::owned_leads(&db.pool, db.me).await, Ok(Vec::new()));
    assert_eq!(run_due(&db).await.run_no, 3);
    assert_eq!(db.count("ops.lookups").await, 0);
}

#[tokio::test]
async fn a_run_that_lost_its_lead_ends_nothing() {
    let db = Db::new().await;
    let claim = db.run("lead-1").await;
    let stale = Claim {
        run_no: claim.run_no + 1,
        ..claim
    };
    for end in [
        retry(true, LastSend::NotTried),
        RunEnd::Suppressed,
        HANDED_BACK,
    ] {
        let ended = storage::end_run(&db.pool, &stale, &end, &[], &[], 2).await;
        assert_eq!(ended, Err(StorageError::LostClaim));
    }
    let result = storage::read_lead_result(&db.pool, &lead_id("lead-1")).await;
    assert_eq!(result.unwrap().unwrap().state, LeadState::Processing);
}
