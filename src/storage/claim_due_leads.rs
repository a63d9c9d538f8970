//! Taking up leads that wait.

use std::time::Duration;

use serde_json::Value;
use sqlx::{PgExecutor, PgPool};

use super::given::read_given;
use super::retry::in_time;
use super::{Claim, InstanceId, StorageError};
use crate::models::LeadId;

/// How leads are taken over that a crash left behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Takeover {
    /// An instance silent for so long is dead (`LEASE_SECS`).
    pub lease: Duration,
    /// So long after a post began, at most, its message can still land at the CRM.
    pub lands_within: Duration,
    /// Leads left behind are due at a random moment within this time, so that they do not all come
    /// back at once.
    pub spread: Duration,
}

/// What looking after the leads of dead instances came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leftovers {
    /// How many leads were released: due soon, a crash counted, no attempt spent.
    pub released: u64,
    /// Whether a lead is due whose last two ends were crashes.
    pub suspect_due: bool,
}

/// Which leads are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Those that may run beside others.
    Ordinary,
    /// Those whose last two ends were crashes: one of them may be what kills the process, and its
    /// neighbours would count a crash with it.
    Suspect,
}

/// Releases the leads of instances that are silent for the lease. What another instance is just
/// releasing is passed over.
///
/// # Errors
/// [`StorageError`].
pub async fn release_leftovers(
    pool: &PgPool,
    owner: InstanceId,
    takeover: &Takeover,
) -> Result<Leftovers, StorageError> {
    let row = sqlx::query!(
        r#"select released as "released!", suspect_due as "suspect_due!"
           from ops.release_leftovers($1, make_interval(secs => $2), make_interval(secs => $3),
                                      make_interval(secs => $4))"#,
        owner.0,
        takeover.lease.as_secs_f64(),
        takeover.lands_within.as_secs_f64(),
        takeover.spread.as_secs_f64(),
    )
    .fetch_one(pool);
    let row = in_time(async { Ok(row.await?) }).await?;
    Ok(Leftovers {
        released: row.released.unsigned_abs(),
        suspect_due: row.suspect_due,
    })
}

/// Claims up to `limit` due leads for this instance: live ones, then backfilled ones, the longest
/// due first. What another instance is just claiming is passed over.
///
/// # Errors
/// [`StorageError`].
pub async fn claim_due_leads(
    exec: impl PgExecutor<'_>,
    owner: InstanceId,
    wanted: Wanted,
    limit: i64,
) -> Result<Vec<Claim>, StorageError> {
    in_time(claim(exec, owner, wanted, limit)).await
}

async fn claim(
    exec: impl PgExecutor<'_>,
    owner: InstanceId,
    wanted: Wanted,
    limit: i64,
) -> Result<Vec<Claim>, StorageError> {
    let rows = match wanted {
        Wanted::Ordinary => ordinary(exec, owner, limit).await?,
        Wanted::Suspect => suspect(exec, owner, limit).await?,
    };
    rows.into_iter().map(|row| row.read(owner)).collect()
}

async fn ordinary(
    exec: impl PgExecutor<'_>,
    owner: InstanceId,
    limit: i64,
) -> Result<Vec<ClaimRow>, sqlx::Error> {
    // One index range per priority: leads that are not due yet are never read.
    sqlx::query_as!(
        ClaimRow,
        r#"with live as (
               select l.lead_id from ops.leads l
               where l.owner is null and l.state in ('accepted', 'retrying', 'budget_hold')
                 and l.priority = 0 and l.due_at <= now() and l.crashes < 2
               order by l.due_at
               limit $2 for update skip locked),
           backfilled as (
               select l.lead_id from ops.leads l
               where l.owner is null and l.state in ('accepted', 'retrying', 'budget_hold')
                 and l.priority = 1 and l.due_at <= now() and l.crashes < 2
               order by l.due_at
               limit greatest(0, $2 - (select count(*) from live))
               for update skip locked),
           due as (select lead_id from live union all select lead_id from backfilled)
           update ops.leads l
           set state = 'processing', owner = $1, due_at = null,
               run_no = l.run_no + 1, requested_no = greatest(l.requested_no, l.run_no + 1)
           -- An array is looked up by the key, whatever the planner expects of its length.
           where l.lead_id = any (array(select due.lead_id from due))
           returning l.lead_id, l.run_no, l.attempts, l.crashes, ops.given_details(l.lead_id) as given"#,
        owner.0,
        limit,
    )
    .fetch_all(exec)
    .await
}

async fn suspect(
    exec: impl PgExecutor<'_>,
    owner: InstanceId,
    limit: i64,
) -> Result<Vec<ClaimRow>, sqlx::Error> {
    sqlx::query_as!(
        ClaimRow,
        r#"with due as (
               select l.lead_id from ops.leads l
               where l.owner is null and l.state in ('accepted', 'retrying', 'budget_hold')
                 and l.crashes >= 2 and l.due_at <= now()
               order by l.priority, l.due_at
               limit $2 for update skip locked)
           update ops.leads l
           set state = 'processing', owner = $1, due_at = null,
               run_no = l.run_no + 1, requested_no = greatest(l.requested_no, l.run_no + 1)
           -- An array is looked up by the key, whatever the planner expects of its length.
           where l.lead_id = any (array(select due.lead_id from due))
           returning l.lead_id, l.run_no, l.attempts, l.crashes, ops.given_details(l.lead_id) as given"#,
        owner.0,
        limit,
    )
    .fetch_all(exec)
    .await
}

/// A lead that an instance owns.
pub(super) struct ClaimRow {
    pub(super) lead_id: String,
    pub(super) run_no: i64,
    pub(super) attempts: i32,
    pub(super) crashes: i32,
    pub(super) given: Option<Value>,
}

impl ClaimRow {
    pub(super) fn read(self, owner: InstanceId) -> Result<Claim, StorageError> {
        Ok(Claim {
            lead_id: LeadId::parse(&self.lead_id).map_err(|_| StorageError::Corrupt("lead id"))?,
            owner,
            run_no: self.run_no,
            attempts: self.attempts,
            crashes: self.crashes,
            given: read_given(self.given)?.map(Box::new),
        })
    }
}
