//! What the simulator was asked: every request, with its exact key.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

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
    calls: Mutex<Vec<Call>>,
    in_flight: [Arc<AtomicUsize>; 3],
}

/// A call in flight; it ends when this is dropped.
#[derive(Debug)]
pub(super) struct InFlight(Arc<AtomicUsize>);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl CallLog {
    pub(super) fn new() -> Self {
        Self {
            started: Instant::now(),
            calls: Mutex::default(),
            in_flight: Default::default(),
        }
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
        locked(&self.calls).push(Call {
            upstream,
            operation,
            key: key.to_owned(),
            at: self.started.elapsed(),
            in_flight,
            authorized,
        });
        InFlight(counter)
    }

    pub(super) fn snapshot(&self) -> Calls {
        Calls(locked(&self.calls).clone())
    }

    /// Calls to this upstream that have no complete answer yet.
    pub(super) fn in_flight(&self, upstream: Upstream) -> usize {
        self.in_flight[upstream as usize].load(Ordering::SeqCst)
    }
}
