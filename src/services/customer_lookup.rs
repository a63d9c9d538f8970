//! Who somebody is, asked for by hand: what is stored first, then the providers, through the one door.
//!
//! Whoever objected or was erased is nobody: that is looked at before any stored answer. A name, and a
//! contact of several people, never selects one of them. What a provider is asked goes on when the caller
//! leaves, and is stored, so that the next call is answered from the database.

mod asking;
mod by_contact;
mod by_name;
mod candidates;
mod customer;
mod failure;
mod key;
mod may_be_told;
mod places;

use std::time::Duration;

use sqlx::PgPool;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::clock::Clock;
use crate::config::Config;
use crate::lookups::Lookups;
use crate::models::{Cpf, PersonContact, PrivacyKey};
use crate::storage::{self, InstanceId, StoredCustomer};
use asking::Located;
pub use candidates::{Candidate, Candidates, Page};
pub use customer::{Customer, Finances, Source, VendorAnswer};
pub use failure::LookupFailure;
pub use key::{CustomerKey, GivenKeys, KeyProblem, NO_CPF};
use places::Places;

/// Looks people up. Cheap to clone.
#[derive(Clone)]
pub struct CustomerLookup {
    pool: PgPool,
    lookups: Lookups,
    privacy_key: PrivacyKey,
    instance: InstanceId,
    clock: Clock,
    wait: Duration,
    places: Places,
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
            places: Places::new(config),
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
            CustomerKey::Email(email) => self.by_contact(PersonContact::Email(email), page).await,
            CustomerKey::Phone(phone) => self.by_contact(PersonContact::Phone(phone), page).await,
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

    async fn customer(&self, located: Located) -> Result<Found, LookupFailure> {
        let person = self.readable(located.party_id).await?;
        let customer = Customer::new(person, located.sources, self.clock.now());
        Ok(Found::Customer(Box::new(customer)))
    }

    /// A stored person, unless they objected or were erased.
    async fn readable(&self, party_id: Uuid) -> Result<StoredCustomer, LookupFailure> {
        let person = storage::read_customer(&self.pool, party_id).await?;
        let person = person.ok_or(LookupFailure::Nobody)?;
        self.refuse_suppressed_person(&person).await?;
        Ok(person)
    }
}
