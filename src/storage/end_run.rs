//! The end of a run that delivered nothing, or does not know whether it did.

use std::time::Duration;

use sqlx::PgPool;

use super::complete_delivery::timeline_json;
use super::lookup_json::settled_json;
use super::result_row::ResultRow;
use super::retry::again_if_dead;
use super::reviews::review_json;
use super::{
    ABSENT_FRESH, Claim, LastSend, LeadResult, MAX_UNKNOWN_SENDS, ReviewToOpen, RunEnd,
    SettledLookup, Step, StorageError,
};

/// Ends a run: writes down what came back, then ends the lead or says when the next run is due.
/// A retry whose attempt was the last of `max_attempts` ends the lead `failed`; one after a send of
/// unknown outcome counts towards [`MAX_UNKNOWN_SENDS`] instead. Questions of the run that are
/// still open are given up and enter the ledger as `unknown`.
///
/// # Errors
/// [`StorageError::LostClaim`] when another run has the lead, or no message of this run is being
/// sent although its outcome is said to be unknown.
pub async fn end_run(
    pool: &PgPool,
    claim: &Claim,
    end: &RunEnd,
    settled: &[SettledLookup],
    timeline: &[Step],
    max_attempts: u16,
) -> Result<LeadResult, StorageError> {
    again_if_dead(|| once(pool, claim, end, settled, timeline, max_attempts)).await
}

async fn once(
    pool: &PgPool,
    claim: &Claim,
    end: &RunEnd,
    settled: &[SettledLookup],
    timeline: &[Step],
    max_attempts: u16,
) -> Result<LeadResult, StorageError> {
    if let RunEnd::Review { reason, review } = end {
        return in_review(pool, claim, (reason, review), settled, timeline).await;
    }
    let (ending, reason, after, spends_attempt) = words(end);
    let row = sqlx::query_as!(
        ResultRow,
        r#"select state as "state!", message_sent as "message_sent!", cpfs as "cpfs!: Vec<String>",
                  reason, next_attempt_at, finished_at, null::uuid as review_id
           from ops.end_run($1, $2, $3, $4, $5, make_interval(secs => $6), $7, $8, $9, $10, $11, $12)"#,
        claim.lead_id.as_str(),
        claim.owner.0,
        claim.run_no,
        ending,
        reason,
        after.as_secs_f64(),
        spends_attempt,
        settled_json(settled)?,
        ABSENT_FRESH.as_secs_f64(),
        timeline_json(timeline)?,
        i32::from(max_attempts),
        MAX_UNKNOWN_SENDS,
    )
    .fetch_one(pool)
    .await?;
    row.read(&claim.lead_id)
}

/// A run that leaves a doubt. When nobody is left to propose, the lead is suppressed or unidentified.
async fn in_review(
    pool: &PgPool,
    claim: &Claim,
    (reason, review): (&str, &ReviewToOpen),
    settled: &[SettledLookup],
    timeline: &[Step],
) -> Result<LeadResult, StorageError> {
    let row = sqlx::query_as!(
        ResultRow,
        r#"select state as "state!", message_sent as "message_sent!", cpfs as "cpfs!: Vec<String>",
                  reason, next_attempt_at, finished_at, review_id
           from ops.end_in_review($1, $2, $3, $4, $5, $6, $7, $8)"#,
        claim.lead_id.as_str(),
        claim.owner.0,
        claim.run_no,
        reason,
        review_json(review)?,
        settled_json(settled)?,
        ABSENT_FRESH.as_secs_f64(),
        timeline_json(timeline)?,
    )
    .fetch_one(pool)
    .await?;
    row.read(&claim.lead_id)
}

/// The ending's word, its reason, the wait before the next run, and whether an attempt is spent.
pub(super) fn words(end: &RunEnd) -> (&'static str, Option<&str>, Duration, bool) {
    match end {
        RunEnd::Unidentified { reason } => over("unidentified", Some(reason)),
        RunEnd::Review { reason, .. } => over("review", Some(reason)),
        RunEnd::LeadMissing => over("lead_missing", None),
        RunEnd::Suppressed => over("suppressed", None),
        RunEnd::DeliveryUnknown => over("delivery_unknown", Some("delivery_unknown")),
        RunEnd::Failed { reason } => over("failed", Some(reason)),
        RunEnd::HandedBack { lands_within } => ("handed_back", None, *lands_within, false),
        RunEnd::Retry {
            reason,
            after,
            spends_attempt,
            send,
        } => {
            let word = match send {
                LastSend::NotTried => "retry",
                LastSend::NotDelivered => "not_delivered",
                LastSend::Unknown => "unknown",
            };
            (word, Some(reason), *after, *spends_attempt)
        }
    }
}

const fn over<'a>(
    word: &'static str,
    reason: Option<&'a str>,
) -> (&'static str, Option<&'a str>, Duration, bool) {
    (word, reason, Duration::ZERO, false)
}
