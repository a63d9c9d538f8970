//! What is counted and timed, and how it is written for Prometheus.
//!
//! Counters and histograms are kept by one recorder of the process, since whoever counts is deep in
//! a task of its own: several services in one process (tests alone do that) count together. What
//! holds at one moment is a [`Now`], of one service, and is written from nothing at each scrape: a
//! value that is not known is absent, and never that of an earlier scrape.
//!
//! Labels are fixed words only: no id, path, contact or text of a caller or an upstream.

mod gauges;

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use metrics::{
    Counter, SetRecorderError, counter, describe_counter, describe_histogram, histogram,
};
use metrics_exporter_prometheus::{
    BuildError, Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder,
};

use super::request_summary::CALLER_LEFT;
use crate::models::{AnalyticsView, LeadState, Money};

pub use gauges::{Now, PoolNow, UpstreamNow};

const UPSTREAM_CALLS: &str = "rust_c2s_upstream_calls_total";
const UPSTREAM_TIME: &str = "rust_c2s_upstream_call_duration_seconds";
const LOOKUPS: &str = "rust_c2s_lookups_total";
const SPEND: &str = "rust_c2s_spend_centavos_total";
const RUNS: &str = "rust_c2s_runs_total";
const TAKEOVERS: &str = "rust_c2s_takeovers_total";
const DELIVERY_TIME: &str = "rust_c2s_delivery_duration_seconds";
const REFRESHES: &str = "rust_c2s_analytics_refreshes_total";
const REFRESH_TIME: &str = "rust_c2s_analytics_refresh_duration_seconds";
const REQUESTS: &str = "rust_c2s_http_requests_total";
const REQUEST_TIME: &str = "rust_c2s_http_request_duration_seconds";

/// Up to `WORK_API_TIMEOUT_SECS`; C2S and Diretrix answer in tenths of a second.
const UPSTREAM_BUCKETS: [f64; 10] = [0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 30.0, 60.0];
/// A view of some thousand rows takes a tenth of a second, one of 1.5 million half a minute.
const REFRESH_BUCKETS: [f64; 9] = [0.1, 0.5, 1.0, 5.0, 15.0, 30.0, 60.0, 300.0, 1_800.0];
/// Two seconds are the aim, 25 a caller's longest wait; above are slow upstreams.
const DELIVERY_BUCKETS: [f64; 10] = [0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 25.0, 60.0, 120.0];
/// A repeat takes milliseconds; a request is given up after 35 seconds.
const REQUEST_BUCKETS: [f64; 11] = [
    0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 2.5, 5.0, 10.0, 25.0,
];

/// Why the metrics could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum MetricsError {
    /// The recorder could not be made.
    #[error("the recorder of the metrics could not be made")]
    Build(#[from] BuildError),
    /// Another library records metrics in this process.
    #[error("another recorder of metrics is installed in this process")]
    Taken(#[from] SetRecorderError<PrometheusRecorder>),
}

/// The metrics of this process. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Metrics {
    recorded: PrometheusHandle,
    since: Instant,
    started_at: DateTime<Utc>,
}

/// Set by the first service of the process.
static OF_THE_PROCESS: Mutex<Option<Metrics>> = Mutex::new(None);

impl Metrics {
    /// The metrics of this process; the first call, at `now`, begins to count.
    ///
    /// # Errors
    /// [`MetricsError`] when the recorder cannot be made, or another one is installed.
    pub fn of_the_process(now: DateTime<Utc>) -> Result<Self, MetricsError> {
        let mut installed = OF_THE_PROCESS
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(metrics) = &*installed {
            return Ok(metrics.clone());
        }
        let recorder = recorder()?;
        let metrics = Self {
            recorded: recorder.handle(),
            since: Instant::now(),
            started_at: now,
        };
        metrics::set_global_recorder(recorder)?;
        describe();
        begin_at_zero();
        Ok(installed.insert(metrics).clone())
    }

    /// All of it, in the text format of Prometheus.
    #[must_use]
    pub fn write(&self, now: &Now) -> String {
        let uptime = self.since.elapsed();
        self.recorded.render() + &gauges::write(now, self.started_at, uptime)
    }

    /// Sorts what was timed since the last call, so that it does not pile up where nobody scrapes;
    /// to be called every few seconds.
    pub fn run_upkeep(&self) {
        self.recorded.run_upkeep();
    }
}

fn recorder() -> Result<PrometheusRecorder, BuildError> {
    let full = |name: &str| Matcher::Full(name.to_owned());
    Ok(PrometheusBuilder::new()
        .set_buckets_for_metric(full(UPSTREAM_TIME), &UPSTREAM_BUCKETS)?
        .set_buckets_for_metric(full(DELIVERY_TIME), &DELIVERY_BUCKETS)?
        .set_buckets_for_metric(full(REFRESH_TIME), &REFRESH_BUCKETS)?
        .set_buckets_for_metric(full(REQUEST_TIME), &REQUEST_BUCKETS)?
        .build_recorder())
}

fn describe() {
    describe_counter!(
        UPSTREAM_CALLS,
        "Calls to an upstream, by what they were for and how they ended."
    );
    describe_histogram!(
        UPSTREAM_TIME,
        "How long calls to an upstream took, without the wait for their turn."
    );
    describe_counter!(
        LOOKUPS,
        "Questions to a paid provider: hit (the answer was there), joined (somebody else was \
         asking), miss (the provider was to be asked)."
    );
    describe_counter!(
        SPEND,
        "Spent by this process, in centavos at the configured prices; the ledger is \
         ops.provider_calls."
    );
    describe_counter!(RUNS, "Runs of leads, by the state they ended in.");
    describe_counter!(
        TAKEOVERS,
        "Leads that this process took over from one that fell silent."
    );
    describe_histogram!(
        DELIVERY_TIME,
        "From the beginning of a run to the message standing in the CRM."
    );
    describe_counter!(
        REFRESHES,
        "Refreshes of the views that marketing reads; skipped: nothing had changed."
    );
    describe_histogram!(REFRESH_TIME, "How long these refreshes took.");
    describe_counter!(
        REQUESTS,
        "Requests, by method, route and class of the status; left: the caller did not wait for \
         the answer."
    );
    describe_histogram!(REQUEST_TIME, "How long requests took.");
}

/// What is known to come is there from the start, so that the first increase is seen as one.
fn begin_at_zero() {
    for state in LeadState::ALL {
        counter!(RUNS, "outcome" => state.as_str()).increment(0);
    }
    taken_over(0);
    for (provider, kind) in [
        ("diretrix", "phone"),
        ("diretrix", "email"),
        ("work_api", "phone"),
        ("work_api", "profile"),
    ] {
        for from in AnswerFrom::ALL {
            lookups(provider, kind, from).increment(0);
        }
    }
    for view in AnalyticsView::ALL {
        for outcome in ["done", "skipped", "failed"] {
            refreshes(view, outcome).increment(0);
        }
    }
    for provider in ["diretrix", "work_api"] {
        spent(provider, Money::from_centavos(0));
    }
}

/// Where the answer to a question about a person came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerFrom {
    /// It was there already.
    Database,
    /// Somebody else was asking; this run waited.
    Other,
    /// The provider was asked.
    Provider,
}

impl AnswerFrom {
    const ALL: [Self; 3] = [Self::Database, Self::Other, Self::Provider];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Database => "hit",
            Self::Other => "joined",
            Self::Provider => "miss",
        }
    }
}

/// How the codes of calls end that were never sent: they took no time.
const NEVER_SENT: [&str; 3] = ["_no_turn", "_let_go", "_held"];

/// Counts a call to an upstream, and times it if it was tried. `outcome` is a code.
pub fn upstream_called(
    upstream: &'static str,
    operation: &'static str,
    outcome: &str,
    latency: Duration,
) {
    let tried = !NEVER_SENT.iter().any(|end| outcome.ends_with(end));
    let outcome = outcome.to_owned();
    counter!(UPSTREAM_CALLS, "upstream" => upstream, "operation" => operation, "outcome" => outcome)
        .increment(1);
    if tried {
        histogram!(UPSTREAM_TIME, "upstream" => upstream, "operation" => operation).record(latency);
    }
}

/// Counts a question to a paid provider.
pub fn question_answered(provider: &'static str, kind: &'static str, from: AnswerFrom) {
    lookups(provider, kind, from).increment(1);
}

fn lookups(provider: &'static str, kind: &'static str, from: AnswerFrom) -> Counter {
    counter!(LOOKUPS, "provider" => provider, "kind" => kind, "result" => from.as_str())
}

/// Counts what a call cost.
pub fn spent(provider: &'static str, cost: Money) {
    let centavos = u64::try_from(cost.centavos()).unwrap_or(0);
    counter!(SPEND, "provider" => provider).increment(centavos);
}

/// Counts a run of a lead.
pub fn run_ended(state: LeadState) {
    counter!(RUNS, "outcome" => state.as_str()).increment(1);
}

/// Counts leads taken over from a process that fell silent.
pub fn taken_over(leads: u64) {
    counter!(TAKEOVERS).increment(leads);
}

/// Times a delivery: `since` is when its lead was claimed.
pub fn delivered(since: Instant) {
    histogram!(DELIVERY_TIME).record(since.elapsed());
}

/// What became of a view that was to be refreshed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefreshOutcome {
    /// It was refreshed, and that took so long.
    Done(Duration),
    /// Nothing that it reads had changed.
    Skipped,
    /// It is as it was.
    Failed,
}

/// Counts a view that was to be refreshed, and times it if it was.
pub fn view_refreshed(view: AnalyticsView, outcome: RefreshOutcome) {
    let word = match outcome {
        RefreshOutcome::Done(_) => "done",
        RefreshOutcome::Skipped => "skipped",
        RefreshOutcome::Failed => "failed",
    };
    refreshes(view, word).increment(1);
    if let RefreshOutcome::Done(took) = outcome {
        histogram!(REFRESH_TIME, "view" => view.name()).record(took);
    }
}

fn refreshes(view: AnalyticsView, outcome: &'static str) -> Counter {
    counter!(REFRESHES, "view" => view.name(), "outcome" => outcome)
}

/// Counts and times a request. `route` is the template, never the path.
pub fn request_answered(method: &'static str, route: &str, status: u16, took: Duration) {
    let class = match status {
        CALLER_LEFT => "left",
        100..=199 => "1xx",
        200..=299 => "2xx",
        300..=399 => "3xx",
        400..=499 => "4xx",
        _ => "5xx",
    };
    let of_counter = route.to_owned();
    counter!(REQUESTS, "method" => method, "route" => of_counter, "status" => class).increment(1);
    let route = route.to_owned();
    histogram!(REQUEST_TIME, "method" => method, "route" => route).record(took);
}

#[cfg(test)]
mod tests;
