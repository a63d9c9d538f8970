//! The only place that wires the parts together.

mod metrics;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::clock::Clock;
use crate::config::{Config, DatabaseConfig, DatabaseLocation};
use crate::handlers::{
    self, Access, AppState, ProcessLead, Readiness, ReadinessReport, ServiceCalls,
};
use crate::lookups::Lookups;
use crate::models::{LeadSource, Phone, PrivacyKey};
use crate::server::{Server, ServerError};
use crate::services::lead_pipeline::LeadPipeline;
use crate::services::lead_processing::LeadProcessing;
use crate::storage::private_server::{PrivateServer, PrivateServerError};
use crate::storage::{self, Endpoint, Heartbeat, InstanceId, StorageError};
use crate::telemetry::metrics::{Metrics, MetricsError, UpstreamNow};
use crate::upstream::c2s::C2s;
use crate::upstream::{BreakerRules, Permission, SetupError};
use crate::workers::Workers;
use metrics::ServedMetrics;

/// Connections to the database of one process (DATABASE.md: two instances × 10).
const CONNECTIONS: u32 = 10;

/// The most that stopping takes (API.md "Configuration").
pub const DRAIN: Duration = Duration::from_secs(20);

/// What runs may take of it: their callers are answered before the connections are cut.
const DRAIN_RUNS: Duration = Duration::from_secs(16);

/// What requests may take of it.
const DRAIN_REQUESTS: Duration = Duration::from_secs(17);

/// The longest that closing the connections may take: one that has gone silent never closes.
const CLOSING: Duration = Duration::from_secs(1);

/// What handing back and closing takes of it.
const HANDING_BACK: Duration = Duration::from_secs(2);

/// A database that says nothing for so long is away: a network that swallows packets fails no
/// statement.
const READY_WITHIN: Duration = Duration::from_secs(4);

/// How long the service waits for a short command (`leads`, `migrate`) that holds its private
/// server: ten times what one takes.
const SHORT_COMMAND: Duration = Duration::from_secs(5);

/// Database of the private server that `DB_URL=private` means.
const PRIVATE_DATABASE: &str = "rust_c2s_api";

/// The service, wired and at work on its queue.
pub struct App {
    router: Router,
    metrics: ServedMetrics,
    pool: PgPool,
    processing: LeadProcessing,
    workers: Arc<Workers>,
    draining: CancellationToken,
    access: Arc<Access>,
    private: Option<PrivateServer>,
    endpoint: Endpoint,
}

/// Why the service cannot start, or did not stop in order.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The database.
    #[error("the database")]
    Storage(#[from] StorageError),
    /// The private database.
    #[error("the private database")]
    Private(#[from] PrivateServerError),
    /// An upstream client.
    #[error(transparent)]
    Upstream(#[from] SetupError),
    /// The socket.
    #[error(transparent)]
    Server(#[from] ServerError),
    /// The metrics.
    #[error(transparent)]
    Metrics(#[from] MetricsError),
}

/// A connected database, and the private server behind it if it is one of ours.
pub struct Database {
    /// Connections.
    pub pool: PgPool,
    private: Option<PrivateServer>,
    endpoint: Endpoint,
}

impl Database {
    /// Connects to the configured database. A private server that is meant is started and owned:
    /// another process that holds it is waited for for some seconds, then it is an error.
    ///
    /// # Errors
    /// [`AppError`] when it cannot be reached or started.
    pub async fn open(config: &DatabaseConfig) -> Result<Self, AppError> {
        let deadline = Instant::now() + SHORT_COMMAND;
        let mut told = false;
        loop {
            match Self::open_now(config).await {
                Err(AppError::Private(error @ PrivateServerError::InUse { .. }))
                    if Instant::now() < deadline =>
                {
                    if !told {
                        tracing::info!("waiting: {error}");
                    }
                    told = true;
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                opened => return opened,
            }
        }
    }

    async fn open_now(config: &DatabaseConfig) -> Result<Self, AppError> {
        match &config.location {
            DatabaseLocation::Url(url) => {
                let options = storage::options_from_url(url)?;
                let pool = storage::connect(&options, CONNECTIONS).await?;
                let endpoint = storage::probe_endpoint(&pool).await?;
                tracing::debug!(?endpoint, "connected to the database");
                Ok(Self {
                    pool,
                    private: None,
                    endpoint,
                })
            }
            DatabaseLocation::Private => {
                let server = PrivateServer::start(&PrivateServer::default_root("service")?).await?;
                server.ensure_database(PRIVATE_DATABASE).await?;
                let options = server.connect_options(PRIVATE_DATABASE);
                let pool = storage::connect(&options, CONNECTIONS).await?;
                Ok(Self {
                    pool,
                    private: Some(server),
                    endpoint: Endpoint::Direct,
                })
            }
        }
    }

    /// As [`Database::open`], for a command beside a running service: a private server that
    /// another process runs is used and left to it.
    ///
    /// # Errors
    /// [`AppError`] when the database cannot be reached or started.
    pub async fn join(config: &DatabaseConfig) -> Result<Self, AppError> {
        match Self::open_now(config).await {
            Err(AppError::Private(PrivateServerError::InUse { root })) => {
                let options = PrivateServer::of_another_process(&root, PRIVATE_DATABASE)?;
                let pool = storage::connect(&options, CONNECTIONS).await?;
                Ok(Self {
                    pool,
                    private: None,
                    endpoint: Endpoint::Direct,
                })
            }
            opened => opened,
        }
    }

    /// Applies pending migrations, on the direct URL if there is one.
    ///
    /// # Errors
    /// [`AppError`] when a migration fails.
    pub async fn migrate(&self, config: &DatabaseConfig) -> Result<(), AppError> {
        let Some(url) = &config.direct_url else {
            return Ok(storage::migrate(&self.pool, self.endpoint).await?);
        };
        let direct = storage::connect(&storage::options_from_url(url)?, 1).await?;
        let migrated = storage::migrate(&direct, Endpoint::Direct).await;
        direct.close().await;
        Ok(migrated?)
    }

    /// Closes the connections and stops the private server.
    ///
    /// # Errors
    /// [`AppError`] when the private server does not stop.
    pub async fn close(self) -> Result<(), AppError> {
        if tokio::time::timeout(CLOSING, self.pool.close())
            .await
            .is_err()
        {
            tracing::warn!("a connection to the database did not close in time");
        }
        match self.private {
            Some(server) => Ok(server.stop().await?),
            None => Ok(()),
        }
    }
}

impl App {
    /// Connects, migrates and starts the workers. A private database is its own.
    ///
    /// # Errors
    /// [`AppError`] naming what is missing.
    pub async fn build(config: &Config, clock: Clock) -> Result<Self, AppError> {
        Self::build_on(Database::open(&config.database), config, clock).await
    }

    /// As [`App::build`], beside a service that may be running: its private database is shared.
    ///
    /// # Errors
    /// [`AppError`] naming what is missing.
    pub async fn build_beside(config: &Config, clock: Clock) -> Result<Self, AppError> {
        Self::build_on(Database::join(&config.database), config, clock).await
    }

    async fn build_on(
        database: impl Future<Output = Result<Database, AppError>>,
        config: &Config,
        clock: Clock,
    ) -> Result<Self, AppError> {
        let metrics = Metrics::of_the_process(clock.now())?;
        // Not waited for: the database starts meanwhile, and a lead that is quicker waits itself.
        tokio::task::spawn_blocking(Phone::load_numbering_plan);
        let database = database.await?;
        database.migrate(&config.database).await?;
        let Database {
            pool,
            private,
            endpoint,
        } = database;
        let privacy_key = privacy_key(config, &pool).await?;
        let instance = InstanceId(Uuid::now_v7());
        storage::register_instance(&pool, instance).await?;
        let heartbeat = Heartbeat::new(config.pipeline.lease);
        let fresh = heartbeat.clone();
        let permission = Permission::new(move || fresh.is_fresh());
        let lookups = Lookups::new(
            config,
            pool.clone(),
            privacy_key.clone(),
            &permission,
            clock.clone(),
        )?;
        let c2s = Arc::new(C2s::new(
            &config.c2s,
            BreakerRules::of(&config.pipeline),
            permission,
        )?);
        let pipeline = LeadPipeline::new(
            config,
            pool.clone(),
            c2s,
            lookups,
            privacy_key,
            clock.clone(),
        );
        let processing = LeadProcessing::new(config, pool.clone(), pipeline, instance, clock);
        let workers = Arc::new(Workers::start(
            &config.pipeline,
            pool.clone(),
            instance,
            heartbeat,
            processing.clone(),
        ));
        let draining = CancellationToken::new();
        let upstreams = upstreams_now(&processing);
        let metrics = ServedMetrics::of(metrics, pool.clone(), upstreams);
        let calls = ServiceCalls {
            process: process_lead(&processing),
            replay: replay_lead(&processing),
            readiness: readiness(&pool, &workers, &processing),
            scrape: metrics.scrape(),
        };
        let wait = config.pipeline.process_wait;
        let state = AppState::new(calls, &config.server, wait, draining.clone());
        let access = Arc::clone(state.access());
        Ok(Self {
            router: handlers::router(state),
            metrics,
            pool,
            processing,
            workers,
            draining,
            access,
            private,
            endpoint,
        })
    }

    /// The service behind the routes, for the command line.
    #[must_use]
    pub const fn processing(&self) -> &LeadProcessing {
        &self.processing
    }

    /// Where the metrics are served besides, without a key.
    #[must_use]
    pub fn with_metrics_on(mut self, server: Option<Server>) -> Self {
        self.metrics.serve_on(server);
        self
    }

    /// Serves until `shutdown` is cancelled, then stops in order: no new connections and no more
    /// leads from the queue, what runs is finished or handed back, the database is closed.
    ///
    /// # Errors
    /// [`AppError`] when the socket fails or stopping did.
    pub async fn serve(
        mut self,
        server: Server,
        shutdown: CancellationToken,
    ) -> Result<(), AppError> {
        let address: SocketAddr = server.local_addr();
        self.access.warn_when_open();
        tracing::info!(%address, "listening");
        let upkeep = tokio::spawn(forget_idle_callers(self.access.clone()));
        let metrics = self.metrics.serve(shutdown.clone());
        let serving = async {
            let router = self.router.clone();
            let served = server.serve(router, shutdown.clone(), DRAIN_REQUESTS).await;
            shutdown.cancel();
            served
        };
        let stopping = async {
            shutdown.cancelled().await;
            tracing::info!("stopping");
            self.draining.cancel();
            self.workers.take_no_more();
            let deadline = Instant::now() + DRAIN;
            self.processing.finish(DRAIN_RUNS).await;
            deadline
        };
        let (served, metrics, deadline) = tokio::join!(serving, metrics, stopping);
        upkeep.abort();
        let stopped = self.stop(deadline).await;
        served?;
        metrics?;
        stopped
    }

    /// Finishes what runs until the deadline and hands back the rest, then closes the database.
    ///
    /// # Errors
    /// [`AppError`] when leads could not be handed back or the private server does not stop.
    pub async fn stop(self, deadline: Instant) -> Result<(), AppError> {
        self.workers.take_no_more();
        let left = deadline.saturating_duration_since(Instant::now());
        let stopped = self
            .processing
            .stop(left.saturating_sub(HANDING_BACK))
            .await;
        self.workers.stop().await;
        let database = Database {
            pool: self.pool,
            private: self.private,
            endpoint: self.endpoint,
        };
        let closed = database.close().await;
        stopped?;
        closed?;
        tracing::info!("stopped");
        Ok(())
    }
}

async fn forget_idle_callers(access: Arc<Access>) {
    loop {
        tokio::time::sleep(Duration::from_secs(60)).await;
        access.forget_idle_callers();
    }
}

async fn privacy_key(config: &Config, pool: &PgPool) -> Result<PrivacyKey, StorageError> {
    if let Some(key) = &config.privacy.key {
        return Ok(key.clone());
    }
    tracing::warn!(
        "PRIVACY_KEY is not set: a generated key is kept in the database, where whoever reads the \
         hashes finds it too; set PRIVACY_KEY before real data is processed"
    );
    storage::load_or_create_privacy_key(pool).await
}

fn process_lead(processing: &LeadProcessing) -> ProcessLead {
    let processing = processing.clone();
    ProcessLead::new(move |lead_id, wait| {
        let processing = processing.clone();
        async move { processing.process(lead_id, LeadSource::Make, wait).await }
    })
}

fn replay_lead(processing: &LeadProcessing) -> ProcessLead {
    let processing = processing.clone();
    ProcessLead::new(move |lead_id, wait| {
        let processing = processing.clone();
        async move { processing.replay(lead_id, wait).await }
    })
}

fn upstreams_now(processing: &LeadProcessing) -> impl Fn() -> Vec<UpstreamNow> + use<> {
    let processing = processing.clone();
    move || {
        let upstreams = processing.health().into_iter();
        let now = upstreams.map(|health| UpstreamNow {
            upstream: health.upstream.as_str(),
            breaker: health.breaker.as_str(),
            spacing: health.spacing,
            in_flight: health.in_flight,
        });
        now.collect()
    }
}

fn readiness(pool: &PgPool, workers: &Arc<Workers>, processing: &LeadProcessing) -> Readiness {
    let (pool, workers, processing) = (pool.clone(), Arc::clone(workers), processing.clone());
    Readiness::new(move || {
        let (pool, workers) = (pool.clone(), Arc::clone(&workers));
        let upstreams = processing.health();
        async move {
            let asking = storage::migrations_pending(&pool);
            let pending = tokio::time::timeout(READY_WITHIN, asking).await;
            ReadinessReport {
                database: matches!(pending, Ok(Ok(_))),
                migrations: matches!(pending, Ok(Ok(false))),
                workers: workers.are_alive(),
                upstreams: upstreams.map(|one| (one.upstream.as_str(), one.breaker.as_str())),
            }
        }
    })
}
