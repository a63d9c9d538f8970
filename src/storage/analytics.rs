//! Who refreshes the views that marketing reads, when, and how long it took (`ops.analytics_schedule`,
//! `ops.analytics_refreshes`).

use std::time::Duration;

use chrono::{DateTime, Utc};
use sqlx::{PgExecutor, PgPool};
use uuid::Uuid;

use super::retry::{again_if_dead, in_time};
use super::{Outage, StorageError};
use crate::models::AnalyticsView;

/// How long the schedule stays with whoever refreshes and falls silent.
pub const REFRESH_LEASE: Duration = Duration::from_secs(60);

/// What one refresh may take. At 1.5 million parties it takes a twentieth of it
/// (docs/database/ANALYTICS_GUIDE.md).
const LONGEST_REFRESH: &str = "set local statement_timeout = '30min'";

/// Longer than the server lets a refresh take, so that only a network that swallows packets meets it.
const SILENT_AFTER: Duration = Duration::from_secs(31 * 60);

/// That the schedule is ours for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefreshClaim {
    owner: Uuid,
    requested_no: i64,
    /// Whether somebody asked, so that nothing is skipped.
    pub asked: bool,
}

/// Asks for a refresh, of both views, that begins after this: what is committed by then is seen. To be called in the
/// transaction that removes a person, as its last statement: until it is committed nobody else can ask, or begin a
/// refresh. Answers the number to give to [`refresh_is_done`].
///
/// # Errors
/// [`StorageError`].
pub async fn ask_for_refresh(exec: impl PgExecutor<'_>) -> Result<i64, StorageError> {
    let number = sqlx::query_scalar!(
        "update ops.analytics_schedule
         set requested_no = requested_no + 1, retry_at = null
         returning requested_no"
    )
    .fetch_one(exec)
    .await?;
    Ok(number)
}

/// Whether a refresh that was asked for has been done.
///
/// # Errors
/// [`StorageError`].
pub async fn refresh_is_done(pool: &PgPool, number: i64) -> Result<bool, StorageError> {
    let once = async || {
        let done = sqlx::query_scalar!(
            r#"select done_no >= $1 as "done!" from ops.analytics_schedule"#,
            number
        );
        Ok(done.fetch_one(pool).await?)
    };
    again_if_dead(once).await
}

/// Takes the schedule if somebody asked, or `every` has passed since the last time, and nobody refreshes. What somebody who
/// fell silent was doing counts as lost.
///
/// # Errors
/// [`StorageError`].
pub async fn claim_refresh(
    pool: &PgPool,
    every: Option<Duration>,
) -> Result<Option<RefreshClaim>, StorageError> {
    let owner = Uuid::now_v7();
    let once = async || {
        let row = sqlx::query!(
            r#"with claimed as (
                   update ops.analytics_schedule s
                   set owner = $1, owned_until = now() + make_interval(secs => $2)
                   where (s.requested_no > s.done_no
                          or ($3::float8 is not null
                              and (s.done_at is null or s.done_at <= now() - make_interval(secs => $3))))
                     and (s.retry_at is null or s.retry_at <= now())
                     and (s.owner is null or s.owned_until < now() or s.owner = $1)
                   returning s.requested_no, s.requested_no > s.done_no as asked),
               lost as (
                   update ops.analytics_refreshes r
                   set outcome = 'lost', finished_at = now()
                   from claimed where r.outcome is null)
               select requested_no, asked as "asked!" from claimed"#,
            owner,
            REFRESH_LEASE.as_secs_f64(),
            every.map(|every| every.as_secs_f64())
        )
        .fetch_optional(pool)
        .await?;
        Ok(row)
    };
    let row = again_if_dead(once).await?;
    Ok(row.map(|row| RefreshClaim {
        owner,
        requested_no: row.requested_no,
        asked: row.asked,
    }))
}

/// Puts off the end of the claim.
///
/// # Errors
/// [`StorageError::LostClaim`] when somebody took it over.
pub async fn keep_refresh(pool: &PgPool, claim: &RefreshClaim) -> Result<(), StorageError> {
    let once = async || {
        let kept = sqlx::query!(
            "update ops.analytics_schedule set owned_until = now() + make_interval(secs => $2)
             where owner = $1",
            claim.owner,
            REFRESH_LEASE.as_secs_f64()
        )
        .execute(pool)
        .await?;
        Ok(kept.rows_affected())
    };
    held(again_if_dead(once).await?)
}

/// How a claim ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefreshEnd {
    /// Both views are as they should be.
    Done,
    /// Not both; to be tried again after this time.
    Failed(Duration),
}

/// Gives the schedule back. What was asked for meanwhile is due at once.
///
/// # Errors
/// [`StorageError::LostClaim`] when somebody took it over.
pub async fn release_refresh(
    pool: &PgPool,
    claim: &RefreshClaim,
    end: RefreshEnd,
) -> Result<(), StorageError> {
    let retry_after = match end {
        RefreshEnd::Done => None,
        RefreshEnd::Failed(after) => Some(after.as_secs_f64()),
    };
    let release = sqlx::query!(
        "update ops.analytics_schedule
         set owner = null, owned_until = null,
             done_no = case when $2::float8 is null then $3 else done_no end,
             done_at = case when $2::float8 is null then now() else done_at end,
             retry_at = now() + make_interval(secs => $2)
         where owner = $1",
        claim.owner,
        retry_after,
        claim.requested_no,
    )
    .execute(pool);
    let released = in_time(async { Ok(release.await?) }).await?;
    held(released.rows_affected())
}

const fn held(rows: u64) -> Result<(), StorageError> {
    match rows {
        0 => Err(StorageError::LostClaim),
        _ => Ok(()),
    }
}

/// What tells whether a view is worth a refresh.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefreshMarks {
    now: String,
    at_the_last: Option<String>,
}

impl RefreshMarks {
    /// Whether nothing changed since the last refresh that was done began.
    #[must_use]
    pub fn are_the_same(&self) -> bool {
        self.at_the_last.as_ref() == Some(&self.now)
    }
}

/// Reads them. To be read before the refresh: a change in between is then seen twice rather than never.
///
/// # Errors
/// [`StorageError`].
pub async fn refresh_marks(
    pool: &PgPool,
    view: AnalyticsView,
) -> Result<RefreshMarks, StorageError> {
    let once = async || {
        let row = sqlx::query!(
            r#"select ops.analytics_marks($1) as "now!",
                      (select r.marks from ops.analytics_refreshes r
                       where r.view_name = $1 and r.outcome = 'done'
                       order by r.refresh_id desc limit 1) as at_the_last"#,
            view.name()
        );
        Ok(row.fetch_one(pool).await?)
    };
    let row = again_if_dead(once).await?;
    Ok(RefreshMarks {
        now: row.now,
        at_the_last: row.at_the_last,
    })
}

/// Refreshes a view while others read it, and records when and for how long, also when it fails. What is older than 90
/// days leaves the record.
///
/// # Errors
/// [`StorageError`].
pub async fn refresh_view(
    pool: &PgPool,
    view: AnalyticsView,
    claim: &RefreshClaim,
    marks: &RefreshMarks,
) -> Result<Duration, StorageError> {
    let begin = sqlx::query_scalar!(
        "with old as (delete from ops.analytics_refreshes where started_at < now() - interval '90 days')
         insert into ops.analytics_refreshes (view_name, asked, marks) values ($1, $2, $3)
         returning refresh_id",
        view.name(),
        claim.asked,
        marks.now
    )
    .fetch_one(pool);
    let refresh_id = in_time(async { Ok(begin.await?) }).await?;
    let refreshed = match tokio::time::timeout(SILENT_AFTER, refresh(pool, view)).await {
        Ok(refreshed) => refreshed,
        Err(_) => Err(StorageError::Unavailable(Outage::ConnectionLost(
            "silence".to_owned(),
        ))),
    };
    let error = refreshed.as_ref().err().map(StorageError::code);
    let once = async || {
        let took = sqlx::query_scalar!(
            r#"update ops.analytics_refreshes
               set outcome = case when $2::text is null then 'done' else 'failed' end, error = $2, finished_at = now()
               where refresh_id = $1 and outcome is null
               returning duration_ms as "duration_ms!""#,
            refresh_id,
            error
        );
        Ok(took.fetch_optional(pool).await?)
    };
    let took = again_if_dead(once).await?;
    refreshed?;
    let took = took.ok_or(StorageError::LostClaim)?;
    Ok(Duration::from_millis(took.unsigned_abs()))
}

async fn refresh(pool: &PgPool, view: AnalyticsView) -> Result<(), StorageError> {
    let mut transaction = pool.begin().await?;
    sqlx::raw_sql(LONGEST_REFRESH)
        .execute(&mut *transaction)
        .await?;
    sqlx::query!("select ops.refresh_view($1)", view.name())
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok(())
}

/// When each view was last refreshed; `None`: not yet.
///
/// # Errors
/// [`StorageError`].
pub async fn last_refreshes(
    pool: &PgPool,
) -> Result<[(AnalyticsView, Option<DateTime<Utc>>); 2], StorageError> {
    let once = async || {
        let row = sqlx::query!(
            "select (select r.started_at from ops.analytics_refreshes r
                     where r.view_name = $1 and r.outcome = 'done' order by r.refresh_id desc limit 1) as parties,
                    (select r.started_at from ops.analytics_refreshes r
                     where r.view_name = $2 and r.outcome = 'done' order by r.refresh_id desc limit 1) as leads",
            AnalyticsView::Parties.name(),
            AnalyticsView::Leads.name()
        );
        Ok(row.fetch_one(pool).await?)
    };
    let row = again_if_dead(once).await?;
    Ok([
        (AnalyticsView::Parties, row.parties),
        (AnalyticsView::Leads, row.leads),
    ])
}
