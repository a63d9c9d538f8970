//! Doubtful identities, as a person reads and decides them.

use serde_json::Value;
use sqlx::PgPool;
use uuid::Uuid;

use crate::identity::Reason;
use crate::models::LeadState;
use crate::storage::{
    self, Asker, DecideReview, Decision, ReviewCursor, ReviewPage, StorageError, StoredReview,
};

/// Why reviews could not be read or decided.
#[derive(Debug, thiserror::Error)]
pub enum ReviewError {
    /// There is none of this id.
    #[error("there is no review of this id, or its lead ran again since: list the reviews")]
    Unknown,
    /// It was decided otherwise.
    #[error("the review was decided otherwise before: `decided=true` lists how")]
    DecidedBefore,
    /// Its lead is being worked on; the caller should come back.
    #[error("the lead of this review is being worked on: ask again in a moment")]
    Running,
    /// None of its candidates has this number.
    #[error("the review has no candidate of this number: send one that it lists")]
    NoSuchCandidate,
    /// The caller should come back: a decision that was made already stays.
    #[error("the database cannot be reached: ask again")]
    DatabaseUnavailable,
    /// Who looks could not be recorded; the caller should come back.
    #[error("who looks could not be recorded, so nothing is shown: ask again")]
    NotRecorded(#[source] StorageError),
    /// The database answered something else than expected.
    #[error("the reviews could not be read or written")]
    Internal(#[source] StorageError),
}

impl From<StorageError> for ReviewError {
    fn from(error: StorageError) -> Self {
        if error.is_unavailable() {
            Self::DatabaseUnavailable
        } else {
            Self::Internal(error)
        }
    }
}

/// A review that was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecidedReview {
    /// The review, with its decision.
    pub review: StoredReview,
    /// How its lead stood once it was decided; the lead runs on by itself.
    pub state: LeadState,
}

/// Lists and decides reviews. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Reviews {
    pool: PgPool,
    purpose: String,
}

impl Reviews {
    /// Over this database; each look and each decision is recorded with `purpose` (LGPD_PURPOSE).
    #[must_use]
    pub const fn new(pool: PgPool, purpose: String) -> Self {
        Self { pool, purpose }
    }

    /// Reviews, those that have waited longest first: the undecided ones, or all. `limit` is clamped to 1–1,000.
    /// That `actor` is shown them is recorded before they are answered.
    ///
    /// # Errors
    /// [`ReviewError`]; without a record there is no answer.
    pub async fn list(
        &self,
        with_decided: bool,
        limit: i64,
        cursor: Option<&ReviewCursor>,
        actor: &str,
    ) -> Result<ReviewPage, ReviewError> {
        let page = storage::list_reviews(&self.pool, with_decided, limit, cursor).await?;
        let shown: Vec<Uuid> = page.reviews.iter().map(|review| review.review_id).collect();
        let asker = self.asker(actor, "reviews_list");
        let recorded = storage::record_reviews_shown(&self.pool, &shown, &asker).await;
        recorded.map_err(ReviewError::NotRecorded)?;
        Ok(page)
    }

    fn asker(&self, actor: &str, action: &'static str) -> Asker {
        Asker {
            actor: actor.to_owned(),
            action,
            reason: self.purpose.clone(),
        }
    }

    /// Decides a review and lets its lead run on. Who decided is recorded with the decision; said again, it stays as
    /// it is.
    ///
    /// # Errors
    /// [`ReviewError`]; nothing was decided then, or, when the database could not be reached, perhaps.
    pub async fn decide(
        &self,
        review_id: Uuid,
        decision: Decision,
        actor: &str,
    ) -> Result<DecidedReview, ReviewError> {
        let asker = self.asker(actor, action(decision));
        let decided = storage::decide_review(&self.pool, review_id, decision, &asker).await?;
        let state = match decided {
            DecideReview::Done { state } => state,
            DecideReview::Unknown => return Err(ReviewError::Unknown),
            DecideReview::DecidedBefore => return Err(ReviewError::DecidedBefore),
            DecideReview::Running => return Err(ReviewError::Running),
            DecideReview::NoSuchCandidate => return Err(ReviewError::NoSuchCandidate),
        };
        let review = storage::read_review(&self.pool, review_id).await?;
        // Gone meanwhile: its person objected.
        let review = review.ok_or(ReviewError::Unknown)?;
        Ok(DecidedReview { review, state })
    }
}

/// What is recorded of a decision.
const fn action(decision: Decision) -> &'static str {
    match decision {
        Decision::Choose(_) => "review_choose",
        Decision::Reject => "review_reject",
    }
}

/// What the codes of a review's reasons say, in Portuguese sentences. A code that this version does not know stays as
/// it is.
#[must_use]
pub fn explain(codes: &[String]) -> Vec<String> {
    let explained = codes.iter().map(|code| {
        let reason: Option<Reason> = serde_json::from_value(Value::from(code.as_str())).ok();
        reason.map_or_else(|| code.clone(), |reason| reason.text().to_owned())
    });
    explained.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_explained_and_an_unknown_one_stays() {
        let codes = [Reason::NameAgrees.as_str(), "of_a_newer_version"].map(str::to_owned);
        let expected = [Reason::NameAgrees.text(), "of_a_newer_version"];
        assert_eq!(explain(&codes), expected);
    }
}
