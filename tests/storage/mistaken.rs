//! What the CRM was told of somebody else is owed a correction, whatever comes between.

use rust_c2s_api::models::LeadState;
use rust_c2s_api::storage::{
    self, CallOutcome, Decision, NoteToQueue, QueuedNote, RunEnd, SettledAnswer,
};

use super::harness::{Db, message, profile, profile_key, settled};
use super::reviews::{decide, doubt, doubtful, end, is_done, recalled, rerun};
use super::withdrawn::{held, profile_state};

/// A choice, its profile that contradicts, and the rejection of that: nothing of the person stays, in no review.
#[tokio::test]
async fn whoever_was_chosen_and_then_turned_down_stays_nowhere() {
    let db = Db::new().await;
    let person = profile(1);
    let first = doubtful(&db, "lead-1", &[1, 2]).await;
    decide(&db, first, Decision::Choose(1)).await;
    let claim = db.claim(1).await.remove(0);
    profile_state(&db, &claim, profile_key(&person)).await;
    let answer = SettledAnswer::Held(held(&person));
    let call = settled(profile_key(&person), answer, CallOutcome::Hit);
    let second = end(&db, &claim, &doubt(&[1]), &[call]).await;
    let again = decide(&db, first, Decision::Choose(1)).await;
    assert!(is_done(&again, LeadState::Review), "said again: {again:?}");

    decide(&db, second.review_id.unwrap(), Decision::Reject).await;

    let held = "select count(*)::text from ops.lookups where value ? 'held'";
    assert_eq!(db.text(held).await.as_deref(), Some("0"));
    let named = "select count(*)::text from ops.reviews, jsonb_array_elements(candidates) c where c ? 'cpf' or c ? 'name'";
    assert_eq!(db.text(named).await.as_deref(), Some("0"));
}

/// The message about another person could not be delivered, and then nobody is accepted.
#[tokio::test]
async fn a_person_replaced_is_corrected_even_if_the_next_message_never_goes_out() {
    let db = Db::new().await;
    db.completed("lead-1", &profile(1), "mensagem").await;
    let claim = rerun(&db).await;
    profile_state(&db, &claim, profile_key(&profile(2))).await;
    db.persist(&claim, &profile(2), "outra").await.unwrap();
    let failed = RunEnd::Failed {
        reason: "c2s_422".to_owned(),
    };
    end(&db, &claim, &failed, &[]).await;
    let due = storage::take_due_alerts(&db.pool).await.unwrap();
    assert!(due[0].correction_due, "{due:?}");
    db.execute("update ops.leads set state = 'accepted', due_at = now(), finished_at = null")
        .await;
    assert!(recalled(&db).await.2.correction_due);
}

/// The CRM refuses the note each time: the lead stays what it is.
#[tokio::test]
async fn a_refused_note_is_no_send_of_unknown_outcome() {
    let db = Db::new().await;
    let nobody = RunEnd::Unidentified {
        reason: "no_candidate".to_owned(),
    };
    let mut claim = db.run("lead-1").await;
    for turn in 1..=5 {
        let note = NoteToQueue {
            end: &nobody,
            settled: &[],
            message: message("nota"),
            timeline: &[],
        };
        let queued = storage::queue_note(&db.pool, &claim, &note).await.unwrap();
        let unknown = match queued {
            QueuedNote::ReadBack {
                unknown_sends,
                sent_ago,
                ..
            } => (unknown_sends, sent_ago),
            QueuedNote::Send => (0, None),
            other => panic!("{other:?}"),
        };
        assert_eq!(unknown, (0, None), "{turn}");
        let result = end(&db, &claim, &nobody, &[]).await;
        assert_eq!(result.state, LeadState::Unidentified);
        claim = rerun(&db).await;
    }
}
