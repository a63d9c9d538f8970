//! T2 and T3: questions are asked once, by one, and paid once.

use rust_c2s_api::storage::{
    self, Acquired, CallOutcome, Claim, LookupState, RunEnd, SettledAnswer, StorageError,
};

use super::harness::{Db, TERMS, candidate, email_key, phone_key, profile, profile_key, settled};

fn states(acquired: Acquired) -> Vec<LookupState> {
    match acquired {
        Acquired::Lookups { states, .. } => states,
        Acquired::Suppressed => panic!("suppressed"),
    }
}

async fn settle(db: &Db, claim: &Claim, answer: SettledAnswer, outcome: CallOutcome) {
    let call = settled(phone_key(), answer, outcome);
    storage::settle_and_acquire(&db.pool, claim, &[call], &[], &TERMS)
        .await
        .unwrap();
}

async fn ledger(db: &Db) -> Option<String> {
    db.text(
        "select string_agg(outcome || ' ' || cost_centavos, ', ' order by call_id) from ops.provider_calls
         where purpose = 'lead_qualification' and legal_basis = 'legitimate_interest'",
    )
    .await
}

#[tokio::test]
async fn the_second_lead_waits_and_then_has_the_answer_for_nothing() {
    let db = Db::new().await;
    let one = db.run("lead-1").await;
    let other = db.run("lead-2").await;
    let keys = [phone_key(), email_key()];
    let mine = states(db.acquire(&one, &keys).await.unwrap());
    assert_eq!(mine, [LookupState::Mine, LookupState::Mine]);
    let theirs = states(db.acquire(&other, &keys[..1]).await.unwrap());
    assert_eq!(theirs, [LookupState::Pending]);
    let polled = storage::poll_lookup(&db.pool, &other, &keys[0], &TERMS).await;
    assert_eq!(polled, Ok(LookupState::Pending));

    let people = vec![candidate(1), candidate(2)];
    let found = SettledAnswer::Candidates(people.clone().into());
    settle(&db, &one, found, CallOutcome::Hit).await;
    let polled = storage::poll_lookup(&db.pool, &other, &keys[0], &TERMS).await;
    assert_eq!(polled, Ok(LookupState::Candidates(people.into())));
    assert_eq!(ledger(&db).await.as_deref(), Some("hit 25, cached 0"));
}

#[tokio::test]
async fn answers_come_in_the_order_of_the_questions() {
    let db = Db::new().await;
    let one = db.run("lead-1").await;
    db.acquire(&one, &[phone_key()]).await.unwrap();
    settle(&db, &one, SettledAnswer::Absent, CallOutcome::Miss).await;
    let two = db.run("lead-2").await;
    for keys in [[phone_key(), email_key()], [email_key(), phone_key()]] {
        let expected = keys.map(|key| match key == phone_key() {
            true => LookupState::Absent,
            false => LookupState::Mine,
        });
        assert_eq!(states(db.acquire(&two, &keys).await.unwrap()), expected);
    }
}

#[tokio::test]
async fn two_leads_that_share_both_contacts_ask_once_whatever_the_order() {
    let db = Db::new().await;
    for round in 0..10 {
        let one = db.run(&format!("one-{round}")).await;
        let two = db.run(&format!("two-{round}")).await;
        let (forward, back) = ([phone_key(), email_key()], [email_key(), phone_key()]);
        let (a, b) = tokio::join!(db.acquire(&one, &forward), db.acquire(&two, &back));
        let all: Vec<_> = [a, b]
            .into_iter()
            .flat_map(|s| states(s.unwrap()))
            .collect();
        let mine = all.iter().filter(|state| **state == LookupState::Mine);
        assert_eq!(mine.count(), 2, "{all:?}");
        db.execute("delete from ops.lookups").await;
    }
}

#[tokio::test]
async fn a_failed_call_leaves_nothing_but_its_row_in_the_ledger() {
    let db = Db::new().await;
    let one = db.run("lead-1").await;
    let other = db.run("lead-2").await;
    db.acquire(&one, &[phone_key()]).await.unwrap();
    settle(&db, &one, SettledAnswer::Failed, CallOutcome::Error).await;
    assert_eq!(db.count("ops.lookups").await, 0);
    let polled = storage::poll_lookup(&db.pool, &other, &phone_key(), &TERMS).await;
    assert_eq!(polled, Ok(LookupState::Mine));
    assert_eq!(ledger(&db).await.as_deref(), Some("error 25"));
}

#[tokio::test]
async fn the_question_of_a_silent_instance_is_taken_over_and_counts_as_spent() {
    let db = Db::new().await;
    let silent = db.run("lead-1").await;
    db.acquire(&silent, &[phone_key()]).await.unwrap();
    let alive = db.instance().await;
    let other = match db.accept("lead-2", alive).await {
        storage::Accepted::Run(claim) => claim,
        answer => panic!("{answer:?}"),
    };
    db.silence(db.me).await;
    let polled = storage::poll_lookup(&db.pool, &other, &phone_key(), &TERMS).await;
    assert_eq!(polled, Ok(LookupState::Mine));
    assert_eq!(ledger(&db).await.as_deref(), Some("unknown 10"));

    // The silent one wakes up: its answer is not written over the other's question.
    storage::beat(&db.pool, db.me, TERMS.lease).await.unwrap();
    settle(&db, &silent, SettledAnswer::Absent, CallOutcome::Miss).await;
    assert_eq!(ledger(&db).await.as_deref(), Some("unknown 10"));
    let state = db.text("select state from ops.lookups").await;
    assert_eq!(state.as_deref(), Some("pending"));
}

#[tokio::test]
async fn an_old_answer_is_asked_for_again() {
    let db = Db::new().await;
    let one = db.run("lead-1").await;
    db.acquire(&one, &[phone_key()]).await.unwrap();
    settle(&db, &one, SettledAnswer::Absent, CallOutcome::Miss).await;
    let days = db
        .text("select round(extract(epoch from expires_at - now()) / 86400)::text from ops.lookups")
        .await;
    assert_eq!(days.as_deref(), Some("7"));
    db.execute("update ops.lookups set expires_at = now()")
        .await;
    let two = db.run("lead-2").await;
    let acquired = db.acquire(&two, &[phone_key()]).await.unwrap();
    assert_eq!(states(acquired), [LookupState::Mine]);
}

#[tokio::test]
async fn a_repeated_statement_of_the_same_run_spends_nothing() {
    let db = Db::new().await;
    let one = db.run("lead-1").await;
    for _ in 0..2 {
        let acquired = db.acquire(&one, &[phone_key()]).await.unwrap();
        assert_eq!(states(acquired), [LookupState::Mine]);
    }
    assert_eq!(ledger(&db).await, None);
}

#[tokio::test]
async fn a_stored_profile_answers_while_its_person_is_there() {
    let db = Db::new().await;
    let profile = profile(1);
    let one = db.run("lead-1").await;
    let ask = [profile_key(&profile)];
    let acquire = storage::settle_and_acquire(&db.pool, &one, &[], &ask, &TERMS);
    assert_eq!(acquire.await, Ok(vec![LookupState::Mine]));
    db.persist(&one, &profile, "mensagem").await.unwrap();
    assert_eq!(ledger(&db).await.as_deref(), Some("hit 25"));

    let two = db.run("lead-2").await;
    let acquire = storage::settle_and_acquire(&db.pool, &two, &[], &ask, &TERMS);
    match acquire.await.unwrap().as_slice() {
        [
            LookupState::Profile {
                profile: read,
                fetched_at,
                ..
            },
        ] => {
            assert_eq!(**read, profile);
            assert_eq!(fetched_at.to_rfc3339(), "2026-01-15T12:00:00+00:00");
        }
        other => panic!("{other:?}"),
    }
    let copied = db
        .text("select (value - 'party_id')::text from ops.lookups")
        .await;
    assert_eq!(copied.as_deref(), Some("{}"));

    db.execute("delete from core.parties").await;
    let acquire = storage::settle_and_acquire(&db.pool, &two, &[], &ask, &TERMS);
    assert_eq!(acquire.await, Ok(vec![LookupState::Mine]));
}

#[tokio::test]
async fn an_answer_that_may_not_be_kept_is_not_bought_again() {
    let db = Db::new().await;
    let profile = profile(1);
    let one = db.run("lead-1").await;
    let ask = [profile_key(&profile)];
    storage::settle_and_acquire(&db.pool, &one, &[], &ask, &TERMS)
        .await
        .unwrap();
    let reason = "deceased".to_owned();
    let answer = SettledAnswer::Refused {
        reason: reason.clone(),
    };
    let call = settled(ask[0], answer, CallOutcome::Hit);
    let end = RunEnd::Unidentified {
        reason: reason.clone(),
    };
    storage::end_run(&db.pool, &one, &end, &[call], &[], 20)
        .await
        .unwrap();
    let two = db.run("lead-2").await;
    let acquired = storage::settle_and_acquire(&db.pool, &two, &[], &ask, &TERMS).await;
    assert_eq!(acquired, Ok(vec![LookupState::Refused { reason }]));
    assert_eq!(db.count("core.parties").await, 0);
}

#[tokio::test]
async fn whoever_objected_is_not_looked_up_and_leaves_no_trace() {
    let db = Db::new().await;
    let hash = phone_key().hash;
    sqlx::query(
        "insert into ops.suppressions (key_hash, kind, reason) values ($1, 'phone', 'objection')",
    )
    .bind(hash.as_bytes().as_slice())
    .execute(&db.pool)
    .await
    .unwrap();
    let claim = db.run("lead-1").await;
    let acquired = db.acquire(&claim, &[phone_key(), email_key()]).await;
    assert_eq!(acquired, Ok(Acquired::Suppressed));
    for table in ["ops.lead_details", "ops.lookups", "ops.provider_calls"] {
        assert_eq!(db.count(table).await, 0, "{table}");
    }
}

#[tokio::test]
async fn a_run_that_lost_its_lead_acquires_and_settles_nothing() {
    let db = Db::new().await;
    let stale = Claim {
        run_no: 0,
        ..db.run("lead-1").await
    };
    let call = settled(phone_key(), SettledAnswer::Absent, CallOutcome::Miss);
    let acquired = db.acquire(&stale, &[phone_key()]).await;
    assert_eq!(acquired, Err(StorageError::LostClaim));
    let settled =
        storage::settle_and_acquire(&db.pool, &stale, &[call], &[email_key()], &TERMS).await;
    assert_eq!(settled, Err(StorageError::LostClaim));
    let polled = storage::poll_lookup(&db.pool, &stale, &phone_key(), &TERMS).await;
    assert_eq!(polled, Err(StorageError::LostClaim));
    assert_eq!(db.count("ops.lookups").await, 0);
    assert_eq!(db.count("ops.lead_details").await, 0);
}
