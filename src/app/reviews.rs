//! What the routes about reviews ask, wired to the service.

use crate::handlers::{Call, DecideRequest, ReviewCalls, ReviewListRequest};
use crate::services::reviews::Reviews;

pub(super) fn review_calls(reviews: Reviews) -> ReviewCalls {
    let list = reviews.clone();
    ReviewCalls {
        list: Call::new(move |asked: ReviewListRequest| {
            let reviews = list.clone();
            async move {
                let limit = i64::from(asked.limit);
                let cursor = asked.cursor.as_ref();
                let listing = reviews.list(asked.with_decided, limit, cursor, &asked.actor);
                listing.await
            }
        }),
        decide: Call::new(move |asked: DecideRequest| {
            let reviews = reviews.clone();
            async move {
                let DecideRequest {
                    review_id,
                    decision,
                    actor,
                } = asked;
                reviews.decide(review_id, decision, &actor).await
            }
        }),
    }
}
