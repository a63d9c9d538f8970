//! How many leads wait, run and have ended: for the metrics.

use std::time::Duration;

use sqlx::PgPool;

use super::retry::again_if_dead;
use super::{StorageError, ping};
use crate::models::{EndedLeads, LeadState, QueueStatus};

/// How the queue stands. Reads the two partial indexes of `ops.leads` that hold what is not ended,
/// so it costs by the length of the queue and not by the number of leads.
///
/// # Errors
/// [`StorageError`].
pub async fn read_queue(pool: &PgPool) -> Result<QueueStatus, StorageError> {
    again_if_dead(|| queue(pool)).await
}

async fn queue(pool: &PgPool) -> Result<QueueStatus, StorageError> {
    let row = sqlx::query!(
        r#"with waiting as (
               select l.state, l.due_at <= now() as is_due, count(*) as leads, min(l.due_at) as first_due
               from ops.leads l
               where l.owner is null and l.state in ('accepted', 'retrying', 'budget_hold')
               group by 1, 2),
           undelivered as (
               select min(o.first_sent_at) as first_sent
               from ops.outbox o join ops.leads l on l.lead_id = o.lead_id
               where o.state <> 'sent' and l.finished_at is null)
           select coalesce(sum(w.leads) filter (where w.state = 'accepted'), 0)::bigint as "accepted!",
                  coalesce(sum(w.leads) filter (where w.state = 'retrying'), 0)::bigint as "retrying!",
                  coalesce(sum(w.leads) filter (where w.state = 'budget_hold'), 0)::bigint as "budget_hold!",
                  coalesce(sum(w.leads) filter (where w.is_due), 0)::bigint as "due!",
                  coalesce(sum(w.leads) filter (where not w.is_due), 0)::bigint as "waiting!",
                  (select count(*) from ops.leads l where l.owner is not null) as "processing!",
                  extract(epoch from now() - min(w.first_due) filter (where w.is_due))::float8 as oldest_due,
                  extract(epoch from now() - (select u.first_sent from undelivered u))::float8 as oldest_undelivered
           from waiting w"#
    )
    .fetch_one(pool)
    .await?;
    Ok(QueueStatus {
        open: [
            (LeadState::Accepted, count(row.accepted)),
            (LeadState::Processing, count(row.processing)),
            (LeadState::Retrying, count(row.retrying)),
            (LeadState::BudgetHold, count(row.budget_hold)),
        ],
        due: count(row.due),
        waiting: count(row.waiting),
        oldest_due: row.oldest_due.map(seconds),
        oldest_undelivered: row.oldest_undelivered.map(seconds),
    })
}

/// Whether the database answers; a connection that died meanwhile is no sign that it does not.
///
/// # Errors
/// [`StorageError`] when it does not.
pub async fn answers(pool: &PgPool) -> Result<(), StorageError> {
    again_if_dead(|| ping(pool)).await
}

/// How many leads have ended in each state. Reads all leads.
///
/// # Errors
/// [`StorageError`].
pub async fn count_ended_leads(pool: &PgPool) -> Result<EndedLeads, StorageError> {
    again_if_dead(|| ended(pool)).await
}

async fn ended(pool: &PgPool) -> Result<EndedLeads, StorageError> {
    let rows = sqlx::query!(
        r#"select l.state, count(*) as "leads!" from ops.leads l
           where l.finished_at is not null group by l.state"#
    )
    .fetch_all(pool)
    .await?;
    let of = |state: LeadState| {
        let row = rows.iter().find(|row| row.state == state.as_str());
        (state, row.map_or(0, |row| count(row.leads)))
    };
    Ok([
        of(LeadState::Review),
        of(LeadState::Completed),
        of(LeadState::Unidentified),
        of(LeadState::Suppressed),
        of(LeadState::LeadMissing),
        of(LeadState::Failed),
        of(LeadState::DeliveryUnknown),
    ])
}

fn count(leads: i64) -> u64 {
    u64::try_from(leads).unwrap_or(0)
}

/// Clocks that were set back make no negative age.
fn seconds(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or_default()
}
