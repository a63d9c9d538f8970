//! Where the metrics of a scrape come from, and the address of their own.

use std::time::Duration;

use moka::future::Cache;
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

use crate::handlers::{self, Scrape};
use crate::models::{EndedLeads, QueueStatus};
use crate::server::{Server, ServerError};
use crate::storage::{self, StorageError};
use crate::telemetry::metrics::{Metrics, Now, PoolNow, UpstreamNow};

/// What the database tells holds for so long, whoever asks.
const QUEUE_HOLDS: Duration = Duration::from_secs(5);

/// Ended leads are counted by reading all of them: 0.1 s of 100,000.
const ENDED_HOLDS: Duration = Duration::from_secs(60);

/// A database that has not told so soon counts as away: a scraper waits ten seconds.
const TELLS_WITHIN: Duration = Duration::from_secs(2);

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
    let database = OfTheDatabase::new(pool.clone());
    Scrape::new(move || {
        let (metrics, database) = (metrics.clone(), database.clone());
        let mut now = Now {
            pool: connections(&pool),
            upstreams: upstreams(),
            ..Now::default()
        };
        async move {
            if let Some((queue, ended)) = database.now().await {
                now.queue = Some(queue);
                now.ended = ended;
            }
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

/// What is read from the database, at most once in a while however many ask.
#[derive(Clone)]
struct OfTheDatabase {
    pool: PgPool,
    latest: Cache<(), Option<(QueueStatus, Option<EndedLeads>)>>,
    ended: Cache<(), EndedLeads>,
}

impl OfTheDatabase {
    fn new(pool: PgPool) -> Self {
        Self {
            pool,
            latest: Cache::builder().time_to_live(QUEUE_HOLDS).build(),
            ended: Cache::builder().time_to_live(ENDED_HOLDS).build(),
        }
    }

    /// `None` while the database is away, however lately it was read.
    async fn now(&self) -> Option<(QueueStatus, Option<EndedLeads>)> {
        let read = async {
            let queue = in_time(storage::read_queue(&self.pool)).await?;
            let count = in_time(storage::count_ended_leads(&self.pool));
            Some((queue, self.ended.optionally_get_with((), count).await))
        };
        self.latest.get_with((), read).await
    }
}

async fn in_time<T>(read: impl Future<Output = Result<T, StorageError>>) -> Option<T> {
    match tokio::time::timeout(TELLS_WITHIN, read).await {
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
