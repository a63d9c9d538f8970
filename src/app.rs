//! The only place that wires the parts together.

mod database;
mod leads;
mod metrics;
mod reviews;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use serde_json::json;
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::clock::Clock;
use crate::config::Config;
use crate::handlers::{
    self, Access, AppState, CustomerCalls, Readiness, ReadinessReport, RecordAccess, ServiceCalls,
};
use crate::lookups::Lookups;
use crate::models::{LeadId, Phone, PrivacyKey};
use crate::server::{Server, ServerError};
use crate::services::access_log::AccessLog;
use crate::services::alarm::{Alarm, Alert};
use crate::services::analytics::Analytics;
use crate::services::customer_lookup::CustomerLookup;
use crate::services::lead_overview::LeadOverview;
use crate::services::lead_pipeline::LeadPipeline;
use crate::services::lead_processing::LeadProcessing;
use crate::services::reviews::Reviews;
use crate::storage::private_server::PrivateServerError;
use crate::storage::{self, Heartbeat, InstanceId, StorageError};
use crate::telemetry::metrics::{Metrics, MetricsError, UpstreamNow};
use crate::upstream::c2s::C2s;
use crate::upstream::{AlertWebhook, BreakerRules, Permission, SetupError};
use crate::workers::Workers;
pub use database::Database;
use leads::lead_calls;
use metrics::ServedMetrics;
use reviews::review_calls;

/// The most that stopping takes (API.md "Configuration").
pub const DRAIN: Duration = Duration::from_secs(20);

/// What runs may take of it: their callers are answered before the connections are cut.
const DRAIN_RUNS: Duration = Duration::from_secs(16);

/// What requests may take of it.
const DRAIN_REQUESTS: Duration = Duration::from_secs(17);

/// What handing back and closing takes of it.
const HANDING_BACK: Duration = Duration::from_secs(2);

/// A database that says nothing for so long is away: a network that swallows packets fails no
/// statement.
const READY_WITHIN: Duration = Duration::from_secs(4);

/// The service, wired and at work on its queue.
pub struct App {
    router: Router,
    metrics: ServedMetrics,
    database: Database,
    processing: LeadProcessing,
    customers: CustomerLookup,
    workers: Arc<Workers>,
    draining: CancellationToken,
    access: Arc<Access>,
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
        let pool = database.pool.clone();
        let privacy_key = privacy_key(config, &pool).await?;
        let instance = InstanceId(Uuid::now_v7());
        let lease = config.pipeline.lease;
        storage::register_instance(&pool, instance, lease).await?;
        let heartbeat = Heartbeat::new(lease);
        let fresh = heartbeat.clone();
        let permission = Permission::new(move |held_since| fresh.holds(held_since));
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
        let customers = CustomerLookup::new(
            config,
            pool.clone(),
            lookups.clone(),
            privacy_key.clone(),
            instance,
            clock.clone(),
        );
        let pipeline = LeadPipeline::new(
            config,
            pool.clone(),
            c2s,
            lookups,
            privacy_key.clone(),
            clock.clone(),
        );
        let processing = LeadProcessing::new(
            config,
            pool.clone(),
            pipeline,
            instance,
            alarm(config)?,
            clock,
        );
        let workers = Arc::new(Workers::start(
            &config.pipeline,
            pool.clone(),
            instance,
            heartbeat,
            processing.clone(),
            Analytics::new(pool.clone(), config.analytics.refresh_every),
        ));
        let draining = CancellationToken::new();
        let upstreams = upstreams_now(&processing);
        let metrics = ServedMetrics::of(metrics, pool.clone(), upstreams);
        let overview = LeadOverview::new(pool.clone(), privacy_key);
        let reviews = Reviews::new(pool.clone(), config.privacy.purpose.clone());
        let calls = ServiceCalls {
            leads: lead_calls(&processing, overview),
            reviews: review_calls(reviews),
            readiness: readiness(&pool, &workers, &processing),
            scrape: metrics.scrape(),
            customers: customer_calls(&customers),
            record_access: record_access(AccessLog::new(pool.clone(), &config.privacy)),
        };
        let wait = config.pipeline.process_wait;
        let state = AppState::new(calls, &config.server, wait, draining.clone());
        let access = Arc::clone(state.access());
        Ok(Self {
            router: handlers::router(state),
            metrics,
            database,
            processing,
            customers,
            workers,
            draining,
            access,
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
            tokio::join!(
                self.processing.finish(DRAIN_RUNS),
                self.customers.finish(DRAIN_RUNS)
            );
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
        let left = left.saturating_sub(HANDING_BACK);
        self.customers.finish(left).await;
        // After the lookups: with it this instance is gone, and what it asked is anybody's.
        let stopped = self.processing.stop(left).await;
        self.workers.stop().await;
        let closed = self.database.close().await;
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

fn customer_calls(customers: &CustomerLookup) -> CustomerCalls {
    let (find, stored, vendor) = (customers.clone(), customers.clone(), customers.clone());
    CustomerCalls::new(
        move |key, page| {
            let customers = find.clone();
            async move { customers.find(key, &page).await }
        },
        move |party_id| {
            let customers = stored.clone();
            async move { customers.stored(party_id).await }
        },
        move |cpf| {
            let customers = vendor.clone();
            async move { customers.vendor_answer(&cpf).await }
        },
    )
}

fn record_access(log: AccessLog) -> RecordAccess {
    RecordAccess::new(move |look| {
        let log = log.clone();
        Box::pin(async move { log.record(look).await.map_err(Into::into) })
    })
}

fn alarm(config: &Config) -> Result<Alarm, SetupError> {
    let Some(url) = &config.alerts.webhook else {
        return Ok(Alarm::silent());
    };
    let rules = BreakerRules::of(&config.pipeline);
    let webhook = Arc::new(AlertWebhook::new(url, rules)?);
    Ok(Alarm::new(move |alert: Alert| {
        let webhook = Arc::clone(&webhook);
        let alert = json!({
            "text": format!("rust-c2s-api, {}", alert.text),
            "alert": alert.code,
            "lead_id": alert.lead_id.as_ref().map(LeadId::as_str),
            "service": "rust-c2s-api",
        });
        async move { webhook.post(&alert).await }
    }))
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
