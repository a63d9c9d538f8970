//! Questions and answers, in the form the functions of the database take and give them.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    HeldProfile, LookupKey, LookupState, LookupTerms, SettledAnswer, SettledLookup, StorageError,
};
use crate::models::{AllowedPayload, KeyedHash, Profile};

/// A row that answers one question.
pub(super) struct AnswerRow {
    pub(super) answer: String,
    pub(super) value: Option<Value>,
    pub(super) party_id: Option<Uuid>,
    pub(super) fetched_at: Option<DateTime<Utc>>,
}

impl AnswerRow {
    pub(super) fn read(self) -> Result<LookupState, StorageError> {
        match (
            self.answer.as_str(),
            self.value,
            self.party_id,
            self.fetched_at,
        ) {
            ("mine", ..) => Ok(LookupState::Mine),
            ("suppressed", ..) => Ok(LookupState::Suppressed),
            ("pending", ..) => Ok(LookupState::Pending),
            ("absent", ..) => Ok(LookupState::Absent),
            ("refused", Some(Value::String(reason)), ..) => Ok(LookupState::Refused { reason }),
            ("candidates", Some(value), ..) => serde_json::from_value(value)
                .map(LookupState::Candidates)
                .map_err(|_| StorageError::Corrupt("list of candidates")),
            ("profile", Some(value), Some(party_id), Some(fetched_at)) => {
                let profile =
                    serde_json::from_value(value).map_err(|_| StorageError::Corrupt("profile"))?;
                Ok(LookupState::Profile {
                    party_id,
                    profile: Box::new(profile),
                    fetched_at,
                })
            }
            ("held", Some(value), ..) => {
                let row: HeldRow = serde_json::from_value(value)
                    .map_err(|_| StorageError::Corrupt("profile held for a review"))?;
                Ok(LookupState::Held(HeldProfile {
                    profile: row.profile,
                    payload: AllowedPayload::of(&row.payload),
                    fetched_at: row.fetched_at,
                }))
            }
            _ => Err(StorageError::Corrupt("answer to a question")),
        }
    }
}

#[derive(Deserialize)]
struct HeldRow {
    profile: Box<Profile>,
    payload: Value,
    fetched_at: DateTime<Utc>,
}

pub(super) fn terms_json(terms: &LookupTerms<'_>) -> Value {
    json!({
        "fresh_secs": terms.fresh.as_secs_f64(),
        "lease_secs": terms.lease.as_secs_f64(),
        "purpose": terms.purpose,
        "legal_basis": terms.legal_basis,
        "price_centavos": {
            "diretrix": terms.diretrix_price.centavos(),
            "work_api": terms.work_api_price.centavos(),
        },
    })
}

/// Hashes as the database takes a list of them.
pub(super) fn hash_bytes(hashes: &[KeyedHash]) -> Vec<Vec<u8>> {
    hashes.iter().map(|hash| hash.as_bytes().to_vec()).collect()
}

pub(super) fn keys_json(keys: &[LookupKey]) -> Value {
    let keys = keys.iter().map(|key| {
        json!({
            "provider": key.provider.as_str(),
            "kind": key.kind.as_str(),
            "key_hash": hex::encode(key.hash.as_bytes()),
        })
    });
    Value::Array(keys.collect())
}

/// The question that a held profile is kept with.
pub(super) fn held_key_json(key: &LookupKey) -> Value {
    json!({"provider": key.provider.as_str(), "key_hash": hex::encode(key.hash.as_bytes())})
}

pub(super) fn settled_json(settled: &[SettledLookup]) -> Result<Value, StorageError> {
    let calls = settled.iter().map(one_settled);
    calls.collect::<Result<_, _>>().map(Value::Array)
}

fn one_settled(call: &SettledLookup) -> Result<Value, StorageError> {
    let (answer, value) = match &call.answer {
        SettledAnswer::Candidates(candidates) => {
            let value = serde_json::to_value(candidates);
            let value = value.map_err(|_| StorageError::Corrupt("list of candidates"))?;
            ("candidates", value)
        }
        SettledAnswer::Profile => ("profile", Value::Null),
        SettledAnswer::Held(held) => {
            let held = serde_json::to_value(held)
                .map_err(|_| StorageError::Corrupt("profile to be held for a review"))?;
            ("held", json!({"held": held}))
        }
        SettledAnswer::Refused { reason } => ("refused", json!({"refused": reason})),
        SettledAnswer::Absent => ("absent", Value::Null),
        SettledAnswer::Failed => ("failed", Value::Null),
    };
    Ok(json!({
        "provider": call.key.provider.as_str(),
        "kind": call.key.kind.as_str(),
        "key_hash": hex::encode(call.key.hash.as_bytes()),
        "answer": answer,
        "value": value,
        "outcome": call.outcome.as_str(),
        "cost_centavos": call.cost.centavos(),
        "latency_ms": call.latency_ms,
    }))
}
