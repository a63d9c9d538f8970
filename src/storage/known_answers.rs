//! What is known without asking, for whoever only wants to see.

use serde_json::Value;
use sqlx::PgPool;

use super::lookup_json::{AnswerRow, hash_bytes, keys_json};
use super::retry::again_if_dead;
use super::{LookupKey, LookupState, StorageError};
use crate::models::{ContactPeople, KeyedHash};

/// Stored answers.
#[derive(Debug, Clone, PartialEq)]
pub enum KnownAnswers {
    /// The person objected or was erased.
    Suppressed,
    /// The fresh answer to each question, in the order of the questions; `None` where it would have to
    /// be bought.
    Answers(Vec<Option<LookupState>>),
}

/// Stored answers to questions, as whoever asks may use them: a lead, by its id, or an inquiry, by
/// [`super::Inquirer::asker`]. Writes nothing, not even to the ledger.
///
/// # Errors
/// [`StorageError`].
pub async fn known_answers(
    pool: &PgPool,
    asker: &str,
    suppression_hashes: &[KeyedHash],
    keys: &[LookupKey],
) -> Result<KnownAnswers, StorageError> {
    again_if_dead(|| once(pool, asker, suppression_hashes, keys)).await
}

async fn once(
    pool: &PgPool,
    asker: &str,
    suppression_hashes: &[KeyedHash],
    keys: &[LookupKey],
) -> Result<KnownAnswers, StorageError> {
    let rows = sqlx::query!(
        r#"select answer, value, party_id, fetched_at
           from ops.known_answers($1, $2, $3) order by position"#,
        asker,
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

/// The people whom stored answers to these questions about contacts name, fresh or not.
///
/// # Errors
/// [`StorageError`].
pub async fn read_people_named(
    pool: &PgPool,
    keys: &[LookupKey],
) -> Result<ContactPeople, StorageError> {
    let keys = &keys_json(keys);
    let answers: Vec<Value> = again_if_dead(|| async move {
        let answers = sqlx::query_scalar!(
            r#"select l.value as "value!"
               from jsonb_array_elements($1::jsonb) as k (item)
               join ops.lookups l on l.provider = k.item ->> 'provider' and l.kind = k.item ->> 'kind'
                   and l.key_hash = decode(k.item ->> 'key_hash', 'hex')
               where l.state = 'found' and l.kind <> 'profile'"#,
            keys,
        );
        Ok(answers.fetch_all(pool).await?)
    })
    .await?;
    let people = answers.into_iter().map(|answer| {
        serde_json::from_value::<ContactPeople>(answer)
            .map_err(|_| StorageError::Corrupt("list of candidates"))
    });
    let mut all = ContactPeople::default();
    for people in people {
        let people: ContactPeople = people?;
        all.people.extend(people.people);
        all.without_cpf.extend(people.without_cpf);
    }
    Ok(all)
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
