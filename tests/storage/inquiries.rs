//! Questions that no lead is behind go through the rows of leads: asked once, by one, paid once.

use rust_c2s_api::models::Profile;
use rust_c2s_api::storage::{
    self, CallOutcome, Claim, Inquired, InquiredPerson, Inquirer, InstanceId, LookupKey,
    LookupState, NewIds, RunEnd, SettledAnswer, StorageError,
};
use uuid::Uuid;

use super::harness::{
    Db, TAKEOVER, TERMS, candidate, email_key, key, payload, phone_key, profile, profile_key,
    settled,
};

fn inquirer(owner: InstanceId) -> Inquirer {
    Inquirer {
        id: Uuid::now_v7(),
        owner,
    }
}

async fn ask(db: &Db, inquirer: &Inquirer, key: LookupKey) -> LookupState {
    let asked = storage::inquire(&db.pool, inquirer, &[], &[key], &TERMS).await;
    asked.unwrap().remove(0)
}

async fn poll(db: &Db, inquirer: &Inquirer, key: LookupKey) -> LookupState {
    storage::poll_inquiry(&db.pool, inquirer, &key, &TERMS)
        .await
        .unwrap()
}

async fn settle(
    db: &Db,
    inquirer: &Inquirer,
    key: LookupKey,
    answer: SettledAnswer,
    outcome: CallOutcome,
) {
    let call = settled(key, answer, outcome);
    storage::inquire(&db.pool, inquirer, &[call], &[], &TERMS)
        .await
        .unwrap();
}

async fn store(db: &Db, inquirer: &Inquirer, profile: &Profile) -> Result<Inquired, StorageError> {
    let person = InquiredPerson {
        profile,
        payload: &payload(profile),
        settled: &settled(
            profile_key(profile),
            SettledAnswer::Profile,
            CallOutcome::Hit,
        ),
        fetched_at: "2026-01-15T12:00:00Z".parse().unwrap(),
        new_ids: &NewIds::for_profile(profile),
    };
    let hashes = [key().of_cpf(&profile.cpf)];
    storage::store_inquired(&db.pool, inquirer, &hashes, &person).await
}

async fn lead_asks(db: &Db, claim: &Claim, key: LookupKey) -> LookupState {
    let asked = storage::settle_and_acquire(&db.pool, claim, &[], &[key], &TERMS).await;
    asked.unwrap().remove(0)
}

async fn ledger(db: &Db) -> String {
    let calls = db
        .text("select string_agg(outcome, ' ' order by call_id) from ops.provider_calls")
        .await;
    calls.unwrap_or_default()
}

#[tokio::test]
async fn one_inquiry_asks_and_the_others_have_its_answer() {
    let db = Db::new().await;
    let (one, other) = (inquirer(db.me), inquirer(db.instance().await));
    // Also when the answer is lost and the statement repeated.
    for _ in 0..2 {
        assert_eq!(ask(&db, &one, phone_key()).await, LookupState::Mine);
    }
    assert_eq!(ask(&db, &other, phone_key()).await, LookupState::Pending);
    assert_eq!(poll(&db, &other, phone_key()).await, LookupState::Pending);
    assert_eq!(ledger(&db).await, "");
    let people = vec![candidate(1)];
    for _ in 0..2 {
        let found = SettledAnswer::Candidates(people.clone().into());
        settle(&db, &one, phone_key(), found, CallOutcome::Hit).await;
    }
    let found = LookupState::Candidates(people.into());
    assert_eq!(poll(&db, &other, phone_key()).await, found);
    assert_eq!(ledger(&db).await, "hit cached");
    let askers = db
        .text(
            "select string_agg(distinct split_part(lead_id, ':', 1), ' ') from ops.provider_calls",
        )
        .await;
    assert_eq!(askers.as_deref(), Some("inquiry"));
}

#[tokio::test]
async fn a_lead_waits_for_an_inquiry_and_an_inquiry_for_a_lead() {
    let db = Db::new().await;
    let person = profile(1);
    let inquiry = inquirer(db.me);
    let lead = db.run("lead-1").await;
    assert_eq!(
        ask(&db, &inquiry, profile_key(&person)).await,
        LookupState::Mine
    );
    let state = lead_asks(&db, &lead, profile_key(&person)).await;
    assert_eq!(state, LookupState::Pending);
    let Ok(Inquired::Stored(stored)) = store(&db, &inquiry, &person).await else {
        panic!("not stored")
    };
    let polled = storage::poll_lookup(&db.pool, &lead, &profile_key(&person), &TERMS).await;
    match polled.unwrap() {
        LookupState::Profile { party_id, .. } => assert_eq!(party_id, stored),
        other => panic!("{other:?}"),
    }
    assert_eq!(ledger(&db).await, "hit cached");

    let state = lead_asks(&db, &lead, email_key()).await;
    assert_eq!(state, LookupState::Mine);
    assert_eq!(ask(&db, &inquiry, email_key()).await, LookupState::Pending);
    assert_eq!(poll(&db, &inquiry, email_key()).await, LookupState::Pending);
    let absent = settled(email_key(), SettledAnswer::Absent, CallOutcome::Miss);
    storage::settle_and_acquire(&db.pool, &lead, &[absent], &[], &TERMS)
        .await
        .unwrap();
    assert_eq!(poll(&db, &inquiry, email_key()).await, LookupState::Absent);
}

#[tokio::test]
async fn what_a_dead_or_silent_inquiry_asked_is_taken_over() {
    let db = Db::new().await;
    let (dead, heir) = (inquirer(db.instance().await), inquirer(db.me));
    let person = profile(1);
    assert_eq!(
        ask(&db, &dead, profile_key(&person)).await,
        LookupState::Mine
    );
    db.silence(dead.owner).await;
    let state = poll(&db, &heir, profile_key(&person)).await;
    assert_eq!(state, LookupState::Mine);
    assert_eq!(ledger(&db).await, "unknown");

    // The silent one has its answer after all: it is no longer its to store.
    assert_eq!(
        store(&db, &dead, &person).await,
        Err(StorageError::LostClaim)
    );
    assert_eq!(db.count("core.parties").await, 0);
    let stored = store(&db, &heir, &person).await.unwrap();
    // The answer of the statement is lost, and it is repeated.
    assert_eq!(store(&db, &heir, &person).await, Ok(stored));
    assert_eq!(ledger(&db).await, "unknown hit");
    assert_eq!(db.count("core.parties").await, 1);
}

async fn release(db: &Db, instance: InstanceId) -> u64 {
    let released = storage::release_leftovers(&db.pool, instance, &TAKEOVER).await;
    released.unwrap().released
}

/// Nobody asks again, and the call counts all the same, once.
#[tokio::test]
async fn what_a_dead_inquiry_asked_is_released_with_the_leftovers() {
    let db = Db::new().await;
    let (dead, living) = (inquirer(db.instance().await), inquirer(db.instance().await));
    let lead = db.run("lead-1").await;
    assert_eq!(ask(&db, &dead, phone_key()).await, LookupState::Mine);
    assert_eq!(lead_asks(&db, &lead, email_key()).await, LookupState::Mine);
    let theirs = profile_key(&profile(1));
    assert_eq!(ask(&db, &living, theirs).await, LookupState::Mine);
    for instance in [db.me, living.owner] {
        release(&db, instance).await;
    }
    assert_eq!(db.count("ops.lookups").await, 3);
    db.silence(dead.owner).await;

    let (one, other) = tokio::join!(release(&db, db.me), release(&db, living.owner));

    assert_eq!(one + other, 0, "no lead was left over");
    assert_eq!(ledger(&db).await, "unknown");
    assert_eq!(db.count("ops.lookups").await, 2);
    assert_eq!(poll(&db, &living, phone_key()).await, LookupState::Mine);
    assert_eq!(ledger(&db).await, "unknown");
}

#[tokio::test]
async fn a_question_whose_task_ended_without_a_word_does_not_block_for_ever() {
    let db = Db::new().await;
    let (gone, next) = (inquirer(db.me), inquirer(db.me));
    ask(&db, &gone, phone_key()).await;
    db.execute("update ops.lookups set started_at = now() - interval '14 minutes'")
        .await;
    assert_eq!(poll(&db, &next, phone_key()).await, LookupState::Pending);
    db.execute("update ops.lookups set started_at = now() - interval '16 minutes'")
        .await;
    assert_eq!(poll(&db, &next, phone_key()).await, LookupState::Mine);
    assert_eq!(ledger(&db).await, "unknown");
}

#[tokio::test]
async fn what_is_given_up_is_anybodys_and_counts_as_spent() {
    let db = Db::new().await;
    let (one, other) = (inquirer(db.me), inquirer(db.me));
    ask(&db, &one, phone_key()).await;
    for _ in 0..2 {
        storage::abandon_inquiry(&db.pool, &one).await.unwrap();
    }
    assert_eq!(poll(&db, &other, phone_key()).await, LookupState::Mine);
    assert_eq!(ledger(&db).await, "unknown");
}

#[tokio::test]
async fn a_refusal_that_is_about_a_lead_is_no_answer_for_an_inquiry() {
    for (reason, is_asked_anew) in [
        ("profile_name_contradicts", true),
        ("deceased", true),
        ("work_api_wrong_person", false),
    ] {
        let db = Db::new().await;
        let person = profile(1);
        let lead = db.run("lead-1").await;
        lead_asks(&db, &lead, profile_key(&person)).await;
        let refused = SettledAnswer::Refused {
            reason: reason.to_owned(),
        };
        let call = settled(profile_key(&person), refused, CallOutcome::Hit);
        let end = RunEnd::Unidentified {
            reason: reason.to_owned(),
        };
        storage::end_run(&db.pool, &lead, &end, &[call], &[], 20)
            .await
            .unwrap();
        let state = ask(&db, &inquirer(db.me), profile_key(&person)).await;
        let is_mine = state == LookupState::Mine;
        assert_eq!(is_mine, is_asked_anew, "{reason}: {state:?}");
    }
}

#[tokio::test]
async fn whoever_objects_meanwhile_is_not_stored() {
    let db = Db::new().await;
    let person = profile(1);
    let inquiry = inquirer(db.me);
    ask(&db, &inquiry, profile_key(&person)).await;
    sqlx::query(
        "insert into ops.suppressions (key_hash, kind, reason) values ($1, 'cpf', 'objection')",
    )
    .bind(key().of_cpf(&person.cpf).as_bytes().as_slice())
    .execute(&db.pool)
    .await
    .unwrap();
    assert_eq!(
        store(&db, &inquiry, &person).await,
        Ok(Inquired::Suppressed)
    );
    assert_eq!(ledger(&db).await, "hit");
    assert_eq!(db.count("core.parties").await, 0);
    assert_eq!(db.count("ops.lookups").await, 0);
    let asked = ask(&db, &inquiry, profile_key(&person)).await;
    assert_eq!(asked, LookupState::Suppressed);
}
