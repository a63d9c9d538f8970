//! What a crash left behind, and what a process that stops hands back.

use rust_c2s_api::models::LeadState;
use rust_c2s_api::storage::{
    self, Accepted, Claim, Leftovers, MAX_UNKNOWN_SENDS, Persisted, RunEnd, StorageError, Takeover,
    Wanted,
};

use super::harness::{Db, TAKEOVER, TERMS, email_key, phone_key, profile};

/// The only lead, claimed once it is due, which it is made now.
async fn claim_next(db: &Db) -> Claim {
    db.execute("update ops.leads set due_at = now() where due_at is not null")
        .await;
    let mut claims = db.claim(5).await;
    let suspects = storage::claim_due_leads(&db.pool, db.me, Wanted::Suspect, 5);
    claims.extend(suspects.await.unwrap());
    assert_eq!(claims.len(), 1, "{claims:?}");
    claims.remove(0)
}

/// The process that has the lead dies, and another instance looks after it.
async fn crash(db: &Db, claim: &Claim) {
    let heir = db.instance().await;
    db.silence(claim.owner).await;
    let released = storage::release_leftovers(&db.pool, heir, &TAKEOVER).await;
    assert_eq!(released.map(|leftovers| leftovers.released), Ok(1));
    storage::beat(&db.pool, claim.owner, TAKEOVER.lease)
        .await
        .unwrap();
    db.execute("update ops.instances set unbroken_since = now() - interval '1 day'")
        .await;
}

async fn outbox(db: &Db) -> Option<String> {
    db.text(
        "select concat_ws('|', state, attempts, sending_since is null, last_error) from ops.outbox",
    )
    .await
}

#[tokio::test]
async fn leads_of_a_silent_or_removed_instance_are_released_and_count_a_crash() {
    let db = Db::new().await;
    let (silent, removed, alive) = (
        db.instance().await,
        db.instance().await,
        db.instance().await,
    );
    for (id, owner) in [("silent", silent), ("removed", removed), ("alive", alive)] {
        db.accept(id, owner).await;
    }
    db.silence(silent).await;
    storage::remove_instance(&db.pool, removed).await.unwrap();
    let leftovers = Leftovers {
        released: 2,
        suspect_due: false,
    };
    assert_eq!(db.release().await, leftovers);
    assert_eq!(db.release().await.released, 0);
    let mut claims = db.claim(10).await;
    claims.sort_by(|a, b| a.lead_id.cmp(&b.lead_id));
    let ids: Vec<_> = claims.iter().map(|claim| claim.lead_id.as_str()).collect();
    assert_eq!(ids, ["removed", "silent"]);
    assert!(
        claims
            .iter()
            .all(|claim| (claim.attempts, claim.crashes) == (0, 1))
    );
}

#[tokio::test]
async fn an_instance_that_beats_again_is_alive() {
    let db = Db::new().await;
    let other = db.instance().await;
    db.accept("lead-1", other).await;
    db.silence(other).await;
    storage::beat(&db.pool, other, TAKEOVER.lease)
        .await
        .unwrap();
    assert_eq!(db.release().await.released, 0);
}

/// The database was away for longer than the lease: whoever beats first finds everybody silent.
#[tokio::test]
async fn after_an_outage_nobody_is_dead_before_somebody_has_beaten_for_a_while() {
    let db = Db::new().await;
    let other = db.instance().await;
    db.accept("lead-1", other).await;
    db.silence(db.me).await;
    db.silence(other).await;
    storage::beat(&db.pool, db.me, TAKEOVER.lease)
        .await
        .unwrap();
    assert_eq!(db.release().await.released, 0);
    assert_eq!(db.accept("lead-1", db.me).await, Accepted::Join);

    // Half a lease later the other has not beaten either: that tells once I have beaten again.
    db.execute(
        "update ops.instances
         set unbroken_since = unbroken_since - interval '31 seconds',
             heartbeat_at = heartbeat_at - interval '31 seconds'
         where heartbeat_at > now() - interval '1 minute'",
    )
    .await;
    assert_eq!(db.release().await.released, 0);
    storage::beat(&db.pool, db.me, TAKEOVER.lease)
        .await
        .unwrap();
    assert_eq!(db.release().await.released, 1);
}

#[tokio::test]
async fn what_is_released_comes_back_spread() {
    let db = Db::new().await;
    let dead = db.instance().await;
    for number in 0..20 {
        db.accept(&format!("lead-{number}"), dead).await;
    }
    db.silence(dead).await;
    let spread = std::time::Duration::from_secs(600);
    let takeover = Takeover { spread, ..TAKEOVER };
    let released = storage::release_leftovers(&db.pool, db.me, &takeover).await;
    assert_eq!(released.unwrap().released, 20);
    let moments = db
        .text("select concat_ws(' ', count(distinct due_at), min(due_at) >= now() - interval '1 minute', max(due_at) <= now() + interval '10 minutes') from ops.leads")
        .await;
    assert_eq!(moments.as_deref(), Some("20 t t"));
}

#[tokio::test]
async fn nothing_of_a_run_that_was_taken_over_passes() {
    let db = Db::new().await;
    let crashed = db.run("lead-1").await;
    db.persist(&crashed, &profile(1), "mensagem").await.unwrap();
    crash(&db, &crashed).await;
    for is_claimed_anew in [false, true] {
        if is_claimed_anew {
            claim_next(&db).await;
        }
        let late = db.persist(&crashed, &profile(1), "mensagem").await;
        assert_eq!(late, Err(StorageError::LostClaim));
        let late = storage::complete_delivery(&db.pool, &crashed, true, &[]).await;
        assert_eq!(late, Err(StorageError::LostClaim));
        let late = storage::send_again(&db.pool, &crashed, 0).await;
        assert_eq!(late, Err(StorageError::LostClaim));
        let late = db.acquire(&crashed, &[phone_key()]).await;
        assert_eq!(late, Err(StorageError::LostClaim));
        let ask = [email_key()];
        let late = storage::settle_and_acquire(&db.pool, &crashed, &[], &ask, &TERMS).await;
        assert_eq!(late, Err(StorageError::LostClaim));
        let end = RunEnd::Failed {
            reason: "late".to_owned(),
        };
        let late = storage::end_run(&db.pool, &crashed, &end, &[], &[], 20).await;
        assert_eq!(late.unwrap_err(), StorageError::LostClaim);
    }
}

#[tokio::test]
async fn a_post_that_died_with_its_process_counts_and_is_read_back_once_it_cannot_land() {
    let db = Db::new().await;
    let crashed = db.run("lead-1").await;
    db.persist(&crashed, &profile(1), "mensagem").await.unwrap();
    crash(&db, &crashed).await;
    assert_eq!(
        outbox(&db).await.as_deref(),
        Some("unknown|1|t|process_crashed")
    );
    let due = db
        .text("select concat_ws('|', state, due_at > now() + interval '30 seconds', due_at <= now() + interval '40 seconds') from ops.leads")
        .await;
    assert_eq!(due.as_deref(), Some("retrying|t|t"));
    match db.accept("lead-1", db.me).await {
        Accepted::Waiting(result) => assert_eq!(result.state, LeadState::Retrying),
        other => panic!("brought forward: {other:?}"),
    }
    let claim = claim_next(&db).await;
    // Also when the answer is lost and the statement repeated.
    for _ in 0..2 {
        match db.persist(&claim, &profile(1), "mensagem").await.unwrap() {
            Persisted::ReadBack {
                unknown_sends,
                sent_ago,
                ..
            } => assert_eq!((unknown_sends, sent_ago), (1, None)),
            answer => panic!("{answer:?}"),
        }
    }
    // It dies again before it sends anything: no further send is counted.
    crash(&db, &claim).await;
    assert_eq!(
        outbox(&db).await.as_deref(),
        Some("sending|1|t|process_crashed")
    );
}

#[tokio::test]
async fn crashes_while_posting_have_the_bound_of_unknown_sends() {
    let db = Db::new().await;
    let mut claim = db.run("lead-1").await;
    db.persist(&claim, &profile(1), "mensagem").await.unwrap();
    for sends in 1..=MAX_UNKNOWN_SENDS {
        crash(&db, &claim).await;
        claim = claim_next(&db).await;
        match db.persist(&claim, &profile(1), "mensagem").await.unwrap() {
            Persisted::ReadBack { unknown_sends, .. } => assert_eq!(unknown_sends, sends),
            answer => panic!("{answer:?}"),
        }
        // Also when its answer is lost and it is repeated.
        for _ in 0..2 {
            storage::send_again(&db.pool, &claim, sends).await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_process_that_stops_while_posting_hands_back_a_lead_that_waits() {
    let db = Db::new().await;
    let posting = db.run("posting").await;
    db.persist(&posting, &profile(1), "mensagem").await.unwrap();
    db.run("asking").await;
    let lands_within = TAKEOVER.lands_within;
    let handed_back = storage::hand_back_leads(&db.pool, db.me, lands_within).await;
    assert_eq!(handed_back, Ok(2));
    let leads = db
        .text("select string_agg(concat_ws('|', lead_id, state, due_at > now(), crashes), ' ' order by lead_id) from ops.leads")
        .await;
    assert_eq!(
        leads.as_deref(),
        Some("asking|accepted|f|0 posting|retrying|t|0")
    );
    assert_eq!(
        outbox(&db).await.as_deref(),
        Some("unknown|1|t|handed_back")
    );
}

/// The message was delivered and T5 failed for another reason: the send is counted by whoever sends
/// again.
#[tokio::test]
async fn a_post_that_no_end_counted_is_counted_when_it_is_sent_again() {
    let db = Db::new().await;
    let claim = db.run("lead-1").await;
    db.persist(&claim, &profile(1), "mensagem").await.unwrap();
    db.execute("update ops.outbox set sending_since = now() - interval '90 seconds'")
        .await;
    let end = RunEnd::Retry {
        reason: "database_42P01".to_owned(),
        after: std::time::Duration::ZERO,
        spends_attempt: true,
        send: storage::LastSend::NotTried,
    };
    storage::end_run(&db.pool, &claim, &end, &[], &[], 20)
        .await
        .unwrap();
    let claim = claim_next(&db).await;
    match db.persist(&claim, &profile(1), "mensagem").await.unwrap() {
        Persisted::ReadBack {
            unknown_sends,
            sent_ago,
            ..
        } => {
            assert_eq!(unknown_sends, 1);
            assert!(sent_ago.unwrap().as_secs() >= 90, "{sent_ago:?}");
        }
        answer => panic!("{answer:?}"),
    }
    storage::send_again(&db.pool, &claim, 1).await.unwrap();
    assert_eq!(outbox(&db).await.as_deref(), Some("sending|1|f"));
}

#[tokio::test]
async fn a_lead_that_crashed_twice_is_claimed_as_suspect_only() {
    let db = Db::new().await;
    let claim = db.run("lead-1").await;
    crash(&db, &claim).await;
    let claim = claim_next(&db).await;
    assert!(!claim.is_suspect());
    crash(&db, &claim).await;
    db.execute("update ops.leads set due_at = now()").await;
    assert!(db.release().await.suspect_due);
    assert_eq!(db.claim(5).await, []);
    let suspects = storage::claim_due_leads(&db.pool, db.me, Wanted::Suspect, 5).await;
    let claim = suspects.unwrap().remove(0);
    assert!(claim.is_suspect());
    assert!(!db.release().await.suspect_due);
    // An end of a run that is no crash clears it.
    let end = RunEnd::Retry {
        reason: "c2s_timeout".to_owned(),
        after: std::time::Duration::ZERO,
        spends_attempt: true,
        send: storage::LastSend::NotTried,
    };
    storage::end_run(&db.pool, &claim, &end, &[], &[], 20)
        .await
        .unwrap();
    assert_eq!(db.claim(5).await[0].crashes, 0);
}
