//! Leads of which a person has to be told, and reviews that wait for one.

use std::time::Duration;

use sqlx::PgPool;

use super::StorageError;
use super::retry::again_if_dead;
use crate::models::{LeadId, LeadState};

/// A lead that ended so that it needs a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueAlert {
    /// The lead.
    pub lead_id: LeadId,
    /// Where it is.
    pub state: LeadState,
    /// Why, as a code.
    pub reason: Option<String>,
    /// Whether the broker has still to be told that a message was about somebody else.
    pub correction_due: bool,
}

/// Takes some leads of which a person has to be told. Unless [`alert_told`] is said of them, they are due
/// again a minute later, here or on another instance.
///
/// # Errors
/// [`StorageError`].
pub async fn take_due_alerts(pool: &PgPool) -> Result<Vec<DueAlert>, StorageError> {
    let once = async || {
        let rows = sqlx::query!(
            "update ops.leads l set alert_at = now() + interval '1 minute'
             where l.lead_id = any (array(
                 select d.lead_id from ops.leads d where d.alert_at <= now()
                 order by d.alert_at limit 5 for update skip locked))
             returning l.lead_id, l.state, l.last_error, l.correction_due"
        )
        .fetch_all(pool)
        .await?;
        Ok(rows)
    };
    let rows = again_if_dead(once).await?;
    let read = rows.into_iter().map(|row| {
        Ok(DueAlert {
            lead_id: LeadId::parse(&row.lead_id).map_err(|_| StorageError::Corrupt("lead id"))?,
            state: LeadState::parse(&row.state).map_err(|_| StorageError::Corrupt("state"))?,
            reason: row.last_error,
            correction_due: row.correction_due,
        })
    });
    read.collect()
}

/// Says that somebody was told of a lead.
///
/// # Errors
/// [`StorageError`]; somebody will be told again then.
pub async fn alert_told(pool: &PgPool, lead_id: &LeadId) -> Result<(), StorageError> {
    let once = async || {
        sqlx::query!(
            "update ops.leads set alert_at = null where lead_id = $1",
            lead_id.as_str()
        )
        .execute(pool)
        .await?;
        Ok(())
    };
    again_if_dead(once).await
}

/// Reviews that wait for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitingReviews {
    /// How many.
    pub count: u64,
    /// How long the oldest of them has waited.
    pub oldest: Duration,
}

/// Takes the daily alert about waiting reviews, and drops profiles that were held for reviews which are gone. `None` when none waits, or somebody was told of them within a day.
/// Unless [`waiting_reviews_told`] is said, it is due again a minute later, here or on another instance.
///
/// # Errors
/// [`StorageError`].
pub async fn take_waiting_reviews(pool: &PgPool) -> Result<Option<WaitingReviews>, StorageError> {
    let once = async || {
        let row = sqlx::query!(
            r#"select waiting as "count!", oldest_secs from ops.look_after_reviews()"#
        )
        .fetch_optional(pool)
        .await?;
        Ok(row)
    };
    let row = again_if_dead(once).await?;
    Ok(row.map(|row| WaitingReviews {
        count: u64::try_from(row.count).unwrap_or(0),
        oldest: Duration::try_from_secs_f64(row.oldest_secs.unwrap_or(0.0)).unwrap_or_default(),
    }))
}

/// Says that somebody was told of the waiting reviews: not again for a day.
///
/// # Errors
/// [`StorageError`]; somebody will be told again then.
pub async fn waiting_reviews_told(pool: &PgPool) -> Result<(), StorageError> {
    let once = async || {
        sqlx::query!(
            "update ops.daily_alerts set due_at = now() + interval '1 day' where kind = 'reviews_waiting'"
        )
        .execute(pool)
        .await?;
        Ok(())
    };
    again_if_dead(once).await
}
