//! What the simulator was asked: every request, with its exact key.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};
use serde::{Deserialize, Serialize};

use super::locked;

/// One of the three systems outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Upstream {
    /// Contact2Sale, the CRM.
    C2s,
    /// Diretrix, contact → CPF.
    Diretrix,
    /// Work API, CPF → profile.
    WorkApi,
}

/// What was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// C2S: one lead; the key is its id.
    Lead,
    /// C2S: the list of leads; the key is the query.
    Leads,
    /// C2S: a message to a lead; the key is the lead's id.
    CreateMessage,
    /// C2S: a new lead; the key is empty.
    CreateLead,
    /// Diretrix by phone, or Work API `modulo=phone`; the key is the digits as sent.
    Phone,
    /// Diretrix by e-mail; the key is the e-mail, percent-decoded, otherwise as sent.
    Email,
    /// Diretrix by CPF, or Work API `modulo=cpf`; the key is the CPF as sent.
    Cpf,
    /// Work API, another module; the key is the module.
    OtherModule,
    /// A path or method that the upstream does not have; the key is `METHOD path`.
    Unexpected,
}

/// One request received.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Call {
    /// Who was asked.
    pub upstream: Upstream,
    /// What was asked for.
    pub operation: Operation,
    /// The exact key, see [`Operation`].
    pub key: String,
    /// Since the simulator started.
    pub at: Duration,
    /// When its answer was completely handed over to the connection, since the simulator started;
    /// `None` while it has not been, or when it never will be.
    pub answered_at: Option<Duration>,
    /// Calls to this upstream in flight when this one came, itself included.
    pub in_flight: usize,
    /// Whether the credentials were right.
    pub authorized: bool,
}

/// The requests received so far, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calls(Vec<Call>);

impl Calls {
    /// All of them.
    #[must_use]
    pub fn all(&self) -> &[Call] {
        &self.0
    }

    /// How many went to this upstream.
    #[must_use]
    pub fn to(&self, upstream: Upstream) -> usize {
        self.0
            .iter()
            .filter(|call| call.upstream == upstream)
            .count()
    }

    /// How many asked this of this upstream.
    #[must_use]
    pub fn count(&self, upstream: Upstream, operation: Operation) -> usize {
        self.keys(upstream, operation).len()
    }

    /// The keys asked for, in order, repeats included.
    #[must_use]
    pub fn keys(&self, upstream: Upstream, operation: Operation) -> Vec<&str> {
        let fitting = self
            .0
            .iter()
            .filter(|call| call.upstream == upstream && call.operation == operation);
        fitting.map(|call| call.key.as_str()).collect()
    }

    /// The paid calls: everything that went to Diretrix and Work API with the right credentials.
    #[must_use]
    pub fn paid(&self) -> usize {
        self.0
            .iter()
            .filter(|call| call.upstream != Upstream::C2s && call.authorized)
            .count()
    }

    /// The most calls that were in flight to this upstream at one time.
    #[must_use]
    pub fn most_in_flight(&self, upstream: Upstream) -> usize {
        let fitting = self.0.iter().filter(|call| call.upstream == upstream);
        fitting.map(|call| call.in_flight).max().unwrap_or(0)
    }

    /// Requests that no upstream would understand; a test ends by asserting that there are none.
    #[must_use]
    pub fn unexpected(&self) -> Vec<&Call> {
        self.0
            .iter()
            .filter(|call| call.operation == Operation::Unexpected)
            .collect()
    }

    /// Counts by upstream and operation.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<(Upstream, Operation), usize> {
        let mut counts = BTreeMap::new();
        for call in &self.0 {
            *counts.entry((call.upstream, call.operation)).or_default() += 1;
        }
        counts
    }
}

/// Keeps the log and the number of calls in flight.
#[derive(Debug)]
pub(super) struct CallLog {
    started: Instant,
    calls: Arc<Mutex<Vec<Call>>>,
    in_flight: [Arc<AtomicUsize>; 3],
}

/// A call in flight; it ends when this is dropped.
#[derive(Debug)]
pub(super) struct InFlight {
    started: Instant,
    calls: Arc<Mutex<Vec<Call>>>,
    place: usize,
    counter: Arc<AtomicUsize>,
}

impl InFlight {
    /// The whole answer was handed over.
    fn answered(self) {
        if let Some(call) = locked(&self.calls).get_mut(self.place) {
            call.answered_at = Some(self.started.elapsed());
        }
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.counter.fetch_sub(1, Ordering::SeqCst);
    }
}

impl CallLog {
    pub(super) fn new() -> Self {
        Self {
            started: Instant::now(),
            calls: Arc::default(),
            in_flight: Default::default(),
        }
    }

    /// Since the simulator started.
    pub(super) fn now(&self) -> Duration {
        self.started.elapsed()
    }

    pub(super) fn record(
        &self,
        upstream: Upstream,
        operation: Operation,
        key: &str,
        authorized: bool,
    ) -> InFlight {
        let counter = Arc::clone(&self.in_flight[upstream as usize]);
        let in_flight = counter.fetch_add(1, Ordering::SeqCst) + 1;
        let mut calls = locked(&self.calls);
        let place = calls.len();
        calls.push(Call {
            upstream,
            operation,
            key: key.to_owned(),
            at: self.now(),
            answered_at: None,
            in_flight,
            authorized,
        });
        InFlight {
            started: self.started,
            calls: Arc::clone(&self.calls),
            place,
            counter,
        }
    }

    pub(super) fn snapshot(&self) -> Calls {
        Calls(locked(&self.calls).clone())
    }

    /// Calls to this upstream that have no complete answer yet.
    pub(super) fn in_flight(&self, upstream: Upstream) -> usize {
        self.in_flight[upstream as usize].load(Ordering::SeqCst)
    }
}

/// The body of an answer: its call is in flight until all of it is handed over, and stays
/// unanswered when it breaks off.
pub(super) struct HandedOver {
    body: Body,
    in_flight: Option<InFlight>,
}

impl HandedOver {
    pub(super) fn new(body: Body, in_flight: InFlight) -> Self {
        let mut handed_over = Self {
            body,
            in_flight: Some(in_flight),
        };
        handed_over.look_for_the_end();
        handed_over
    }

    fn look_for_the_end(&mut self) {
        if self.body.is_end_stream()
            && let Some(in_flight) = self.in_flight.take()
        {
            in_flight.answered();
        }
    }
}

impl HttpBody for HandedOver {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if matches!(polled, Poll::Ready(Some(Ok(_)))) {
            self.look_for_the_end();
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
