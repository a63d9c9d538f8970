//! What a doubt keeps, what a decision takes away, and what the CRM is told of it.

use chrono::{DateTime, Utc};
use rust_c2s_api::models::{LeadState, MatchedBy, Profile};
use rust_c2s_api::storage::{
    self, CallOutcome, Claim, DecideReview, Decision, HeldProfile, LookupKey, LookupState, NewIds,
    NoteToQueue, PersistProfile, Persisted, PersonToStore, QueuedNote, RunEnd, SettledAnswer,
};
use serde_json::json;

use super::harness::{Db, TERMS, cpf, key, message, payload, profile, profile_key, settled, step};
use super::reviews::{decide, doubt, doubtful, end, recalled, rerun, suppress};

pub(crate) fn held(profile: &Profile) -> HeldProfile {
    HeldProfile {
        profile: Box::new(profile.clone()),
        payload: payload(profile),
        fetched_at: "2026-01-15T12:00:00Z".parse::<DateTime<Utc>>().unwrap(),
    }
}

pub(crate) async fn profile_state(db: &Db, claim: &Claim, key: LookupKey) -> LookupState {
    let states = storage::settle_and_acquire(&db.pool, claim, &[], &[key], &TERMS).await;
    states.unwrap().remove(0)
}

#[tokio::test]
async fn a_held_profile_is_kept_with_its_question_and_stored_when_it_is_chosen() {
    let db = Db::new().await;
    let person = profile(1);
    let claim = db.run("lead-1").await;
    assert_eq!(
        profile_state(&db, &claim, profile_key(&person)).await,
        LookupState::Mine
    );
    let answer = SettledAnswer::Held(held(&person));
    let call = settled(profile_key(&person), answer, CallOutcome::Hit);
    let result = end(&db, &claim, &doubt(&[1]), &[call]).await;
    assert_eq!(db.count("core.parties").await, 0);

    // It waits longer than an answer is fresh.
    db.execute("update ops.lookups set expires_at = now() - interval '1 day'")
        .await;
    decide(&db, result.review_id.unwrap(), Decision::Choose(1)).await;
    let claim = db.claim(1).await.remove(0);
    let state = profile_state(&db, &claim, profile_key(&person)).await;
    let LookupState::Held(kept) = state else {
        panic!("{state:?}");
    };
    assert_eq!(kept, held(&person));
    let persist = PersistProfile {
        person: PersonToStore::Held {
            held: &kept,
            key: profile_key(&person),
            new_ids: NewIds::for_profile(&person),
        },
        suppression_hashes: &[],
        matched_by: MatchedBy::Review,
        matched_provider: "diretrix",
        score: 60,
        evidence: json!({}),
        message: message("mensagem"),
        timeline: &[],
    };
    let persisted = storage::persist_profile(&db.pool, &claim, &persist).await;
    assert!(
        matches!(persisted, Ok(Persisted::Send { .. })),
        "{persisted:?}"
    );
    let stored = "select concat_ws('|', p.cpf_cnpj, k.value ? 'held', k.value ->> 'party_id' = p.id::text) from core.parties p, ops.lookups k";
    let stored = db.text(stored).await;
    assert_eq!(stored, Some(format!("{}|f|t", person.cpf.digits())));
    let calls = db
        .text("select string_agg(outcome, ' ' order by call_id) from ops.provider_calls")
        .await;
    assert_eq!(calls.as_deref(), Some("hit cached"), "paid once");
}

/// A choice was told to the broker, and taken back.
#[tokio::test]
async fn taking_a_choice_back_withdraws_the_person_and_owes_a_correction() {
    let db = Db::new().await;
    let review_id = doubtful(&db, "lead-1", &[1, 2]).await;
    decide(&db, review_id, Decision::Choose(1)).await;
    let claim = db.claim(1).await.remove(0);
    profile_state(&db, &claim, profile_key(&profile(1))).await;
    db.persist(&claim, &profile(1), "mensagem").await.unwrap();
    storage::complete_delivery(&db.pool, &claim, true, &[])
        .await
        .unwrap();
    assert_eq!(db.count("core.parties").await, 1);

    decide(&db, review_id, Decision::Reject).await;
    for table in [
        "core.parties",
        "core.party_enrichments",
        "core.party_contacts",
        "core.lead_parties",
    ] {
        let sql = sqlx::AssertSqlSafe(format!("select count(*) from {table}"));
        let left: i64 = sqlx::query_scalar(sql).fetch_one(&db.pool).await.unwrap();
        assert_eq!(left, 0, "{table}");
    }
    let shown = storage::show_lead(&db.pool, &claim.lead_id).await.unwrap();
    assert_eq!(shown.unwrap().message, None, "nor what was said of them");
    let (claim, states, recalled) = recalled(&db).await;
    assert_eq!(recalled.verdict, None, "the others may be looked at anew");
    assert_eq!(states.len(), 2);
    let turned_down = recalled.rejected.iter().map(|pair| pair.cpf_hash);
    assert_eq!(turned_down.collect::<Vec<_>>(), [key().of_cpf(&cpf(1))]);
    assert!(recalled.correction_due);

    let nobody = RunEnd::Unidentified {
        reason: "rejected_in_review".to_owned(),
    };
    let note = NoteToQueue {
        end: &nobody,
        settled: &[],
        message: message("correção"),
        timeline: &[],
    };
    let queued = storage::queue_note(&db.pool, &claim, &note).await;
    assert_eq!(queued, Ok(QueuedNote::Send));
    storage::complete_delivery(&db.pool, &claim, true, &[])
        .await
        .unwrap();
    let stands = "select concat_ws('|', l.state, l.last_error, l.message_sent, l.correction_due, o.body, o.state) from ops.leads l join ops.outbox o using (lead_id)";
    assert_eq!(
        db.text(stands).await.as_deref(),
        Some("unidentified|rejected_in_review|f|f|correção|sent")
    );
}

#[tokio::test]
async fn a_person_whom_another_lead_has_or_somebody_looked_up_stays() {
    let db = Db::new().await;
    for (reason, keep) in [
        (
            "another lead",
            "insert into core.lead_parties (lead_id, party_id, run_no, matched_by, provider) select 'lead-9', id, 1, 'phone', 'diretrix' from core.parties",
        ),
        (
            "looked up",
            "insert into ops.access_log (actor, action, party_id) select 'ana', 'customer', id from core.parties",
        ),
    ] {
        db.execute("truncate ops.leads, core.parties, ops.lookups, ops.access_log, ops.rejected_matches cascade")
            .await;
        let review_id = doubtful(&db, "lead-1", &[1]).await;
        decide(&db, review_id, Decision::Choose(1)).await;
        let claim = db.claim(1).await.remove(0);
        profile_state(&db, &claim, profile_key(&profile(1))).await;
        db.persist(&claim, &profile(1), "mensagem").await.unwrap();
        storage::complete_delivery(&db.pool, &claim, true, &[])
            .await
            .unwrap();
        db.execute(keep).await;
        decide(&db, review_id, Decision::Reject).await;
        assert_eq!(db.count("core.parties").await, 1, "{reason}");
        let own = db
            .text("select count(*)::text from core.lead_parties where lead_id = 'lead-1'")
            .await;
        assert_eq!(own.as_deref(), Some("0"), "{reason}");
    }
}

#[tokio::test]
async fn a_note_is_posted_once_and_ends_the_lead_as_it_says() {
    let db = Db::new().await;
    let claim = db.run("lead-1").await;
    let end = doubt(&[1]);
    let note = NoteToQueue {
        end: &end,
        settled: &[],
        message: message("nota"),
        timeline: &[step("send")],
    };
    assert_eq!(
        storage::queue_note(&db.pool, &claim, &note).await,
        Ok(QueuedNote::Send)
    );
    storage::complete_delivery(&db.pool, &claim, true, &[step("send")])
        .await
        .unwrap();
    let result = storage::read_lead_result(&db.pool, &claim.lead_id).await;
    let result = result.unwrap().unwrap();
    assert_eq!(
        (result.state, result.message_sent),
        (LeadState::Review, false)
    );
    assert!(result.review_id.is_some());

    let claim = rerun(&db).await;
    let unchanged = storage::queue_note(&db.pool, &claim, &note).await;
    assert_eq!(unchanged, Ok(QueuedNote::Unchanged));
    let repeated = storage::queue_note(&db.pool, &claim, &note).await;
    assert_eq!(repeated, Ok(QueuedNote::Unchanged), "its answer was lost");
    let result = storage::read_lead_result(&db.pool, &claim.lead_id).await;
    assert_eq!(result.unwrap().unwrap().state, LeadState::Review);
}

#[tokio::test]
async fn waiting_reviews_are_told_of_once_a_day() {
    let db = Db::new().await;
    let take = || storage::take_waiting_reviews(&db.pool);
    assert_eq!(take().await, Ok(None), "none waits");
    doubtful(&db, "lead-1", &[1]).await;
    doubtful(&db, "lead-2", &[2]).await;
    db.execute(
        "update ops.reviews set created_at = now() - interval '3 hours' where lead_id = 'lead-1'",
    )
    .await;
    let waiting = take().await.unwrap().unwrap();
    assert_eq!(waiting.count, 2);
    assert_eq!(waiting.oldest.as_secs() / 3_600, 3);
    assert_eq!(take().await, Ok(None), "somebody is telling");
    let later = "update ops.daily_alerts set due_at = due_at - interval '1 minute'";
    db.execute(later).await;
    assert!(take().await.unwrap().is_some(), "nobody was told after all");
    storage::waiting_reviews_told(&db.pool).await.unwrap();
    db.execute("update ops.daily_alerts set due_at = due_at - interval '23 hours'")
        .await;
    assert_eq!(take().await, Ok(None));
    db.execute("update ops.daily_alerts set due_at = due_at - interval '1 hour'")
        .await;
    assert!(take().await.unwrap().is_some(), "a day later");
}

/// A message, then a note in its place in the outbox: who was told of is remembered all the same.
#[tokio::test]
async fn a_note_in_between_hides_no_correction() {
    let db = Db::new().await;
    db.completed("lead-1", &profile(1), "mensagem").await;
    let claim = rerun(&db).await;
    let end = doubt(&[1]);
    let note = NoteToQueue {
        end: &end,
        settled: &[],
        message: message("nota"),
        timeline: &[],
    };
    storage::queue_note(&db.pool, &claim, &note).await.unwrap();
    storage::complete_delivery(&db.pool, &claim, true, &[])
        .await
        .unwrap();
    let review = storage::list_reviews(&db.pool, false, 1, None).await;
    let review = review.unwrap().reviews.remove(0);
    decide(&db, review.review_id, Decision::Reject).await;
    assert!(recalled(&db).await.2.correction_due);
}

/// A lead that is given up with a correction owed needs a person.
#[tokio::test]
async fn of_a_correction_that_could_not_be_posted_a_person_is_told() {
    let db = Db::new().await;
    db.completed("lead-1", &profile(1), "mensagem").await;
    db.execute("update ops.leads set correction_due = true")
        .await;
    let claim = rerun(&db).await;
    let failed = RunEnd::Failed {
        reason: "c2s_422".to_owned(),
    };
    end(&db, &claim, &failed, &[]).await;
    let due = storage::take_due_alerts(&db.pool).await.unwrap();
    assert_eq!(due.len(), 1);
    assert!(due[0].correction_due);
}

/// Another end than a decision: what was held for the review goes with it.
#[tokio::test]
async fn a_held_profile_goes_with_its_review_unless_another_needs_it() {
    let db = Db::new().await;
    let person = profile(1);
    let held_now = "select count(*)::text from ops.lookups where value ? 'held'";
    for (others, left) in [(&[][..], "0"), (&["lead-2"], "1")] {
        db.execute("truncate ops.leads, ops.lookups cascade").await;
        for id in others {
            doubtful(&db, id, &[1]).await;
        }
        let claim = db.run("lead-1").await;
        profile_state(&db, &claim, profile_key(&person)).await;
        let answer = SettledAnswer::Held(held(&person));
        let call = settled(profile_key(&person), answer, CallOutcome::Hit);
        end(&db, &claim, &doubt(&[1]), &[call]).await;
        assert_eq!(db.text(held_now).await.as_deref(), Some("1"));
        let claim = rerun(&db).await;
        let nobody = RunEnd::Unidentified {
            reason: "no_candidate".to_owned(),
        };
        end(&db, &claim, &nobody, &[]).await;
        assert_eq!(db.text(held_now).await.as_deref(), Some(left), "{others:?}");
    }
    // Left by a run that opened no review after all.
    db.execute("truncate ops.reviews").await;
    db.execute("update ops.lookups set started_at = now() - interval '2 days'")
        .await;
    storage::take_waiting_reviews(&db.pool).await.unwrap();
    assert_eq!(db.text(held_now).await.as_deref(), Some("0"));
}

/// Whoever objected, by CPF or by the contact, is neither shown nor chosen.
#[tokio::test]
async fn whoever_objected_cannot_be_chosen() {
    let db = Db::new().await;
    let review_id = doubtful(&db, "lead-1", &[1, 2]).await;
    suppress(&db, &key().of_cpf(&cpf(1))).await;
    let hidden = decide(&db, review_id, Decision::Choose(1)).await;
    assert_eq!(hidden, DecideReview::NoSuchCandidate);
    suppress(&db, &super::harness::phone_key().hash).await;
    let by_contact = decide(&db, review_id, Decision::Choose(2)).await;
    assert_eq!(by_contact, DecideReview::NoSuchCandidate);
    let review = storage::read_review(&db.pool, review_id).await.unwrap();
    let review = review.unwrap();
    assert!(review.candidates.is_empty() && review.lead_name.is_none());
}

#[tokio::test]
async fn only_the_latest_review_of_a_lead_can_be_decided() {
    let db = Db::new().await;
    let first = doubtful(&db, "lead-1", &[1, 2]).await;
    decide(&db, first, Decision::Choose(1)).await;
    let claim = db.claim(1).await.remove(0);
    end(&db, &claim, &doubt(&[1]), &[]).await;
    let older = decide(&db, first, Decision::Reject).await;
    assert_eq!(older, DecideReview::Unknown);
}

#[tokio::test]
async fn whoever_was_turned_down_meanwhile_is_not_proposed() {
    let db = Db::new().await;
    let review_id = doubtful(&db, "lead-1", &[1]).await;
    let other = db.run("lead-2").await;
    decide(&db, review_id, Decision::Reject).await;
    let result = end(&db, &other, &doubt(&[1]), &[]).await;
    assert_eq!(result.state, LeadState::Unidentified);
    assert_eq!(result.reason.as_deref(), Some("rejected_before"));
}
