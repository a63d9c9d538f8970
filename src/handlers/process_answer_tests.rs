#![expect(clippy::unwrap_used, reason = "tests")]
use chrono::{TimeZone, Utc};
use rstest::rstest;
use serde_json::{Value, json};

use super::*;
use crate::models::Cpf;

const CPF: &str = "52998224725";

fn answer(state: LeadState) -> ProcessAnswer {
    ProcessAnswer {
        lead_id: LeadId::parse("a1").unwrap(),
        state,
        message_sent: false,
        cpfs: Vec::new(),
        duplicate: false,
        reason: None,
        review_id: None,
        next_attempt_in: None,
        next_attempt_at: None,
        upstream_ms: 0,
        database_ms: 0,
    }
}

fn completed() -> ProcessAnswer {
    ProcessAnswer {
        message_sent: true,
        cpfs: vec![Cpf::parse(CPF).unwrap()],
        ..answer(LeadState::Completed)
    }
}

/// Status and `Retry-After`, and the body as it is written.
fn rendered(answer: &ProcessAnswer, masking: Masking) -> (StatusCode, Option<u64>, Value) {
    let rendered = render(answer, masking);
    let body = serde_json::to_value(&rendered.body).unwrap();
    (rendered.status, rendered.retry_after, body)
}

#[test]
fn a_completed_lead() {
    let (status, retry_after, body) = rendered(&completed(), Masking::Full);
    assert_eq!((status, retry_after), (StatusCode::OK, None));
    let expected = json!({
        "success": true,
        "message": "Successfully processed and enriched lead. Stored 1 entities in database.",
        "lead_id": "a1",
        "cpfs_processed": [CPF],
        "entities_stored": 1,
        "state": "completed",
        "message_sent": true,
    });
    assert_eq!(body, expected);
}

#[test]
fn who_has_no_key_sees_masks() {
    let (_, _, body) = rendered(&completed(), Masking::Masked);
    assert_eq!(body["cpfs_processed"], json!(["***.982.247-**"]));
    assert!(!body.to_string().contains(CPF));
}

#[test]
fn a_joined_or_repeated_call_says_so() {
    let (_, _, first) = rendered(&completed(), Masking::Full);
    assert_eq!(first.get("duplicate_request"), None);
    let repeated = ProcessAnswer {
        duplicate: true,
        ..completed()
    };
    let (_, _, mut again) = rendered(&repeated, Masking::Full);
    let keys = again.as_object_mut().unwrap();
    assert_eq!(keys.remove("duplicate_request"), Some(json!(true)));
    assert_eq!(again, first);
}

#[test]
fn a_run_that_goes_on_tells_where_to_look() {
    let (status, retry_after, body) = rendered(&answer(LeadState::Processing), Masking::Full);
    assert_eq!(status, StatusCode::ACCEPTED);
    assert_eq!(retry_after, Some(5));
    assert_eq!(body["success"], json!(true));
    assert_eq!(body["state"], json!("processing"));
    assert_eq!(body["status_url"], json!("/api/v1/leads/a1"));
}

#[test]
fn a_scheduled_retry_tells_when() {
    let retrying = ProcessAnswer {
        next_attempt_in: Some(Duration::from_millis(1_500)),
        next_attempt_at: Utc.with_ymd_and_hms(2026, 1, 2, 3, 4, 5).single(),
        ..answer(LeadState::Retrying)
    };
    let (status, retry_after, body) = rendered(&retrying, Masking::Full);
    assert_eq!(status, StatusCode::ACCEPTED);
    assert_eq!(retry_after, Some(2));
    assert_eq!(body["success"], json!(true));
    assert_eq!(body["next_attempt_at"], json!("2026-01-02T03:04:05Z"));
    assert_eq!(body["status_url"], json!("/api/v1/leads/a1"));
}

#[rstest]
#[case::unidentified(
    LeadState::Unidentified,
    None,
    "Could not find CPF from phone or email"
)]
#[case::no_profile(
    LeadState::Unidentified,
    Some(NO_PROFILE),
    "CPF found, but no profile for it"
)]
#[case::review(
    LeadState::Review,
    None,
    "Identity in doubt: waits for a person to decide"
)]
#[case::suppressed(
    LeadState::Suppressed,
    None,
    "The person objected or was erased: nothing is looked up"
)]
fn nobody_is_named_who_was_not_accepted(
    #[case] state: LeadState,
    #[case] reason: Option<&str>,
    #[case] message: &str,
) {
    let answer = ProcessAnswer {
        state,
        reason: reason.map(str::to_owned),
        ..completed()
    };
    let (status, _, body) = rendered(&answer, Masking::Full);
    assert_eq!(status, StatusCode::OK);
    assert_eq!(body["success"], json!(false));
    assert_eq!(body["state"], json!(state.as_str()));
    assert_eq!(body["message"], json!(message));
    assert_eq!(body["cpfs_processed"], json!([]));
    assert_eq!(body["entities_stored"], json!(0));
}

#[test]
fn a_doubtful_identity_has_the_key_of_its_review() {
    let (_, _, body) = rendered(&answer(LeadState::Review), Masking::Full);
    assert_eq!(body.get("review_id"), Some(&Value::Null));
}

#[test]
fn what_is_given_up_says_why() {
    let failed = ProcessAnswer {
        reason: Some("c2s_denied".to_owned()),
        ..answer(LeadState::Failed)
    };
    let (status, _, body) = rendered(&failed, Masking::Full);
    assert_eq!(status, StatusCode::OK);
    assert_eq!(body["success"], json!(false));
    assert_eq!(body["reason"], json!("c2s_denied"));
}

#[test]
fn a_lead_the_crm_does_not_know_is_a_problem() {
    let missing = ProcessAnswer {
        duplicate: true,
        ..answer(LeadState::LeadMissing)
    };
    let (status, _, body) = rendered(&missing, Masking::Full);
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(body["state"], json!("lead_missing"));
    assert_eq!(body["duplicate_request"], json!(true));
    assert_eq!(body["detail"], body["message"]);
    assert_eq!(body["error"], body["detail"]);
}

#[test]
fn the_five_keys_never_change_their_types() {
    for state in LeadState::ALL {
        let body = rendered(&answer(state), Masking::Full).2;
        let types = (
            body["success"].is_boolean(),
            body["message"].is_string(),
            body["lead_id"].is_string(),
            body["cpfs_processed"].is_array(),
            body["entities_stored"].is_number(),
        );
        assert_eq!(types, (true, true, true, true, true), "{state:?}");
        assert_eq!(body["state"], json!(state.as_str()));
    }
}

/// An answer is written to its caller, and nowhere else.
#[test]
fn debug_shows_nothing_of_a_person() {
    let preview = "Pessoa Inventada, CPF 529.982.247-25";
    let mut told = render(&completed(), Masking::Full);
    let LeadBody::Answer(body) = &mut told.body else {
        unreachable!("a completed lead is no problem")
    };
    body.message_preview = Some(Some(preview.to_owned()));
    // A CPF that somebody sent as a lead's id.
    let lead_id = LeadId::parse(CPF).unwrap();
    let named = render(
        &ProcessAnswer {
            lead_id: lead_id.clone(),
            ..completed()
        },
        Masking::Full,
    );
    for rendered in [told, named, render_lead_missing(&lead_id)] {
        let shown = format!("{rendered:?} {:?}", rendered.body);
        for personal in [CPF, "529.982", "Pessoa", "24725"] {
            assert!(!shown.contains(personal), "{shown}");
        }
    }
}
