//! Where a scenario plays: the simulator, a database, and services that come and go.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rust_c2s_api::simulator::{Operation, WorldLead};
use serde_json::Value;

use crate::caller::Caller;
use crate::database::Database;
use crate::home::Home;
use crate::running::{Ended, Running, eventually};
use crate::simulator::{SimulatorProcess, Upstreams};

/// Short ways everywhere, so that what takes minutes in production takes seconds here.
const SHORT_WAYS: [(&str, &str); 10] = [
    ("RETRY_BASE_MS", "100"),
    ("RETRY_MAX_MS", "1000"),
    ("C2S_TIMEOUT_SECS", "2"),
    ("DIRETRIX_TIMEOUT_SECS", "10"),
    ("WORK_API_TIMEOUT_SECS", "10"),
    ("PRICE_DIRETRIX_CENTAVOS", "10"),
    ("PRICE_WORK_API_CENTAVOS", "100"),
    ("RATE_LIMIT_PER_SEC", "10000"),
    ("RATE_LIMIT_BURST", "10000"),
    ("PRIVACY_KEY", "a-key-for-invented-people"),
];

pub(crate) struct Stage {
    // The simulator ends before its home does.
    pub(crate) simulator: SimulatorProcess,
    pub(crate) database: Database,
    pub(crate) caller: Caller,
    home: Home,
    more: Vec<(&'static str, String)>,
}

/// A service that runs.
pub(crate) struct Service {
    pub(crate) running: Running,
    pub(crate) address: String,
}

/// How a lead stands in the database.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct Standing {
    pub(crate) lead_id: String,
    pub(crate) state: String,
    pub(crate) attempts: i32,
    pub(crate) last_error: Option<String>,
}

impl Stage {
    /// With a database.
    pub(crate) async fn set(upstreams: Upstreams) -> Self {
        let home = Home::new();
        let database = Database::for_a_scenario(&home).await;
        Self::with(home, database, upstreams).await
    }

    /// With a database server of its own.
    pub(crate) async fn set_with_own_server(upstreams: Upstreams) -> Self {
        let home = Home::new();
        let database = Database::of_its_own(&home).await;
        Self::with(home, database, upstreams).await
    }

    async fn with(home: Home, database: Database, upstreams: Upstreams) -> Self {
        Self {
            simulator: SimulatorProcess::start(&home, upstreams).await,
            database,
            caller: Caller::new(),
            home,
            more: Vec::new(),
        }
    }

    /// A silent process loses its leads soon: where one is killed or frozen. Elsewhere a busy machine
    /// would make living ones let go of theirs.
    pub(crate) fn with_short_lease(mut self) -> Self {
        self.configure("LEASE_SECS", "5");
        self
    }

    /// Services started from now on have this variable too.
    pub(crate) fn configure(&mut self, name: &'static str, value: &str) {
        self.more.push((name, value.to_owned()));
    }

    /// Starts a service and waits until it listens.
    pub(crate) async fn service(&self) -> Service {
        self.start(self.database.variables(None)).await
    }

    /// Starts a service that reaches its database by this URL.
    pub(crate) async fn service_on(&self, database_url: &str) -> Service {
        self.start(self.database.variables(Some(database_url)))
            .await
    }

    async fn start<'a>(&'a self, mut set: Vec<(&'a str, String)>) -> Service {
        set.push(("PORT", "0".to_owned()));
        set.extend(SHORT_WAYS.map(|(name, value)| (name, value.to_owned())));
        let upstreams = self.simulator.variables.iter();
        set.extend(upstreams.map(|(name, value)| (name.as_str(), value.clone())));
        set.extend(self.more.iter().cloned());
        let running = Running::start(&self.home, &["serve"], &set);
        let address = running.address().await;
        Service { running, address }
    }

    /// Triggers a lead and waits until it is completed.
    pub(crate) async fn deliver(&self, service: &Service, lead: &WorldLead) {
        let answer = self.caller.trigger(&service.address, &lead.id, 25).await;
        let (status, answer) = answer.unwrap();
        let state = answer["state"].as_str();
        assert_eq!((status, state), (200, Some("completed")), "{answer}");
    }

    /// Triggers a lead at this process as Make.com does, again while it is told to wait. What was in
    /// flight when a process froze has timed out when it thaws, so it leaves the upstreams alone at first.
    pub(crate) async fn deliver_in_the_end(&self, service: &Service, lead: &WorldLead) {
        eventually("the lead is completed", async || {
            let answer = self.caller.trigger(&service.address, &lead.id, 25).await;
            let (status, answer) = answer.unwrap();
            let state = answer["state"].as_str().unwrap_or_default().to_owned();
            assert!(
                matches!((status, state.as_str()), (200, "completed") | (202, _)),
                "{status} {answer}"
            );
            status == 200
        })
        .await;
    }

    /// Leads that an instance owns.
    pub(crate) async fn owned(&self) -> i64 {
        self.count("select count(*) from ops.leads where owner is not null")
            .await
    }

    /// How all leads stand, by id.
    pub(crate) async fn standings(&self) -> BTreeMap<String, Standing> {
        let rows: Vec<Standing> =
            sqlx::query_as("select lead_id, state, attempts, last_error from ops.leads")
                .fetch_all(self.database.pool())
                .await
                .unwrap();
        let by_id = rows.into_iter().map(|row| (row.lead_id.clone(), row));
        by_id.collect()
    }

    pub(crate) async fn count(&self, query: &'static str) -> i64 {
        sqlx::query_scalar(query)
            .fetch_one(self.database.pool())
            .await
            .unwrap()
    }

    /// Waits until so many leads have come to an end.
    pub(crate) async fn until_finished(&self, leads: usize, patience: Duration) {
        let patience = Instant::now() + patience;
        let ended = "select count(*) from ops.leads where finished_at is not null";
        while self.count(ended).await < i64::try_from(leads).unwrap() {
            let now = Instant::now();
            if now >= patience {
                let standings = self.standings().await.into_values();
                let open: Vec<_> = standings.filter(|lead| lead.state != "completed").collect();
                panic!("{} of {leads} leads never end: {open:?}", open.len());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Each of these leads is completed, no attempt was spent on it, and its broker reads exactly
    /// one message; nobody else reads any, and no upstream got a request it does not know.
    pub(crate) async fn assert_each_has_one_message(&self, leads: &[WorldLead]) {
        let standings = self.standings().await;
        let mut messages = self.simulator.messages().await;
        let mut wrong = Vec::new();
        for lead in leads {
            let standing = standings.get(&lead.id);
            let is_right = standing.is_some_and(|it| it.state == "completed" && it.attempts == 0);
            let received = messages.remove(&lead.id).unwrap_or_default();
            if !is_right || received != 1 {
                wrong.push(format!(
                    "{} with {received} messages: {standing:?}",
                    lead.id
                ));
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
        assert!(
            messages.is_empty(),
            "other leads got messages: {messages:?}"
        );
        let calls = self.simulator.calls().await.into_iter();
        let unexpected: Vec<_> = calls
            .filter(|call| call.operation == Operation::Unexpected)
            .collect();
        assert!(unexpected.is_empty(), "{unexpected:?}");
    }
}

impl Service {
    /// As `kill -9` does; it is dead when this returns.
    pub(crate) async fn kill(self) {
        self.running.kill().await;
    }

    /// As a deploy does.
    pub(crate) async fn stop(self) -> Ended {
        let ended = self.running.stop("TERM").await;
        ended.assert_success();
        ended
    }

    /// Status and body of a call.
    pub(crate) async fn get(&self, caller: &Caller, path: &str) -> (u16, Value) {
        let url = format!("http://{}{path}", self.address);
        caller.get(&url).await.unwrap()
    }
}
