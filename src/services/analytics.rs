//! The views that marketing reads are refreshed: on a schedule, by one process at a time, and when somebody asks.

use std::time::Duration;

use sqlx::PgPool;

use crate::models::AnalyticsView;
use crate::storage::{self, REFRESH_LEASE, RefreshClaim, RefreshEnd, StorageError};
use crate::telemetry::metrics::{self, RefreshOutcome};

/// A refresh that failed is tried again after this time.
const AFTER_A_FAILURE: Duration = Duration::from_secs(60);

/// Between two looks at whether a refresh that was asked for is done.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

/// What was done with a view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ViewRefresh {
    /// It was refreshed, and that took so long.
    Done(Duration),
    /// Nothing that it reads had changed.
    Skipped,
}

/// What was done with each view.
pub type Refreshed = Vec<(AnalyticsView, ViewRefresh)>;

/// Refreshes the views. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Analytics {
    pool: PgPool,
    every: Option<Duration>,
}

impl Analytics {
    /// On this database; `every`: the pause between two refreshes on the schedule, `None` for no schedule.
    #[must_use]
    pub const fn new(pool: PgPool, every: Option<Duration>) -> Self {
        Self { pool, every }
    }

    /// Refreshes what is due: on the schedule what has changed, and everything when somebody asked. `None` when nothing
    /// is due, or somebody else is at it.
    ///
    /// # Errors
    /// [`StorageError`] when a view could not be refreshed: it is as it was, and is tried again a minute later, here or by
    /// another process.
    pub async fn refresh_due(&self) -> Result<Option<Refreshed>, StorageError> {
        let Some(claim) = storage::claim_refresh(&self.pool, self.every).await? else {
            return Ok(None);
        };
        let refreshed = tokio::select! {
            refreshed = self.refresh_views(&claim) => refreshed,
            lost = self.keep(&claim) => Err(lost),
        };
        let end = match &refreshed {
            Ok(_) => RefreshEnd::Done,
            Err(StorageError::LostClaim) => return refreshed.map(Some),
            Err(_) => RefreshEnd::Failed(AFTER_A_FAILURE),
        };
        let released = storage::release_refresh(&self.pool, &claim, end).await;
        let refreshed = refreshed?;
        released?;
        Ok(Some(refreshed))
    }

    /// Refreshes both views, or waits until somebody else has: when it returns, everything that was committed before is in
    /// them, and whoever was removed is not. `None` when somebody else did it.
    ///
    /// # Errors
    /// [`StorageError`], as [`Analytics::refresh_due`].
    pub async fn refresh_now(&self) -> Result<Option<Refreshed>, StorageError> {
        let number = storage::ask_for_refresh(&self.pool).await?;
        loop {
            let refreshed = match self.refresh_due().await {
                // Somebody else refreshes now.
                Err(StorageError::LostClaim) => None,
                refreshed => refreshed?,
            };
            if storage::refresh_is_done(&self.pool, number).await? {
                return Ok(refreshed);
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// The one that reads the other comes last.
    async fn refresh_views(&self, claim: &RefreshClaim) -> Result<Refreshed, StorageError> {
        let mut refreshed = Vec::new();
        for view in AnalyticsView::ALL {
            refreshed.push((view, self.refresh_view(view, claim).await?));
        }
        Ok(refreshed)
    }

    async fn refresh_view(
        &self,
        view: AnalyticsView,
        claim: &RefreshClaim,
    ) -> Result<ViewRefresh, StorageError> {
        let marks = storage::refresh_marks(&self.pool, view).await?;
        if marks.are_the_same() && !claim.asked {
            metrics::view_refreshed(view, RefreshOutcome::Skipped);
            return Ok(ViewRefresh::Skipped);
        }
        match storage::refresh_view(&self.pool, view, claim, &marks).await {
            Ok(took) => {
                metrics::view_refreshed(view, RefreshOutcome::Done(took));
                tracing::info!(view = view.name(), took_ms = took.as_millis(), "refreshed");
                Ok(ViewRefresh::Done(took))
            }
            Err(error) => {
                metrics::view_refreshed(view, RefreshOutcome::Failed);
                Err(error)
            }
        }
    }

    /// Ends when the claim is lost. One that cannot be put off for a while is not lost yet; who takes it over says so.
    async fn keep(&self, claim: &RefreshClaim) -> StorageError {
        loop {
            tokio::time::sleep(REFRESH_LEASE / 4).await;
            match storage::keep_refresh(&self.pool, claim).await {
                Ok(()) => {}
                Err(StorageError::LostClaim) => return StorageError::LostClaim,
                Err(error) => {
                    tracing::warn!(error = %error, "the claim of a refresh could not be kept");
                }
            }
        }
    }
}
