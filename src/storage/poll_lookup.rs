//! Looking again at a question that somebody else was asking.

use sqlx::PgPool;

use super::lookup_json::{AnswerRow, terms_json};
use super::retry::again_if_dead;
use super::{Claim, LookupKey, LookupState, LookupTerms, StorageError};

/// How a question stands now. When the other's call failed, or its instance has been silent for
/// the lease, the question becomes ours ([`LookupState::Mine`]); a dead one's call enters the ledger as
/// `unknown`. While the other is at it this only reads. No connection is held between two polls.
///
/// # Errors
/// [`StorageError::LostClaim`] when another run has the lead; any other [`StorageError`].
pub async fn poll_lookup(
    pool: &PgPool,
    claim: &Claim,
    key: &LookupKey,
    terms: &LookupTerms<'_>,
) -> Result<LookupState, StorageError> {
    again_if_dead(|| once(pool, claim, key, terms)).await
}

async fn once(
    pool: &PgPool,
    claim: &Claim,
    key: &LookupKey,
    terms: &LookupTerms<'_>,
) -> Result<LookupState, StorageError> {
    let row = sqlx::query_as!(
        AnswerRow,
        r#"select answer as "answer!", value, party_id, fetched_at
           from ops.poll_lookup($1, $2, $3, $4, $5, $6, $7)"#,
        claim.lead_id.as_str(),
        claim.owner.0,
        claim.run_no,
        key.provider.as_str(),
        key.kind.as_str(),
        key.hash.as_bytes().as_slice(),
        terms_json(terms),
    )
    .fetch_one(pool)
    .await?;
    row.read()
}
