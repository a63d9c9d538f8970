//! T1 with what belongs to a request: who asks, what was given, and whether answers are bought anew.

use rust_c2s_api::models::{Cpf, Email, GivenLead, LeadState, PersonName, Phone};
use rust_c2s_api::storage::{
    self, Accepted, Asker, CallOutcome, Claim, LookupState, RunEnd, SettledAnswer, Trigger, Wish,
};

use super::harness::{
    Db, MAKE, TAKEOVER, TERMS, candidate, cpf, lead_id, phone_key, profile, settled, trigger,
};

fn given(name: &str, cpf: Option<Cpf>) -> GivenLead {
    GivenLead {
        name: PersonName::parse(name).ok(),
        cpf,
        email: Email::parse("dada@example.com").ok(),
        phones: vec![Phone::parse("11900000077").unwrap()],
    }
}

fn giving(given: &GivenLead) -> Trigger {
    Trigger {
        given: Some(given.clone()),
        ..MAKE
    }
}

fn forced(wish: Wish) -> Trigger {
    Trigger {
        force: true,
        ..trigger(wish)
    }
}

async fn accept(db: &Db, id: &str, trigger: Trigger) -> Accepted {
    storage::accept_lead(&db.pool, &lead_id(id), trigger, db.me, &TAKEOVER)
        .await
        .unwrap()
}

async fn run(db: &Db, id: &str, trigger: Trigger) -> Claim {
    match accept(db, id, trigger).await {
        Accepted::Run(claim) => claim,
        other => panic!("not ours to run: {other:?}"),
    }
}

async fn looks(db: &Db) -> Option<String> {
    db.text(
        "select string_agg(concat_ws(' ', actor, action, lead_id, reason), ', ' order by access_id)
         from ops.access_log",
    )
    .await
}

async fn pays(db: &Db, claim: &Claim) -> LookupState {
    let keys = [phone_key()];
    let asked = storage::settle_and_acquire(&db.pool, claim, &[], &keys, &TERMS).await;
    asked.unwrap().remove(0)
}

async fn settle(db: &Db, claim: &Claim, number: u32) {
    let found = SettledAnswer::Candidates(vec![candidate(number)].into());
    let call = settled(phone_key(), found, CallOutcome::Hit);
    storage::settle_and_acquire(&db.pool, claim, &[call], &[], &TERMS)
        .await
        .unwrap();
}

async fn end(db: &Db, claim: &Claim, end: RunEnd) {
    storage::end_run(&db.pool, claim, &end, &[], &[], 20)
        .await
        .unwrap();
}

fn unidentified() -> RunEnd {
    RunEnd::Unidentified {
        reason: "no_candidate".to_owned(),
    }
}

#[tokio::test]
async fn whoever_runs_the_lead_has_what_was_given() {
    let db = Db::new().await;
    let details = given("Pessoa Dada", Some(cpf(7)));
    let claim = run(&db, "lead-1", giving(&details)).await;
    assert_eq!(claim.given.as_deref(), Some(&details));
    let read = storage::read_given_lead(&db.pool, &lead_id("lead-1")).await;
    assert_eq!(read, Ok(Some(details.clone())));

    // Its instance dies; another takes it from the queue, or is triggered by somebody who gives nothing.
    let handed_back = RunEnd::HandedBack {
        lands_within: TAKEOVER.lands_within,
    };
    end(&db, &claim, handed_back.clone()).await;
    let taken = db.claim(1).await.remove(0);
    assert_eq!(taken.given.as_deref(), Some(&details));
    end(&db, &taken, handed_back).await;
    let again = db.run("lead-1").await;
    assert_eq!(again.given.as_deref(), Some(&details));
    assert!(!format!("{again:?}").contains("Pessoa"), "{again:?}");
}

#[tokio::test]
async fn other_details_during_a_run_ask_for_another_run_and_the_same_do_not() {
    let db = Db::new().await;
    let details = given("Pessoa Dada", None);
    let claim = run(&db, "lead-1", giving(&details)).await;
    let same = accept(&db, "lead-1", giving(&details)).await;
    assert_eq!(same, Accepted::Join);
    let wanted = "select (requested_no - run_no)::text from ops.leads";
    assert_eq!(db.text(wanted).await.as_deref(), Some("0"));

    let other = given("Outra Pessoa", None);
    assert_eq!(accept(&db, "lead-1", giving(&other)).await, Accepted::Join);
    assert_eq!(db.text(wanted).await.as_deref(), Some("1"));
    end(&db, &claim, unidentified()).await;
    let follows = db.claim(1).await.remove(0);
    assert_eq!(follows.given.as_deref(), Some(&other));
}

/// A call that must run does so also where the run before it ends while it waits for the lead's row: what
/// was given to it would otherwise be kept for nobody.
#[tokio::test]
async fn what_is_given_while_a_run_ends_is_run() {
    let db = Db::new().await;
    for (nth, (dedup, force)) in [("0 s", false), ("5 min", true)].into_iter().enumerate() {
        let id = format!("lead-{nth}");
        let claim = run(&db, &id, giving(&given("Pessoa Dada", None))).await;
        let mut late = db.pool.begin().await.unwrap();
        // The transaction's time is that of its first statement.
        sqlx::query("select now()")
            .execute(&mut *late)
            .await
            .unwrap();
        end(&db, &claim, unidentified()).await;
        let answer: String = sqlx::query_scalar(
            r#"select answer from ops.accept_lead($1, 'api', $2, $3::interval, false, $4, null,
                   '{"name": "Outra Pessoa", "phones": []}', '60 s', '40 s', '0 s')"#,
        )
        .bind(&id)
        .bind(db.me.0)
        .bind(dedup)
        .bind(force)
        .fetch_one(&mut *late)
        .await
        .unwrap();
        late.commit().await.unwrap();
        assert_eq!(answer, "run", "dedup {dedup}, force {force}");
    }
}

#[tokio::test]
async fn nothing_given_stays_of_a_suppressed_person_but_what_came_during_the_run() {
    let db = Db::new().await;
    let claim = run(&db, "lead-1", giving(&given("Pessoa Dada", None))).await;
    accept(&db, "lead-1", giving(&given("Outra Pessoa", None))).await;
    end(&db, &claim, RunEnd::Suppressed).await;
    assert_eq!(db.count("ops.given_leads").await, 1);
    let follows = db.claim(1).await.remove(0);
    end(&db, &follows, RunEnd::Suppressed).await;
    assert_eq!(db.count("ops.given_leads").await, 0);
}

#[tokio::test]
async fn whoever_asks_is_recorded_with_the_acceptance() {
    let db = Db::new().await;
    let asking = |wish| Trigger {
        asker: Some(Asker {
            actor: "ops".to_owned(),
            action: "lead_process",
            reason: "lead_qualification".to_owned(),
        }),
        ..trigger(wish)
    };
    accept(&db, "never-seen", asking(Wish::Replay)).await;
    assert_eq!(looks(&db).await, None);
    run(&db, "lead-1", asking(MAKE.wish)).await;
    let row = "ops lead_process lead-1 lead_qualification";
    assert_eq!(looks(&db).await.as_deref(), Some(row));
    accept(&db, "lead-1", MAKE).await;
    accept(&db, "lead-1", asking(MAKE.wish)).await;
    assert_eq!(looks(&db).await, Some(format!("{row}, {row}")));
}

#[tokio::test]
async fn a_forced_lead_pays_once_and_the_next_one_uses_that() {
    let db = Db::new().await;
    let first = db.run("lead-1").await;
    assert_eq!(pays(&db, &first).await, LookupState::Mine);
    settle(&db, &first, 1).await;
    end(&db, &first, unidentified()).await;

    assert!(matches!(
        accept(&db, "lead-1", MAKE).await,
        Accepted::Duplicate(_)
    ));
    let anew = run(&db, "lead-1", forced(MAKE.wish)).await;
    assert_eq!(
        accept(&db, "lead-1", forced(MAKE.wish)).await,
        Accepted::Join
    );
    assert_eq!(
        accept(&db, "lead-1", forced(Wish::Replay)).await,
        Accepted::Join
    );
    assert_eq!(pays(&db, &anew).await, LookupState::Mine);
    // Said again after its answer was lost.
    assert_eq!(pays(&db, &anew).await, LookupState::Mine);
    settle(&db, &anew, 2).await;
    let bought = LookupState::Candidates(vec![candidate(2)].into());
    assert_eq!(pays(&db, &anew).await, bought);
    end(&db, &anew, unidentified()).await;
    assert_eq!(
        db.text("select state from ops.leads").await.as_deref(),
        Some("unidentified"),
        "a forced call that joined asked for no other run"
    );

    let next = db.replay("lead-1").await;
    let Accepted::Run(next) = next else {
        panic!("{next:?}")
    };
    assert_eq!(pays(&db, &next).await, bought);
    let ledger = "select string_agg(outcome, ' ' order by call_id) from ops.provider_calls";
    assert_eq!(
        db.text(ledger).await.as_deref(),
        Some("hit hit cached cached")
    );
}

#[tokio::test]
async fn a_run_after_a_crash_of_a_forced_one_does_not_pay_for_what_came_back() {
    let db = Db::new().await;
    let first = db.run("lead-1").await;
    pays(&db, &first).await;
    settle(&db, &first, 1).await;
    end(&db, &first, unidentified()).await;
    let anew = run(&db, "lead-1", forced(Wish::Replay)).await;
    let handed_back = RunEnd::HandedBack {
        lands_within: TAKEOVER.lands_within,
    };
    end(&db, &anew, handed_back.clone()).await;
    let taken = db.claim(1).await.remove(0);
    assert_eq!(pays(&db, &taken).await, LookupState::Mine, "still forced");
    settle(&db, &taken, 2).await;
    end(&db, &taken, handed_back).await;
    let taken = db.claim(1).await.remove(0);
    let bought = LookupState::Candidates(vec![candidate(2)].into());
    assert_eq!(pays(&db, &taken).await, bought);
}

#[tokio::test]
async fn a_forced_lead_takes_the_answer_that_somebody_is_asking_for() {
    let db = Db::new().await;
    let asking = db.run("lead-1").await;
    assert_eq!(pays(&db, &asking).await, LookupState::Mine);
    let anew = run(&db, "lead-2", forced(MAKE.wish)).await;
    assert_eq!(pays(&db, &anew).await, LookupState::Pending);
    settle(&db, &asking, 1).await;
    let polled = storage::poll_lookup(&db.pool, &anew, &phone_key(), &TERMS).await;
    assert_eq!(
        polled,
        Ok(LookupState::Candidates(vec![candidate(1)].into()))
    );
}

#[tokio::test]
async fn a_lead_that_was_never_accepted_cannot_be_forced_by_a_replay() {
    let db = Db::new().await;
    let answer = accept(&db, "never-seen", forced(Wish::Replay)).await;
    assert_eq!(answer, Accepted::Unknown);
    assert_eq!(db.count("ops.leads").await, 0);
}

#[tokio::test]
async fn what_is_known_is_read_without_a_trace() {
    let db = Db::new().await;
    let claim = db.run("lead-1").await;
    let keys = [phone_key(), super::harness::email_key()];
    let known = || storage::known_answers(&db.pool, claim.lead_id.as_str(), &[], &keys);
    let nothing = storage::KnownAnswers::Answers(vec![None, None]);
    assert_eq!(known().await, Ok(nothing.clone()));
    pays(&db, &claim).await;
    assert_eq!(
        known().await,
        Ok(nothing),
        "what is being asked is not known"
    );
    settle(&db, &claim, 1).await;
    let people = LookupState::Candidates(vec![candidate(1)].into());
    let found = storage::KnownAnswers::Answers(vec![Some(people), None]);
    assert_eq!(known().await, Ok(found));
    assert_eq!(db.count("ops.provider_calls").await, 1);
    assert_eq!(db.count("ops.lookups").await, 1);

    sqlx::query(
        "insert into ops.suppressions (key_hash, kind, reason) values ($1, 'email', 'erasure')",
    )
    .bind(keys[1].hash.as_bytes().as_slice())
    .execute(&db.pool)
    .await
    .unwrap();
    assert_eq!(known().await, Ok(storage::KnownAnswers::Suppressed));
    let any = storage::any_suppressed(&db.pool, &[keys[0].hash, keys[1].hash]).await;
    assert_eq!(any, Ok(true));
    assert_eq!(
        storage::any_suppressed(&db.pool, &[keys[0].hash]).await,
        Ok(false)
    );
}

#[tokio::test]
async fn a_lead_matched_by_its_given_cpf_is_stored_so() {
    let db = Db::new().await;
    db.completed("lead-1", &profile(1), "mensagem").await;
    db.execute("update core.lead_parties set matched_by = 'cpf'")
        .await;
    let enriched = storage::read_enriched_lead(&db.pool, &lead_id("lead-1"))
        .await
        .unwrap();
    assert_eq!(enriched.party_ids.len(), 1);
    let shown = storage::show_lead(&db.pool, &lead_id("lead-1"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(shown.about.party_ids, enriched.party_ids);
    assert_eq!(shown.identity.and_then(|identity| identity.score), Some(90));
    assert_eq!(shown.summary.state, LeadState::Completed);
}
