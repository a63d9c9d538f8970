//! Who stands behind a lead's contacts.

use std::time::{Duration, Instant};

use futures::StreamExt;
use futures::stream::FuturesUnordered;

use super::answer::{ProviderAnswer, ProviderOutcome};
use super::settle::count_answer;
use super::{LookupError, Lookups, RunNotes};
use crate::models::{Candidate, Email, KeyedHash, Lead, Phone};
use crate::storage::{
    self, AcquireContacts, Acquired, Claim, LookupKey, LookupKind, LookupState, Provider,
    SettledLookup, StorageError, persistently,
};
use crate::upstream::UpstreamError;

/// An answer this much ahead of the other is committed while waiting (DATABASE.md, T3).
const EARLY: Duration = Duration::from_millis(300);

/// The people behind a lead's contacts. `None`: not asked, because the lead has no usable one.
#[derive(Debug, Clone, PartialEq)]
pub struct ContactFindings {
    /// Behind the phone.
    pub by_phone: Option<Vec<Candidate>>,
    /// Behind the e-mail.
    pub by_email: Option<Vec<Candidate>>,
    /// Who named the people behind the phone.
    pub phone_asked_at: Provider,
}

impl ContactFindings {
    fn knows_nobody(&self) -> bool {
        let people = [&self.by_phone, &self.by_email].into_iter().flatten();
        people.map(Vec::len).sum::<usize>() == 0
    }
}

#[derive(Clone, Copy)]
enum Asked<'a> {
    Phone(&'a Phone),
    Email(&'a Email),
}

#[derive(Clone, Copy)]
struct Question<'a> {
    key: LookupKey,
    asked: Asked<'a>,
}

struct Answer<'a> {
    question: Question<'a>,
    people: Result<Vec<Candidate>, LookupError>,
    /// Present when this run asked itself.
    settled: Option<SettledLookup>,
}

impl Lookups {
    /// Asks Diretrix by phone and by e-mail at the same time, then, when it knows nobody, Work API
    /// by phone. The lead's details are stored with the first transaction. `None`: the person
    /// objected or was erased, and nobody was asked.
    ///
    /// # Errors
    /// [`LookupError`]; the other contact's answer, if there is one, is in the notes and will be
    /// settled, but nothing is concluded while evidence is missing.
    pub async fn people_behind(
        &self,
        claim: &Claim,
        lead: &Lead,
        contact_fingerprint: KeyedHash,
        notes: &mut RunNotes,
    ) -> Result<Option<ContactFindings>, LookupError> {
        let questions = self.questions(lead);
        let keys: Vec<LookupKey> = questions.iter().map(|question| question.key).collect();
        let hashes: Vec<KeyedHash> = keys.iter().map(|key| key.hash).collect();
        let acquire = AcquireContacts {
            lead,
            contact_fingerprint,
            suppression_hashes: &hashes,
            keys: &keys,
            terms: &self.terms.for_storage(),
        };
        let since = Instant::now();
        let write = || storage::acquire_contacts(&self.pool, claim, &acquire);
        let acquired = persistently(write).await;
        notes.stored(since);
        let states = match acquired? {
            Acquired::Suppressed => return Ok(None),
            Acquired::Lookups(states) => states,
        };
        let asked: Vec<_> = questions.into_iter().zip(states).collect();
        let findings = self.ask_at_once(claim, asked, notes).await?;
        match lead.phone.usable() {
            Some(phone) if findings.knows_nobody() => {
                let by_phone = self.people_by_work_api(claim, phone, notes).await?;
                Ok(Some(ContactFindings {
                    by_phone: Some(by_phone),
                    phone_asked_at: Provider::WorkApi,
                    ..findings
                }))
            }
            _ => Ok(Some(findings)),
        }
    }

    fn questions<'a>(&self, lead: &'a Lead) -> Vec<Question<'a>> {
        let phone = lead.phone.usable().map(|phone| Question {
            key: LookupKey {
                provider: Provider::Diretrix,
                kind: LookupKind::Phone,
                hash: self.privacy_key.of_phone(phone),
            },
            asked: Asked::Phone(phone),
        });
        let email = lead.email.usable().map(|email| Question {
            key: LookupKey {
                provider: Provider::Diretrix,
                kind: LookupKind::Email,
                hash: self.privacy_key.of_email(email),
            },
            asked: Asked::Email(email),
        });
        phone.into_iter().chain(email).collect()
    }

    async fn ask_at_once(
        &self,
        claim: &Claim,
        questions: Vec<(Question<'_>, LookupState)>,
        notes: &mut RunNotes,
    ) -> Result<ContactFindings, LookupError> {
        let held_since = notes.held_since;
        let asking = questions
            .into_iter()
            .map(|(question, state)| self.answer(claim, question, state, held_since));
        let mut asking: FuturesUnordered<_> = asking.collect();
        let mut findings = ContactFindings {
            by_phone: None,
            by_email: None,
            phone_asked_at: Provider::Diretrix,
        };
        let mut failed = None;
        loop {
            let next = if notes.unsettled.is_empty() {
                asking.next().await
            } else {
                match tokio::time::timeout(EARLY, asking.next()).await {
                    Ok(next) => next,
                    Err(_) => {
                        self.settle_early(claim, notes).await?;
                        continue;
                    }
                }
            };
            let Some(answer) = next else { break };
            match (note(answer, notes), &mut findings) {
                ((Asked::Phone(_), Ok(people)), findings) => findings.by_phone = Some(people),
                ((Asked::Email(_), Ok(people)), findings) => findings.by_email = Some(people),
                ((_, Err(error)), _) => failed = failed.or(Some(error)),
            }
        }
        failed.map_or(Ok(findings), Err)
    }

    /// Commits an answer that is ahead of the other. When the database is away the other is waited
    /// for all the same: its call is paid.
    async fn settle_early(&self, claim: &Claim, notes: &mut RunNotes) -> Result<(), LookupError> {
        match self.settle_once(claim, notes).await {
            Err(LookupError::Storage(error)) if error != StorageError::LostClaim => {
                tracing::debug!(lead_id = %claim.lead_id, error = %error, "an answer could not be committed yet");
                Ok(())
            }
            settled => settled,
        }
    }

    async fn people_by_work_api(
        &self,
        claim: &Claim,
        phone: &Phone,
        notes: &mut RunNotes,
    ) -> Result<Vec<Candidate>, LookupError> {
        let question = Question {
            key: LookupKey {
                provider: Provider::WorkApi,
                kind: LookupKind::Phone,
                hash: self.privacy_key.of_phone(phone),
            },
            asked: Asked::Phone(phone),
        };
        let states = self
            .settle_and_acquire(claim, &[question.key], notes)
            .await?;
        let state = states
            .into_iter()
            .next()
            .ok_or(StorageError::Corrupt("answer to one question"))?;
        let answer = self.answer(claim, question, state, notes.held_since).await;
        note(answer, notes).1
    }

    /// The answer to one question: from the row, from whoever is asking, or from the provider.
    async fn answer<'a>(
        &self,
        claim: &Claim,
        question: Question<'a>,
        mut state: LookupState,
        held_since: Instant,
    ) -> Answer<'a> {
        let unasked = |people| Answer {
            question,
            people,
            settled: None,
        };
        let waited = state == LookupState::Pending;
        if waited {
            state = match self.wait_for(claim, question.key).await {
                Ok(state) => state,
                Err(error) => return unasked(Err(error)),
            };
        }
        count_answer(question.key, waited, &state);
        match state {
            LookupState::Candidates(people) => unasked(Ok(people)),
            LookupState::Absent => unasked(Ok(Vec::new())),
            LookupState::Mine => self.ask(question, held_since).await,
            LookupState::Suppressed => unasked(Err(LookupError::Suppressed)),
            LookupState::Pending | LookupState::Profile { .. } | LookupState::Refused { .. } => {
                unasked(Err(StorageError::Corrupt("answer about a contact").into()))
            }
        }
    }

    async fn ask<'a>(&self, question: Question<'a>, held_since: Instant) -> Answer<'a> {
        let result = match (question.key.provider, question.asked) {
            (Provider::Diretrix, Asked::Phone(phone)) => {
                self.diretrix.by_phone(phone, held_since).await
            }
            (_, Asked::Email(email)) => self.diretrix.by_email(email, held_since).await,
            (Provider::WorkApi, Asked::Phone(phone)) => {
                self.work_api.by_phone(phone, held_since).await
            }
        };
        Answer {
            question,
            settled: Some(self.settle(question.key, &result)),
            people: people_of(result).map_err(LookupError::from),
        }
    }
}

fn people_of(
    result: Result<ProviderAnswer<Vec<Candidate>>, UpstreamError>,
) -> Result<Vec<Candidate>, UpstreamError> {
    Ok(match result?.outcome {
        ProviderOutcome::Found(people) => people,
        ProviderOutcome::Absent | ProviderOutcome::NoAnswer => Vec::new(),
    })
}

fn note<'a>(
    answer: Answer<'a>,
    notes: &mut RunNotes,
) -> (Asked<'a>, Result<Vec<Candidate>, LookupError>) {
    let name = match (answer.question.key.provider, answer.question.asked) {
        (Provider::Diretrix, Asked::Phone(_)) => "lookup_phone",
        (Provider::WorkApi, Asked::Phone(_)) => "lookup_phone_work_api",
        (_, Asked::Email(_)) => "lookup_email",
    };
    match answer.settled {
        Some(settled) => {
            notes.called(
                name,
                settled.outcome.as_str(),
                Duration::from_millis(settled.latency_ms),
                settled.cost,
            );
            notes.unsettled.push(settled);
        }
        None => notes.had(name),
    }
    (answer.question.asked, answer.people)
}
