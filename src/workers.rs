//! Thin loops over the services: the heartbeat, leads that are due, views that are due.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use sqlx::PgPool;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::config::PipelineConfig;
use crate::services::analytics::Analytics;
use crate::services::lead_processing::LeadProcessing;
use crate::storage::{self, Heartbeat, InstanceId};

/// A beat that failed is tried again after this time.
const AFTER_A_MISSED_BEAT: Duration = Duration::from_secs(1);

/// Between two looks for leads of which a person has to be told.
const ALERTS: Duration = Duration::from_secs(5);

/// Between two looks at whether the views of analytics are due.
const ANALYTICS: Duration = Duration::from_secs(10);

/// The longest pause between two looks at the queue.
const LONGEST_POLL: Duration = Duration::from_secs(1);

/// The loops of this process.
pub struct Workers {
    enough: CancellationToken,
    stop: CancellationToken,
    tasks: TaskTracker,
    seen: Arc<Mutex<Instant>>,
    patience: Duration,
}

impl Workers {
    /// Starts the loops.
    #[must_use]
    pub fn start(
        settings: &PipelineConfig,
        pool: PgPool,
        instance: InstanceId,
        heartbeat: Heartbeat,
        processing: LeadProcessing,
        analytics: Analytics,
    ) -> Self {
        let workers = Self {
            enough: CancellationToken::new(),
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
            seen: Arc::new(Mutex::new(Instant::now())),
            patience: settings.lease,
        };
        let beat = beat_on(pool, instance, heartbeat.clone(), settings.lease);
        let stop = workers.stop.clone();
        workers
            .tasks
            .spawn(async move { stop.run_until_cancelled(beat).await });
        let poll = settings
            .retry_base
            .min(LONGEST_POLL)
            .max(Duration::from_millis(20));
        let alerts = tell_alerts(processing.clone());
        let no_more = workers.enough.clone();
        workers
            .tasks
            .spawn(async move { no_more.run_until_cancelled(alerts).await });
        let refreshing = refresh_due_views(analytics);
        let no_more = workers.enough.clone();
        workers
            .tasks
            .spawn(async move { no_more.run_until_cancelled(refreshing).await });
        let due = run_due_leads(processing, poll, heartbeat, Arc::clone(&workers.seen));
        let enough = workers.enough.clone();
        workers
            .tasks
            .spawn(async move { enough.run_until_cancelled(due).await });
        workers
    }

    /// Whether the queue was looked at within the lease.
    #[must_use]
    pub fn are_alive(&self) -> bool {
        let seen = *self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.elapsed() < self.patience
    }

    /// Takes no more leads from the queue; those that run go on, and so does the heartbeat that
    /// keeps them ours.
    pub fn take_no_more(&self) {
        self.enough.cancel();
    }

    /// Ends the loops.
    pub async fn stop(&self) {
        self.enough.cancel();
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

async fn beat_on(pool: PgPool, instance: InstanceId, heartbeat: Heartbeat, lease: Duration) {
    let every = lease / 3;
    let mut pause = every;
    loop {
        tokio::time::sleep(pause).await;
        let sent = Instant::now();
        // A connection that swallows the statement must not stop the heart.
        let beat = tokio::time::timeout(every / 2, storage::beat(&pool, instance, lease)).await;
        pause = match beat {
            Ok(Ok(())) => {
                heartbeat.record(sent);
                every
            }
            Ok(Err(error)) => {
                tracing::warn!(error = %error, "the heartbeat could not be written");
                AFTER_A_MISSED_BEAT.min(every)
            }
            Err(_) => {
                tracing::warn!("the heartbeat could not be written in time");
                AFTER_A_MISSED_BEAT.min(every)
            }
        };
    }
}

async fn tell_alerts(processing: LeadProcessing) {
    loop {
        tokio::time::sleep(ALERTS).await;
        if let Err(error) = processing.tell_alerts().await {
            tracing::warn!(error = %error, "which leads need a person could not be read");
        }
    }
}

async fn refresh_due_views(analytics: Analytics) {
    loop {
        tokio::time::sleep(ANALYTICS).await;
        if let Err(error) = analytics.refresh_due().await {
            tracing::warn!(error = %error, "the views of analytics could not be refreshed");
        }
    }
}

async fn run_due_leads(
    processing: LeadProcessing,
    poll: Duration,
    heartbeat: Heartbeat,
    seen: Arc<Mutex<Instant>>,
) {
    loop {
        tokio::time::sleep(poll).await;
        if !heartbeat.is_fresh() {
            // What is taken now would have to be let go before its first call.
            continue;
        }
        if let Err(error) = processing.hand_back_forgotten().await {
            tracing::warn!(error = %error, "which leads are ours could not be read");
        }
        match processing.run_due().await {
            Ok(_) => *seen.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now(),
            Err(error) => tracing::warn!(error = %error, "the queue could not be read"),
        }
    }
}
