//! T4: the person is stored, and the message about them is being sent.

use std::time::Duration;

use serde_json::{Value, json};
use sqlx::PgPool;
use uuid::Uuid;

use super::complete_delivery::timeline_json;
use super::lookup_json::{hash_bytes, held_key_json, settled_json};
use super::person_json::person_json;
use super::retry::again_if_dead;
use super::{Claim, PersistProfile, Persisted, PersonToStore, StorageError, StoredBody};

/// Stores everything about the accepted person of a lead in one transaction, with the message
/// already `sending` and owned by this run. See [`Persisted`] for what the caller does next.
/// Repeated a bounded number of times when other transactions are in the way.
///
/// # Errors
/// [`StorageError::LostClaim`] when another run has the lead; [`StorageError::Refused`] when the
/// database does not take the data, after which [`super::end_run`] commits the answer alone, as
/// [`super::SettledAnswer::Refused`]: nothing of the person is stored then; any other [`StorageError`].
pub async fn persist_profile(
    pool: &PgPool,
    claim: &Claim,
    persist: &PersistProfile<'_>,
) -> Result<Persisted, StorageError> {
    let person = match &persist.person {
        PersonToStore::Stored { party_id } => json!({"party_id": party_id}),
        PersonToStore::Held { held, key, new_ids } => json!({
            "held": held_key_json(key),
            "bought": person_json(&held.profile, &held.payload, held.fetched_at, new_ids)?,
        }),
        PersonToStore::Bought {
            profile,
            payload,
            settled,
            fetched_at,
            new_ids,
        } => json!({
            "settled": settled_json(std::slice::from_ref(*settled))?,
            "bought": person_json(profile, payload, *fetched_at, new_ids)?,
        }),
    };
    let person = &person;
    again_if_dead(|| once(pool, claim, persist, person)).await
}

async fn once(
    pool: &PgPool,
    claim: &Claim,
    persist: &PersistProfile<'_>,
    person: &Value,
) -> Result<Persisted, StorageError> {
    let found_by = json!({
        "matched_by": persist.matched_by.as_str(),
        "provider": persist.matched_provider,
        "score": persist.score,
        "evidence": persist.evidence,
    });
    let row = sqlx::query_as!(
        PersistedRow,
        r#"select answer as "answer!", party_id, body, unknown_sends, sent_ago_secs
           from ops.persist_profile($1, $2, $3, $4, $5, $6, $7, $8, $9)"#,
        claim.lead_id.as_str(),
        claim.owner.0,
        claim.run_no,
        &hash_bytes(persist.suppression_hashes),
        person,
        found_by,
        persist.message.body,
        persist.message.fingerprint.as_bytes().as_slice(),
        timeline_json(persist.timeline)?,
    )
    .fetch_one(pool)
    .await?;
    row.read()
}

struct PersistedRow {
    answer: String,
    party_id: Option<Uuid>,
    body: Option<String>,
    unknown_sends: Option<i32>,
    sent_ago_secs: Option<f64>,
}

impl PersistedRow {
    fn read(self) -> Result<Persisted, StorageError> {
        let corrupt = StorageError::Corrupt("answer to a stored person");
        if self.answer == "suppressed" {
            return Ok(Persisted::Suppressed);
        }
        let party_id = self.party_id.ok_or_else(|| corrupt.clone())?;
        match (self.answer.as_str(), self.body, self.unknown_sends) {
            ("send", ..) => Ok(Persisted::Send { party_id }),
            ("unchanged", ..) => Ok(Persisted::Unchanged { party_id }),
            ("read_back", Some(body), Some(unknown_sends)) => Ok(Persisted::ReadBack {
                party_id,
                body: StoredBody(body),
                unknown_sends,
                sent_ago: self
                    .sent_ago_secs
                    .map(Duration::try_from_secs_f64)
                    .transpose()
                    .map_err(|_| corrupt)?,
            }),
            _ => Err(corrupt),
        }
    }
}
