//! `/api/v1/reviews`: doubtful identities, which a person decides.

use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::{FromRequestParts, RawPathParams, State};
use http::request::Parts;
use serde::Deserialize;
use serde_json::Number;
use utoipa::ToSchema;
use uuid::Uuid;

use super::access::Caller;
use super::extract::{Page, Parameters};
use super::json::{JsonAnswer, JsonBody};
use super::openapi;
use super::review_body::{DecidedReviewBody, DecisionWord, ReviewList};
use super::review_calls::{DecideRequest, ReviewListRequest};
use super::review_examples as examples;
use super::state::{AppState, NOT_RECORDED};
use crate::errors::AppError;
use crate::services::reviews::ReviewError;
use crate::storage::{Decision, ReviewCursor};
use crate::telemetry::RequestSummary;

/// When to ask again after the database could not be reached: Neon wakes within seconds.
const DATABASE_BACK: Duration = Duration::from_secs(5);

/// Lists reviews.
///
/// Those that have waited longest first. Names are whole, so that a person can tell the candidates apart; CPFs are
/// masked. That somebody looked is recorded.
#[utoipa::path(
    get,
    path = "/api/v1/reviews",
    operation_id = "list_reviews",
    tag = openapi::REVIEWS,
    params(
        ("decided" = Option<bool>, Query,
            description = "`true`: those that are decided too; otherwise those that wait."),
        ("limit" = Option<u8>, Query, minimum = 1, maximum = 100, example = 2,
            description = "The most items to answer; 20 when not given."),
        ("cursor" = Option<String>, Query, format = "review-cursor",
            description = "`next_cursor` of the page before.")
    ),
    responses(
        (status = 200, description = "Reviews, those that have waited longest first.", body = ReviewList,
            example = json!(examples::list())),
        (status = 400, description = "cursor: is no cursor of this list: send next_cursor of the page before"),
        (status = 503, description = "the database cannot be reached: ask again")
    )
)]
pub(super) async fn list_reviews(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    parameters: Parameters,
) -> Result<JsonAnswer<ReviewList>, AppError> {
    let with_decided = parameters.flag("decided")?;
    let Page { limit, cursor } = parameters.page()?;
    let cursor = cursor.map(|cursor| ReviewCursor::parse(&cursor).ok_or(Page::UNKNOWN_CURSOR));
    let request = ReviewListRequest {
        with_decided,
        limit,
        cursor: cursor.transpose()?,
        actor: caller.actor().to_owned(),
    };
    let page = state.calls.reviews.list.call(request).await;
    let page = page.map_err(undecided)?;
    Ok(JsonAnswer(ReviewList::of(&page)))
}

/// A person's decision: `choose` with the number of a candidate, or `reject` without one.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct ReviewDecision {
    #[schema(value_type = DecisionWord)]
    decision: String,
    /// With `choose`: the number of the candidate who it is, from 1.
    #[schema(value_type = Option<u32>, minimum = 1)]
    candidate: Option<Number>,
}

/// Decides a review.
///
/// `choose`: the lead is this candidate, and its run goes on with that person within a second. `reject`: it is none of
/// them; they are never proposed for these contacts again. A choice can be taken back by rejecting, which is about the
/// chosen one alone: the lead is looked at anew. If the broker has read a message about a person who is turned down, a
/// correction is posted. Said again, a decision stays as it is.
/// Who decided is recorded.
#[utoipa::path(
    post,
    path = "/api/v1/reviews/{id}",
    operation_id = "decide_review",
    tag = openapi::REVIEWS,
    params(
        ("id" = Uuid, Path, example = "0199c2a4-5b7e-7d10-8f3a-6c1e9b2d4f50",
            description = "The `review_id` of a review.")
    ),
    request_body(content = ReviewDecision, example = json!({"decision": "choose", "candidate": 1})),
    responses(
        (status = 200, description = "It is decided so, now or before.", body = DecidedReviewBody,
            example = json!(examples::chosen())),
        (status = 400, description = "id: is no UUID: send the review_id of a review"),
        (status = 404, description = "there is no review of this id, or its lead ran again since: list the reviews"),
        (status = 409, description = "the review was decided otherwise before: decided=true lists it"),
        (status = 422, description = "decision: is neither choose nor reject: send one of them"),
        (status = 503, description = "the database cannot be reached: ask again")
    )
)]
pub(super) async fn decide_review(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Extension(summary): Extension<Arc<RequestSummary>>,
    ReviewInPath(review_id): ReviewInPath,
    JsonBody(asked): JsonBody<ReviewDecision>,
) -> Result<JsonAnswer<DecidedReviewBody>, AppError> {
    let request = DecideRequest {
        review_id,
        decision: asked.read()?,
        actor: caller.actor().to_owned(),
    };
    let decided = state.calls.reviews.decide.call(request).await;
    let decided = decided.map_err(undecided)?;
    summary.set_lead_id(decided.review.lead_id.clone());
    Ok(JsonAnswer(DecidedReviewBody::of(&decided)))
}

impl ReviewDecision {
    fn read(&self) -> Result<Decision, AppError> {
        match (self.decision.as_str(), &self.candidate) {
            ("choose", Some(number)) => {
                // JSON writes one also as 1.0.
                let number = number.to_string();
                let number = number.strip_suffix(".0").unwrap_or(&number).parse();
                number
                    .map(Decision::Choose)
                    .map_err(|_| no_such_candidate())
            }
            ("choose", None) => Err(AppError::unprocessable(
                "candidate",
                "is missing: send the number of the candidate who it is",
            )),
            ("reject", None) => Ok(Decision::Reject),
            ("reject", Some(_)) => Err(AppError::unprocessable(
                "candidate",
                "is not taken with reject, which turns all of them down: leave it out",
            )),
            _ => Err(AppError::unprocessable(
                "decision",
                "is neither choose nor reject: send one of them",
            )),
        }
    }
}

/// The review whose id stands in the path, as `{id}`.
#[derive(Debug)]
pub(super) struct ReviewInPath(Uuid);

impl<S: Send + Sync> FromRequestParts<S> for ReviewInPath {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, AppError> {
        let wrong = || AppError::BadRequest {
            field: "id",
            wrong: "is no UUID: send the review_id of a review",
        };
        let parameters = RawPathParams::from_request_parts(parts, state).await;
        let parameters = parameters.map_err(|_| wrong())?;
        let id = parameters.iter().find(|(name, _)| *name == "id");
        let id = id.and_then(|(_, value)| Uuid::try_parse(value).ok());
        id.map(Self).ok_or_else(wrong)
    }
}

fn no_such_candidate() -> AppError {
    AppError::unprocessable(
        "candidate",
        "is none of this review's: send the number of one that it lists",
    )
}

/// Why reviews were not read or decided, as a caller is told.
fn undecided(error: ReviewError) -> AppError {
    match error {
        ReviewError::Unknown => AppError::NotFound(
            "there is no review of this id, or its lead ran again since: list the reviews",
        ),
        ReviewError::DecidedBefore => {
            AppError::Conflict("the review was decided otherwise before: decided=true lists it")
        }
        ReviewError::Running => {
            AppError::Conflict("the lead of this review is being worked on: ask again in a moment")
        }
        ReviewError::NoSuchCandidate => no_such_candidate(),
        ReviewError::NotRecorded(_) => AppError::Unavailable {
            detail: NOT_RECORDED.to_owned(),
            retry_after: DATABASE_BACK,
        },
        ReviewError::DatabaseUnavailable => AppError::Unavailable {
            detail: "the database cannot be reached: ask again".to_owned(),
            retry_after: DATABASE_BACK,
        },
        internal @ ReviewError::Internal(_) => AppError::internal(internal),
    }
}
