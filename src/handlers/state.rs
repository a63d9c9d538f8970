//! What the handlers are given: the services as functions, so that a test needs no database.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use moka::future::Cache;
use tokio_util::sync::CancellationToken;

use super::access::Access;
use super::customer_calls::CustomerCalls;
use super::lead_calls::LeadCalls;
use super::observe::chain;
use super::review_calls::ReviewCalls;
use super::scrape::Scrape;
use crate::config::ServerConfig;
use crate::errors::AppError;
use crate::models::LeadId;
use crate::services::access_log::Look;

type Recorded<'l> = BoxFuture<'l, Result<(), NotRecorded>>;

/// The record of who looked could not be written, for this reason.
pub type NotRecorded = Box<dyn Error + Send + Sync>;

/// Records a look at personal data.
#[derive(Clone)]
pub struct RecordAccess(Arc<dyn for<'l> Fn(&'l Look<'l>) -> Recorded<'l> + Send + Sync>);

impl RecordAccess {
    /// Takes the service's function.
    pub fn new(
        record: impl for<'l> Fn(&'l Look<'l>) -> Recorded<'l> + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(record))
    }
}

/// What is ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadinessReport {
    /// The database answers.
    pub database: bool,
    /// No migration is pending.
    pub migrations: bool,
    /// The workers are alive.
    pub workers: bool,
    /// Each upstream and how its breaker stands. A service that waits for an upstream is ready: it
    /// accepts leads.
    pub upstreams: [(&'static str, &'static str); 3],
}

/// An answer about readiness holds for so long: `/ready` is open, and must not be a way to keep
/// the database busy.
const READINESS_HOLDS: Duration = Duration::from_secs(1);

/// When to ask again after who looked could not be recorded.
const ASK_AGAIN: Duration = Duration::from_secs(5);

/// What is said where who looks could not be recorded.
pub(super) const NOT_RECORDED: &str =
    "who looks could not be recorded, so nothing is shown: ask again";

/// Finds out what is ready, once for all who ask at the same time.
#[derive(Clone)]
pub struct Readiness {
    check: Arc<dyn Fn() -> BoxFuture<'static, ReadinessReport> + Send + Sync>,
    latest: Cache<(), ReadinessReport>,
}

impl Readiness {
    /// Takes the function that finds out.
    pub fn new<F>(check: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = ReadinessReport> + Send + 'static,
    {
        Self {
            check: Arc::new(move || Box::pin(check())),
            latest: Cache::builder().time_to_live(READINESS_HOLDS).build(),
        }
    }

    pub(super) async fn check(&self) -> ReadinessReport {
        let check = Arc::clone(&self.check);
        self.latest.get_with((), async move { check().await }).await
    }
}

/// What the handlers ask of the services.
#[derive(Clone)]
pub struct ServiceCalls {
    /// Runs leads and tells of them.
    pub leads: LeadCalls,
    /// Lists and decides reviews.
    pub reviews: ReviewCalls,
    /// Finds out what is ready.
    pub readiness: Readiness,
    /// Writes the metrics.
    pub scrape: Scrape,
    /// Looks people up.
    pub customers: CustomerCalls,
    /// Records who looked.
    pub record_access: RecordAccess,
}

/// What the handlers share.
#[derive(Clone)]
pub struct AppState {
    pub(super) calls: ServiceCalls,
    pub(super) access: Arc<Access>,
    pub(super) process_wait: Duration,
    pub(super) draining: CancellationToken,
    /// Leads the CRM did not know when a caller without a key asked: an open door must not be a
    /// way to make us call the CRM at will.
    pub(super) unknown_leads: Cache<LeadId, ()>,
}

impl AppState {
    /// `process_wait` is the wait of a caller who names none; `draining` is cancelled when the
    /// service begins to stop, and then it is not ready any more.
    #[must_use]
    pub fn new(
        calls: ServiceCalls,
        server: &ServerConfig,
        process_wait: Duration,
        draining: CancellationToken,
    ) -> Self {
        let unknown_leads = Cache::builder()
            .max_capacity(10_000)
            .time_to_live(Duration::from_secs(60))
            .build();
        Self {
            calls,
            access: Arc::new(Access::new(server)),
            process_wait,
            draining,
            unknown_leads,
        }
    }

    /// Records that this caller looks at these people. To be called before they are shown.
    ///
    /// # Errors
    /// 503: without a record there is no data.
    pub(super) async fn record(&self, look: &Look<'_>) -> Result<(), AppError> {
        let recorded = (self.calls.record_access.0)(look).await;
        recorded.map_err(|cause| {
            tracing::error!(
                cause = chain(cause.as_ref()),
                action = look.action,
                "who looked could not be recorded: nothing was shown"
            );
            AppError::Unavailable {
                detail: NOT_RECORDED.to_owned(),
                retry_after: ASK_AGAIN,
            }
        })
    }

    /// Who may do what: for the warning at start and the upkeep of the rate limit.
    #[must_use]
    pub fn access(&self) -> &Arc<Access> {
        &self.access
    }
}

impl fmt::Debug for AppState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AppState")
    }
}
