//! The one place that sends. It times every call, bounds it in time and size, and lets no URL,
//! header or body into an error or a log: Work API's URL holds the token and a CPF.

use std::sync::Arc;
use std::time::{Duration, Instant as Moment};

use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use http::header::{ACCEPT, HeaderValue};
use reqwest::{Client, Request, RequestBuilder, Response, redirect};
use tokio::sync::{AcquireError, Semaphore, SemaphorePermit};
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::breaker::{Breaker, Verdict};
use super::connecting::{LookAgain, TooLate};
use super::pace::Pace;
use super::{
    BreakerRules, BreakerState, SetupError, Upstream, UpstreamError, UpstreamErrorKind,
    UpstreamHealth, retry_after,
};

/// A connection that was idle longer is not used again: upstreams cut idle ones, and a request
/// lost that way is of unknown outcome.
const POOL_IDLE: Duration = Duration::from_secs(20);

/// The longest wait for a connection, DNS and TLS included.
const CONNECT: Duration = Duration::from_secs(5);

/// How an upstream may be called.
pub(crate) struct Limits {
    /// The total time of a call, reading the answer included. Only a total limit stops an upstream
    /// that drips.
    pub(crate) timeout: Duration,
    /// Calls in flight.
    pub(crate) concurrency: usize,
    /// The least time between the starts of two calls.
    pub(crate) pace: Duration,
    /// The longest body that is read, in bytes.
    pub(crate) body_limit: usize,
}

/// A complete answer.
pub(crate) struct Answer {
    /// The status.
    pub(crate) status: u16,
    /// The body, read to its end.
    pub(crate) body: Bytes,
    /// `Retry-After`, clamped.
    pub(crate) retry_after: Option<Duration>,
    /// How long the call took, without the wait for its turn.
    pub(crate) latency: Duration,
}

impl Answer {
    /// Whether the status is 2xx.
    pub(crate) const fn is_success(&self) -> bool {
        matches!(self.status, 200..=299)
    }
}

/// Whether this instance may still act for a lead that it has held since some moment: asked right
/// before each call, after the wait for its turn, since a process that was away for a while may have
/// lost its leads (DATABASE.md).
#[derive(Clone)]
pub struct Permission(Arc<dyn Fn(Moment) -> bool + Send + Sync>);

impl Permission {
    /// The permission that a question answers.
    pub fn new(may_call: impl Fn(Moment) -> bool + Send + Sync + 'static) -> Self {
        Self(Arc::new(may_call))
    }

    /// Whether it still holds for what has been ours since then.
    pub(super) fn allows(&self, held_since: Moment) -> bool {
        (self.0)(held_since)
    }
}

/// The connections to one upstream.
pub(crate) struct Http {
    upstream: Upstream,
    client: Client,
    limits: Limits,
    permission: Permission,
    places: usize,
    permits: Semaphore,
    pace: Pace,
    breaker: Breaker,
}

impl Http {
    /// Connections that send `headers` with every request, follow no redirect (it would carry
    /// token and CPF elsewhere), use no proxy, and never send a request twice by themselves.
    ///
    /// # Errors
    /// [`SetupError::Client`] when the TLS stack cannot be loaded.
    pub(crate) fn new(
        upstream: Upstream,
        limits: Limits,
        rules: BreakerRules,
        permission: Permission,
        mut headers: HeaderMap,
    ) -> Result<Self, SetupError> {
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        let client = Client::builder()
            .user_agent(concat!("rust-c2s-api/", env!("CARGO_PKG_VERSION")))
            .default_headers(headers)
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .no_proxy()
            // Shorter than the whole call, so that a slow connection is known not to have sent.
            .connect_timeout(CONNECT.min(limits.timeout / 2))
            .pool_idle_timeout(POOL_IDLE)
            .connector_layer(LookAgain(permission.clone()))
            .build()
            .map_err(|_| SetupError::Client(upstream))?;
        let places = limits.concurrency.clamp(1, Semaphore::MAX_PERMITS);
        Ok(Self {
            upstream,
            client,
            permission,
            places,
            permits: Semaphore::new(places),
            pace: Pace::new(limits.pace),
            breaker: Breaker::new(upstream, rules),
            limits,
        })
    }

    /// A GET to be sent with [`Http::call`].
    pub(crate) fn get(&self, url: Url) -> RequestBuilder {
        self.client.get(url)
    }

    /// A POST to be sent with [`Http::call`].
    pub(crate) fn post(&self, url: Url) -> RequestBuilder {
        self.client.post(url)
    }

    /// Waits for its turn, at most [`longest_wait`], sends once, and reads the answer to its end;
    /// `read` says what it is. Breaker and pace learn from the result. Nothing is sent for a lead that
    /// may no longer be ours, which we have held since `held_since`.
    ///
    /// # Errors
    /// `NotSent`, `NoTurn`, `LetGo` and `Held` when surely nothing was sent; `Timeout` and `Broken`
    /// when it was sent and no status came; `CutOff` and `TooLarge` when the answer began and was
    /// not read to its end; what `read` says of a complete answer.
    pub(crate) async fn call<T>(
        &self,
        operation: &'static str,
        held_since: Moment,
        request: RequestBuilder,
        read: impl FnOnce(&Answer) -> Result<T, UpstreamErrorKind>,
    ) -> Result<T, UpstreamError> {
        let called = self.try_call(held_since, request, read).await;
        called.map_err(|failure| UpstreamError {
            upstream: self.upstream,
            operation,
            kind: failure.kind,
            retry_after: failure.retry_after,
            latency: failure.latency,
            probe: failure.probe,
        })
    }

    async fn try_call<T>(
        &self,
        held_since: Moment,
        request: RequestBuilder,
        read: impl FnOnce(&Answer) -> Result<T, UpstreamErrorKind>,
    ) -> Result<T, Failure> {
        let request = request.build();
        let request = request.map_err(|_| Failure::unsent(UpstreamErrorKind::NotSent))?;
        // Asked twice: nobody waits for a turn that would not come, and what counts is how the
        // breaker stands right before sending.
        if let Some(wait) = self.breaker.refuses() {
            return Err(Failure::held(wait));
        }
        let turn = tokio::time::timeout(longest_wait(self.limits.timeout), self.turn());
        let Ok(Ok(permit)) = turn.await else {
            return Err(Failure::unsent(UpstreamErrorKind::NoTurn));
        };
        if !self.permission.allows(held_since) {
            return Err(Failure::unsent(UpstreamErrorKind::LetGo));
        }
        let pass = self.breaker.pass(&request).map_err(Failure::held)?;
        let started = Instant::now();
        let answered = self.send(request, started).await;
        let probe = pass.is_probe();
        let result = answered.and_then(|answer| {
            read(&answer).map_err(|kind| Failure {
                kind,
                retry_after: answer.retry_after,
                latency: answer.latency,
                probe: false,
            })
        });
        let result = result.map_err(|failure| Failure { probe, ..failure });
        let failure = result.as_ref().err();
        // A probe did not wait for the pace, and says nothing of it.
        if !probe {
            self.pace
                .learn(started, failure.map(|failure| failure.kind));
        }
        match failure {
            // Answered by the gate, whatever is behind it, or given up by us: nothing is known, and
            // another is the probe.
            Some(failure) if failure.kind.says_nothing() => drop(pass),
            Some(failure) => pass.settle(Verdict::of(failure.kind, failure.retry_after)),
            None => pass.settle(Verdict::Good),
        }
        // Only now, so that whoever is next goes by what this call has shown.
        drop(permit);
        result
    }

    /// A place among the calls in flight, and the time to start. A probe does not wait for the
    /// pace: the breaker's window was its wait.
    async fn turn(&self) -> Result<SemaphorePermit<'_>, AcquireError> {
        let permit = self.permits.acquire().await;
        let closed = || self.breaker.state() == BreakerState::Closed;
        self.pace.wait_while(closed).await;
        permit
    }

    /// How the upstream does.
    pub(crate) fn health(&self) -> UpstreamHealth {
        UpstreamHealth {
            upstream: self.upstream,
            breaker: self.breaker.state(),
            spacing: self.pace.spacing(),
            in_flight: self.places - self.permits.available_permits(),
        }
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that sends"
    )]
    async fn send(&self, request: Request, started: Instant) -> Result<Answer, Failure> {
        let failed = |kind, retry_after| Failure {
            kind,
            retry_after,
            latency: started.elapsed(),
            probe: false,
        };
        let deadline = started + self.limits.timeout;
        let response = match timeout_at(deadline, self.client.execute(request)).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => return Err(failed(kind_of(&error), None)),
            Err(_) => return Err(failed(UpstreamErrorKind::Timeout, None)),
        };
        let status = response.status().as_u16();
        let retry_after = retry_after::read(response.headers());
        let body = timeout_at(deadline, read_body(response, self.limits.body_limit))
            .await
            .unwrap_or(Err(UpstreamErrorKind::CutOff));
        let body = body.map_err(|kind| failed(kind, retry_after))?;
        Ok(Answer {
            status,
            body,
            retry_after,
            latency: started.elapsed(),
        })
    }
}

/// A call that failed.
struct Failure {
    kind: UpstreamErrorKind,
    retry_after: Option<Duration>,
    latency: Duration,
    probe: bool,
}

impl Failure {
    const fn unsent(kind: UpstreamErrorKind) -> Self {
        Self {
            kind,
            retry_after: None,
            latency: Duration::ZERO,
            probe: false,
        }
    }

    const fn held(wait: Duration) -> Self {
        Self {
            retry_after: Some(wait),
            ..Self::unsent(UpstreamErrorKind::Held)
        }
    }
}

/// The longest that a call with this time limit waits for its turn: half as long again, so that
/// whoever is next while all calls in flight hang still gets it.
#[must_use]
pub fn longest_wait(timeout: Duration) -> Duration {
    timeout * 3 / 2
}

/// The error itself is dropped: its text holds the URL.
fn kind_of(error: &reqwest::Error) -> UpstreamErrorKind {
    if TooLate::is_behind(error) {
        UpstreamErrorKind::LetGo
    } else if error.is_connect() || error.is_builder() {
        UpstreamErrorKind::NotSent
    } else if error.is_timeout() {
        UpstreamErrorKind::Timeout
    } else {
        UpstreamErrorKind::Broken
    }
}

async fn read_body(mut response: Response, limit: usize) -> Result<Bytes, UpstreamErrorKind> {
    let announced = response.content_length().unwrap_or(0);
    if usize::try_from(announced).map_or(true, |announced| announced > limit) {
        return Err(UpstreamErrorKind::TooLarge);
    }
    let mut body = BytesMut::new();
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|_| UpstreamErrorKind::CutOff)?
    {
        if body.len() + chunk.len() > limit {
            return Err(UpstreamErrorKind::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

/// A URL below a base, which may have a path of its own. The segments are percent-encoded already.
///
/// # Errors
/// [`SetupError::BaseUrl`] when the base can have no path.
pub(crate) fn at_path(upstream: Upstream, base: &Url, path: &str) -> Result<Url, SetupError> {
    if !matches!(base.scheme(), "http" | "https") {
        return Err(SetupError::BaseUrl(upstream));
    }
    let mut url = base.clone();
    url.set_path(&format!("{}{path}", base.path().trim_end_matches('/')));
    url.set_query(None);
    url.set_fragment(None);
    Ok(url)
}

/// The one event of a call: who, what for, how it ended, how long it took.
pub(crate) fn record_call(
    upstream: Upstream,
    operation: &'static str,
    outcome: &str,
    latency: Duration,
) {
    let latency_ms = u64::try_from(latency.as_millis()).unwrap_or(u64::MAX);
    tracing::debug!(%upstream, operation, outcome, latency_ms, "upstream call");
    crate::telemetry::metrics::upstream_called(upstream.as_str(), operation, outcome, latency);
}
