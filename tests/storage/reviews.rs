//! Doubts: opened with the end of a run, decided by a person, recalled by the next run.

use rust_c2s_api::models::{ContactAgreement, KeyedHash, LeadState, MatchedBy};
use rust_c2s_api::storage::{
    self, Acquired, Asker, Claim, DecideReview, Decision, LeadResult, LookupState, Provider,
    Recalled, RejectedMatch, ReviewCandidate, ReviewToOpen, RunEnd, SettledLookup, Verdict,
};
use uuid::Uuid;

use super::harness::{Db, contact_hashes, cpf, email_key, key, phone_key, profile, step};

pub(crate) fn fingerprint() -> KeyedHash {
    key().hash("contact", &["x"])
}

pub(crate) fn proposed(number: u32) -> ReviewCandidate {
    ReviewCandidate {
        cpf: Some(cpf(number)),
        name: Some(profile(number).name),
        profile_name: None,
        cpf_hash: key().of_cpf(&cpf(number)),
        contact_hashes: vec![phone_key().hash],
        named_by: Provider::Diretrix,
        matched_by: MatchedBy::Phone,
        agreement: ContactAgreement::OneContact,
        score: 50,
        reasons: vec!["first_name_only".to_owned()],
    }
}

pub(crate) fn doubt(candidates: &[u32]) -> RunEnd {
    RunEnd::Review {
        reason: "first_name_only".to_owned(),
        review: Box::new(ReviewToOpen {
            review_id: Uuid::now_v7(),
            contact_fingerprint: fingerprint(),
            score: 50,
            reasons: vec!["first_name_only".to_owned()],
            candidates: candidates.iter().map(|number| proposed(*number)).collect(),
        }),
    }
}

pub(crate) async fn end(
    db: &Db,
    claim: &Claim,
    end: &RunEnd,
    settled: &[SettledLookup],
) -> LeadResult {
    storage::end_run(&db.pool, claim, end, settled, &[step("fetch_lead")], 20)
        .await
        .unwrap()
}

/// A lead in review of these candidates.
pub(crate) async fn doubtful(db: &Db, id: &str, candidates: &[u32]) -> Uuid {
    let claim = db.run(id).await;
    let result = end(db, &claim, &doubt(candidates), &[]).await;
    assert_eq!(result.state, LeadState::Review);
    result.review_id.unwrap()
}

pub(crate) async fn decide(db: &Db, review_id: Uuid, decision: Decision) -> DecideReview {
    let asker = Asker {
        actor: "ana".to_owned(),
        action: "review_test",
        reason: "lead_qualification".to_owned(),
    };
    storage::decide_review(&db.pool, review_id, decision, &asker)
        .await
        .unwrap()
}

pub(crate) fn is_done(decided: &DecideReview, expected: LeadState) -> bool {
    matches!(decided, DecideReview::Done { state, .. } if *state == expected)
}

/// The next run of the lead, as far as T2.
pub(crate) async fn recalled(db: &Db) -> (Claim, Vec<LookupState>, Recalled) {
    let claim = db.claim(1).await.remove(0);
    match db.acquire(&claim, &[phone_key(), email_key()]).await {
        Ok(Acquired::Lookups { states, recalled }) => (claim, states, recalled),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_doubt_is_opened_once_and_goes_when_the_lead_ends_otherwise() {
    let db = Db::new().await;
    let first = doubtful(&db, "lead-1", &[1, 2]).await;
    db.replay("lead-1").await;
    let again = db.claim(1).await;
    assert!(again.is_empty(), "a replay is claimed by its caller");

    let claim = Claim {
        run_no: 2,
        ..db_claim(&db)
    };
    let same = end(&db, &claim, &doubt(&[1, 2]), &[]).await;
    assert_eq!(same.review_id, Some(first));

    let others = doubtful_again(&db, &[2, 1]).await;
    assert_ne!(others, first, "other candidates: another review");
    assert_eq!(db.count("ops.reviews").await, 1);

    let claim = rerun(&db).await;
    let nobody = RunEnd::Unidentified {
        reason: "no_candidate".to_owned(),
    };
    let result = end(&db, &claim, &nobody, &[]).await;
    assert_eq!(result.review_id, None);
    assert_eq!(db.count("ops.reviews").await, 0);
}

fn db_claim(db: &Db) -> Claim {
    Claim {
        lead_id: super::harness::lead_id("lead-1"),
        owner: db.me,
        run_no: 1,
        attempts: 0,
        crashes: 0,
        given: None,
    }
}

pub(crate) async fn rerun(db: &Db) -> Claim {
    match db.replay("lead-1").await {
        storage::Accepted::Run(claim) => claim,
        other => panic!("{other:?}"),
    }
}

async fn doubtful_again(db: &Db, candidates: &[u32]) -> Uuid {
    let claim = rerun(db).await;
    let result = end(db, &claim, &doubt(candidates), &[]).await;
    result.review_id.unwrap()
}

#[tokio::test]
async fn whoever_objected_is_not_proposed_and_alone_they_suppress_the_lead() {
    let db = Db::new().await;
    suppress(&db, &key().of_cpf(&cpf(1))).await;
    let review_id = doubtful(&db, "lead-1", &[1, 2]).await;
    let review = storage::read_review(&db.pool, review_id).await.unwrap();
    let candidates = review.unwrap().candidates;
    assert_eq!(candidates.len(), 1);
    assert_eq!(candidates[0].1.cpf, Some(cpf(2)));

    suppress(&db, &key().of_cpf(&cpf(2))).await;
    let review = storage::read_review(&db.pool, review_id).await.unwrap();
    assert_eq!(review.unwrap().candidates, Vec::new(), "objected since");

    let claim = rerun(&db).await;
    let result = end(&db, &claim, &doubt(&[1, 2]), &[]).await;
    assert_eq!(result.state, LeadState::Suppressed);
    assert_eq!(result.review_id, None);
    assert_eq!(db.count("ops.reviews").await, 0);
}

pub(crate) async fn suppress(db: &Db, hash: &KeyedHash) {
    sqlx::query(
        "insert into ops.suppressions (key_hash, kind, reason) values ($1, 'cpf', 'objection')",
    )
    .bind(hash.as_bytes().as_slice())
    .execute(&db.pool)
    .await
    .unwrap();
}

#[tokio::test]
async fn a_choice_is_recalled_and_nobody_is_asked_for_the_contacts() {
    let db = Db::new().await;
    let review_id = doubtful(&db, "lead-1", &[1, 2]).await;
    let decided = decide(&db, review_id, Decision::Choose(2)).await;
    assert!(is_done(&decided, LeadState::Accepted), "{decided:?}");
    let again = decide(&db, review_id, Decision::Choose(2)).await;
    assert!(
        is_done(&again, LeadState::Accepted),
        "said twice: {again:?}"
    );
    let other = decide(&db, review_id, Decision::Choose(1)).await;
    assert_eq!(other, DecideReview::DecidedBefore);
    let kept = "select string_agg(coalesce(c ->> 'cpf', 'gone'), ' ') from ops.reviews, jsonb_array_elements(candidates) c";
    let kept = db.text(kept).await;
    assert_eq!(kept, Some(format!("gone {}", cpf(2).digits())));

    let (_, states, recalled) = recalled(&db).await;
    assert_eq!(states, Vec::new());
    let Some(Verdict::Chosen { candidate, .. }) = recalled.verdict else {
        panic!("{recalled:?}");
    };
    assert_eq!(candidate.cpf, Some(cpf(2)));
    let asked = db.count("ops.lookups").await;
    assert_eq!(asked, 0);
}

#[tokio::test]
async fn a_choice_holds_only_for_the_details_it_was_about() {
    let db = Db::new().await;
    let review_id = doubtful(&db, "lead-1", &[1]).await;
    decide(&db, review_id, Decision::Choose(1)).await;
    db.execute("update ops.reviews set contact_fingerprint = '\\x00'")
        .await;
    let (_, states, recalled) = recalled(&db).await;
    assert_eq!(recalled.verdict, None);
    assert_eq!(states, vec![LookupState::Mine, LookupState::Mine]);
}

#[tokio::test]
async fn a_rejection_is_recalled_for_this_lead_and_for_every_lead_on_the_contact() {
    let db = Db::new().await;
    let review_id = doubtful(&db, "lead-1", &[1, 2]).await;
    let decided = decide(&db, review_id, Decision::Reject).await;
    assert!(is_done(&decided, LeadState::Accepted), "{decided:?}");
    let late = decide(&db, review_id, Decision::Choose(1)).await;
    assert_eq!(late, DecideReview::DecidedBefore);
    let named = "select count(*)::text from ops.reviews, jsonb_array_elements(candidates) c where c ? 'cpf' or c ? 'name'";
    assert_eq!(db.text(named).await.as_deref(), Some("0"));

    let (claim, states, recalled) = recalled(&db).await;
    assert_eq!(recalled.verdict, Some(Verdict::Rejected));
    assert_eq!(states, Vec::new());
    assert!(!recalled.correction_due, "nobody read anything");
    let nobody = RunEnd::Unidentified {
        reason: "rejected_in_review".to_owned(),
    };
    end(&db, &claim, &nobody, &[]).await;

    let other = db.run("lead-2").await;
    let Ok(Acquired::Lookups { recalled, .. }) = db.acquire(&other, &[phone_key()]).await else {
        panic!("suppressed");
    };
    let mut rejected: Vec<_> = recalled.rejected.iter().map(|pair| pair.cpf_hash).collect();
    rejected.sort_unstable();
    let mut expected = [1, 2].map(|number| key().of_cpf(&cpf(number)));
    expected.sort_unstable();
    assert_eq!(rejected, expected);
    let of_phone = |pair: &RejectedMatch| pair.contact_hash == phone_key().hash;
    assert!(
        recalled.rejected.iter().all(of_phone),
        "the e-mail led to nobody"
    );
    assert_eq!(recalled.verdict, None);
}

#[tokio::test]
async fn what_cannot_be_decided_is_not() {
    let db = Db::new().await;
    let unknown = decide(&db, Uuid::now_v7(), Decision::Reject).await;
    assert_eq!(unknown, DecideReview::Unknown);
    let review_id = doubtful(&db, "lead-1", &[1]).await;
    for number in [0, 2, u16::MAX] {
        let decided = decide(&db, review_id, Decision::Choose(number)).await;
        assert_eq!(decided, DecideReview::NoSuchCandidate, "{number}");
    }
    rerun(&db).await;
    let running = decide(&db, review_id, Decision::Reject).await;
    assert_eq!(running, DecideReview::Running);
}

#[tokio::test]
async fn of_two_who_decide_at_once_one_does() {
    let db = Db::new().await;
    let review_id = doubtful(&db, "lead-1", &[1, 2]).await;
    let (one, other) = tokio::join!(
        decide(&db, review_id, Decision::Choose(1)),
        decide(&db, review_id, Decision::Choose(2))
    );
    let decided = [&one, &other];
    let done = decided
        .iter()
        .filter(|one| is_done(one, LeadState::Accepted));
    assert_eq!(done.count(), 1, "{decided:?}");
    assert!(
        decided.contains(&&DecideReview::DecidedBefore),
        "{decided:?}"
    );
}

#[tokio::test]
async fn reviews_are_listed_in_the_order_in_which_they_came() {
    let db = Db::new().await;
    let mut ids = Vec::new();
    for (number, id) in ["lead-1", "lead-2", "lead-3"].iter().enumerate() {
        ids.push(doubtful(&db, id, &[u32::try_from(number).unwrap() + 1]).await);
    }
    decide(&db, ids[0], Decision::Reject).await;
    let open = storage::list_reviews(&db.pool, false, 1, None)
        .await
        .unwrap();
    assert_eq!(open.reviews[0].review_id, ids[1]);
    let rest = storage::list_reviews(&db.pool, false, 5, open.next.as_ref()).await;
    let rest: Vec<_> = rest.unwrap().reviews.iter().map(|r| r.review_id).collect();
    assert_eq!(rest, [ids[2]]);
    let all = storage::list_reviews(&db.pool, true, 5, None)
        .await
        .unwrap();
    assert_eq!(all.reviews.len(), 3);
    let decided = all.reviews[0].decided.as_ref().unwrap();
    assert_eq!(
        (decided.decision, decided.by.as_str()),
        (Decision::Reject, "ana")
    );
    assert!(all.next.is_none());
    let hashes = contact_hashes();
    let lead_id = super::harness::lead_id("lead-1");
    let remembered = storage::recall_lead(&db.pool, &lead_id, fingerprint(), &hashes).await;
    assert_eq!(remembered.unwrap().verdict, Some(Verdict::Rejected));
}
