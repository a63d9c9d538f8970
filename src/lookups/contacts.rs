//! Who stands behind a lead's contacts.

use std::time::{Duration, Instant};

use futures::StreamExt;
use futures::stream::FuturesUnordered;

use super::answer::{ProviderAnswer, ProviderOutcome};
use super::asker::Asker;
use super::settle::count_answer;
use super::{LookupError, Lookups, RunNotes};
use crate::models::{ContactPeople, Email, KeyedHash, Lead, Phone};
use crate::storage::{
    self, AcquireContacts, Acquired, Claim, LookupKey, LookupKind, LookupState, Provider, Recalled,
    SettledLookup, StorageError, persistently,
};
use crate::upstream::UpstreamError;

/// An answer this much ahead of the other is committed while waiting (DATABASE.md, T3).
const EARLY: Duration = Duration::from_millis(300);

/// The people behind a lead's contacts. `None`: not asked, because the lead has no usable one.
#[derive(Debug, Clone, PartialEq)]
pub struct ContactFindings {
    /// Behind the phone.
    pub by_phone: Option<ContactPeople>,
    /// Behind the e-mail.
    pub by_email: Option<ContactPeople>,
    /// Who named the people behind the phone.
    pub phone_asked_at: Provider,
}

impl ContactFindings {
    pub(super) const fn of_diretrix() -> Self {
        Self {
            by_phone: None,
            by_email: None,
            phone_asked_at: Provider::Diretrix,
        }
    }

    /// With whom Work API names behind the phone. Whom Diretrix named without a CPF still shares it.
    pub(super) fn and_work_api(self, mut by_phone: ContactPeople) -> Self {
        let known = self.by_phone.unwrap_or_default();
        by_phone.without_cpf.extend(known.without_cpf);
        Self {
            by_phone: Some(by_phone),
            phone_asked_at: Provider::WorkApi,
            ..self
        }
    }

    pub(super) fn knows_nobody(&self) -> bool {
        let mut asked = [&self.by_phone, &self.by_email].into_iter().flatten();
        asked.all(|answer| answer.people.is_empty())
    }
}

/// What came of looking for the people of a lead.
#[derive(Debug, Clone, PartialEq)]
pub struct Sought {
    /// What a person has said of the lead.
    pub recalled: Recalled,
    /// The people; `None` where a person's verdict stands, and nobody was asked.
    pub findings: Option<ContactFindings>,
}

/// A lead, as it is looked up.
#[derive(Debug, Clone, Copy)]
pub struct LeadToFind<'a> {
    /// As the CRM has it: this is written down.
    pub in_crm: &'a Lead,
    /// With what was given in place of the CRM's: its contacts are asked for.
    pub used: &'a Lead,
    /// Hash of the details that are used.
    pub fingerprint: KeyedHash,
    /// Of the contacts that are asked for: who was turned down for them is recalled.
    pub contact_hashes: &'a [KeyedHash],
    /// Of all its contacts and its CPF: nobody is asked for who objected or was erased.
    pub suppression_hashes: &'a [KeyedHash],
}

/// A contact that is asked about.
#[derive(Clone, Copy)]
pub(super) enum Asked<'a> {
    /// By phone.
    Phone(&'a Phone),
    /// By e-mail.
    Email(&'a Email),
}

/// A question about a contact.
#[derive(Clone, Copy)]
pub(super) struct Question<'a> {
    pub(super) key: LookupKey,
    pub(super) asked: Asked<'a>,
}

struct Answer<'a> {
    question: Question<'a>,
    people: Result<ContactPeople, LookupError>,
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
        lead: &LeadToFind<'_>,
        notes: &mut RunNotes,
    ) -> Result<Option<Sought>, LookupError> {
        let questions = self.questions(lead.used);
        let acquired = self.acquire(claim, lead, &questions, notes).await?;
        let Some((states, recalled)) = acquired else {
            return Ok(None);
        };
        if recalled.verdict.is_some() {
            let findings = None;
            return Ok(Some(Sought { recalled, findings }));
        }
        let asked: Vec<_> = questions.into_iter().zip(states).collect();
        let asker = Asker::Lead(claim);
        let findings = self.ask_at_once(asker, asked, notes).await?;
        let findings = match lead.used.phone.usable() {
            Some(phone) if findings.knows_nobody() => {
                let by_phone = self.people_by_work_api(asker, phone, notes).await?;
                findings.and_work_api(by_phone)
            }
            _ => findings,
        };
        let findings = Some(findings);
        Ok(Some(Sought { recalled, findings }))
    }

    /// Stores the lead's details as [`Self::people_behind`] does, for a lead whose contacts need not be
    /// asked for, and recalls what a person has said of it. `None`: the person objected or was erased.
    ///
    /// # Errors
    /// [`LookupError`].
    pub async fn may_be_found(
        &self,
        claim: &Claim,
        lead: &LeadToFind<'_>,
        notes: &mut RunNotes,
    ) -> Result<Option<Recalled>, LookupError> {
        let acquired = self.acquire(claim, lead, &[], notes).await?;
        Ok(acquired.map(|(_, recalled)| recalled))
    }

    /// T2. `None`: the person objected or was erased.
    async fn acquire(
        &self,
        claim: &Claim,
        lead: &LeadToFind<'_>,
        questions: &[Question<'_>],
        notes: &mut RunNotes,
    ) -> Result<Option<(Vec<LookupState>, Recalled)>, LookupError> {
        let keys: Vec<LookupKey> = questions.iter().map(|question| question.key).collect();
        let acquire = AcquireContacts {
            lead: lead.in_crm,
            contact_fingerprint: lead.fingerprint,
            contact_hashes: lead.contact_hashes,
            suppression_hashes: lead.suppression_hashes,
            keys: &keys,
            terms: &self.terms.for_storage(),
        };
        let since = Instant::now();
        let write = || storage::acquire_contacts(&self.pool, claim, &acquire);
        let acquired = persistently(write).await;
        notes.stored(since);
        match acquired? {
            Acquired::Suppressed => Ok(None),
            Acquired::Lookups { states, recalled } => Ok(Some((states, recalled))),
        }
    }

    pub(super) fn questions<'a>(&self, lead: &'a Lead) -> Vec<Question<'a>> {
        let phone = lead.phone.usable().map(Asked::Phone);
        let email = lead.email.usable().map(Asked::Email);
        let asked = phone.into_iter().chain(email);
        asked.map(|asked| self.question(asked)).collect()
    }

    /// A question to Diretrix.
    pub(super) fn question<'a>(&self, asked: Asked<'a>) -> Question<'a> {
        let (kind, hash) = match asked {
            Asked::Phone(phone) => (LookupKind::Phone, self.privacy_key.of_phone(phone)),
            Asked::Email(email) => (LookupKind::Email, self.privacy_key.of_email(email)),
        };
        Question {
            key: LookupKey {
                provider: Provider::Diretrix,
                kind,
                hash,
            },
            asked,
        }
    }

    pub(super) fn work_api_question<'a>(&self, phone: &'a Phone) -> Question<'a> {
        Question {
            key: LookupKey {
                provider: Provider::WorkApi,
                kind: LookupKind::Phone,
                hash: self.privacy_key.of_phone(phone),
            },
            asked: Asked::Phone(phone),
        }
    }

    async fn ask_at_once(
        &self,
        asker: Asker<'_>,
        questions: Vec<(Question<'_>, LookupState)>,
        notes: &mut RunNotes,
    ) -> Result<ContactFindings, LookupError> {
        let held_since = notes.held_since;
        let asking = questions
            .into_iter()
            .map(|(question, state)| self.answer(asker, question, state, held_since));
        let mut asking: FuturesUnordered<_> = asking.collect();
        let mut findings = ContactFindings::of_diretrix();
        let mut failed = None;
        loop {
            let next = if notes.unsettled.is_empty() {
                asking.next().await
            } else {
                match tokio::time::timeout(EARLY, asking.next()).await {
                    Ok(next) => next,
                    Err(_) => {
                        self.settle_early(asker, notes).await?;
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
    async fn settle_early(
        &self,
        asker: Asker<'_>,
        notes: &mut RunNotes,
    ) -> Result<(), LookupError> {
        match self.settle_once(asker, notes).await {
            Err(LookupError::Storage(error)) if error != StorageError::LostClaim => {
                tracing::debug!(%asker, error = %error, "an answer could not be committed yet");
                Ok(())
            }
            settled => settled,
        }
    }

    async fn people_by_work_api(
        &self,
        asker: Asker<'_>,
        phone: &Phone,
        notes: &mut RunNotes,
    ) -> Result<ContactPeople, LookupError> {
        let question = self.work_api_question(phone);
        self.ask_one(asker, question, notes).await
    }

    /// The answer to one question, acquired with the settlement of what came back before.
    pub(super) async fn ask_one(
        &self,
        asker: Asker<'_>,
        question: Question<'_>,
        notes: &mut RunNotes,
    ) -> Result<ContactPeople, LookupError> {
        let state = self.acquire_one(asker, question.key, notes).await?;
        let answer = self.answer(asker, question, state, notes.held_since).await;
        note(answer, notes).1
    }

    /// The answer to one question: from the row, from whoever is asking, or from the provider.
    async fn answer<'a>(
        &self,
        asker: Asker<'_>,
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
            state = match self.wait_for(asker, question.key).await {
                Ok(state) => state,
                Err(error) => return unasked(Err(error)),
            };
        }
        count_answer(question.key, waited, &state);
        match state {
            LookupState::Candidates(people) => unasked(Ok(people)),
            LookupState::Absent => unasked(Ok(ContactPeople::default())),
            LookupState::Mine => {
                self.settled.invalidate(&question.key).await;
                self.ask(question, held_since).await
            }
            LookupState::Suppressed => unasked(Err(LookupError::Suppressed)),
            LookupState::Pending
            | LookupState::Profile { .. }
            | LookupState::Held(_)
            | LookupState::Refused { .. } => {
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
    result: Result<ProviderAnswer<ContactPeople>, UpstreamError>,
) -> Result<ContactPeople, UpstreamError> {
    Ok(match result?.outcome {
        ProviderOutcome::Found(people) => people,
        ProviderOutcome::Absent | ProviderOutcome::NoAnswer => ContactPeople::default(),
    })
}

fn note<'a>(
    answer: Answer<'a>,
    notes: &mut RunNotes,
) -> (Asked<'a>, Result<ContactPeople, LookupError>) {
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
