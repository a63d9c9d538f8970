//! Reviews, as they are answered.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::lead_state::StateWord;
use crate::models::{Cpf, Email, Phone};
use crate::services::reviews::{DecidedReview, explain};
use crate::storage::{Decision, ReviewCandidate, ReviewPage, StoredReview};

/// Reviews, those that have waited longest first.
#[derive(Serialize, ToSchema)]
pub(super) struct ReviewList {
    /// The reviews.
    items: Vec<ReviewBody>,
    /// Where to go on; null at the end.
    #[schema(required = true)]
    next_cursor: Option<String>,
}

/// A doubtful identity.
#[derive(Serialize, ToSchema)]
pub(super) struct ReviewBody {
    /// By this it is decided.
    review_id: Uuid,
    /// The lead's `id` in Contact2Sale.
    #[schema(format = "lead-id")]
    lead_id: String,
    /// The name that the lead left; null when it left none.
    #[schema(required = true)]
    lead_name: Option<String>,
    /// The phone that the lead left, as in `(11) *****-0001`.
    #[schema(required = true)]
    lead_phone: Option<String>,
    /// The e-mail that the lead left, as in `a***@example.com`.
    #[schema(required = true)]
    lead_email: Option<String>,
    /// How much speaks for the best candidate, 0–100: an order, no probability.
    #[schema(required = true, minimum = 0, maximum = 100)]
    score: Option<u8>,
    /// Why it is doubtful, as codes.
    reasons: Vec<String>,
    /// Who it may be, best first. Whoever objected since is left out.
    candidates: Vec<ReviewCandidateBody>,
    /// Since when it waits, or waited.
    #[schema(value_type = DateTime<Utc>)]
    created_at: String,
    /// What was decided; null while it waits.
    #[schema(required = true)]
    decision: Option<DecisionWord>,
    /// The number of the candidate who was chosen.
    #[schema(required = true, minimum = 1)]
    chosen: Option<u16>,
    /// The name of the key that decided; `cli:` and a name when it was done on the command line.
    #[schema(required = true)]
    decided_by: Option<String>,
    /// When it was decided.
    #[schema(value_type = Option<DateTime<Utc>>, required = true)]
    decided_at: Option<String>,
}

/// Who a lead may be.
#[derive(Serialize, ToSchema)]
pub(super) struct ReviewCandidateBody {
    /// By this number the candidate is chosen, from 1.
    #[schema(minimum = 1)]
    candidate: usize,
    /// A name that a provider holds; null when it holds none, and of whom it was decided against.
    #[schema(required = true)]
    name: Option<String>,
    /// The name in the profile, where that was looked at.
    #[schema(required = true)]
    profile_name: Option<String>,
    /// As in `***.819.328-**`; null of whom it was decided against.
    #[schema(required = true)]
    cpf: Option<String>,
    /// Which of the lead's contacts led to the person: `phone`, `email`, `both`; `cpf`: it was given with the lead;
    /// `review`: a person had chosen.
    matched_by: &'static str,
    /// How much speaks for the person, 0–100: an order, no probability.
    #[schema(minimum = 0, maximum = 100)]
    score: u8,
    /// What speaks for and against, as codes.
    reasons: Vec<String>,
    /// The same in Portuguese sentences.
    explanation: Vec<String>,
}

/// What a person decides: the lead is one of the candidates, or none of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum DecisionWord {
    /// One of them.
    Choose,
    /// None of them.
    Reject,
}

/// A review that was decided.
#[derive(Serialize, ToSchema)]
pub(super) struct DecidedReviewBody {
    /// As in a list.
    #[serde(flatten)]
    review: ReviewBody,
    /// How the lead stands now; it runs on by itself.
    state: StateWord,
}

impl ReviewList {
    pub(super) fn of(page: &ReviewPage) -> Self {
        Self {
            items: page.reviews.iter().map(ReviewBody::of).collect(),
            next_cursor: page.next.map(|next| next.as_text()),
        }
    }
}

impl DecidedReviewBody {
    pub(super) fn of(decided: &DecidedReview) -> Self {
        Self {
            review: ReviewBody::of(&decided.review),
            state: StateWord(decided.state),
        }
    }
}

impl ReviewBody {
    fn of(review: &StoredReview) -> Self {
        let candidates = review.candidates.iter();
        let candidates = candidates.map(|(number, one)| ReviewCandidateBody::of(*number, one));
        let decided = review.decided.as_ref();
        let (decision, chosen) = match decided.map(|decided| decided.decision) {
            Some(Decision::Choose(number)) => (Some(DecisionWord::Choose), Some(number)),
            Some(Decision::Reject) => (Some(DecisionWord::Reject), None),
            None => (None, None),
        };
        Self {
            review_id: review.review_id,
            lead_id: review.lead_id.as_str().to_owned(),
            lead_name: review
                .lead_name
                .as_ref()
                .map(|name| name.as_str().to_owned()),
            lead_phone: review.lead_phone.as_ref().map(Phone::masked),
            lead_email: review.lead_email.as_ref().map(Email::masked),
            score: review.score,
            reasons: review.reasons.clone(),
            candidates: candidates.collect(),
            created_at: instant(review.created_at),
            decision,
            chosen,
            decided_by: decided.map(|decided| decided.by.clone()),
            decided_at: decided.map(|decided| instant(decided.at)),
        }
    }
}

impl ReviewCandidateBody {
    fn of(number: usize, one: &ReviewCandidate) -> Self {
        Self {
            candidate: number,
            name: one.name.as_ref().map(|name| name.as_str().to_owned()),
            profile_name: one
                .profile_name
                .as_ref()
                .map(|name| name.as_str().to_owned()),
            cpf: one.cpf.as_ref().map(Cpf::masked),
            matched_by: one.matched_by.as_str(),
            score: one.score,
            reasons: one.reasons.clone(),
            explanation: explain(&one.reasons),
        }
    }
}

fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
