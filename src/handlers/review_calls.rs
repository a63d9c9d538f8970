//! What the routes about reviews ask of the services.

use uuid::Uuid;

use super::lead_calls::Call;
use crate::services::reviews::{DecidedReview, ReviewError};
use crate::storage::{Decision, ReviewCursor, ReviewPage};

/// A list of reviews that is asked for.
#[derive(Debug, Clone)]
pub struct ReviewListRequest {
    /// Those that are decided too.
    pub with_decided: bool,
    /// The most reviews to answer.
    pub limit: u8,
    /// Where to go on.
    pub cursor: Option<ReviewCursor>,
    /// Who is shown them: the name of a key.
    pub actor: String,
}

/// A decision that is made.
#[derive(Debug, Clone)]
pub struct DecideRequest {
    /// Of this review.
    pub review_id: Uuid,
    /// What.
    pub decision: Decision,
    /// By whom: the name of a key.
    pub actor: String,
}

/// What the routes about reviews ask of the services.
#[derive(Clone)]
pub struct ReviewCalls {
    /// Lists reviews.
    pub list: Call<ReviewListRequest, Result<ReviewPage, ReviewError>>,
    /// Decides one.
    pub decide: Call<DecideRequest, Result<DecidedReview, ReviewError>>,
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// No database answers.
    pub(crate) fn review_calls() -> ReviewCalls {
        ReviewCalls {
            list: Call::new(async |_| Err(ReviewError::DatabaseUnavailable)),
            decide: Call::new(async |_| Err(ReviewError::DatabaseUnavailable)),
        }
    }
}
