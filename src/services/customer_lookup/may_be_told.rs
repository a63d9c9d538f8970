//! Whoever objected or was erased is nobody (ADR 0023).

use std::collections::HashMap;

use uuid::Uuid;

use super::{CustomerLookup, LookupFailure};
use crate::models::{Cpf, KeyedHash, PersonContact};
use crate::storage::{self, StoredCustomer};

/// By what it is seen whether somebody objected.
#[derive(Clone, Copy)]
pub(super) enum KnownBy<'p> {
    /// The CPF.
    Cpf(&'p Cpf),
    /// Without one, all contacts of this stored person.
    ContactsOf(Uuid),
}

impl<'p> KnownBy<'p> {
    pub(super) const fn of(cpf: Option<&'p Cpf>, party_id: Uuid) -> Self {
        match cpf {
            Some(cpf) => Self::Cpf(cpf),
            None => Self::ContactsOf(party_id),
        }
    }
}

impl CustomerLookup {
    /// Those who neither objected nor were erased.
    pub(super) async fn who_may_be_told<T>(
        &self,
        people: Vec<(KnownBy<'_>, T)>,
    ) -> Result<Vec<T>, LookupFailure> {
        let without_cpf = people.iter().filter_map(|(known_by, _)| match known_by {
            KnownBy::ContactsOf(party_id) => Some(*party_id),
            KnownBy::Cpf(_) => None,
        });
        let contacts = self.contact_hashes_of(without_cpf.collect()).await?;
        let hashes = |known_by: KnownBy<'_>| match known_by {
            KnownBy::Cpf(cpf) => Some(vec![self.privacy_key.of_cpf(cpf)]),
            KnownBy::ContactsOf(party_id) => match contacts.get(&party_id) {
                Some(hashes) => hashes.clone(),
                None => Some(Vec::new()),
            },
        };
        let people = people.into_iter();
        let people = people.filter_map(|(by, person)| Some((hashes(by)?, person)));
        let people: Vec<_> = people.collect();
        let asked = people.iter().flat_map(|(hashes, _)| hashes).copied();
        let asked: Vec<KeyedHash> = asked.collect();
        let suppressed = storage::suppressed_among(&self.pool, &asked).await?;
        let may_be_told = people
            .into_iter()
            .filter(|(hashes, _)| !hashes.iter().any(|hash| suppressed.contains(hash)));
        Ok(may_be_told.map(|(_, person)| person).collect())
    }

    /// Nobody, when a stored person objected or was erased.
    pub(super) async fn refuse_suppressed_person(
        &self,
        person: &StoredCustomer,
    ) -> Result<(), LookupFailure> {
        let known_by = KnownBy::of(person.cpf.as_ref(), person.party_id);
        let told = self.who_may_be_told(vec![(known_by, ())]).await?;
        if told.is_empty() {
            return Err(LookupFailure::Nobody);
        }
        Ok(())
    }

    /// Nobody, when one of these hashes is of somebody who objected or was erased.
    pub(super) async fn refuse_suppressed(
        &self,
        hashes: &[KeyedHash],
    ) -> Result<(), LookupFailure> {
        let suppressed = storage::suppressed_among(&self.pool, hashes).await?;
        if suppressed.is_empty() {
            Ok(())
        } else {
            Err(LookupFailure::Nobody)
        }
    }

    /// The hashes of all contacts that each of them has or had; `None` of whom one cannot be read: then it cannot be
    /// known whether they objected.
    async fn contact_hashes_of(
        &self,
        party_ids: Vec<Uuid>,
    ) -> Result<HashMap<Uuid, Option<Vec<KeyedHash>>>, LookupFailure> {
        let mut hashes: HashMap<Uuid, Option<Vec<KeyedHash>>> = HashMap::new();
        if party_ids.is_empty() {
            return Ok(hashes);
        }
        let contacts = storage::read_contacts_of(&self.pool, &party_ids).await?;
        for (party_id, contact) in contacts {
            let of_person = hashes.entry(party_id).or_insert_with(|| Some(Vec::new()));
            match contact {
                Some(contact) => of_person
                    .iter_mut()
                    .for_each(|hashes| hashes.push(self.hash_of(&contact))),
                None => *of_person = None,
            }
        }
        Ok(hashes)
    }

    pub(super) fn hash_of(&self, contact: &PersonContact) -> KeyedHash {
        self.privacy_key.of_contact(contact)
    }
}
