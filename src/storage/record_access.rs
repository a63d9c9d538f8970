//! Who looked at whose data: `ops.access_log`.

use sqlx::PgPool;
use uuid::Uuid;

use super::retry::again_if_dead;
use super::{Asker, StorageError};
use crate::models::LeadId;

/// One look at personal data, without the data.
#[derive(Debug, Clone, Copy)]
pub struct AccessRecord<'l> {
    /// The name of the caller's key.
    pub actor: &'l str,
    /// What was done: one of a few fixed words.
    pub action: &'static str,
    /// Who was shown.
    pub party_ids: &'l [Uuid],
    /// By which lead, if by one.
    pub lead_id: Option<&'l LeadId>,
    /// Why.
    pub reason: &'l str,
}

/// Records a look: a row for each person shown, one without a person when nobody was. When the
/// answer of the database is lost the row may be there twice.
///
/// # Errors
/// [`StorageError`]; then nothing may be shown.
pub async fn record_access(pool: &PgPool, look: AccessRecord<'_>) -> Result<(), StorageError> {
    again_if_dead(|| insert(pool, look)).await
}

/// Records that reviews are shown: a row for each, by its lead, or for each of its candidates who is stored.
///
/// # Errors
/// [`StorageError`]; then nothing may be shown.
pub async fn record_reviews_shown(
    pool: &PgPool,
    review_ids: &[Uuid],
    asker: &Asker,
) -> Result<(), StorageError> {
    again_if_dead(|| async move {
        sqlx::query!(
            "insert into ops.access_log (actor, action, party_id, lead_id, reason)
             select $1, $2, p.id, r.lead_id, $3
             from ops.reviews r
             left join lateral (
                 select s.id from jsonb_array_elements(r.candidates) as c (item)
                 join core.parties s on s.cpf_cnpj = c.item ->> 'cpf') p on true
             where r.review_id = any ($4)",
            asker.actor,
            asker.action,
            asker.reason,
            review_ids,
        )
        .execute(pool)
        .await?;
        Ok(())
    })
    .await
}

async fn insert(pool: &PgPool, look: AccessRecord<'_>) -> Result<(), StorageError> {
    sqlx::query!(
        "insert into ops.access_log (actor, action, party_id, lead_id, reason)
         select $1, $2, shown.party_id, $4, $5
         from unnest(case when cardinality($3::uuid[]) = 0 then array[null::uuid] else $3 end)
              as shown (party_id)",
        look.actor,
        look.action,
        look.party_ids,
        look.lead_id.map(LeadId::as_str),
        look.reason,
    )
    .execute(pool)
    .await?;
    Ok(())
}
