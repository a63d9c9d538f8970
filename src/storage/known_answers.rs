//! What is known without asking, for whoever only wants to see.

use sqlx::PgPool;

use super::acquire_contacts::hash_bytes;
use super::lookup_json::{AnswerRow, keys_json};
use super::retry::again_if_dead;
use super::{LookupKey, LookupState, StorageError};
use crate::models::{KeyedHash, LeadId};

/// Stored answers.
#[derive(Debug, Clone, PartialEq)]
pub enum KnownAnswers {
    /// The person objected or was erased.
    Suppressed,
    /// The fresh answer to each question, in the order of the questions; `None` where it would have to
    /// be bought.
    Answers(Vec<Option<LookupState>>),
}

/// Stored answers to questions about a lead. Writes nothing, not even to the ledger.
///
/// # Errors
/// [`StorageError`].
pub async fn known_answers(
    pool: &PgPool,
    lead_id: &LeadId,
    suppression_hashes: &[KeyedHash],
    keys: &[LookupKey],
) -> Result<KnownAnswers, StorageError> {
    again_if_dead(|| once(pool, lead_id, suppression_hashes, keys)).await
}

async fn once(
    pool: &PgPool,
    lead_id: &LeadId,
    suppression_hashes: &[KeyedHash],
    keys: &[LookupKey],
) -> Result<KnownAnswers, StorageError> {
    let rows = sqlx::query!(
        r#"select answer, value, party_id, fetched_at
           from ops.known_answers($1, $2, $3) order by position"#,
        lead_id.as_str(),
        &hash_bytes(suppression_hashes),
        keys_json(keys),
    )
    .fetch_all(pool)
    .await?;
    let answers = rows.into_iter().map(|row| {
        let Some(answer) = row.answer else {
            return Ok(None);
        };
        let row = AnswerRow {
            answer,
            value: row.value,
            party_id: row.party_id,
            fetched_at: row.fetched_at,
        };
        row.read().map(Some)
    });
    let answers: Vec<_> = answers.collect::<Result<_, StorageError>>()?;
    if answers.contains(&Some(LookupState::Suppressed)) {
        return Ok(KnownAnswers::Suppressed);
    }
    Ok(KnownAnswers::Answers(answers))
}

/// Whether any of these contacts and CPFs belongs to somebody who objected or was erased.
///
/// # Errors
/// [`StorageError`].
pub async fn any_suppressed(pool: &PgPool, hashes: &[KeyedHash]) -> Result<bool, StorageError> {
    again_if_dead(|| suppressed(pool, hashes)).await
}

async fn suppressed(pool: &PgPool, hashes: &[KeyedHash]) -> Result<bool, StorageError> {
    let found = sqlx::query_scalar!(
        r#"select exists (select from ops.suppressions s where s.key_hash = any ($1)) as "found!""#,
        &hash_bytes(hashes),
    );
    Ok(found.fetch_one(pool).await?)
}
