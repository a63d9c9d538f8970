//! Who a contact or a CPF belongs to, asked without a lead.

use super::asker::{Asker, Inquiry};
use super::contacts::Asked;
use super::{LookupError, Lookups, ProfileAnswer, RunNotes};
use crate::models::{ContactPeople, Cpf, PersonContact};
use crate::storage::{SettledAnswer, SettledLookup};

impl<'a> From<&'a PersonContact> for Asked<'a> {
    fn from(contact: &'a PersonContact) -> Self {
        match contact {
            PersonContact::Phone(phone) => Self::Phone(phone),
            PersonContact::Email(email) => Self::Email(email),
        }
    }
}

/// The people behind a contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeopleFound {
    /// The people, in no order that means anything.
    pub people: ContactPeople,
    /// Whether Diretrix was asked just now, and not some time before.
    pub asked_now: bool,
}

impl Lookups {
    /// Asks Diretrix who has a contact. What it answers is settled before it is answered here.
    ///
    /// # Errors
    /// [`LookupError`]; a failed call stands in the ledger.
    pub async fn people_behind_contact(
        &self,
        inquiry: &Inquiry,
        contact: &PersonContact,
    ) -> Result<PeopleFound, LookupError> {
        let question = self.question(contact.into());
        let asker = Asker::Inquiry(inquiry);
        let mut notes = RunNotes::held_since(inquiry.held_since);
        let people = self.ask_one(asker, question, &mut notes).await;
        let asked_now = !notes.unsettled.is_empty();
        self.settle_rest(asker, &mut notes).await?;
        people.map(|people| PeopleFound { people, asked_now })
    }

    /// The profile of a CPF. Everything but a bought profile is settled before it is answered here; that
    /// one is settled when it is stored.
    ///
    /// # Errors
    /// [`LookupError`]; a failed call stands in the ledger.
    pub async fn profile_for(
        &self,
        inquiry: &Inquiry,
        cpf: &Cpf,
    ) -> Result<ProfileAnswer, LookupError> {
        let asker = Asker::Inquiry(inquiry);
        let mut notes = RunNotes::held_since(inquiry.held_since);
        let answer = self.profile_asked_by(asker, cpf, &mut notes).await;
        self.settle_rest(asker, &mut notes).await?;
        answer
    }

    /// Notes that a bought profile cannot be kept: its call enters the ledger, and it is not bought again
    /// while it would be fresh.
    ///
    /// # Errors
    /// [`LookupError`].
    pub async fn refuse_profile(
        &self,
        inquiry: &Inquiry,
        mut bought: SettledLookup,
        reason: String,
    ) -> Result<(), LookupError> {
        bought.answer = SettledAnswer::Refused { reason };
        let mut notes = RunNotes::held_since(inquiry.held_since);
        notes.unsettled.push(bought);
        self.settle_rest(Asker::Inquiry(inquiry), &mut notes).await
    }

    /// Notes that a bought profile could not be stored: its call enters the ledger as what it was, and
    /// whoever asks next buys anew. Tried once: a question another has taken over is left alone.
    ///
    /// # Errors
    /// [`LookupError`].
    pub async fn lose_profile(
        &self,
        inquiry: &Inquiry,
        bought: SettledLookup,
    ) -> Result<(), LookupError> {
        let mut notes = RunNotes::held_since(inquiry.held_since);
        notes.unsettled.push(bought);
        self.settle_once(Asker::Inquiry(inquiry), &mut notes).await
    }

    async fn settle_rest(&self, asker: Asker<'_>, notes: &mut RunNotes) -> Result<(), LookupError> {
        if !notes.unsettled.is_empty() {
            self.settle_and_acquire(asker, &[], notes).await?;
        }
        Ok(())
    }
}
