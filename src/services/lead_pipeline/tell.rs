//! The person is stored, and the broker told.

use std::time::Instant;

use super::person::{Person, ToldBefore};
use super::used_lead::UsedLead;
use super::{LeadPipeline, REFUSED_BY_DATABASE, Reached, refuse};
use crate::lookups::{ProfileAnswer, RunNotes};
use crate::message::{self, Message, MessageInput, MessageOptions};
use crate::models::{KeyedHash, LeadId, day_in_sao_paulo};
use crate::services::delivery::{Delivered, EarlierSend};

use crate::services::run_error::RunError;
use crate::storage::{
    self, Claim, NewIds, OutboxMessage, PersistProfile, Persisted, PersonToStore, RunEnd,
    StorageError, persistently,
};

impl LeadPipeline {
    /// Stores the person and posts the message. `fetched` is when the lead was asked for: what it
    /// held then is the evidence of an earlier send.
    pub(super) async fn tell(
        &self,
        claim: &Claim,
        (lead, fetched): (&UsedLead, Instant),
        person: Person,
        told: &ToldBefore,
        notes: &mut RunNotes,
    ) -> Result<Reached, RunError> {
        let cpf = person.matched.cpf.clone();
        let (fingerprint, body) = self.message_about(&claim.lead_id, &person, told)?;
        let outbox = OutboxMessage {
            body: &body,
            fingerprint,
        };
        let persisted = match self.persist(claim, lead, &person, outbox, notes).await {
            Ok(persisted) => persisted,
            Err(StorageError::Refused { sqlstate, .. }) => {
                let reason = format!("{REFUSED_BY_DATABASE}_{sqlstate}");
                if let ProfileAnswer::Held { key, .. } = &person.answer {
                    storage::refuse_held(&self.pool, key, &reason).await?;
                }
                refuse(person.answer, &reason, notes);
                return Ok(Reached::End(RunEnd::Failed { reason }));
            }
            Err(error) => {
                // Given up with the answer in hand: the ledger at least knows that it was given.
                if let ProfileAnswer::Bought { settled, .. } = person.answer {
                    notes.unsettled.push(settled);
                }
                return Err(error.into());
            }
        };
        let delivered = match persisted {
            Persisted::Suppressed => return Ok(Reached::End(RunEnd::Suppressed)),
            Persisted::Unchanged { .. } => {
                let message_sent = false;
                return Ok(Reached::Completed { cpf, message_sent });
            }
            Persisted::Send { .. } => self.delivery.send(claim, &body, notes).await?,
            Persisted::ReadBack {
                body,
                unknown_sends,
                sent_ago,
                ..
            } => {
                let earlier = EarlierSend {
                    body: &body,
                    unknown_sends,
                    sent_before_fetch: sent_ago.map(|ago| ago.saturating_sub(fetched.elapsed())),
                };
                self.delivery
                    .read_back(claim, &lead.in_crm, &earlier, notes)
                    .await?
            }
        };
        match delivered {
            Delivered::Completed => Ok(Reached::Completed {
                cpf,
                message_sent: true,
            }),
            Delivered::Not(end) => Ok(Reached::End(end)),
        }
    }

    async fn persist(
        &self,
        claim: &Claim,
        lead: &UsedLead,
        person: &Person,
        message: OutboxMessage<'_>,
        notes: &mut RunNotes,
    ) -> Result<Persisted, StorageError> {
        let mut hashes = lead.hashes(&self.privacy_key);
        hashes.push(self.privacy_key.of_cpf(&person.matched.cpf));
        let stored = PersistProfile {
            person: person_to_store(&person.answer)?,
            suppression_hashes: &hashes,
            matched_by: person.matched.matched_by,
            matched_provider: person.named_by.as_str(),
            score: person.score,
            evidence: person.evidence.clone(),
            message,
            timeline: &notes.steps,
        };
        let since = Instant::now();
        let write = || storage::persist_profile(&self.pool, claim, &stored);
        // Fenced by the claim, and a post asks for permission: an old heartbeat is no reason to let
        // a bought answer go.
        let persisted = persistently(write).await;
        notes.stored(since);
        persisted
    }

    /// The message about a person, and the fingerprint by which it is known again.
    pub(super) fn message_about(
        &self,
        lead_id: &LeadId,
        person: &Person,
        told: &ToldBefore,
    ) -> Result<(KeyedHash, String), StorageError> {
        let corrects = told.was_about_another(&person.matched.cpf);
        let message = self.compose(person, corrects)?;
        let label = [lead_id.as_str(), message.sections()];
        let fingerprint = self.privacy_key.hash("message", &label);
        let reference = told.reference(&self.privacy_key, &fingerprint);
        let body = message.with_last_line(&reference);
        Ok((fingerprint, body))
    }

    fn compose(&self, person: &Person, corrects: bool) -> Result<Message, StorageError> {
        let (profile, fetched_at) = person.profile()?;
        let options = MessageOptions {
            fields: &self.settings.message_fields,
            income_multiplier_thousandths: self.settings.income_multiplier_thousandths,
        };
        Ok(message::compose(&MessageInput {
            profile,
            agreement: person.matched.agreement,
            strength: person.strength(),
            corrects,
            options: &options,
            today: day_in_sao_paulo(self.clock.now()),
            fetched_on: day_in_sao_paulo(fetched_at),
            source: "Work API",
        }))
    }
}

fn person_to_store(answer: &ProfileAnswer) -> Result<PersonToStore<'_>, StorageError> {
    match answer {
        ProfileAnswer::Bought {
            profile,
            payload,
            settled,
            fetched_at,
        } => Ok(PersonToStore::Bought {
            profile,
            payload,
            settled,
            fetched_at: *fetched_at,
            new_ids: NewIds::for_profile(profile),
        }),
        ProfileAnswer::Held { held, key } => Ok(PersonToStore::Held {
            held,
            key: *key,
            new_ids: NewIds::for_profile(&held.profile),
        }),
        ProfileAnswer::Stored { party_id, .. } => Ok(PersonToStore::Stored {
            party_id: *party_id,
        }),
        ProfileAnswer::Absent | ProfileAnswer::Refused { .. } => {
            Err(StorageError::Corrupt("profile of an accepted person"))
        }
    }
}
