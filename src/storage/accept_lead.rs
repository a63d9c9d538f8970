//! T1: a lead is accepted, and by that is ours, somebody else's, or done.

use std::time::Duration;

use sqlx::PgExecutor;

use super::result_row::ResultRow;
use super::{Accepted, Claim, InstanceId, StorageError};
use crate::models::{LeadId, LeadSource};

/// Accepts a lead. Of any number of calls at the same time, on any instances, one answers
/// [`Accepted::Run`], the others [`Accepted::Join`].
///
/// A lead that ended less than `dedup_ttl` ago is a duplicate, unless it is missing in the CRM or
/// failed: those run again. A run whose instance has been silent for `lease` is taken over.
/// Not repeated on a dead connection: had the first try been committed, nobody would run the lead.
///
/// # Errors
/// [`StorageError`]; nothing was accepted then, as far as anybody can know.
pub async fn accept_lead(
    exec: impl PgExecutor<'_>,
    lead_id: &LeadId,
    source: LeadSource,
    owner: InstanceId,
    dedup_ttl: Duration,
    lease: Duration,
) -> Result<Accepted, StorageError> {
    let row = sqlx::query!(
        r#"select answer as "answer!", run_no as "run_no!", attempts as "attempts!",
                  state as "state!", message_sent as "message_sent!", cpfs as "cpfs!: Vec<String>",
                  reason, next_attempt_at, finished_at
           from ops.accept_lead($1, $2, $3, make_interval(secs => $4), make_interval(secs => $5))"#,
        lead_id.as_str(),
        source.as_str(),
        owner.0,
        dedup_ttl.as_secs_f64(),
        lease.as_secs_f64(),
    )
    .fetch_one(exec)
    .await?;
    let result = ResultRow {
        state: row.state,
        message_sent: row.message_sent,
        cpfs: row.cpfs,
        reason: row.reason,
        next_attempt_at: row.next_attempt_at,
        finished_at: row.finished_at,
    };
    match row.answer.as_str() {
        "run" => Ok(Accepted::Run(Claim {
            lead_id: lead_id.clone(),
            owner,
            run_no: row.run_no,
            attempts: row.attempts,
        })),
        "join" => Ok(Accepted::Join),
        "waiting" => Ok(Accepted::Waiting(result.read(lead_id)?)),
        "duplicate" => Ok(Accepted::Duplicate(result.read(lead_id)?)),
        _ => Err(StorageError::Corrupt("answer to an accepted lead")),
    }
}
