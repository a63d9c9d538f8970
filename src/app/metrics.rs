//! Where the metrics of a scrape come from, and the address of their own.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use moka::future::Cache;
use sqlx::PgPool;
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use crate::handlers::{self, Scrape};
use crate::models::{AnalyticsView, EndedLeads, QueueStatus};
use crate::server::{Server, ServerError};
use crate::storage::{self, StorageError};
use crate::telemetry::metrics::{Metrics, Now, PoolNow, UpstreamNow};

/// What the database tells of the queue holds for so long, whoever asks.
const QUEUE_HOLDS: Duration = Duration::from_secs(5);

/// It holds longer, up to a minute, when reading took long: so many times as long as that, so that
/// a very long queue does not keep the database busy with being counted.
const SHARE_OF_THE_TIME: u32 = 50;

/// Ended leads are counted by reading all of them: 0.1 s of 100,000.
const ENDED_HOLDS: Duration = Duration::from_secs(60);

/// A database that does not answer so soon is away. Together with the reads this is less than the
/// ten seconds for which a scraper waits.
const ANSWERS_WITHIN: Duration = Duration::from_secs(2);

/// How long one read may take; what did not come is absent.
const READS_WITHIN: Duration = Duration::from_millis(3_500);

/// What scrapes that are being answered may take when the service stops.
const DRAIN_SCRAPES: Duration = Duration::from_secs(5);

/// Time for what timings there are to be sorted, see [`Metrics::run_upkeep`].
const UPKEEP: Duration = Duration::from_secs(5);

/// The metrics of a service, and where they are served besides its own address.
pub(super) struct ServedMetrics {
    metrics: Metrics,
    scrape: Scrape,
    server: Option<Server>,
}

impl ServedMetrics {
    /// Of a service with this pool; `upstreams` tells how its upstreams stand.
    pub(super) fn of(
        metrics: Metrics,
        pool: PgPool,
        upstreams: impl Fn() -> Vec<UpstreamNow> + Send + Sync + 'static,
    ) -> Self {
        Self {
            scrape: scrape(metrics.clone(), pool, upstreams),
            metrics,
            server: None,
        }
    }

    /// What writes them.
    pub(super) fn scrape(&self) -> Scrape {
        self.scrape.clone()
    }

    /// Where they are served besides, without a key.
    pub(super) fn serve_on(&mut self, server: Option<Server>) {
        self.server = server;
    }

    /// Keeps them, and serves them on their own address if they have one, until `shutdown` is
    /// cancelled. A socket that fails cancels it, as the service's own does.
    pub(super) fn serve(
        &mut self,
        shutdown: CancellationToken,
    ) -> impl Future<Output = Result<(), ServerError>> + use<> {
        let server = self.server.take();
        let router = handlers::metrics_router(self.scrape.clone());
        let keep_up = keep_up(self.metrics.clone());
        let served = async move {
            let Some(server) = server else {
                shutdown.cancelled().await;
                return Ok(());
            };
            tracing::info!(address = %server.local_addr(), "the metrics are served");
            let served = server.serve(router, shutdown.clone(), DRAIN_SCRAPES).await;
            shutdown.cancel();
            served
        };
        async move {
            tokio::select! {
                served = served => served,
                () = keep_up => Ok(()),
            }
        }
    }
}

fn scrape(
    metrics: Metrics,
    pool: PgPool,
    upstreams: impl Fn() -> Vec<UpstreamNow> + Send + Sync + 'static,
) -> Scrape {
    let database = Arc::new(OfTheDatabase::new(pool.clone()));
    Scrape::new(move || {
        let (metrics, database) = (metrics.clone(), Arc::clone(&database));
        let mut now = Now {
            pool: connections(&pool),
            upstreams: upstreams(),
            ..Now::default()
        };
        async move {
            database.add_to(&mut now).await;
            metrics.write(&now)
        }
    })
}

/// Does what the metrics need every few seconds, for ever.
async fn keep_up(metrics: Metrics) {
    loop {
        tokio::time::sleep(UPKEEP).await;
        metrics.run_upkeep();
    }
}

fn connections(pool: &PgPool) -> PoolNow {
    PoolNow {
        open: pool.size(),
        idle: u32::try_from(pool.num_idle()).unwrap_or(u32::MAX),
        max: pool.options().get_max_connections(),
    }
}

/// What the database told last, and until when that holds.
#[derive(Clone)]
struct Told {
    until: Instant,
    up: bool,
    queue: Option<QueueStatus>,
}

/// When each view of analytics was last refreshed.
type Refreshed = [(AnalyticsView, Option<DateTime<Utc>>); 2];

/// What is read from the database: at most once in a while, and once for all who ask meanwhile.
struct OfTheDatabase {
    pool: PgPool,
    told: Mutex<Option<Told>>,
    /// `None` of a count that did not come in time, which is not tried again at once either.
    ended: Cache<(), Option<EndedLeads>>,
    refreshed: Cache<(), Option<Refreshed>>,
}

impl OfTheDatabase {
    fn new(pool: PgPool) -> Self {
        Self {
            pool,
            told: Mutex::new(None),
            ended: Cache::builder().time_to_live(ENDED_HOLDS).build(),
            refreshed: Cache::builder().time_to_live(ENDED_HOLDS).build(),
        }
    }

    /// Adds what the database tells. While it is away, that is nothing, however lately it was read.
    async fn add_to(&self, now: &mut Now) {
        let mut told = self.told.lock().await;
        let latest = match told.take().filter(|told| Instant::now() < told.until) {
            Some(latest) => latest,
            None => self.read().await,
        };
        now.database_up = latest.up;
        now.queue.clone_from(&latest.queue);
        if latest.queue.is_some() {
            now.ended = self.ended.get(&()).await.flatten();
            now.refreshed = self.refreshed.get(&()).await.flatten();
        }
        *told = Some(latest);
    }

    async fn read(&self) -> Told {
        let up = in_time(ANSWERS_WITHIN, storage::answers(&self.pool)).await;
        let since = Instant::now();
        let queue = match up {
            Some(()) => in_time(READS_WITHIN, storage::read_queue(&self.pool)).await,
            None => None,
        };
        let share = since.elapsed() * SHARE_OF_THE_TIME;
        if queue.is_some() {
            let count = storage::count_ended_leads(&self.pool);
            let count = in_time(READS_WITHIN, count);
            self.ended.get_with((), count).await;
            let refreshed = in_time(READS_WITHIN, storage::last_refreshes(&self.pool));
            self.refreshed.get_with((), refreshed).await;
        }
        Told {
            until: Instant::now() + share.clamp(QUEUE_HOLDS, ENDED_HOLDS),
            up: up.is_some(),
            queue,
        }
    }
}

async fn in_time<T>(
    time: Duration,
    read: impl Future<Output = Result<T, StorageError>>,
) -> Option<T> {
    match tokio::time::timeout(time, read).await {
        Ok(Ok(read)) => Some(read),
        Ok(Err(error)) => {
            tracing::debug!(error = %error, "the database does not tell for the metrics");
            None
        }
        Err(_) => {
            tracing::debug!("the database does not tell for the metrics in time");
            None
        }
    }
}
