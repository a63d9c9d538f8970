//! Nobody was accepted: the broker is told so, if the brokerage wants that, or if an earlier message has to be taken
//! back.

use std::time::Instant;

use super::person::{ToldBefore, unidentified};
use super::used_lead::UsedLead;
use super::{LeadPipeline, Reached};
use crate::identity::Reason;
use crate::lookups::RunNotes;
use crate::message::{self, Note};
use crate::services::delivery::{Delivered, EarlierSend};
use crate::services::run_error::RunError;
use crate::storage::{self, Claim, NoteToQueue, OutboxMessage, QueuedNote, RunEnd, persistently};

impl LeadPipeline {
    /// Posts the note that belongs to an end without a person, if one does, and ends the lead. `fetched` is when the
    /// lead was asked for: what it held then is the evidence of an earlier send.
    pub(super) async fn tell_nobody(
        &self,
        claim: &Claim,
        (lead, fetched): (&UsedLead, Instant),
        end: RunEnd,
        told: &ToldBefore,
        notes: &mut RunNotes,
    ) -> Result<Reached, RunError> {
        let Some(note) = self.note_for(&end, told.correction_due) else {
            return Ok(Reached::End(end));
        };
        let message = message::compose_note(note);
        let label = [claim.lead_id.as_str(), message.sections()];
        let fingerprint = self.privacy_key.hash("message", &label);
        let body = message.with_last_line(&told.reference(&self.privacy_key, &fingerprint));
        let outbox = OutboxMessage {
            body: &body,
            fingerprint,
        };
        let delivered = match self.queue(claim, &end, outbox, notes).await? {
            QueuedNote::Suppressed => return Ok(Reached::End(RunEnd::Suppressed)),
            QueuedNote::AllRejected => {
                let end = unidentified(Reason::RejectedBefore);
                if !told.correction_due {
                    return Ok(Reached::End(end));
                }
                // A correction is owed whoever is left to propose.
                let lead = (lead, fetched);
                return Box::pin(self.tell_nobody(claim, lead, end, told, notes)).await;
            }
            QueuedNote::Unchanged => return Ok(Reached::Noted),
            QueuedNote::Send => self.delivery.send(claim, &body, notes).await,
            QueuedNote::ReadBack {
                body,
                unknown_sends,
                sent_ago,
            } => {
                let earlier = EarlierSend {
                    body: &body,
                    unknown_sends,
                    sent_before_fetch: sent_ago.map(|ago| ago.saturating_sub(fetched.elapsed())),
                };
                let reading_back = self
                    .delivery
                    .read_back(claim, &lead.in_crm, &earlier, notes);
                reading_back.await
            }
        };
        match delivered {
            Ok(Delivered::Completed) => Ok(Reached::Noted),
            Ok(Delivered::Not(end)) => Ok(Reached::End(end)),
            // The lead is what it is, whether or not the CRM takes the note. A correction is owed.
            Err(RunError::NotDelivered(error))
                if note != Note::Correction && !error.is_retryable() =>
            {
                Ok(Reached::End(end))
            }
            Err(error) => Err(error),
        }
    }

    /// The note for an end without a person: a correction whatever is configured, since the broker was told something
    /// wrong.
    const fn note_for(&self, end: &RunEnd, correction_due: bool) -> Option<Note> {
        let told = match end {
            RunEnd::Review { .. } => Note::UnderReview,
            RunEnd::Unidentified { .. } => Note::NobodyFound,
            _ => return None,
        };
        if correction_due {
            Some(Note::Correction)
        } else if self.settings.note_when_unsure {
            Some(told)
        } else {
            None
        }
    }

    async fn queue(
        &self,
        claim: &Claim,
        end: &RunEnd,
        message: OutboxMessage<'_>,
        notes: &mut RunNotes,
    ) -> Result<QueuedNote, RunError> {
        let since = Instant::now();
        let note = NoteToQueue {
            end,
            settled: &notes.unsettled,
            message,
            timeline: &notes.steps,
        };
        let write = || storage::queue_note(&self.pool, claim, &note);
        let queued = persistently(write).await;
        notes.stored(since);
        let queued = queued?;
        // Settled with the note.
        notes.unsettled.clear();
        Ok(queued)
    }
}
