//! Stand-ins of C2S, Diretrix and Work API as one stateful server, with invented people.
//!
//! Tests, `demo` and benches run it in their own process; it can also run as a process of its own,
//! with a control surface under `/_sim`. The same seed makes the same world. What it answers follows
//! `UPSTREAMS.md`, odd answers included; it knows nothing of the service's own clients, so that an error
//! there cannot hide behind the same error here.

#![expect(
    clippy::disallowed_types,
    reason = "the simulator answers as the upstreams do, not as our API does"
)]

mod bulk;
mod c2s;
mod calls;
mod cast;
mod control;
mod crowd;
mod crowd_names;
mod diretrix;
mod documents;
mod exchange;
mod faults;
mod leads;
mod names;
mod people;
mod profiles;
mod random;
mod sensitive;
mod serving;
mod situations;
mod spellings;
mod state;
mod work_api;
mod world;

#[cfg(test)]
mod call_tests;
#[cfg(test)]
mod fault_tests;
#[cfg(test)]
mod listening_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod world_tests;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

pub use calls::{Call, Calls, Operation, Upstream};
pub use crowd::{Crowd, CrowdPerson};
pub use faults::{Fault, FaultRule};
pub use leads::SimulatedLead;
pub use people::{Address, Person, Sex};
pub use profiles::WORK_API_ROOT_KEYS;
pub use situations::Situation;
pub use spellings::PhoneSpelling;
pub use state::ReceivedMessage;
pub use world::{Candidate, World, WorldLead};

use calls::CallLog;
use faults::FaultBook;
use state::Memory;

/// Why the simulator did not start, or refused what it was given.
#[derive(Debug, thiserror::Error)]
pub enum SimulatorError {
    /// The port is taken or may not be opened, or this machine does not have the address.
    #[error(
        "the simulator could not listen on {addr}: choose an address of this machine, and another \
         port, or 0 for a free one"
    )]
    Listen {
        /// The address asked for.
        addr: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// Every named situation needs its own people.
    #[error("the simulator's situations need at least {least} people, {asked} were asked for")]
    TooFewPeople {
        /// The number asked for.
        asked: usize,
        /// The least number that works.
        least: usize,
    },
    /// A lead is found by its id.
    #[error("a lead put into the simulator needs a text `id`, at the root or under `data`")]
    LeadWithoutId,
}

/// How long each system takes to answer.
#[derive(Clone, Copy, Debug, Default)]
pub struct Latency {
    /// Of C2S.
    pub c2s: Duration,
    /// Of Diretrix.
    pub diretrix: Duration,
    /// Of Work API.
    pub work_api: Duration,
}

impl Latency {
    fn of(self, upstream: Upstream) -> Duration {
        match upstream {
            Upstream::C2s => self.c2s,
            Upstream::Diretrix => self.diretrix,
            Upstream::WorkApi => self.work_api,
        }
    }
}

/// The world and the credentials of a simulator; the defaults are invented and good for a demo.
#[derive(Clone, Debug)]
pub struct SimulatorOptions {
    /// Same seed, same world.
    pub seed: u64,
    /// How many people live in it (300).
    pub people: usize,
    /// Zero by default.
    pub latency: Latency,
    /// Bearer token that C2S takes.
    pub c2s_token: String,
    /// Token that Work API takes.
    pub work_api_token: String,
    /// User that Diretrix takes.
    pub diretrix_user: String,
    /// Password that Diretrix takes.
    pub diretrix_pass: String,
}

impl Default for SimulatorOptions {
    fn default() -> Self {
        Self {
            seed: 1,
            people: 300,
            latency: Latency::default(),
            c2s_token: "simulator-c2s-token".to_owned(),
            work_api_token: "simulator-work-api-token".to_owned(),
            diretrix_user: "simulator-diretrix-user".to_owned(),
            diretrix_pass: "simulator-diretrix-pass".to_owned(),
        }
    }
}

struct Inner {
    options: SimulatorOptions,
    world: World,
    memory: Mutex<Memory>,
    faults: Mutex<FaultBook>,
    calls: CallLog,
}

/// A running simulator; a cheap handle to it. It stops when [`Simulator::stop`] is called or the last
/// handle is dropped.
#[derive(Clone)]
pub struct Simulator {
    inner: Arc<Inner>,
    addr: SocketAddr,
    stop: Arc<DropGuard>,
    tasks: TaskTracker,
}

impl std::fmt::Debug for Simulator {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Simulator")
            .field("addr", &self.addr)
            .finish_non_exhaustive()
    }
}

impl Simulator {
    /// Invents the world, listens (port 0: a free one) and serves in the background. Whoever
    /// reaches the address may use its control surface: anything but loopback is for a network of
    /// the caller's own.
    ///
    /// # Errors
    /// [`SimulatorError`]: an address that cannot be had, or too few people.
    pub async fn start(
        addr: SocketAddr,
        options: SimulatorOptions,
    ) -> Result<Self, SimulatorError> {
        let world = World::generate(options.seed, options.people)?;
        let listen = |source| SimulatorError::Listen { addr, source };
        let listener = TcpListener::bind(addr).await.map_err(listen)?;
        let bound = listener.local_addr().map_err(listen)?;
        let inner = Arc::new(Inner {
            memory: Mutex::new(Memory::new(&world)),
            faults: Mutex::default(),
            calls: CallLog::new(),
            world,
            options,
        });
        let router = c2s::routes()
            .merge(diretrix::routes())
            .merge(work_api::routes())
            .merge(control::routes())
            .fallback(control::unexpected)
            .method_not_allowed_fallback(control::unexpected)
            .with_state(Arc::clone(&inner));
        let token = CancellationToken::new();
        let tasks = TaskTracker::new();
        tasks.spawn(serving::serve(
            listener,
            router,
            token.clone(),
            tasks.clone(),
        ));
        Ok(Self {
            inner,
            addr: reachable_here(bound),
            stop: Arc::new(token.drop_guard()),
            tasks,
        })
    }

    /// The address at which this machine reaches it.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// C2S; `/integration/…` is appended to it.
    #[must_use]
    pub fn c2s_base_url(&self) -> String {
        format!("http://{}/c2s", self.addr)
    }

    /// Diretrix; `/Consultas/Pessoa/…` is appended to it.
    #[must_use]
    pub fn diretrix_base_url(&self) -> String {
        format!("http://{}/diretrix", self.addr)
    }

    /// Work API; `/api` is appended to it.
    #[must_use]
    pub fn work_api_base_url(&self) -> String {
        format!("http://{}/work", self.addr)
    }

    /// What it was started with: a service under test takes its credentials from here.
    #[must_use]
    pub fn options(&self) -> &SimulatorOptions {
        &self.inner.options
    }

    /// Closes the port and every connection; returns when nothing runs any more.
    pub async fn stop(self) {
        self.stop.token().cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// The invented world as it was at the start.
    #[must_use]
    pub fn world(&self) -> &World {
        &self.inner.world
    }

    /// Adds or replaces a lead, in any shape that has an `id` (see [`SimulatedLead`]); answers the id.
    ///
    /// # Errors
    /// [`SimulatorError::LeadWithoutId`].
    pub fn put_lead(&self, lead: impl Into<Value>) -> Result<String, SimulatorError> {
        locked(&self.inner.memory).put_lead(lead.into())
    }

    /// Adds a person: to the answers by his or her contacts, and as a profile.
    pub fn put_person(&self, person: Person) {
        locked(&self.inner.memory).put_person(person);
    }

    /// Scripts whom Diretrix knows by a contact (national digits, or an e-mail); empty: nobody.
    pub fn put_contact_answer(&self, contact: &str, candidates: Vec<Candidate>) {
        locked(&self.inner.memory).put_contact_answer(contact, candidates);
    }

    /// Scripts the whole Work API answer to `modulo=phone`.
    pub fn put_work_phone_answer(&self, phone: &str, answer: Value) {
        locked(&self.inner.memory).put_work_phone_answer(phone, answer);
    }

    /// Scripts the whole Work API answer to `modulo=cpf`.
    pub fn put_profile(&self, cpf: &str, answer: Value) {
        locked(&self.inner.memory).put_profile(cpf, answer);
    }

    /// The Work API answer for a person as it is sent, to be changed and scripted.
    #[must_use]
    pub fn profile_of(person: &Person) -> Value {
        profiles::answer(person)
    }

    /// Every request received so far.
    #[must_use]
    pub fn calls(&self) -> Calls {
        self.inner.calls.snapshot()
    }

    /// Calls to an upstream that have no complete answer yet.
    #[must_use]
    pub fn in_flight(&self, upstream: Upstream) -> usize {
        self.inner.calls.in_flight(upstream)
    }

    /// The messages that a lead has received, oldest first.
    #[must_use]
    pub fn messages(&self, lead_id: &str) -> Vec<ReceivedMessage> {
        locked(&self.inner.memory).messages(lead_id)
    }

    /// From now on, calls that fit the rule suffer its fault.
    pub fn fault(&self, rule: FaultRule) {
        locked(&self.inner.faults).add(rule);
    }

    /// Ends all faults; calls that hang already go on hanging.
    pub fn clear_faults(&self) {
        locked(&self.inner.faults).clear();
    }
}

/// Listening on every address is told as 0.0.0.0 or ::, which is no address to call.
fn reachable_here(bound: SocketAddr) -> SocketAddr {
    let ip = match bound.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, bound.port())
}

/// A poisoned lock still holds usable data: the simulator's own panics are a test's failure anyway.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
