//! The one log line of a request.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use uuid::Uuid;

use super::metrics;
use crate::models::{LeadId, LeadState};

/// What is known of a request while it is worked on; each part is told once. It travels in the
/// request's extensions as an `Arc`.
#[derive(Debug)]
pub struct RequestSummary {
    request_id: Uuid,
    lead_id: OnceLock<LeadId>,
    outcome: OnceLock<LeadState>,
    key_name: OnceLock<String>,
    upstream_ms: AtomicU64,
    database_ms: AtomicU64,
}

impl RequestSummary {
    /// The summary of a request that has just come in.
    #[must_use]
    pub fn new(request_id: Uuid) -> Self {
        Self {
            request_id,
            lead_id: OnceLock::new(),
            outcome: OnceLock::new(),
            key_name: OnceLock::new(),
            upstream_ms: AtomicU64::new(0),
            database_ms: AtomicU64::new(0),
        }
    }

    /// The id by which caller and log name this request.
    #[must_use]
    pub fn request_id(&self) -> Uuid {
        self.request_id
    }

    /// The lead it is about, once known.
    #[must_use]
    pub fn lead_id(&self) -> Option<&LeadId> {
        self.lead_id.get()
    }

    /// Tells which lead it is about.
    pub fn set_lead_id(&self, lead_id: LeadId) {
        self.lead_id.get_or_init(|| lead_id);
    }

    /// Tells the state the lead was answered with.
    pub fn set_outcome(&self, outcome: LeadState) {
        self.outcome.get_or_init(|| outcome);
    }

    /// Tells the name of the caller's key, never the key.
    pub fn set_key_name(&self, name: &str) {
        self.key_name.get_or_init(|| name.to_owned());
    }

    /// Adds time spent waiting for upstreams and for the database, in milliseconds.
    pub fn add_times(&self, upstream_ms: u64, database_ms: u64) {
        self.upstream_ms.fetch_add(upstream_ms, Ordering::Relaxed);
        self.database_ms.fetch_add(database_ms, Ordering::Relaxed);
    }
}

/// The status logged for a caller who left before the answer.
pub(super) const CALLER_LEFT: u16 = 499;

/// Writes the line when it is dropped, so that a request whose caller left is told of too.
#[derive(Debug)]
pub struct RequestLine {
    summary: Arc<RequestSummary>,
    method: &'static str,
    route: String,
    started: Instant,
    status: u16,
}

impl RequestLine {
    /// Begins to measure. `route` is the template, never the path: a path may name a person.
    #[must_use]
    pub fn start(summary: Arc<RequestSummary>, method: &'static str, route: &str) -> Self {
        Self {
            summary,
            method,
            route: route.to_owned(),
            started: Instant::now(),
            status: CALLER_LEFT,
        }
    }

    /// Ends the measurement with the status answered, and writes the line.
    pub fn finish(mut self, status: u16) {
        self.status = status;
    }
}

impl Drop for RequestLine {
    fn drop(&mut self) {
        let summary = &self.summary;
        let took = self.started.elapsed();
        let duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        metrics::request_answered(self.method, &self.route, self.status, took);
        tracing::info!(
            request_id = %summary.request_id,
            method = self.method,
            route = self.route,
            status = self.status,
            lead_id = summary.lead_id.get().map(LeadId::as_str),
            outcome = summary.outcome.get().map(|state| state.as_str()),
            duration_ms,
            upstream_ms = summary.upstream_ms.load(Ordering::Relaxed),
            db_ms = summary.database_ms.load(Ordering::Relaxed),
            key = summary.key_name.get().map(String::as_str),
            "request"
        );
    }
}
