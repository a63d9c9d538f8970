//! The processes of the service: who is alive.

use std::time::Duration;

use sqlx::{PgExecutor, PgPool};

use super::claim_due_leads::ClaimRow;
use super::retry::{again_if_dead, in_time};
use super::{Claim, InstanceId, StorageError};

/// Says that this process is there. Before its first lead: an instance nobody knows counts as dead.
/// After a pause of two thirds of the lease its heart begins anew: until it has beaten for half a lease
/// it is no witness of others' death.
///
/// # Errors
/// [`StorageError`].
pub async fn register_instance(
    exec: impl PgExecutor<'_>,
    instance: InstanceId,
    lease: Duration,
) -> Result<(), StorageError> {
    sqlx::query!(
        "insert into ops.instances as i (id) values ($1)
         on conflict (id) do update
             set heartbeat_at = now(),
                 unbroken_since = case
                     when i.heartbeat_at > now() - make_interval(secs => $2) * 2 / 3 then i.unbroken_since
                     else now() end",
        instance.0,
        lease.as_secs_f64(),
    )
    .execute(exec)
    .await?;
    Ok(())
}

/// Says that this process is alive: one update for all its leads. An instance that was removed in
/// between is registered anew.
///
/// # Errors
/// [`StorageError`]; whoever cannot say it for half a lease must let its leads go.
pub async fn beat(
    exec: impl PgExecutor<'_>,
    instance: InstanceId,
    lease: Duration,
) -> Result<(), StorageError> {
    register_instance(exec, instance, lease).await
}

/// The leads that the database holds as this instance's.
///
/// # Errors
/// [`StorageError`].
pub async fn owned_leads(
    exec: impl PgExecutor<'_>,
    instance: InstanceId,
) -> Result<Vec<Claim>, StorageError> {
    let owned = sqlx::query_as!(
        ClaimRow,
        "select l.lead_id, l.run_no, l.attempts, l.crashes, null::jsonb as given from ops.leads l where l.owner = $1",
        instance.0
    )
    .fetch_all(exec);
    let rows = in_time(async { Ok(owned.await?) }).await?;
    rows.into_iter().map(|row| row.read(instance)).collect()
}

/// Gives back all leads of a process that stops: nothing spent, and due at once, unless a message may
/// still land within `lands_within` of its post. Answers how many.
///
/// # Errors
/// [`StorageError`]; the leads are then taken over when the lease has passed.
pub async fn hand_back_leads(
    pool: &PgPool,
    instance: InstanceId,
    lands_within: Duration,
) -> Result<u64, StorageError> {
    let once = async || {
        let handed_back = sqlx::query_scalar!(
            r#"select ops.hand_back_leads($1, make_interval(secs => $2)) as "handed_back!""#,
            instance.0,
            lands_within.as_secs_f64(),
        )
        .fetch_one(pool)
        .await?;
        Ok(handed_back.unsigned_abs())
    };
    again_if_dead(once).await
}

/// Says that this process is gone, and removes those that have been silent for a week.
///
/// # Errors
/// [`StorageError`].
pub async fn remove_instance(pool: &PgPool, instance: InstanceId) -> Result<(), StorageError> {
    let once = async || {
        sqlx::query!(
            "delete from ops.instances i
             where i.id = $1 or i.heartbeat_at < now() - interval '7 days'",
            instance.0
        )
        .execute(pool)
        .await?;
        Ok(())
    };
    again_if_dead(once).await
}
