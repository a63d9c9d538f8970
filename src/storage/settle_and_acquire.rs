//! T3: what came back is written down, and the next questions are asked.

use sqlx::PgPool;

use super::lookup_json::{AnswerRow, keys_json, settled_json, terms_json};
use super::retry::again_if_dead;
use super::{
    ABSENT_FRESH, Claim, LookupKey, LookupState, LookupTerms, SettledLookup, StorageError,
};

/// Settles the answers of this run and acquires further questions, in one transaction; either list
/// may be empty. Answers how each question stands, in the order of `acquire`.
///
/// # Errors
/// [`StorageError::LostClaim`] when another run has the lead; any other [`StorageError`].
pub async fn settle_and_acquire(
    pool: &PgPool,
    claim: &Claim,
    settled: &[SettledLookup],
    acquire: &[LookupKey],
    terms: &LookupTerms<'_>,
) -> Result<Vec<LookupState>, StorageError> {
    again_if_dead(|| once(pool, claim, settled, acquire, terms)).await
}

async fn once(
    pool: &PgPool,
    claim: &Claim,
    settled: &[SettledLookup],
    acquire: &[LookupKey],
    terms: &LookupTerms<'_>,
) -> Result<Vec<LookupState>, StorageError> {
    let rows = sqlx::query_as!(
        AnswerRow,
        r#"select answer as "answer!", value, party_id, fetched_at
           from ops.settle_and_acquire($1, $2, $3, $4, $5, $6, $7) order by position"#,
        claim.lead_id.as_str(),
        claim.owner.0,
        claim.run_no,
        settled_json(settled)?,
        ABSENT_FRESH.as_secs_f64(),
        keys_json(acquire),
        terms_json(terms),
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter().map(AnswerRow::read).collect()
}
