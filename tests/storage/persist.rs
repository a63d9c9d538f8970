//! T4: the message of a lead, its fence, and what is refused.

use std::time::Duration;

use rust_c2s_api::models::{LeadState, MatchedBy};
use rust_c2s_api::storage::{
    self, CallOutcome, Claim, LastSend, LookupState, PersistProfile, Persisted, PersonToStore,
    RunEnd, SettledAnswer, StorageError,
};
use serde_json::json;
use uuid::Uuid;

use super::harness::{Db, TERMS, key, lead_id, message, profile, profile_key, settled, step};

fn stored_before(party_id: Uuid, body: &str) -> PersistProfile<'_> {
    PersistProfile {
        person: PersonToStore::Stored { party_id },
        suppression_hashes: &[],
        matched_by: MatchedBy::Phone,
        matched_provider: "work_api",
        score: 80,
        evidence: json!({}),
        message: message(body),
        timeline: &[],
    }
}

async fn expire(db: &Db) {
    db.execute("update ops.leads set finished_at = now() - interval '1 hour' where finished_at is not null")
        .await;
}

#[tokio::test]
async fn the_message_stands_in_the_outbox_as_being_sent_by_this_run() {
    let db = Db::new().await;
    let claim = db.run("lead-1").await;
    let persisted = db.persist(&claim, &profile(1), "mensagem").await.unwrap();
    assert!(matches!(persisted, Persisted::Send { .. }), "{persisted:?}");
    let row = db
        .text("select concat_ws('|', state, run_no, body, owner = (select owner from ops.leads)) from ops.outbox")
        .await;
    assert_eq!(row.as_deref(), Some("sending|1|mensagem|t"));
    // Repeated after its answer was lost: nothing was posted, so it is still to be sent.
    let repeated = db.persist(&claim, &profile(1), "mensagem").await.unwrap();
    assert_eq!(repeated, persisted);
}

#[tokio::test]
async fn an_unchanged_message_completes_the_lead_and_is_not_sent_again() {
    let db = Db::new().await;
    db.completed("lead-1", &profile(1), "mensagem").await;
    expire(&db).await;
    let claim = db.run("lead-1").await;
    let persisted = db.persist(&claim, &profile(1), "mensagem").await.unwrap();
    assert!(
        matches!(persisted, Persisted::Unchanged { .. }),
        "{persisted:?}"
    );
    let result = storage::read_lead_result(&db.pool, &lead_id("lead-1")).await;
    let result = result.unwrap().unwrap();
    assert_eq!(result.state, LeadState::Completed);
    assert!(!result.message_sent);
    assert_eq!(result.cpfs, [profile(1).cpf]);
}

#[tokio::test]
async fn a_changed_message_replaces_the_delivered_one() {
    let db = Db::new().await;
    db.completed("lead-1", &profile(1), "mensagem").await;
    expire(&db).await;
    let claim = db.run("lead-1").await;
    let persisted = db.persist(&claim, &profile(1), "outra").await.unwrap();
    assert!(matches!(persisted, Persisted::Send { .. }), "{persisted:?}");
    let row = db
        .text("select concat_ws('|', state, body, attempts) from ops.outbox")
        .await;
    assert_eq!(row.as_deref(), Some("sending|outra|0"));
}

#[tokio::test]
async fn of_a_message_that_was_not_delivered_nothing_is_on_its_way() {
    let db = Db::new().await;
    let claim = db.run("lead-1").await;
    db.persist(&claim, &profile(1), "mensagem").await.unwrap();
    let end = RunEnd::Retry {
        reason: "c2s_not_sent".to_owned(),
        after: Duration::ZERO,
        spends_attempt: false,
        send: LastSend::NotDelivered,
    };
    storage::end_run(&db.pool, &claim, &end, &[], &[], 20)
        .await
        .unwrap();
    let claim = db.run("lead-1").await;
    match db.persist(&claim, &profile(1), "mensagem").await.unwrap() {
        Persisted::ReadBack {
            sent_ago,
            unknown_sends,
            ..
        } => assert_eq!((sent_ago, unknown_sends), (None, 0)),
        answer => panic!("{answer:?}"),
    }
}

#[tokio::test]
async fn a_person_stored_before_needs_no_second_profile() {
    let db = Db::new().await;
    db.completed("lead-1", &profile(1), "mensagem").await;
    let party: Uuid = sqlx::query_scalar("select id from core.parties")
        .fetch_one(&db.pool)
        .await
        .unwrap();
    let claim = db.run("lead-2").await;
    let persisted = storage::persist_profile(&db.pool, &claim, &stored_before(party, "x")).await;
    assert_eq!(persisted, Ok(Persisted::Send { party_id: party }));
    let found = db
        .text("select concat_ws('|', matched_by, provider, confidence) from core.lead_parties where lead_id = 'lead-2'")
        .await;
    assert_eq!(found.as_deref(), Some("phone|work_api|0.80"));

    db.execute("delete from core.parties").await;
    let gone = storage::persist_profile(&db.pool, &claim, &stored_before(party, "y")).await;
    assert_eq!(gone, Err(StorageError::Conflict));
}

#[tokio::test]
async fn a_lead_that_turns_out_to_be_somebody_else_lets_the_first_one_go() {
    let db = Db::new().await;
    db.completed("lead-1", &profile(1), "mensagem").await;
    expire(&db).await;
    db.completed("lead-1", &profile(2), "outra").await;
    let result = storage::read_lead_result(&db.pool, &lead_id("lead-1")).await;
    assert_eq!(result.unwrap().unwrap().cpfs, [profile(2).cpf]);
    assert_eq!(db.count("core.lead_parties").await, 1);
}

#[tokio::test]
async fn whoever_objected_is_not_stored_though_the_call_is_in_the_ledger() {
    let db = Db::new().await;
    let person = profile(1);
    let claim = db.run("lead-1").await;
    let ask = [profile_key(&person)];
    storage::settle_and_acquire(&db.pool, &claim, &[], &ask, &TERMS)
        .await
        .unwrap();
    sqlx::query(
        "insert into ops.suppressions (key_hash, kind, reason) values ($1, 'cpf', 'erasure')",
    )
    .bind(key().of_cpf(&person.cpf).as_bytes().as_slice())
    .execute(&db.pool)
    .await
    .unwrap();
    let persisted = db.persist(&claim, &person, "mensagem").await;
    assert_eq!(persisted, Ok(Persisted::Suppressed));
    storage::end_run(&db.pool, &claim, &RunEnd::Suppressed, &[], &[], 20)
        .await
        .unwrap();
    for table in [
        "core.parties",
        "core.party_contacts",
        "ops.outbox",
        "ops.lookups",
        "ops.lead_details",
    ] {
        assert_eq!(db.count(table).await, 0, "{table}");
    }
    assert_eq!(db.count("ops.provider_calls").await, 1);
}

#[tokio::test]
async fn refused_data_leaves_nothing_of_the_person_and_is_not_bought_again() {
    let db = Db::new().await;
    let mut person = profile(1);
    person.credit_score = Some(60_000);
    let claim = db.run("lead-1").await;
    let ask = [profile_key(&person)];
    storage::settle_and_acquire(&db.pool, &claim, &[], &ask, &TERMS)
        .await
        .unwrap();
    let refused = db.persist(&claim, &person, "mensagem").await.unwrap_err();
    match &refused {
        StorageError::Refused { sqlstate, .. } => assert_eq!(sqlstate, "22003"),
        other => panic!("{other:?}"),
    }
    let told = format!("{refused} {refused:?}");
    assert!(!told.contains(person.cpf.digits()) && !told.contains("Exemplo"));

    let reason = refused.code();
    let answer = SettledAnswer::Refused {
        reason: reason.clone(),
    };
    let call = settled(ask[0], answer, CallOutcome::Hit);
    let end = RunEnd::Failed {
        reason: reason.clone(),
    };
    let result = storage::end_run(&db.pool, &claim, &end, &[call], &[step("persist")], 20).await;
    let result = result.unwrap();
    assert_eq!(result.state, LeadState::Failed);
    assert_eq!(result.reason.as_ref(), Some(&reason));
    for table in [
        "core.parties",
        "core.people",
        "core.party_contacts",
        "core.addresses",
        "core.party_enrichments",
        "ops.outbox",
    ] {
        assert_eq!(db.count(table).await, 0, "{table}");
    }
    let next = db.run("lead-2").await;
    let acquired = storage::settle_and_acquire(&db.pool, &next, &[], &ask, &TERMS).await;
    assert_eq!(acquired, Ok(vec![LookupState::Refused { reason }]));
}

#[tokio::test]
async fn a_broken_constraint_is_named_and_nothing_else() {
    let db = Db::new().await;
    db.execute("alter table core.parties add constraint ck_no_rg check (rg is null)")
        .await;
    let claim = db.run("lead-1").await;
    let refused = db.persist(&claim, &profile(1), "mensagem").await;
    assert_eq!(
        refused,
        Err(StorageError::Refused {
            sqlstate: "23514".to_owned(),
            constraint: Some("ck_no_rg".to_owned()),
        })
    );
}

#[tokio::test]
async fn a_run_that_lost_its_lead_stores_nobody() {
    let db = Db::new().await;
    let claim = db.run("lead-1").await;
    for stale in [
        Claim {
            run_no: claim.run_no - 1,
            ..claim.clone()
        },
        Claim {
            owner: db.instance().await,
            ..claim.clone()
        },
    ] {
        let persisted = db.persist(&stale, &profile(1), "mensagem").await;
        assert_eq!(persisted, Err(StorageError::LostClaim));
    }
    assert_eq!(db.count("core.parties").await, 0);
}
