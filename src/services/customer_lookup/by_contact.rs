//! People by a phone or an e-mail. How many share it is counted before anybody is left out, so that nobody is
//! chosen by leaving another one out.

use super::asking::{Located, WhoHas};
use super::candidates::MOST_OF_A_CONTACT;
use super::may_be_told::KnownBy;
use super::{Candidate, Candidates, CustomerLookup, Found, LookupFailure, Page, Source};
use crate::models::{Candidate as NamedByProvider, ContactPeople, PersonContact};
use crate::storage::{self, ContactHolders, KnownPerson};

impl CustomerLookup {
    pub(super) async fn by_contact(
        &self,
        contact: PersonContact,
        page: &Page,
    ) -> Result<Found, LookupFailure> {
        self.refuse_suppressed(&[self.hash_of(&contact)]).await?;
        let most = MOST_OF_A_CONTACT + 1;
        let holders = storage::find_people_by_contact(&self.pool, &contact, most).await?;
        if holders.people.is_empty() && holders.unreadable == 0 {
            return match self.ask_who_has(contact).await? {
                WhoHas::One(located) => self.customer(located).await,
                WhoHas::Several { people, sources } => {
                    let told = people.iter().map(named).collect();
                    self.several(told, sources, page).await
                }
            };
        }
        let others = self.others_named(&contact, &holders).await?;
        if let ([person], 0, true) = (
            holders.people.as_slice(),
            holders.unreadable,
            others.is_empty(),
        ) {
            let located = self.locate_known(person).await?;
            return self.customer(located).await;
        }
        let told = holders.people.iter().map(stored);
        let told = told.chain(others.people.iter().map(named)).collect();
        self.several(told, vec![Source::LocalDb], page).await
    }

    /// Whom providers ever named behind a contact, besides those who are stored with it. Of a person without a
    /// CPF nobody who was named is known to be the same; and who was named without one shares the contact.
    async fn others_named(
        &self,
        contact: &PersonContact,
        holders: &ContactHolders,
    ) -> Result<ContactPeople, LookupFailure> {
        let mut named = self.lookups.people_ever_named_behind(contact).await?;
        let stored = |named: &NamedByProvider| {
            let mut holders = holders.people.iter();
            holders.any(|person| person.cpf.as_ref() == Some(&named.cpf))
        };
        named.people.retain(|named| !stored(named));
        Ok(named)
    }

    /// Somebody who is stored; asked for anew where that is needed and can be done.
    async fn locate_known(&self, person: &KnownPerson) -> Result<Located, LookupFailure> {
        match &person.cpf {
            Some(cpf) => self.locate(cpf).await,
            None => Ok(Located::stored(person.party_id)),
        }
    }

    /// Candidates, without those who objected or were erased.
    async fn several(
        &self,
        people: Vec<(KnownBy<'_>, Candidate)>,
        sources: Vec<Source>,
        page: &Page,
    ) -> Result<Found, LookupFailure> {
        let are_more = people.len() > usize::from(MOST_OF_A_CONTACT);
        let told = self.who_may_be_told(people).await?;
        if told.is_empty() {
            return Err(LookupFailure::Nobody);
        }
        let mut page = Candidates::page_of(told, page, sources, self.clock.now())
            .map_err(|_| LookupFailure::UnusableCursor)?;
        page.truncated |= are_more;
        Ok(Found::Candidates(page))
    }
}

fn stored(person: &KnownPerson) -> (KnownBy<'_>, Candidate) {
    let known_by = KnownBy::of(person.cpf.as_ref(), person.party_id);
    (known_by, Candidate::from(person))
}

fn named(person: &NamedByProvider) -> (KnownBy<'_>, Candidate) {
    (KnownBy::Cpf(&person.cpf), Candidate::from(person))
}
