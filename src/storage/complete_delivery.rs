//! T5: the message is with the broker, and the lead is completed.

use sqlx::PgPool;

use super::retry::again_if_dead;
use super::{Claim, Step, StorageError};

/// Completes the lead and its message. `message_sent` tells whether this run posted it, rather than
/// found it delivered by an earlier one. When a change was asked for meanwhile, the lead is due
/// again at once instead of ended.
///
/// # Errors
/// [`StorageError::LostClaim`] when another run has the lead, or no message of this run is being sent.
pub async fn complete_delivery(
    pool: &PgPool,
    claim: &Claim,
    message_sent: bool,
    timeline: &[Step],
) -> Result<(), StorageError> {
    again_if_dead(|| once(pool, claim, message_sent, timeline)).await
}

async fn once(
    pool: &PgPool,
    claim: &Claim,
    message_sent: bool,
    timeline: &[Step],
) -> Result<(), StorageError> {
    sqlx::query!(
        "select ops.complete_delivery($1, $2, $3, $4, $5)",
        claim.lead_id.as_str(),
        claim.owner.0,
        claim.run_no,
        message_sent,
        timeline_json(timeline)?,
    )
    .fetch_one(pool)
    .await?;
    Ok(())
}

/// Says that the message is about to be sent again, after it was read back and found absent: from
/// now on a late request may land once more. `unknown_sends` is how many went before, as T4 told.
///
/// # Errors
/// As [`complete_delivery`].
pub async fn send_again(
    pool: &PgPool,
    claim: &Claim,
    unknown_sends: i32,
) -> Result<(), StorageError> {
    let once = async || {
        sqlx::query!(
            "select ops.send_again($1, $2, $3, $4)",
            claim.lead_id.as_str(),
            claim.owner.0,
            claim.run_no,
            unknown_sends,
        )
        .fetch_one(pool)
        .await?;
        Ok(())
    };
    again_if_dead(once).await
}

pub(super) fn timeline_json(timeline: &[Step]) -> Result<serde_json::Value, StorageError> {
    serde_json::to_value(timeline).map_err(|_| StorageError::Corrupt("timeline"))
}
