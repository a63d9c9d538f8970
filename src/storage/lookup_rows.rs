//! The rows of `ops.lookups`: checkpoint, shared cache, single flight and record of intent in one.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize, Serializer};
use uuid::Uuid;

use crate::models::{AllowedPayload, ContactPeople, KeyedHash, Money, Profile};

/// Who is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Provider {
    /// Contact → CPF.
    Diretrix,
    /// CPF → profile, and phone → CPF.
    WorkApi,
}

impl Provider {
    /// The word in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Diretrix => "diretrix",
            Self::WorkApi => "work_api",
        }
    }
}

/// What is asked by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LookupKind {
    /// By a phone.
    Phone,
    /// By an e-mail.
    Email,
    /// By a CPF.
    Profile,
}

impl LookupKind {
    /// The word in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Email => "email",
            Self::Profile => "profile",
        }
    }
}

/// One question to one provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LookupKey {
    /// Who is asked.
    pub provider: Provider,
    /// What is asked by.
    pub kind: LookupKind,
    /// The contact or CPF, as a keyed hash.
    pub hash: KeyedHash,
}

/// On what terms answers are bought and used again; the same for the whole service.
#[derive(Debug, Clone, Copy)]
pub struct LookupTerms<'a> {
    /// How long a found answer is used again (FRESH_DAYS).
    pub fresh: Duration,
    /// An instance silent for so long loses its questions (LEASE_SECS).
    pub lease: Duration,
    /// What for people are looked up (LGPD_PURPOSE); recorded with each call.
    pub purpose: &'a str,
    /// On what ground of the law (LGPD_LEGAL_BASIS); recorded with each call.
    pub legal_basis: &'a str,
    /// PRICE_DIRETRIX_CENTAVOS: charged when nobody learns how a call ended.
    pub diretrix_price: Money,
    /// PRICE_WORK_API_CENTAVOS: the same.
    pub work_api_price: Money,
}

/// How long a provider's word that it knows nobody is used again. A decision of our own: shorter
/// than for people found, since somebody unknown today may be known next week.
pub const ABSENT_FRESH: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// How a question stands.
#[derive(Debug, Clone, PartialEq)]
pub enum LookupState {
    /// A pending row of ours was written: this run asks.
    Mine,
    /// The person objected or was erased: nothing is asked or answered.
    Suppressed,
    /// Somebody alive is asking; look again a little later.
    Pending,
    /// The provider named these people.
    Candidates(ContactPeople),
    /// The provider gave this profile, stored under this party.
    Profile {
        /// The stored person.
        party_id: Uuid,
        /// Read back from `normalized_data`.
        profile: Box<Profile>,
        /// When the provider gave it.
        fetched_at: DateTime<Utc>,
    },
    /// The provider gave this profile, and a review waits for it: nobody is stored yet.
    Held(HeldProfile),
    /// The provider gave an answer that must not or could not be kept: not bought again.
    Refused {
        /// Why, as a code.
        reason: String,
    },
    /// The provider knows nobody.
    Absent,
}

/// A bought profile that is kept with its question until a review of it is decided.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HeldProfile {
    /// The person.
    pub profile: Box<Profile>,
    /// The allow-listed answer.
    #[serde(serialize_with = "as_json")]
    pub payload: AllowedPayload,
    /// When the provider gave it.
    pub fetched_at: DateTime<Utc>,
}

fn as_json<S: Serializer>(payload: &AllowedPayload, serializer: S) -> Result<S::Ok, S::Error> {
    payload.as_json().serialize(serializer)
}

/// What a call came to, as the ledger has it (`ops.provider_calls.outcome`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallOutcome {
    /// An answer.
    Hit,
    /// The provider's word that there is none.
    Miss,
    /// The call failed and no answer was given.
    Error,
    /// The provider refused: token, contract, credits. Costs nothing.
    Denied,
    /// Nobody knows whether it was answered; counts as spent.
    Unknown,
}

impl CallOutcome {
    /// The word in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hit => "hit",
            Self::Miss => "miss",
            Self::Error => "error",
            Self::Denied => "denied",
            Self::Unknown => "unknown",
        }
    }
}

/// A call that came back, to be written with the next transaction of its run.
#[derive(Debug, Clone, PartialEq)]
pub struct SettledLookup {
    /// The question.
    pub key: LookupKey,
    /// The answer.
    pub answer: SettledAnswer,
    /// What the ledger says.
    pub outcome: CallOutcome,
    /// What it cost.
    pub cost: Money,
    /// How long it took.
    pub latency_ms: u64,
}

/// What is written over a pending row.
#[derive(Debug, Clone, PartialEq)]
pub enum SettledAnswer {
    /// Found: these people.
    Candidates(ContactPeople),
    /// Found: a profile, whose party the same transaction writes. Settled without one, the call
    /// enters the ledger and the answer is forgotten.
    Profile,
    /// Found: a profile of which a person has to decide first; nobody is stored.
    Held(HeldProfile),
    /// Found, but not to be kept: the holder is dead, it contradicts the lead, the database refuses it.
    Refused {
        /// Why, as a code.
        reason: String,
    },
    /// Absent: the provider's word.
    Absent,
    /// A failed call: the pending row goes, an error is never stored.
    Failed,
}
