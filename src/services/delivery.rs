//! The message goes to the CRM, once.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::PgPool;

use super::run_error::RunError;
use crate::lookups::RunNotes;
use crate::models::{FreeText, Lead, Money};
use crate::storage::{self, Claim, LastSend, MAX_UNKNOWN_SENDS, RunEnd, persistently};
use crate::telemetry::metrics;
use crate::upstream::c2s::{C2s, SendOutcome, UpstreamError, UpstreamErrorKind};

/// Posts messages.
#[derive(Clone)]
pub(super) struct Delivery {
    pub(super) pool: PgPool,
    pub(super) c2s: Arc<C2s>,
    /// From the end of a send of unknown outcome to the moment it can be read back.
    pub(super) arrival: Duration,
    /// The same from the moment a message was stored as being sent, when nobody knows whether its
    /// call ever had its turn.
    pub(super) settle: Duration,
}

/// A message that an earlier run may have delivered.
pub(super) struct EarlierSend<'a> {
    /// What was sent.
    pub(super) body: &'a str,
    /// Sends of unknown outcome so far.
    pub(super) unknown_sends: i32,
    /// How long before the lead was fetched the last one was sent at most; `None` when it is not on
    /// its way any more.
    pub(super) sent_before_fetch: Option<Duration>,
}

/// What came of a message.
#[derive(Debug)]
pub(super) enum Delivered {
    /// It stands in the CRM, and the lead is completed.
    Completed,
    /// It does not, or nobody knows: the run ends like this.
    Not(RunEnd),
}

impl Delivery {
    /// Whether an earlier message stands in the lead as fetched: found by its reference, whatever
    /// the CRM did to the white space around it.
    fn stands_in(lead: &Lead, body: &str) -> bool {
        let Some(reference) = body.rsplit("ref. ").next().filter(|rest| *rest != body) else {
            return false;
        };
        let wanted = squeezed(&format!("ref. {reference}"));
        let notes = lead.notes.iter().map(FreeText::as_str);
        notes.map(squeezed).any(|note| note.contains(&wanted))
    }

    /// What to do about a message that an earlier run may have delivered, with the lead as this run
    /// fetched it: completed when it stands there; sent again when it does not, but not before a
    /// late request can no longer land, and not after three sends of unknown outcome.
    ///
    /// # Errors
    /// As [`Delivery::send`].
    pub(super) async fn read_back(
        &self,
        claim: &Claim,
        lead: &Lead,
        earlier: &EarlierSend<'_>,
        notes: &mut RunNotes,
    ) -> Result<Delivered, RunError> {
        if Self::stands_in(lead, earlier.body) {
            notes.had("send");
            self.complete(claim, true, notes).await?;
            return Ok(Delivered::Completed);
        }
        let may_land = earlier
            .sent_before_fetch
            .and_then(|before| self.settle.checked_sub(before));
        if let Some(after) = may_land {
            return Ok(Delivered::Not(RunEnd::Retry {
                reason: "send_may_still_land".to_owned(),
                after,
                spends_attempt: false,
                send: LastSend::NotTried,
            }));
        }
        if earlier.unknown_sends >= MAX_UNKNOWN_SENDS {
            return Ok(Delivered::Not(RunEnd::DeliveryUnknown));
        }
        let since = Instant::now();
        let noted = storage::send_again(&self.pool, claim, earlier.unknown_sends).await;
        notes.stored(since);
        noted?;
        self.send(claim, earlier.body, notes).await
    }

    /// Posts the message and completes the lead.
    ///
    /// # Errors
    /// [`RunError::NotDelivered`] when the CRM refused the message, failed, or was not reached; any
    /// other when the database failed, or the lead is no longer ours.
    pub(super) async fn send(
        &self,
        claim: &Claim,
        body: &str,
        notes: &mut RunNotes,
    ) -> Result<Delivered, RunError> {
        let outcome = self
            .c2s
            .create_message(&claim.lead_id, notes.held_since, body)
            .await;
        let code = outcome.error().map(UpstreamError::code);
        let word = code.as_deref().unwrap_or("delivered");
        notes.called("send", word, outcome.latency(), Money::from_centavos(0));
        match outcome {
            SendOutcome::Delivered { .. } => {
                self.complete(claim, true, notes).await?;
                Ok(Delivered::Completed)
            }
            SendOutcome::Unknown(error) => Ok(Delivered::Not(RunEnd::Retry {
                reason: error.code(),
                after: self.arrival,
                spends_attempt: false,
                send: LastSend::Unknown,
            })),
            SendOutcome::Rejected(error) if error.kind == UpstreamErrorKind::Status(404) => {
                Ok(Delivered::Not(RunEnd::LeadMissing))
            }
            SendOutcome::Rejected(error)
            | SendOutcome::NotSent(error)
            | SendOutcome::MostLikelyNot(error) => Err(RunError::NotDelivered(error)),
        }
    }

    /// The message stands in the CRM: outbox and lead are completed in one transaction. Known only
    /// here, it is written as soon as the database can be reached.
    pub(super) async fn complete(
        &self,
        claim: &Claim,
        message_sent: bool,
        notes: &mut RunNotes,
    ) -> Result<(), RunError> {
        let since = Instant::now();
        let write = || storage::complete_delivery(&self.pool, claim, message_sent, &notes.steps);
        let completed = persistently(write).await;
        notes.stored(since);
        completed?;
        if message_sent {
            metrics::delivered(notes.held_since);
        }
        Ok(())
    }
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use rstest::rstest;

    use super::*;
    use crate::models::{Contact, LeadId};

    fn lead(note: &str) -> Lead {
        Lead {
            id: LeadId::parse("a01").unwrap(),
            name: None,
            phone: Contact::Absent,
            email: Contact::Absent,
            description: None,
            product: None,
            seller: None,
            source: None,
            campaign: None,
            created_at: None,
            updated_at: None,
            notes: FreeText::parse(note).into_iter().collect(),
        }
    }

    #[rstest]
    #[case::same("Fonte: Work API · ref. ABC234", true)]
    #[case::spaces_changed("Fonte:  Work API\n·   ref.\u{a0}ABC234  ", true)]
    #[case::another("Fonte: Work API · ref. ABC235", false)]
    #[case::none("ligar amanhã", false)]
    fn an_earlier_message_is_found_by_its_reference(#[case] note: &str, #[case] stands: bool) {
        let body = "Nome: X\nFonte: Work API · ref. ABC234";
        assert_eq!(Delivery::stands_in(&lead(note), body), stands);
    }

    #[test]
    fn a_body_without_reference_is_never_found() {
        assert!(!Delivery::stands_in(&lead("Nome: X"), "Nome: X"));
    }
}
