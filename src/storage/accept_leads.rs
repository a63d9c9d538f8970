//! T1 of many leads: accepted for the queue.

use std::collections::HashMap;

use sqlx::PgPool;

use super::accept_lead::look_json;
use super::result_row::read_state;
use super::retry::again_if_dead;
use super::{Asker, InstanceId, StorageError, Takeover};
use crate::models::{LeadId, LeadSource, LeadState};

/// Accepts leads for the queue, in one transaction, and answers how each stands, in the order given:
/// `accepted`, `processing` when it runs, `retrying` when a message of it may still land. One that ended
/// is accepted again. Repeated, it does no harm.
///
/// # Errors
/// [`StorageError`]; none was accepted then, as far as anybody can know.
pub async fn accept_leads(
    pool: &PgPool,
    lead_ids: &[LeadId],
    source: LeadSource,
    asker: Option<&Asker>,
    instance: InstanceId,
    takeover: &Takeover,
) -> Result<Vec<LeadState>, StorageError> {
    let states = again_if_dead(|| once(pool, lead_ids, source, asker, instance, takeover)).await?;
    let state = |lead_id: &LeadId| states.get(lead_id.as_str()).copied();
    let states = lead_ids.iter().map(state).collect::<Option<_>>();
    states.ok_or(StorageError::Corrupt("answer to accepted leads"))
}

async fn once(
    pool: &PgPool,
    lead_ids: &[LeadId],
    source: LeadSource,
    asker: Option<&Asker>,
    instance: InstanceId,
    takeover: &Takeover,
) -> Result<HashMap<String, LeadState>, StorageError> {
    let ids: Vec<String> = lead_ids.iter().map(|id| id.as_str().to_owned()).collect();
    let rows = sqlx::query!(
        r#"select lead_id as "lead_id!", state as "state!"
           from ops.accept_leads($1, $2, $3, $4, make_interval(secs => $5), make_interval(secs => $6),
                                 make_interval(secs => $7))"#,
        &ids,
        source.as_str(),
        instance.0,
        asker.map(look_json),
        takeover.lease.as_secs_f64(),
        takeover.lands_within.as_secs_f64(),
        takeover.spread.as_secs_f64(),
    )
    .fetch_all(pool)
    .await?;
    let states = rows
        .into_iter()
        .map(|row| Ok((row.lead_id, read_state(&row.state)?)));
    states.collect()
}
