//! Taking up leads that wait, and those that a crash left behind.

use std::time::Duration;

use sqlx::PgExecutor;

use super::retry::in_time;
use super::{Claim, InstanceId, StorageError};
use crate::models::LeadId;

/// Claims up to `limit` leads for this instance: leftovers of instances silent for `lease`, then
/// live leads that are due, then backfilled ones, the longest due first. What another instance is
/// just claiming is passed over. A leftover counts a crash and spends no attempt.
///
/// # Errors
/// [`StorageError`].
pub async fn claim_due_leads(
    exec: impl PgExecutor<'_>,
    owner: InstanceId,
    lease: Duration,
    limit: i64,
) -> Result<Vec<Claim>, StorageError> {
    in_time(claim(exec, owner, lease, limit)).await
}

async fn claim(
    exec: impl PgExecutor<'_>,
    owner: InstanceId,
    lease: Duration,
    limit: i64,
) -> Result<Vec<Claim>, StorageError> {
    // One index range per priority: leads that are not due yet are never read.
    let rows = sqlx::query_as!(
        ClaimRow,
        r#"with left_over as (
               select l.lead_id from ops.leads l
               where l.owner is not null and l.owner <> $1
                 and not ops.is_alive(l.owner, make_interval(secs => $2))
               limit $3 for update skip locked),
           live as (
               select l.lead_id from ops.leads l
               where l.owner is null and l.state in ('accepted', 'retrying', 'budget_hold')
                 and l.priority = 0 and l.due_at <= now()
               order by l.due_at
               limit greatest(0, $3 - (select count(*) from left_over)) for update skip locked),
           backfilled as (
               select l.lead_id from ops.leads l
               where l.owner is null and l.state in ('accepted', 'retrying', 'budget_hold')
                 and l.priority = 1 and l.due_at <= now()
               order by l.due_at
               limit greatest(0, $3 - (select count(*) from left_over) - (select count(*) from live))
               for update skip locked),
           due as (
               select lead_id from left_over union all select lead_id from live
               union all select lead_id from backfilled)
           update ops.leads l
           set state = 'processing', owner = $1, due_at = null,
               run_no = l.run_no + 1,
               requested_no = greatest(l.requested_no, l.run_no + 1),
               crashes = l.crashes + case when l.owner is null then 0 else 1 end
           from due
           where l.lead_id = due.lead_id
           returning l.lead_id, l.run_no, l.attempts"#,
        owner.0,
        lease.as_secs_f64(),
        limit,
    )
    .fetch_all(exec)
    .await?;
    rows.into_iter().map(|row| row.read(owner)).collect()
}

/// A lead that an instance owns.
pub(super) struct ClaimRow {
    pub(super) lead_id: String,
    pub(super) run_no: i64,
    pub(super) attempts: i32,
}

impl ClaimRow {
    pub(super) fn read(self, owner: InstanceId) -> Result<Claim, StorageError> {
        Ok(Claim {
            lead_id: LeadId::parse(&self.lead_id).map_err(|_| StorageError::Corrupt("lead id"))?,
            owner,
            run_no: self.run_no,
            attempts: self.attempts,
        })
    }
}
