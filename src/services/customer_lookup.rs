//! Who somebody is, asked for by hand: what is stored first, then the providers, through the one door.
//!
//! Whoever objected or was erased is nobody: that is looked at before any stored answer. A name, and a
//! contact of several people, never selects one of them. What a provider is asked goes on when the caller
//! leaves, and is stored, so that the next call is answered from the database.

mod asking;
mod by_name;
mod candidates;
mod customer;
mod failure;
mod key;

use std::time::Duration;

use sqlx::PgPool;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::clock::Clock;
use crate::config::Config;
use crate::lookups::Lookups;
use crate::models::{Cpf, Email, KeyedHash, Phone, PrivacyKey};
use crate::storage::{self, ContactKind, InstanceId, KnownPerson, StoredCustomer};
use asking::Located;
use candidates::MOST_OF_A_CONTACT;
pub use candidates::{Candidate, Candidates, Page};
pub use customer::{Customer, Finances, Source, VendorAnswer};
pub use failure::LookupFailure;
pub use key::{CustomerKey, GivenKeys, KeyProblem, NO_CPF};

/// Looks people up. Cheap to clone.
#[derive(Clone)]
pub struct CustomerLookup {
    pool: PgPool,
    lookups: Lookups,
    privacy_key: PrivacyKey,
    instance: InstanceId,
    clock: Clock,
    wait: Duration,
    tasks: TaskTracker,
    abandon: CancellationToken,
}

/// Who was found.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// One person.
    Customer(Box<Customer>),
    /// People who may be meant.
    Candidates(Candidates),
}

/// A contact somebody is looked up by.
#[derive(Debug, Clone, PartialEq, Eq)]
enum SoughtContact {
    Email(Email),
    Phone(Phone),
}

impl CustomerLookup {
    /// Wires the service.
    #[must_use]
    pub fn new(
        config: &Config,
        pool: PgPool,
        lookups: Lookups,
        privacy_key: PrivacyKey,
        instance: InstanceId,
        clock: Clock,
    ) -> Self {
        Self {
            pool,
            lookups,
            privacy_key,
            instance,
            clock,
            wait: config.pipeline.process_wait,
            tasks: TaskTracker::new(),
            abandon: CancellationToken::new(),
        }
    }

    /// Who a key belongs to. The page counts for candidates alone, but its cursor must be one, and that is
    /// seen to before anything is paid for.
    ///
    /// # Errors
    /// [`LookupFailure`].
    pub async fn find(&self, key: CustomerKey, page: &Page) -> Result<Found, LookupFailure> {
        if !page.may_be_asked_for(&key) {
            return Err(LookupFailure::UnusableCursor);
        }
        match key {
            CustomerKey::Cpf(cpf) => {
                let located = self.locate(&cpf).await?;
                self.customer(located).await
            }
            CustomerKey::Email(email) => self.by_contact(SoughtContact::Email(email), page).await,
            CustomerKey::Phone(phone) => self.by_contact(SoughtContact::Phone(phone), page).await,
            CustomerKey::Name(name) => self.by_name(&name, page).await,
        }
    }

    /// A stored person.
    ///
    /// # Errors
    /// [`LookupFailure::Nobody`] when nobody of this id is stored, or nobody who may be told of.
    pub async fn stored(&self, party_id: Uuid) -> Result<Customer, LookupFailure> {
        let person = self.readable(party_id).await?;
        let sources = vec![Source::LocalDb];
        Ok(Customer::new(person, sources, self.clock.now()))
    }

    /// What Work API says of a CPF, in its own shape: as stored, or bought.
    ///
    /// # Errors
    /// [`LookupFailure`].
    pub async fn vendor_answer(&self, cpf: &Cpf) -> Result<VendorAnswer, LookupFailure> {
        let located = self.locate(cpf).await?;
        let person = self.readable(located.party_id).await?;
        let payload = storage::read_payload(&self.pool, located.party_id).await?;
        let payload = payload.ok_or(LookupFailure::Nobody)?;
        Ok(VendorAnswer::new(&person, payload, self.clock.now()))
    }

    /// Lets what is being asked come to its end, at most so long, then drops it: another instance takes
    /// those questions over once this one is gone.
    pub async fn finish(&self, within: Duration) {
        self.tasks.close();
        if tokio::time::timeout(within, self.tasks.wait())
            .await
            .is_err()
        {
            tracing::warn!(
                lookups = self.tasks.len(),
                "lookups are dropped: the time to stop is over"
            );
            self.abandon.cancel();
        }
    }

    /// The person of a CPF: stored and fresh, or asked for.
    async fn locate(&self, cpf: &Cpf) -> Result<Located, LookupFailure> {
        self.refuse_suppressed(&[self.privacy_key.of_cpf(cpf)])
            .await?;
        let known = storage::find_people_by_cpf(&self.pool, std::slice::from_ref(cpf)).await?;
        match known.into_iter().next() {
            Some(person) if person.is_fresh => Ok(Located::stored(person.party_id)),
            known => {
                let known = known.map(|person| person.party_id);
                self.ask_about(cpf.clone(), known).await
            }
        }
    }

    async fn by_contact(
        &self,
        contact: SoughtContact,
        page: &Page,
    ) -> Result<Found, LookupFailure> {
        self.refuse_suppressed(&[self.hash_of(&contact)]).await?;
        let (kind, value) = match &contact {
            SoughtContact::Email(email) => (ContactKind::Email, email.as_str()),
            SoughtContact::Phone(phone) => (ContactKind::Phone, phone.national()),
        };
        let most = MOST_OF_A_CONTACT + 1;
        let known = storage::find_people_by_contact(&self.pool, kind, value, most).await?;
        let located = match known.as_slice() {
            [] => match self.ask_who_has(contact).await? {
                asking::WhoHas::One(located) => located,
                asking::WhoHas::Several { people, sources } => {
                    let told = people.iter().map(|p| (Some(&p.cpf), Candidate::from(p)));
                    return self.several(told.collect(), sources, page).await;
                }
            },
            [person] => {
                let others = self.others_named(&contact, person).await?;
                if !others.is_empty() {
                    let stored = (person.cpf.as_ref(), Candidate::from(person));
                    let named = others.iter().map(|p| (Some(&p.cpf), Candidate::from(p)));
                    let told = std::iter::once(stored).chain(named);
                    return self
                        .several(told.collect(), vec![Source::LocalDb], page)
                        .await;
                }
                self.locate_known(person).await?
            }
            people => {
                let told = people.iter().map(|p| (p.cpf.as_ref(), Candidate::from(p)));
                let sources = vec![Source::LocalDb];
                return self.several(told.collect(), sources, page).await;
            }
        };
        self.customer(located).await
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
        people: Vec<(Option<&Cpf>, Candidate)>,
        sources: Vec<Source>,
        page: &Page,
    ) -> Result<Found, LookupFailure> {
        let told = self.without_suppressed(people).await?;
        if told.is_empty() {
            return Err(LookupFailure::Nobody);
        }
        Candidates::page_of(told, page, sources, self.clock.now())
            .map(Found::Candidates)
            .map_err(|_| LookupFailure::UnusableCursor)
    }

    /// Those who neither objected nor were erased.
    async fn without_suppressed<T>(
        &self,
        people: Vec<(Option<&Cpf>, T)>,
    ) -> Result<Vec<T>, LookupFailure> {
        let hash = |cpf: &Cpf| self.privacy_key.of_cpf(cpf);
        let hashes = people.iter().filter_map(|(cpf, _)| *cpf).map(hash);
        let hashes: Vec<KeyedHash> = hashes.collect();
        let suppressed = storage::suppressed_among(&self.pool, &hashes).await?;
        let may_be_told = people
            .into_iter()
            .filter(|(cpf, _)| !cpf.is_some_and(|cpf| suppressed.contains(&hash(cpf))));
        Ok(may_be_told.map(|(_, person)| person).collect())
    }

    async fn customer(&self, located: Located) -> Result<Found, LookupFailure> {
        let person = self.readable(located.party_id).await?;
        let customer = Customer::new(person, located.sources, self.clock.now());
        Ok(Found::Customer(Box::new(customer)))
    }

    /// A stored person, unless they objected or were erased.
    async fn readable(&self, party_id: Uuid) -> Result<StoredCustomer, LookupFailure> {
        let person = storage::read_customer(&self.pool, party_id).await?;
        let person = person.ok_or(LookupFailure::Nobody)?;
        if let Some(cpf) = &person.cpf {
            self.refuse_suppressed(&[self.privacy_key.of_cpf(cpf)])
                .await?;
        }
        Ok(person)
    }

    /// Nobody, when one of these hashes is of somebody who objected or was erased.
    async fn refuse_suppressed(&self, hashes: &[KeyedHash]) -> Result<(), LookupFailure> {
        let suppressed = storage::suppressed_among(&self.pool, hashes).await?;
        if suppressed.is_empty() {
            Ok(())
        } else {
            Err(LookupFailure::Nobody)
        }
    }

    fn hash_of(&self, contact: &SoughtContact) -> KeyedHash {
        match contact {
            SoughtContact::Email(email) => self.privacy_key.of_email(email),
            SoughtContact::Phone(phone) => self.privacy_key.of_phone(phone),
        }
    }
}
