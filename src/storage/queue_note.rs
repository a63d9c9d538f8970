//! T4 of a run that accepts nobody and tells the CRM so: the note is being sent.

use std::time::Duration;

use sqlx::PgPool;

use super::complete_delivery::timeline_json;
use super::end_run::words;
use super::lookup_json::settled_json;
use super::retry::again_if_dead;
use super::reviews::review_json;
use super::{
    ABSENT_FRESH, Claim, OutboxMessage, RunEnd, SettledLookup, Step, StorageError, StoredBody,
};

/// A note without personal data, and the end that it tells of.
#[derive(Debug, Clone, Copy)]
pub struct NoteToQueue<'a> {
    /// What the lead becomes once the note is delivered: `review` or `unidentified`.
    pub end: &'a RunEnd,
    /// Calls that came back and are not settled yet.
    pub settled: &'a [SettledLookup],
    /// The note.
    pub message: OutboxMessage<'a>,
    /// The steps so far, for the timeline of a lead that ends here because its note is unchanged.
    pub timeline: &'a [Step],
}

/// What came of queueing a note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QueuedNote {
    /// Post it now.
    Send,
    /// This very note may have been delivered by an earlier run: read back first.
    ReadBack {
        /// The body that was sent then.
        body: StoredBody,
        /// How many sends of unknown outcome there were.
        unknown_sends: i32,
        /// How long ago it was sent at most. `None` when nothing is on its way any more.
        sent_ago: Option<Duration>,
    },
    /// This note was delivered before; the lead has ended, nothing is posted.
    Unchanged,
    /// Candidates objected or were erased, and nobody is left to propose: nothing is told, and the run ends suppressed.
    Suppressed,
    /// All candidates were turned down since: nothing is told, and the run ends unidentified.
    AllRejected,
}

/// Settles what came back, opens the review if the run ends in one, and queues the note, already `sending` and
/// owned by this run.
///
/// # Errors
/// [`StorageError::LostClaim`] when another run has the lead; any other [`StorageError`].
pub async fn queue_note(
    pool: &PgPool,
    claim: &Claim,
    note: &NoteToQueue<'_>,
) -> Result<QueuedNote, StorageError> {
    again_if_dead(|| once(pool, claim, note)).await
}

async fn once(
    pool: &PgPool,
    claim: &Claim,
    note: &NoteToQueue<'_>,
) -> Result<QueuedNote, StorageError> {
    let (ending, reason, ..) = words(note.end);
    let review = match note.end {
        RunEnd::Review { review, .. } => Some(review_json(review)?),
        _ => None,
    };
    let row = sqlx::query!(
        r#"select answer as "answer!", body, unknown_sends, sent_ago_secs
           from ops.queue_note($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"#,
        claim.lead_id.as_str(),
        claim.owner.0,
        claim.run_no,
        ending,
        reason,
        review,
        settled_json(note.settled)?,
        ABSENT_FRESH.as_secs_f64(),
        note.message.body,
        note.message.fingerprint.as_bytes().as_slice(),
        timeline_json(note.timeline)?,
    )
    .fetch_one(pool)
    .await?;
    let corrupt = StorageError::Corrupt("answer to a queued note");
    match (row.answer.as_str(), row.body, row.unknown_sends) {
        ("suppressed", ..) => Ok(QueuedNote::Suppressed),
        ("unidentified", ..) => Ok(QueuedNote::AllRejected),
        ("send", ..) => Ok(QueuedNote::Send),
        ("unchanged", ..) => Ok(QueuedNote::Unchanged),
        ("read_back", Some(body), Some(unknown_sends)) => Ok(QueuedNote::ReadBack {
            body: StoredBody(body),
            unknown_sends,
            sent_ago: row
                .sent_ago_secs
                .map(Duration::try_from_secs_f64)
                .transpose()
                .map_err(|_| corrupt)?,
        }),
        _ => Err(corrupt),
    }
}
