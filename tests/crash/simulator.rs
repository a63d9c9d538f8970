//! The simulator as a process of its own: what it counts is the truth.

use std::collections::BTreeMap;

use rust_c2s_api::simulator::{FaultRule, Operation, Upstream, World, WorldLead};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::caller::Caller;
use crate::home::Home;
use crate::running::Running;

/// Who lives in it, and how slow it is.
#[derive(Clone, Copy)]
pub(crate) struct Upstreams {
    /// Leads with a person each, apart from those of the named situations.
    pub(crate) leads: usize,
    /// Milliseconds that a call takes.
    pub(crate) latency_ms: u32,
}

/// A call that it received.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Call {
    pub(crate) upstream: Upstream,
    pub(crate) operation: Operation,
    pub(crate) key: String,
    pub(crate) started_ms: f64,
    /// When its answer was completely handed over.
    pub(crate) answered_ms: Option<f64>,
}

/// A paid question.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct PaidKey {
    pub(crate) upstream: Upstream,
    pub(crate) operation: Operation,
    pub(crate) key: String,
}

pub(crate) struct SimulatorProcess {
    /// The same world as the process has.
    pub(crate) world: World,
    /// The variables that point a service at it.
    pub(crate) variables: Vec<(String, String)>,
    _running: Running,
    url: String,
    caller: Caller,
}

/// The seed of its world; what is random in a scenario has its own.
const SEED: u64 = 1;

impl SimulatorProcess {
    pub(crate) async fn start(home: &Home, upstreams: Upstreams) -> Self {
        let named = 60;
        // one lead in forty has no profile
        let people = (named + upstreams.leads + upstreams.leads / 15).to_string();
        let latency = upstreams.latency_ms.to_string();
        let arguments = [
            "simulator",
            "--port",
            "0",
            "--seed",
            &SEED.to_string(),
            "--people",
            &people,
            "--c2s-latency-ms",
            &latency,
            "--diretrix-latency-ms",
            &latency,
            "--work-api-latency-ms",
            &latency,
        ];
        let running = Running::start(home, &arguments, &[("", ""); 0]);
        let said = running.until_it_says("# leads: ").await;
        let variables = said.lines().filter_map(|line| line.split_once('='));
        let variables = variables
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let (_, url) = said.split_once("# leads: ").unwrap();
        let url = url.trim().trim_end_matches("/leads").to_owned();
        Self {
            world: World::generate(SEED, people.parse().unwrap()).unwrap(),
            variables,
            _running: running,
            url,
            caller: Caller::new(),
        }
    }

    /// Leads of one person each, who has a profile: each is to be completed with one message.
    pub(crate) fn plain_leads(&self, count: usize) -> Vec<WorldLead> {
        let named = rust_c2s_api::simulator::Situation::ALL.len();
        let leads = self.world.leads().iter().skip(named);
        let plain = leads.filter(|lead| lead.cpf.is_some()).take(count);
        let plain: Vec<_> = plain.cloned().collect();
        assert_eq!(plain.len(), count, "the simulator has too few people");
        plain
    }

    /// Such leads that have a phone and an e-mail.
    pub(crate) fn leads_with_both_contacts(&self, count: usize) -> Vec<WorldLead> {
        let mut leads = self.plain_leads(count * 2 + 10);
        leads.retain(|lead| lead.lookup_phone.is_some() && lead.lookup_email.is_some());
        leads.truncate(count);
        assert_eq!(leads.len(), count, "the simulator has too few people");
        leads
    }

    async fn get<T: DeserializeOwned>(&self, what: &str) -> T {
        let (_, answer) = self
            .caller
            .get(&format!("{}/{what}", self.url))
            .await
            .unwrap();
        serde_json::from_value(answer).unwrap()
    }

    pub(crate) async fn calls(&self) -> Vec<Call> {
        self.get("calls").await
    }

    /// Its clock, in the milliseconds of its calls.
    pub(crate) async fn now_ms(&self) -> f64 {
        let now: Value = self.get("now").await;
        now["now_ms"].as_f64().unwrap()
    }

    /// How many messages each lead has received; leads without one are not in it.
    pub(crate) async fn messages(&self) -> BTreeMap<String, usize> {
        let state: Value = self.get("state").await;
        serde_json::from_value(state["messages"].clone()).unwrap()
    }

    pub(crate) async fn put_lead(&self, lead: &Value) {
        self.caller.post(&format!("{}/leads", self.url), lead).await;
    }

    pub(crate) async fn fault(&self, rule: FaultRule) {
        let rule = serde_json::to_value(rule).unwrap();
        self.caller
            .post(&format!("{}/faults", self.url), &rule)
            .await;
    }

    pub(crate) async fn clear_faults(&self) {
        self.caller.delete(&format!("{}/faults", self.url)).await;
    }
}

impl Call {
    /// What was paid for, if anything was.
    pub(crate) fn paid_key(&self) -> Option<PaidKey> {
        (self.upstream != Upstream::C2s).then(|| PaidKey {
            upstream: self.upstream,
            operation: self.operation,
            key: self.key.clone(),
        })
    }
}

/// The calls for each paid question, in their order.
pub(crate) fn paid_calls(calls: &[Call]) -> BTreeMap<PaidKey, Vec<&Call>> {
    let mut paid: BTreeMap<PaidKey, Vec<&Call>> = BTreeMap::new();
    for call in calls {
        if let Some(key) = call.paid_key() {
            paid.entry(key).or_default().push(call);
        }
    }
    paid
}
