//! The providers are asked, in a task that outlives its caller.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures::FutureExt;
use tokio::time::Instant;
use uuid::Uuid;

use super::failure::Panicked;
use super::places::place_unless;
use super::{CustomerLookup, LookupFailure, Source};
use crate::lookups::{Inquiry, LookupError, PeopleFound, ProfileAnswer};
use crate::models::{AllowedPayload, Candidate, Cpf, KeyedHash, PersonContact, Profile};
use crate::services::lead_pipeline::REFUSED_BY_DATABASE;
use crate::storage::{
    self, HeldProfile, Inquired, InquiredPerson, Inquirer, LookupKey, NewIds, SettledLookup,
    StorageError, persistently,
};
use crate::upstream::c2s::{UpstreamError, UpstreamErrorKind};

/// When others take the questions of an inquiry over, if it lets nobody know (DATABASE.md "ops.lookups").
const TAKEN_OVER_AFTER: Duration = Duration::from_mins(15);

/// A stored person, and who told of them.
#[derive(Debug)]
pub(super) struct Located {
    pub(super) party_id: Uuid,
    pub(super) sources: Vec<Source>,
}

/// Who has a contact, as Diretrix says.
#[derive(Debug)]
pub(super) enum WhoHas {
    /// One person, who is stored by now.
    One(Located),
    /// Several.
    Several {
        people: Vec<Candidate>,
        sources: Vec<Source>,
    },
}

/// An inquiry, and until when it may wait for a place to ask from.
#[derive(Clone, Copy)]
struct Asking {
    inquiry: Inquiry,
    until: Instant,
}

/// A profile that was just bought.
struct Bought {
    profile: Box<Profile>,
    payload: AllowedPayload,
    settled: SettledLookup,
    fetched_at: DateTime<Utc>,
}

impl Located {
    pub(super) fn stored(party_id: Uuid) -> Self {
        Self {
            party_id,
            sources: vec![Source::LocalDb],
        }
    }
}

impl CustomerLookup {
    /// Asks Work API who a CPF is; `known` is the person's row, if what is stored is old or says little.
    pub(super) async fn ask_about(
        &self,
        cpf: Cpf,
        known: Option<Uuid>,
    ) -> Result<Located, LookupFailure> {
        let this = self.clone();
        self.to_the_end(async move |asking| {
            let hashes = vec![this.privacy_key.of_cpf(&cpf)];
            this.profile(&asking, &cpf, known, &hashes).await
        })
        .await
    }

    /// Asks Diretrix who has a contact, and Work API who that is if it is one person.
    pub(super) async fn ask_who_has(
        &self,
        contact: PersonContact,
    ) -> Result<WhoHas, LookupFailure> {
        let this = self.clone();
        self.to_the_end(async move |asking| this.who_has(&asking, &contact).await)
            .await
    }

    fn inquirer(&self) -> Inquirer {
        Inquirer {
            id: Uuid::now_v7(),
            owner: self.instance,
        }
    }

    async fn who_has(
        &self,
        asking: &Asking,
        contact: &PersonContact,
    ) -> Result<WhoHas, LookupFailure> {
        let found = self.people_behind(asking, contact).await?;
        let named_by = if found.asked_now {
            Source::Diretrix
        } else {
            Source::LocalDb
        };
        if found.people.people.is_empty() {
            return Err(LookupFailure::Nobody);
        }
        // Whom another provider named counts too, and so does whom this one named before.
        let ever = self.lookups.people_ever_named_behind(contact).await?;
        let is_shared_unseen =
            !(found.people.without_cpf.is_empty() && ever.without_cpf.is_empty());
        let found = found.people.people;
        let mut people = ever.people;
        people.retain(|named| !found.iter().any(|found| found.cpf == named.cpf));
        people.splice(0..0, found);
        let ([person], false) = (people.as_slice(), is_shared_unseen) else {
            let sources = vec![named_by];
            return Ok(WhoHas::Several { people, sources });
        };
        let cpf = &person.cpf;
        let hashes = vec![self.hash_of(contact), self.privacy_key.of_cpf(cpf)];
        self.refuse_suppressed(&hashes).await?;
        let known = storage::find_people_by_cpf(&self.pool, std::slice::from_ref(cpf)).await?;
        let mut located = match known.into_iter().next() {
            Some(person) if person.is_fresh => Located::stored(person.party_id),
            known => {
                let known = known.map(|person| person.party_id);
                self.profile(asking, cpf, known, &hashes).await?
            }
        };
        if !located.sources.contains(&named_by) {
            located.sources.push(named_by);
        }
        Ok(WhoHas::One(located))
    }

    /// Whom Diretrix names behind a contact. Only who has to ask needs a place.
    async fn people_behind(
        &self,
        asking: &Asking,
        contact: &PersonContact,
    ) -> Result<PeopleFound, LookupFailure> {
        let inquiry = &asking.inquiry;
        let is_known = self.lookups.is_contact_known(inquiry, contact).await?;
        let place = place_unless(is_known, &self.places.diretrix, asking.until).await?;
        let found = self.lookups.people_behind_contact(inquiry, contact).await;
        drop(place);
        Ok(found?)
    }

    /// The profile of a CPF, stored by the time it is answered. Of whom Work API tells nothing that can
    /// be kept, what is stored already is answered.
    async fn profile(
        &self,
        asking: &Asking,
        cpf: &Cpf,
        known: Option<Uuid>,
        hashes: &[KeyedHash],
    ) -> Result<Located, LookupFailure> {
        let inquiry = &asking.inquiry;
        let is_known = self.lookups.is_profile_known(inquiry, cpf).await?;
        let place = place_unless(is_known, &self.places.work_api, asking.until).await?;
        let answer = self.lookups.profile_for(inquiry, cpf).await;
        drop(place);
        let answer = match answer {
            // Settled as a refusal: the next call is answered the same.
            Err(LookupError::Upstream(error)) if cannot_be_kept(&error) => ProfileAnswer::Refused {
                reason: error.code(),
            },
            answer => answer?,
        };
        let party_id = match answer {
            ProfileAnswer::Bought {
                profile,
                payload,
                settled,
                fetched_at,
            } => {
                let bought = Bought {
                    profile,
                    payload,
                    settled,
                    fetched_at,
                };
                let party_id = self.store(inquiry, &bought, hashes).await?;
                return Ok(Located {
                    party_id,
                    sources: vec![Source::WorkApi],
                });
            }
            ProfileAnswer::Held { held, key } => {
                let party_id = self.store_held(&held, &key, hashes).await?;
                return Ok(Located {
                    party_id,
                    sources: vec![Source::WorkApi],
                });
            }
            ProfileAnswer::Stored { party_id, .. } => Some(party_id),
            ProfileAnswer::Absent | ProfileAnswer::Refused { .. } => known,
        };
        party_id.map(Located::stored).ok_or(LookupFailure::Nobody)
    }

    /// Stores a person whose profile a lead's review waits for: it is paid for already.
    async fn store_held(
        &self,
        held: &HeldProfile,
        key: &LookupKey,
        hashes: &[KeyedHash],
    ) -> Result<Uuid, LookupFailure> {
        let new_ids = NewIds::for_profile(&held.profile);
        let write = || storage::store_held(&self.pool, key, held, &new_ids, hashes);
        match persistently(write).await? {
            Inquired::Stored(party_id) => Ok(party_id),
            Inquired::Suppressed => Err(LookupFailure::Nobody),
        }
    }

    async fn store(
        &self,
        inquiry: &Inquiry,
        bought: &Bought,
        hashes: &[KeyedHash],
    ) -> Result<Uuid, LookupFailure> {
        let person = InquiredPerson {
            profile: &bought.profile,
            payload: &bought.payload,
            settled: &bought.settled,
            fetched_at: bought.fetched_at,
            new_ids: &NewIds::for_profile(&bought.profile),
        };
        let write = || storage::store_inquired(&self.pool, &inquiry.inquirer, hashes, &person);
        match persistently(write).await {
            Ok(Inquired::Stored(party_id)) => Ok(party_id),
            Ok(Inquired::Suppressed) => Err(LookupFailure::Nobody),
            Err(StorageError::Refused { sqlstate, .. }) => {
                tracing::warn!(
                    inquiry = inquiry.inquirer.asker(),
                    sqlstate,
                    "the database refused a bought profile; it will not be bought again"
                );
                let reason = format!("{REFUSED_BY_DATABASE}_{sqlstate}");
                let settled = bought.settled.clone();
                let refusing = self.lookups.refuse_profile(inquiry, settled, reason);
                refusing.await?;
                Err(LookupFailure::Nobody)
            }
            Err(error) => {
                // Given up with the answer in hand: the ledger at least knows that it was given.
                let settled = bought.settled.clone();
                if let Err(error) = self.lookups.lose_profile(inquiry, settled).await {
                    let inquiry = inquiry.inquirer.asker();
                    tracing::warn!(inquiry, error = %error, "the call of a profile that could not be stored is not in the ledger as what it was");
                }
                Err(error.into())
            }
        }
    }

    /// Runs the steps of an inquiry to their end, also when the caller leaves, and waits for them at most
    /// so long.
    async fn to_the_end<T, F>(&self, steps: impl FnOnce(Asking) -> F) -> Result<T, LookupFailure>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, LookupFailure>> + Send + 'static,
    {
        let until = Instant::now() + self.wait;
        let inquiry = Inquiry {
            inquirer: self.inquirer(),
            held_since: std::time::Instant::now(),
        };
        let steps = AssertUnwindSafe(steps(Asking { inquiry, until })).catch_unwind();
        let this = self.clone();
        let task = async move {
            let done = this.abandon.run_until_cancelled(steps).await;
            let done = done.unwrap_or(Ok(Err(LookupFailure::StillLooking)));
            let done = done.unwrap_or_else(|_| Err(LookupFailure::internal(Panicked)));
            match &done {
                Ok(_) | Err(LookupFailure::Nobody) => {}
                // The caller need not wait until the database is back.
                Err(failure) => this.give_up(inquiry.inquirer, failure),
            }
            done
        };
        match tokio::time::timeout_at(until, self.tasks.spawn(task)).await {
            Ok(Ok(done)) => done,
            Ok(Err(cut)) => Err(LookupFailure::internal(cut)),
            Err(_) => Err(LookupFailure::StillLooking),
        }
    }

    /// Nobody will answer what it still asks: others need not wait for it. What another has taken over,
    /// or is settled, is left alone.
    fn give_up(&self, inquirer: Inquirer, failure: &LookupFailure) {
        let inquiry = inquirer.asker();
        if let LookupFailure::Internal(error) = failure {
            tracing::error!(inquiry, error = %error, "a lookup failed; what it asked is given up");
        }
        let pool = self.pool.clone();
        self.tasks.spawn(async move {
            let give_up = persistently(|| storage::abandon_inquiry(&pool, &inquirer));
            match tokio::time::timeout(TAKEN_OVER_AFTER, give_up).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => {
                    tracing::warn!(inquiry, error = %error, "its questions could not be given up: others wait a quarter of an hour");
                }
                Err(_) => {
                    tracing::warn!(inquiry, "its questions could not be given up: the database was away for too long");
                }
            }
        });
    }
}

/// Whether a profile was answered that will be the same the next time, and is of no use.
const fn cannot_be_kept(error: &UpstreamError) -> bool {
    matches!(
        error.kind,
        UpstreamErrorKind::WrongPerson | UpstreamErrorKind::TooLarge
    )
}
