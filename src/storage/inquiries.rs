//! Inquiries: questions to the providers that no lead is behind. They go through the rows of
//! `ops.lookups` as the questions of leads do.

use chrono::{DateTime, Utc};
use sqlx::PgPool;
use uuid::Uuid;

use super::lookup_json::{
    AnswerRow, hash_bytes, held_key_json, keys_json, settled_json, terms_json,
};
use super::person_json::person_json;
use super::retry::again_if_dead;
use super::{
    ABSENT_FRESH, HeldProfile, InstanceId, LookupKey, LookupState, LookupTerms, NewIds,
    SettledLookup, StorageError,
};
use crate::models::{AllowedPayload, KeyedHash, Profile};

/// Who asks without a lead. Its fence is each pending row itself: what was taken over by another is
/// no longer settled by this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Inquirer {
    /// Tells this inquiry from all others.
    pub id: Uuid,
    /// The instance that makes it.
    pub owner: InstanceId,
}

impl Inquirer {
    /// As it stands where a lead's id would, in `ops.lookups` and `ops.provider_calls`. A lead id has no
    /// colon.
    #[must_use]
    pub fn asker(&self) -> String {
        format!("inquiry:{}", self.id)
    }
}

/// A person just bought, without a lead.
#[derive(Debug, Clone)]
pub struct InquiredPerson<'a> {
    /// The person.
    pub profile: &'a Profile,
    /// The allow-listed answer.
    pub payload: &'a AllowedPayload,
    /// The call.
    pub settled: &'a SettledLookup,
    /// When the provider answered.
    pub fetched_at: DateTime<Utc>,
    /// Ids for rows that are new.
    pub new_ids: &'a NewIds,
}

/// What came of storing a person who was asked for without a lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inquired {
    /// Stored under this party.
    Stored(Uuid),
    /// The person objected or was erased: nothing was stored.
    Suppressed,
}

/// Settles what came back and acquires further questions, in one transaction; either list may be
/// empty. Answers how each question stands, in the order of `acquire`.
///
/// # Errors
/// [`StorageError`].
pub async fn inquire(
    pool: &PgPool,
    inquirer: &Inquirer,
    settled: &[SettledLookup],
    acquire: &[LookupKey],
    terms: &LookupTerms<'_>,
) -> Result<Vec<LookupState>, StorageError> {
    let settled = &settled_json(settled)?;
    again_if_dead(|| async move {
        let rows = sqlx::query_as!(
            AnswerRow,
            r#"select answer as "answer!", value, party_id, fetched_at
               from ops.inquire($1, $2, $3, $4, $5, $6) order by position"#,
            inquirer.asker(),
            inquirer.owner.0,
            settled,
            ABSENT_FRESH.as_secs_f64(),
            keys_json(acquire),
            terms_json(terms),
        )
        .fetch_all(pool)
        .await?;
        rows.into_iter().map(AnswerRow::read).collect()
    })
    .await
}

/// How a question stands now that somebody else was asking; see [`super::poll_lookup`].
///
/// # Errors
/// [`StorageError`].
pub async fn poll_inquiry(
    pool: &PgPool,
    inquirer: &Inquirer,
    key: &LookupKey,
    terms: &LookupTerms<'_>,
) -> Result<LookupState, StorageError> {
    again_if_dead(|| async move {
        let row = sqlx::query_as!(
            AnswerRow,
            r#"select answer as "answer!", value, party_id, fetched_at
               from ops.poll_inquiry($1, $2, $3, $4, $5, $6)"#,
            inquirer.asker(),
            inquirer.owner.0,
            key.provider.as_str(),
            key.kind.as_str(),
            key.hash.as_bytes().as_slice(),
            terms_json(terms),
        )
        .fetch_one(pool)
        .await?;
        row.read()
    })
    .await
}

/// Stores a bought person together with the settlement of the call, unless one of these hashes is of
/// somebody who objected or was erased.
///
/// # Errors
/// [`StorageError::LostClaim`] when another has taken the question over, whose answer will be stored;
/// [`StorageError::Refused`] when the database does not take the data; any other [`StorageError`].
pub async fn store_inquired(
    pool: &PgPool,
    inquirer: &Inquirer,
    suppression_hashes: &[KeyedHash],
    person: &InquiredPerson<'_>,
) -> Result<Inquired, StorageError> {
    let settled = &settled_json(std::slice::from_ref(person.settled))?;
    let bought = &person_json(
        person.profile,
        person.payload,
        person.fetched_at,
        person.new_ids,
    )?;
    again_if_dead(|| async move {
        let row = sqlx::query!(
            r#"select answer as "answer!", party_id from ops.store_inquired($1, $2, $3, $4, $5)"#,
            inquirer.asker(),
            inquirer.owner.0,
            &hash_bytes(suppression_hashes),
            settled,
            bought,
        )
        .fetch_one(pool)
        .await?;
        match (row.answer.as_str(), row.party_id) {
            ("suppressed", _) => Ok(Inquired::Suppressed),
            ("stored", Some(party_id)) => Ok(Inquired::Stored(party_id)),
            _ => Err(StorageError::Corrupt("answer to a stored person")),
        }
    })
    .await
}

/// Stores a person whose profile a review waits for, unless one of these hashes is of somebody who objected or was
/// erased. The review finds them stored then.
///
/// # Errors
/// [`StorageError::Conflict`] when the profile was withdrawn meanwhile; any other [`StorageError`].
pub async fn store_held(
    pool: &PgPool,
    key: &LookupKey,
    held: &HeldProfile,
    new_ids: &NewIds,
    suppression_hashes: &[KeyedHash],
) -> Result<Inquired, StorageError> {
    let bought = &person_json(&held.profile, &held.payload, held.fetched_at, new_ids)?;
    again_if_dead(|| async move {
        let stored = sqlx::query_scalar!(
            "select ops.store_held($1, $2, $3)",
            held_key_json(key),
            bought,
            &hash_bytes(suppression_hashes),
        );
        let stored = stored.fetch_one(pool).await?;
        Ok(stored.map_or(Inquired::Suppressed, Inquired::Stored))
    })
    .await
}

/// Notes that a profile which a review waited for cannot be stored: it is not kept, and not bought again while it would
/// be fresh.
///
/// # Errors
/// [`StorageError`]; it is held on then.
pub async fn refuse_held(pool: &PgPool, key: &LookupKey, reason: &str) -> Result<(), StorageError> {
    again_if_dead(|| async move {
        sqlx::query!(
            "update ops.lookups set value = jsonb_build_object('refused', $3::text)
             where provider = $1 and kind = 'profile' and key_hash = $2 and value ? 'held'",
            key.provider.as_str(),
            key.hash.as_bytes().as_slice(),
            reason,
        )
        .execute(pool)
        .await?;
        Ok(())
    })
    .await
}

/// Gives up the questions of an inquiry that ended without a word; their calls enter the ledger as
/// `unknown`.
///
/// # Errors
/// [`StorageError`]; its questions are taken over once they are a quarter of an hour old.
pub async fn abandon_inquiry(pool: &PgPool, inquirer: &Inquirer) -> Result<(), StorageError> {
    let asker = &inquirer.asker();
    again_if_dead(|| async move {
        sqlx::query!("select ops.abandon_lookups($1)", asker)
            .execute(pool)
            .await?;
        Ok(())
    })
    .await
}
