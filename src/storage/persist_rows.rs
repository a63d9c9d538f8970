//! What the transaction that stores a person is given and gives back.

use std::fmt;
use std::ops::Deref;
use std::time::Duration;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::lead_run::Step;
use super::lookup_rows::{HeldProfile, LookupKey, SettledLookup};
use crate::models::{AllowedPayload, KeyedHash, MatchedBy, Profile};

/// The accepted person of a lead, and the message about them.
#[derive(Debug, Clone)]
pub struct PersistProfile<'a> {
    /// The person.
    pub person: PersonToStore<'a>,
    /// Keyed hashes of the lead's contacts and the person's CPF, for the suppression check.
    pub suppression_hashes: &'a [KeyedHash],
    /// Which contacts led to the person.
    pub matched_by: MatchedBy,
    /// Who named the person: `diretrix` or `work_api`.
    pub matched_provider: &'static str,
    /// How sure the decision is, 0–100.
    pub score: u8,
    /// The reasons, as codes.
    pub evidence: serde_json::Value,
    /// The message.
    pub message: OutboxMessage<'a>,
    /// The steps so far, for the timeline of a lead that ends here because its message is unchanged.
    pub timeline: &'a [Step],
}

/// A person just bought, or stored before.
#[derive(Debug, Clone)]
pub enum PersonToStore<'a> {
    /// Just bought: written in the same transaction as the answer's settlement.
    Bought {
        /// The person.
        profile: &'a Profile,
        /// The allow-listed answer.
        payload: &'a AllowedPayload,
        /// The call.
        settled: &'a SettledLookup,
        /// When the provider answered.
        fetched_at: DateTime<Utc>,
        /// Ids for rows that are new, made by the app.
        new_ids: NewIds,
    },
    /// Bought before, and held for a review.
    Held {
        /// The person, and the allow-listed answer.
        held: &'a HeldProfile,
        /// The question it is held with.
        key: LookupKey,
        /// Ids for rows that are new, made by the app.
        new_ids: NewIds,
    },
    /// Stored before, and still fresh.
    Stored {
        /// The person.
        party_id: Uuid,
    },
}

/// Ids (UUID v7) for the rows a person may need; PostgreSQL 15 cannot make them itself.
#[derive(Debug, Clone)]
pub struct NewIds {
    /// The party.
    pub party: Uuid,
    /// One per contact, e-mails first, then phones.
    pub contacts: Vec<Uuid>,
    /// One per address.
    pub addresses: Vec<Uuid>,
}

impl NewIds {
    /// Ids for everything in a profile.
    #[must_use]
    pub fn for_profile(profile: &Profile) -> Self {
        let ids = |count: usize| (0..count).map(|_| Uuid::now_v7()).collect();
        Self {
            party: Uuid::now_v7(),
            contacts: ids(profile.emails.len() + profile.phones.len()),
            addresses: ids(profile.addresses.len()),
        }
    }
}

/// The message in the outbox. `Debug` shows its length only.
#[derive(Clone, Copy)]
pub struct OutboxMessage<'a> {
    /// The whole text.
    pub body: &'a str,
    /// Hash of the text without its last line: unchanged means nothing is posted.
    pub fingerprint: KeyedHash,
}

impl fmt::Debug for OutboxMessage<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OutboxMessage({} bytes)", self.body.len())
    }
}

/// A message as stored: a text about a person, so `Debug` shows its length only.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredBody(pub(super) String);

impl Deref for StoredBody {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for StoredBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoredBody({} bytes)", self.0.len())
    }
}

/// What came of storing a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Persisted {
    /// Stored; post the message now.
    Send {
        /// The person.
        party_id: Uuid,
    },
    /// Stored; this very message may have been delivered by an earlier run: read back first.
    ReadBack {
        /// The person.
        party_id: Uuid,
        /// The body that was sent then; its reference is looked for.
        body: StoredBody,
        /// How many sends of unknown outcome there were.
        unknown_sends: i32,
        /// How long ago it was sent at most: a late request may still land for the call's timeout
        /// and 10 s more (UPSTREAMS.md §1). `None` when nothing is on its way any more.
        sent_ago: Option<Duration>,
    },
    /// Stored, and this message was delivered before; the lead is completed, nothing is posted.
    Unchanged {
        /// The person.
        party_id: Uuid,
    },
    /// The person objected or was erased: nothing was stored; the run ends suppressed.
    Suppressed,
}
