//! What is known without asking: for a dry run, and to see who else has a contact. Pays for nothing and
//! writes nothing.

use super::contacts::{Asked, Question};
use super::profile::stored_answer;
use super::{ContactFindings, Inquiry, LookupError, Lookups, ProfileAnswer};
use crate::models::{ContactPeople, Cpf, KeyedHash, Lead, LeadId, PersonContact};
use crate::storage::{self, KnownAnswers, LookupKey, LookupState, Provider, StorageError};

/// The question about a CPF, as a person reads it.
const BY_CPF: &str = "Work API by CPF";

/// What is known of a question.
#[derive(Debug)]
pub enum Known<T> {
    /// The person objected or was erased.
    Suppressed,
    /// An answer is stored and fresh.
    Answer(T),
    /// These would have to be bought, as a caller reads them: `Diretrix by phone`.
    Missing(Vec<&'static str>),
}

impl Lookups {
    /// The people behind a lead's contacts, as [`Self::people_behind`] would find them in stored answers.
    /// `anew`: as if none were stored.
    ///
    /// # Errors
    /// [`LookupError`].
    pub async fn people_known_behind(
        &self,
        lead: &Lead,
        suppression_hashes: &[KeyedHash],
        anew: bool,
    ) -> Result<Known<ContactFindings>, LookupError> {
        let mut findings = ContactFindings::of_diretrix();
        let questions = self.questions(lead);
        if anew && !questions.is_empty() {
            return Ok(Known::Missing(words(&questions)));
        }
        let asker = lead.id.as_str();
        let known = self.known(asker, suppression_hashes, &questions).await?;
        let answers = match known {
            Known::Answer(answers) => answers,
            Known::Suppressed => return Ok(Known::Suppressed),
            Known::Missing(missing) => return Ok(Known::Missing(missing)),
        };
        for (question, people) in questions.iter().zip(answers) {
            match question.asked {
                Asked::Phone(_) => findings.by_phone = Some(people),
                Asked::Email(_) => findings.by_email = Some(people),
            }
        }
        let Some(phone) = lead.phone.usable().filter(|_| findings.knows_nobody()) else {
            return Ok(Known::Answer(findings));
        };
        let question = [self.work_api_question(phone)];
        Ok(match self.known(asker, &[], &question).await? {
            Known::Answer(answers) => {
                let by_phone = answers.into_iter().next().unwrap_or_default();
                Known::Answer(findings.and_work_api(by_phone))
            }
            Known::Suppressed => Known::Suppressed,
            Known::Missing(missing) => Known::Missing(missing),
        })
    }

    /// The profile of a CPF, as [`Self::profile_of`] would find it stored. `anew`: as if it were not.
    ///
    /// # Errors
    /// [`LookupError`].
    pub async fn profile_known_of(
        &self,
        lead_id: &LeadId,
        cpf: &Cpf,
        anew: bool,
    ) -> Result<Known<ProfileAnswer>, LookupError> {
        let key = self.profile_key(cpf);
        let known = storage::known_answers(&self.pool, lead_id.as_str(), &[], &[key]).await?;
        Ok(match known {
            KnownAnswers::Suppressed => Known::Suppressed,
            KnownAnswers::Answers(states) => match states.into_iter().next().flatten() {
                _ if anew => Known::Missing(vec![BY_CPF]),
                Some(state) => Known::Answer(stored_answer(key, state)?),
                None => Known::Missing(vec![BY_CPF]),
            },
        })
    }

    /// The people whom a provider named behind a contact the last time it was asked, however long ago: a
    /// contact that was shared once selects nobody.
    ///
    /// # Errors
    /// [`LookupError`].
    pub async fn people_ever_named_behind(
        &self,
        contact: &PersonContact,
    ) -> Result<ContactPeople, LookupError> {
        let mut keys = vec![self.question(contact.into()).key];
        if let PersonContact::Phone(phone) = contact {
            keys.push(self.work_api_question(phone).key);
        }
        let mut named = storage::read_people_named(&self.pool, &keys).await?;
        named
            .people
            .sort_by(|one, other| one.cpf.digits().cmp(other.cpf.digits()));
        named.people.dedup_by(|one, other| one.cpf == other.cpf);
        Ok(named)
    }

    /// Whether the people behind a contact are known to an inquiry without asking Diretrix.
    ///
    /// # Errors
    /// [`LookupError`].
    pub async fn is_contact_known(
        &self,
        inquiry: &Inquiry,
        contact: &PersonContact,
    ) -> Result<bool, LookupError> {
        let key = self.question(contact.into()).key;
        self.is_known(inquiry, key).await
    }

    /// Whether what Work API says of a CPF is known to an inquiry without asking.
    ///
    /// # Errors
    /// [`LookupError`].
    pub async fn is_profile_known(
        &self,
        inquiry: &Inquiry,
        cpf: &Cpf,
    ) -> Result<bool, LookupError> {
        self.is_known(inquiry, self.profile_key(cpf)).await
    }

    async fn is_known(&self, inquiry: &Inquiry, key: LookupKey) -> Result<bool, LookupError> {
        let asker = inquiry.inquirer.asker();
        let known = storage::known_answers(&self.pool, &asker, &[], &[key]).await?;
        Ok(match known {
            KnownAnswers::Suppressed => true,
            KnownAnswers::Answers(answers) => answers.iter().all(Option::is_some),
        })
    }

    async fn known(
        &self,
        asker: &str,
        suppression_hashes: &[KeyedHash],
        questions: &[Question<'_>],
    ) -> Result<Known<Vec<ContactPeople>>, LookupError> {
        let keys: Vec<_> = questions.iter().map(|question| question.key).collect();
        let known = storage::known_answers(&self.pool, asker, suppression_hashes, &keys).await?;
        let states = match known {
            KnownAnswers::Suppressed => return Ok(Known::Suppressed),
            KnownAnswers::Answers(states) => states,
        };
        let (mut answers, mut missing) = (Vec::new(), Vec::new());
        for (question, state) in questions.iter().zip(states) {
            match state {
                Some(LookupState::Candidates(people)) => answers.push(people),
                Some(LookupState::Absent) => answers.push(ContactPeople::default()),
                None => missing.push(question.as_words()),
                Some(_) => return Err(StorageError::Corrupt("answer about a contact").into()),
            }
        }
        Ok(if missing.is_empty() {
            Known::Answer(answers)
        } else {
            Known::Missing(missing)
        })
    }
}

fn words(questions: &[Question<'_>]) -> Vec<&'static str> {
    questions.iter().map(Question::as_words).collect()
}

impl Question<'_> {
    /// As a person reads it.
    const fn as_words(&self) -> &'static str {
        match (self.key.provider, self.asked) {
            (Provider::Diretrix, Asked::Phone(_)) => "Diretrix by phone",
            (_, Asked::Email(_)) => "Diretrix by e-mail",
            (Provider::WorkApi, Asked::Phone(_)) => "Work API by phone",
        }
    }
}
