//! A person as a caller of the API may see them.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;
use uuid::Uuid;

use crate::models::{FreeText, Money, Profile, day_in_sao_paulo};
use crate::storage::StoredCustomer;

/// From this age on a person's finances may be shown (Código Civil, art. 5).
const OF_AGE: u32 = 18;

/// Where Work API tells of a person's finances.
const FINANCES_OF_WORK_API: &str = "DadosEconomicos";

/// Who an answer comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// What is stored.
    LocalDb,
    /// Asked just now.
    Diretrix,
    /// Asked just now.
    WorkApi,
}

impl Source {
    /// The word of the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LocalDb => "local_db",
            Self::Diretrix => "diretrix",
            Self::WorkApi => "work_api",
        }
    }
}

/// A person, and where the answer comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct Customer {
    /// The person, as stored.
    pub person: StoredCustomer,
    /// What is known of the finances; `None` of whom nothing is known, and of whom it may not be told.
    pub finances: Option<Finances>,
    /// Who the answer comes from.
    pub sources: Vec<Source>,
    /// When it was put together.
    pub answered_at: DateTime<Utc>,
}

/// What is known of a person's finances.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finances {
    /// Monthly income.
    pub income: Option<Money>,
    /// In the provider's words.
    pub income_band: Option<FreeText>,
    /// In the provider's words.
    pub purchasing_power: Option<FreeText>,
    /// 0 to 1000.
    pub credit_score: Option<u16>,
    /// In the provider's words.
    pub credit_risk: Option<FreeText>,
}

/// What Work API said of a person, in its own shape.
#[derive(Debug, Clone, PartialEq)]
pub struct VendorAnswer {
    /// The person's row.
    pub party_id: Uuid,
    /// The allow-listed part of the answer.
    pub payload: Value,
}

impl Customer {
    pub(super) fn new(
        person: StoredCustomer,
        mut sources: Vec<Source>,
        now: DateTime<Utc>,
    ) -> Self {
        sources.sort_unstable();
        let profile = person.enrichment.as_ref().map(|told| &told.profile);
        Self {
            finances: profile.and_then(|profile| finances_of(profile, day_in_sao_paulo(now))),
            person,
            sources,
            answered_at: now,
        }
    }
}

impl VendorAnswer {
    /// The answer without what may not be told of this person.
    pub(super) fn new(person: &StoredCustomer, mut payload: Value, now: DateTime<Utc>) -> Self {
        let told = person.enrichment.as_ref().map(|told| &told.profile);
        let is_of_age = told.is_some_and(|profile| is_of_age(profile, day_in_sao_paulo(now)));
        if let (false, Some(answer)) = (is_of_age, payload.as_object_mut()) {
            answer.remove(FINANCES_OF_WORK_API);
        }
        Self {
            party_id: person.party_id,
            payload,
        }
    }
}

fn finances_of(profile: &Profile, today: NaiveDate) -> Option<Finances> {
    let finances = Finances {
        income: profile.income,
        income_band: profile.income_band.clone(),
        purchasing_power: profile.purchasing_power.clone(),
        credit_score: profile.credit_score,
        credit_risk: profile.credit_risk.clone(),
    };
    let says_something = finances.income.is_some()
        || finances.income_band.is_some()
        || finances.purchasing_power.is_some()
        || finances.credit_score.is_some()
        || finances.credit_risk.is_some();
    (says_something && is_of_age(profile, today)).then_some(finances)
}

/// Not so of whose age is unknown: nothing then says that this is not a minor, as in the message.
fn is_of_age(profile: &Profile, today: NaiveDate) -> bool {
    profile.age_on(today).is_some_and(|age| age >= OF_AGE)
}
