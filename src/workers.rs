//! Thin loops over the services: the heartbeat, and leads that are due.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use sqlx::PgPool;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::config::PipelineConfig;
use crate::services::lead_processing::LeadProcessing;
use crate::storage::{self, Heartbeat, InstanceId};

/// Leads from the queue that run at once in one process; leads that somebody waits for come on
/// top.
const MOST_RUNS: usize = 16;

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
    ) -> Self {
        let workers = Self {
            enough: CancellationToken::new(),
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
            seen: Arc::new(Mutex::new(Instant::now())),
            patience: settings.lease,
        };
        let beat = beat_on(pool, instance, heartbeat, settings.lease / 3);
        let stop = workers.stop.clone();
        workers
            .tasks
            .spawn(async move { stop.run_until_cancelled(beat).await });
        let poll = settings
            .retry_base
            .min(LONGEST_POLL)
            .max(Duration::from_millis(20));
        let due = run_due_leads(processing, poll, Arc::clone(&workers.seen));
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

async fn beat_on(pool: PgPool, instance: InstanceId, heartbeat: Heartbeat, every: Duration) {
    loop {
        tokio::time::sleep(every).await;
        let sent = Instant::now();
        match storage::beat(&pool, instance).await {
            Ok(()) => heartbeat.record(sent),
            Err(error) => tracing::warn!(error = %error, "the heartbeat could not be written"),
        }
    }
}

async fn run_due_leads(processing: LeadProcessing, poll: Duration, seen: Arc<Mutex<Instant>>) {
    loop {
        tokio::time::sleep(poll).await;
        if let Err(error) = processing.hand_back_forgotten().await {
            tracing::warn!(error = %error, "leads could not be handed back; will be tried again");
            continue;
        }
        match processing.run_due(MOST_RUNS).await {
            Ok(_) => *seen.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now(),
            Err(error) => tracing::warn!(error = %error, "the queue could not be read"),
        }
    }
}
