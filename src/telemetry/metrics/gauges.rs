//! What holds at the moment of a scrape.

use std::time::Duration;

use chrono::{DateTime, Utc};
use metrics::{describe_gauge, gauge, with_local_recorder};
use metrics_exporter_prometheus::PrometheusBuilder;

use crate::models::{AnalyticsView, EndedLeads, QueueStatus};

const LEADS: &str = "rust_c2s_leads";
const QUEUE_DEPTH: &str = "rust_c2s_queue_depth";
const QUEUE_OLDEST: &str = "rust_c2s_queue_oldest_due_seconds";
const DELIVERY_OLDEST: &str = "rust_c2s_delivery_oldest_seconds";
const REFRESHED: &str = "rust_c2s_analytics_refreshed_timestamp_seconds";
const DATABASE_UP: &str = "rust_c2s_database_up";
const POOL: &str = "rust_c2s_pool_connections";
const POOL_IDLE: &str = "rust_c2s_pool_idle_connections";
const POOL_MAX: &str = "rust_c2s_pool_max_connections";
const BREAKER: &str = "rust_c2s_upstream_breaker";
const SPACING: &str = "rust_c2s_upstream_spacing_seconds";
const IN_FLIGHT: &str = "rust_c2s_upstream_calls_in_flight";
const STARTED: &str = "rust_c2s_process_start_time_seconds";
const UPTIME: &str = "rust_c2s_uptime_seconds";
const BUILD: &str = "rust_c2s_build_info";

/// What a breaker may be; the words of [`UpstreamNow::breaker`].
const BREAKER_STATES: [&str; 3] = ["closed", "open", "probing"];

/// What holds now. What the database tells is `None` while it is away, or did not tell in time.
#[derive(Debug, Clone, Default)]
pub struct Now {
    /// Whether the database answers.
    pub database_up: bool,
    /// The queue.
    pub queue: Option<QueueStatus>,
    /// Ended leads, counted within the last minute.
    pub ended: Option<EndedLeads>,
    /// When each view of analytics was last refreshed, as of the last minute; `None` of one that never was.
    pub refreshed: Option<[(AnalyticsView, Option<DateTime<Utc>>); 2]>,
    /// The connections of this process to the database.
    pub pool: PoolNow,
    /// The upstreams of this process.
    pub upstreams: Vec<UpstreamNow>,
}

/// Connections to the database.
#[derive(Debug, Clone, Copy, Default)]
pub struct PoolNow {
    /// Open ones.
    pub open: u32,
    /// Those of them that nobody uses.
    pub idle: u32,
    /// The most that may be open.
    pub max: u32,
}

/// How one upstream is called.
#[derive(Debug, Clone, Copy)]
pub struct UpstreamNow {
    /// Its word: c2s, diretrix, work_api.
    pub upstream: &'static str,
    /// Its breaker: closed, open or probing.
    pub breaker: &'static str,
    /// The least time between the starts of two calls.
    pub spacing: Duration,
    /// Calls in flight.
    pub in_flight: usize,
}

/// Writes what holds, with a recorder that lives as long as this: what is absent stays absent.
pub(super) fn write(now: &Now, started_at: DateTime<Utc>, uptime: Duration) -> String {
    let recorder = PrometheusBuilder::new().build_recorder();
    with_local_recorder(&recorder, || {
        describe();
        gauge!(STARTED).set(started_at.timestamp_millis() as f64 / 1_000.0);
        gauge!(UPTIME).set(uptime);
        gauge!(BUILD, "version" => env!("CARGO_PKG_VERSION")).set(1.0);
        gauge!(DATABASE_UP).set(if now.database_up { 1.0 } else { 0.0 });
        set_leads(now);
        set_refreshed(now);
        gauge!(POOL).set(now.pool.open);
        gauge!(POOL_IDLE).set(now.pool.idle);
        gauge!(POOL_MAX).set(now.pool.max);
        for upstream in &now.upstreams {
            set_upstream(upstream);
        }
    });
    recorder.handle().render()
}

fn set_leads(now: &Now) {
    let Some(queue) = &now.queue else { return };
    let open = queue.open.iter();
    for (state, leads) in open.chain(now.ended.iter().flatten()) {
        gauge!(LEADS, "state" => state.as_str()).set(*leads as f64);
    }
    gauge!(QUEUE_DEPTH, "when" => "due").set(queue.due as f64);
    gauge!(QUEUE_DEPTH, "when" => "later").set(queue.waiting as f64);
    gauge!(QUEUE_OLDEST).set(queue.oldest_due.unwrap_or_default());
    gauge!(DELIVERY_OLDEST).set(queue.oldest_undelivered.unwrap_or_default());
}

fn set_refreshed(now: &Now) {
    for (view, at) in now.refreshed.iter().flatten() {
        if let Some(at) = at {
            gauge!(REFRESHED, "view" => view.name()).set(at.timestamp_millis() as f64 / 1_000.0);
        }
    }
}

fn set_upstream(now: &UpstreamNow) {
    for state in BREAKER_STATES {
        let holds = if now.breaker == state { 1.0 } else { 0.0 };
        gauge!(BREAKER, "upstream" => now.upstream, "state" => state).set(holds);
    }
    gauge!(SPACING, "upstream" => now.upstream).set(now.spacing);
    gauge!(IN_FLIGHT, "upstream" => now.upstream).set(now.in_flight as f64);
}

fn describe() {
    describe_gauge!(
        LEADS,
        "Leads by state, of all instances; ended ones are counted once a minute."
    );
    describe_gauge!(
        QUEUE_DEPTH,
        "Leads that wait for a run, of all instances: due now, or later."
    );
    describe_gauge!(
        QUEUE_OLDEST,
        "For how long the first of the due leads has been due; 0 when none is."
    );
    describe_gauge!(
        DELIVERY_OLDEST,
        "Age of the oldest message that was sent and not yet known to have arrived; 0 when there is none."
    );
    describe_gauge!(
        REFRESHED,
        "When the last refresh of the view that was done began, of all instances, Unix time."
    );
    describe_gauge!(
        DATABASE_UP,
        "1: the database answers. 0: it does not, and what it would tell is absent."
    );
    describe_gauge!(POOL, "Connections of this process to the database.");
    describe_gauge!(POOL_IDLE, "Those of them that nobody uses.");
    describe_gauge!(POOL_MAX, "The most that there may be.");
    describe_gauge!(
        BREAKER,
        "1 for the state in which the upstream's breaker is."
    );
    describe_gauge!(
        SPACING,
        "Least time between the starts of two calls to the upstream."
    );
    describe_gauge!(IN_FLIGHT, "Calls to the upstream that are in flight.");
    describe_gauge!(STARTED, "When this process began to count, Unix time.");
    describe_gauge!(UPTIME, "For how long it has.");
    describe_gauge!(BUILD, "The version; always 1.");
}
