//! A run of a lead: fetched, looked up, decided, stored, told to the broker.
//!
//! A run always starts from the top. What an earlier run paid for is a row of `ops.lookups` and
//! costs nothing the second time; decisions are pure; so nothing needs to be remembered of how far
//! the earlier run came.

use std::sync::Arc;
use std::time::Instant;

use chrono::{DateTime, Utc};
use serde_json::json;
use sqlx::PgPool;

use super::backoff;
use super::delivery::{Delivered, Delivery, EarlierSend};
use super::run_error::RunError;
use crate::clock::Clock;
use crate::config::{Config, PipelineConfig};
use crate::identity::{self, Accepted, Asked, Confirmation, Decision, Evidence};
use crate::lookups::{ContactFindings, Lookups, ProfileAnswer, RunNotes};
use crate::message::{self, Message, MessageInput, MessageOptions};
use crate::models::{
    Cpf, KeyedHash, Lead, LeadState, MatchedBy, Money, PrivacyKey, Profile, day_in_sao_paulo,
};
use crate::storage::{
    self, Claim, Heartbeat, LeadResult, NewIds, OutboxMessage, PersistProfile, Persisted,
    PersonToStore, Provider, RunEnd, SettledAnswer, StorageError,
};
use crate::upstream::{C2s, UpstreamError};

/// How the reason of a profile begins that the database would not store.
const REFUSED_BY_DATABASE: &str = "profile_refused_by_database";

/// Runs leads.
#[derive(Clone)]
pub struct LeadPipeline {
    pool: PgPool,
    c2s: Arc<C2s>,
    lookups: Lookups,
    delivery: Delivery,
    privacy_key: PrivacyKey,
    clock: Clock,
    settings: PipelineConfig,
}

/// How a run ended, and where its time went.
#[derive(Debug)]
pub(super) struct RunReport {
    pub(super) result: LeadResult,
    pub(super) notes: RunNotes,
}

/// How far a run came, when nothing failed.
enum Reached {
    /// The message stands in the CRM.
    Completed { cpf: Cpf, message_sent: bool },
    /// Another end, still to be written.
    End(RunEnd),
}

/// Who the lead is, and what is known of them.
struct Person {
    accepted: Accepted,
    answer: ProfileAnswer,
    /// Confidence after the second look, 0–100.
    score: u8,
    evidence: serde_json::Value,
    phone_asked_at: Provider,
}

impl LeadPipeline {
    /// Wires a pipeline.
    #[must_use]
    pub fn new(
        config: &Config,
        pool: PgPool,
        c2s: Arc<C2s>,
        lookups: Lookups,
        privacy_key: PrivacyKey,
        heartbeat: Heartbeat,
        clock: Clock,
    ) -> Self {
        let delivery = Delivery {
            pool: pool.clone(),
            c2s: c2s.clone(),
            heartbeat,
            settle: config.c2s.timeout + config.pipeline.late_arrival,
        };
        Self {
            pool,
            c2s,
            lookups,
            delivery,
            privacy_key,
            clock,
            settings: config.pipeline.clone(),
        }
    }

    /// Runs a claimed lead to an end, or to its next try.
    ///
    /// # Errors
    /// When not even the end could be written: the lead is no longer ours, or the database is away.
    pub(super) async fn run(&self, claim: &Claim) -> Result<RunReport, StorageError> {
        let mut notes = RunNotes::default();
        let end = match self.steps(claim, &mut notes).await {
            Ok(Reached::Completed { cpf, message_sent }) => {
                let result = self.completed(claim, cpf, message_sent);
                return Ok(RunReport { result, notes });
            }
            Ok(Reached::End(end)) => end,
            Err(RunError::Storage(error @ StorageError::LostClaim)) => return Err(error),
            Err(error) => self.end_after(claim, &error),
        };
        let result = self.end(claim, &end, &mut notes).await?;
        Ok(RunReport { result, notes })
    }

    /// Writes the end of a run, with the calls that came back and are not settled yet.
    pub(super) async fn end(
        &self,
        claim: &Claim,
        end: &RunEnd,
        notes: &mut RunNotes,
    ) -> Result<LeadResult, StorageError> {
        let since = Instant::now();
        let max_attempts = self.settings.retry_max_attempts;
        let (unsettled, steps) = (&notes.unsettled, &notes.steps);
        let ended = storage::end_run(&self.pool, claim, end, unsettled, steps, max_attempts).await;
        notes.stored(since);
        ended
    }

    async fn steps(&self, claim: &Claim, notes: &mut RunNotes) -> Result<Reached, RunError> {
        let Some(lead) = self.fetch(claim, notes).await? else {
            return Ok(Reached::End(RunEnd::LeadMissing));
        };
        let fingerprint = self.contact_fingerprint(&lead);
        let found = self
            .lookups
            .people_behind(claim, &lead, fingerprint, notes)
            .await?;
        let Some(findings) = found else {
            return Ok(Reached::End(RunEnd::Suppressed));
        };
        match self.identify(claim, &lead, &findings, notes).await? {
            Ok(person) => self.tell(claim, &lead, person, notes).await,
            Err(end) => Ok(Reached::End(end)),
        }
    }

    async fn fetch(&self, claim: &Claim, notes: &mut RunNotes) -> Result<Option<Lead>, RunError> {
        let fetched = self.c2s.lead(&claim.lead_id).await;
        let (outcome, latency) = match &fetched {
            Ok(fetched) if fetched.lead.is_some() => ("found".to_owned(), fetched.latency),
            Ok(fetched) => ("missing".to_owned(), fetched.latency),
            Err(error) => (error.code(), error.latency),
        };
        notes.called("fetch_lead", &outcome, latency, Money::from_centavos(0));
        Ok(fetched?.lead)
    }

    /// Decides who the lead is, gets their profile, and looks a second time. The inner `Err` is an
    /// end of the run, not a failure.
    async fn identify(
        &self,
        claim: &Claim,
        lead: &Lead,
        findings: &ContactFindings,
        notes: &mut RunNotes,
    ) -> Result<Result<Person, RunEnd>, RunError> {
        let unidentified = |reason: &str| {
            let reason = reason.to_owned();
            Ok(Err(RunEnd::Unidentified { reason }))
        };
        if findings.by_phone.is_none() && findings.by_email.is_none() {
            return unidentified("no_contact");
        }
        let evidence = Evidence {
            lead_name: lead.name.as_ref(),
            by_phone: asked(findings.by_phone.as_ref()),
            by_email: asked(findings.by_email.as_ref()),
        };
        let accepted = match identity::decide(&evidence) {
            Decision::Accept(accepted) => accepted,
            Decision::Nobody(reasons) => {
                let first = reasons.first().map(|reason| reason.as_str());
                return unidentified(first.unwrap_or("no_agreement"));
            }
        };
        let answer = self.lookups.profile_of(claim, &accepted.cpf, notes).await?;
        let profile = match &answer {
            ProfileAnswer::Bought { profile, .. } | ProfileAnswer::Stored { profile, .. } => {
                profile
            }
            ProfileAnswer::Absent => return unidentified("no_profile"),
            ProfileAnswer::Refused { reason } if reason.starts_with(REFUSED_BY_DATABASE) => {
                let reason = reason.clone();
                return Ok(Err(RunEnd::Failed { reason }));
            }
            ProfileAnswer::Refused { reason } => return unidentified(reason),
        };
        match identity::confirm(lead.name.as_ref(), &accepted, profile) {
            Confirmation::Confirmed { score, reasons } => Ok(Ok(Person {
                evidence: json!({"decided": accepted.reasons, "confirmed": reasons}),
                accepted,
                answer,
                score,
                phone_asked_at: findings.phone_asked_at,
            })),
            Confirmation::Rejected(reason) => {
                refuse(answer, reason.as_str(), notes);
                unidentified(reason.as_str())
            }
        }
    }

    /// Stores the person and posts the message.
    async fn tell(
        &self,
        claim: &Claim,
        lead: &Lead,
        person: Person,
        notes: &mut RunNotes,
    ) -> Result<Reached, RunError> {
        let cpf = person.accepted.cpf.clone();
        let message = self.compose(&person)?;
        let label = [claim.lead_id.as_str(), message.sections()];
        let fingerprint = self.privacy_key.hash("message", &label);
        let body = message.with_last_line(&fingerprint.reference());
        let outbox = OutboxMessage {
            body: &body,
            fingerprint,
        };
        let persisted = match self.persist(claim, lead, &person, outbox, notes).await {
            Ok(persisted) => persisted,
            Err(StorageError::Refused { sqlstate, .. }) => {
                let reason = format!("{REFUSED_BY_DATABASE}_{sqlstate}");
                refuse(person.answer, &reason, notes);
                return Ok(Reached::End(RunEnd::Failed { reason }));
            }
            Err(error) => return Err(error.into()),
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
                    sent_ago,
                };
                self.delivery
                    .read_back(claim, lead, &earlier, notes)
                    .await?
            }
        };
        match delivered {
            Delivered::Completed => Ok(Reached::Completed {
                cpf,
                message_sent: true,
            }),
            Delivered::Not(end) => Ok(Reached::End(end)),
            Delivered::Failed(error) => Err(error.into()),
        }
    }

    async fn persist(
        &self,
        claim: &Claim,
        lead: &Lead,
        person: &Person,
        message: OutboxMessage<'_>,
        notes: &mut RunNotes,
    ) -> Result<Persisted, StorageError> {
        let mut hashes = self.contact_hashes(lead);
        hashes.push(self.privacy_key.of_cpf(&person.accepted.cpf));
        let by_work_api = person.accepted.matched_by != MatchedBy::Email
            && person.phone_asked_at == Provider::WorkApi;
        let provider = if by_work_api {
            Provider::WorkApi
        } else {
            Provider::Diretrix
        };
        let stored = PersistProfile {
            person: person_to_store(&person.answer)?,
            suppression_hashes: &hashes,
            matched_by: person.accepted.matched_by,
            matched_provider: provider.as_str(),
            score: person.score,
            evidence: person.evidence.clone(),
            message,
            timeline: &notes.steps,
        };
        let since = Instant::now();
        let persisted = storage::persist_profile(&self.pool, claim, &stored).await;
        notes.stored(since);
        persisted
    }

    fn compose(&self, person: &Person) -> Result<Message, StorageError> {
        let (profile, fetched_at) = profile_in(&person.answer)?;
        let options = MessageOptions {
            fields: &self.settings.message_fields,
            income_multiplier_thousandths: self.settings.income_multiplier_thousandths,
        };
        Ok(message::compose(&MessageInput {
            profile,
            agreement: person.accepted.agreement,
            options: &options,
            today: day_in_sao_paulo(self.clock.now()),
            fetched_on: day_in_sao_paulo(fetched_at),
            source: "Work API",
        }))
    }

    fn contact_hashes(&self, lead: &Lead) -> Vec<KeyedHash> {
        let phone = lead.phone.usable().map(|p| self.privacy_key.of_phone(p));
        let email = lead.email.usable().map(|e| self.privacy_key.of_email(e));
        phone.into_iter().chain(email).collect()
    }

    /// Changes when the lead's name or contacts do.
    fn contact_fingerprint(&self, lead: &Lead) -> KeyedHash {
        let name = lead.name.as_ref().map_or("", |name| name.as_str());
        let phone = lead.phone.usable().map_or("", |phone| phone.national());
        let email = lead.email.usable().map_or("", |email| email.as_str());
        self.privacy_key.hash("contact", &[name, phone, email])
    }

    fn completed(&self, claim: &Claim, cpf: Cpf, message_sent: bool) -> LeadResult {
        LeadResult {
            lead_id: claim.lead_id.clone(),
            state: LeadState::Completed,
            message_sent,
            cpfs: vec![cpf],
            reason: None,
            next_attempt_at: None,
            finished_at: Some(self.clock.now()),
        }
    }

    /// What follows from a failure: another try after a while, or the end.
    fn end_after(&self, claim: &Claim, error: &RunError) -> RunEnd {
        match error {
            RunError::Upstream(error) if !error.is_retryable() => RunEnd::Failed {
                reason: error.code(),
            },
            RunError::Upstream(error) => self.retry_after_upstream(claim, error),
            RunError::HeartbeatOld => RunEnd::HandedBack,
            RunError::Storage(error) => RunEnd::Retry {
                reason: error.code(),
                after: self.backoff(claim, None),
                spends_attempt: matches!(
                    error,
                    StorageError::Corrupt(_) | StorageError::Refused { .. }
                ),
                send_unknown: false,
            },
        }
    }

    fn retry_after_upstream(&self, claim: &Claim, error: &UpstreamError) -> RunEnd {
        RunEnd::Retry {
            reason: error.code(),
            after: self.backoff(claim, error.retry_after),
            spends_attempt: !error.holds_the_queue(),
            send_unknown: false,
        }
    }

    /// The backoff of a lead after so many failures.
    pub(super) fn backoff(
        &self,
        claim: &Claim,
        retry_after: Option<std::time::Duration>,
    ) -> std::time::Duration {
        let (base, max) = (self.settings.retry_base, self.settings.retry_max);
        let attempts = u32::try_from(claim.attempts).unwrap_or(0);
        backoff::delay(base, max, attempts, retry_after, backoff::chance())
    }
}

/// A profile that was bought and must not be kept: the call enters the ledger, the answer is not
/// stored, and it is not bought again while it would be fresh.
fn refuse(answer: ProfileAnswer, reason: &str, notes: &mut RunNotes) {
    if let ProfileAnswer::Bought { mut settled, .. } = answer {
        settled.answer = SettledAnswer::Refused {
            reason: reason.to_owned(),
        };
        notes.unsettled.push(settled);
    }
}

fn asked(people: Option<&Vec<crate::models::Candidate>>) -> Asked<'_> {
    people.map_or(Asked::NotAsked, |people| Asked::Answered(people))
}

fn profile_in(answer: &ProfileAnswer) -> Result<(&Profile, DateTime<Utc>), StorageError> {
    match answer {
        ProfileAnswer::Bought {
            profile,
            fetched_at,
            ..
        }
        | ProfileAnswer::Stored {
            profile,
            fetched_at,
            ..
        } => Ok((profile, *fetched_at)),
        ProfileAnswer::Absent | ProfileAnswer::Refused { .. } => {
            Err(StorageError::Corrupt("profile of an accepted person"))
        }
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
        ProfileAnswer::Stored { party_id, .. } => Ok(PersonToStore::Stored {
            party_id: *party_id,
        }),
        ProfileAnswer::Absent | ProfileAnswer::Refused { .. } => {
            Err(StorageError::Corrupt("profile of an accepted person"))
        }
    }
}
