//! Each upstream fails in each way it can: meanwhile nobody is told that something is done which is
//! not, and afterwards each lead heals by itself.

use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use futures::FutureExt;
use futures::future::join_all;
use futures::stream::{self, StreamExt};
use rust_c2s_api::simulator::{Fault, FaultRule, Operation, Upstream, WorldLead};
use serde_json::Value;

use crate::report::Report;
use crate::running::eventually;
use crate::simulator::Upstreams;
use crate::size::Size;
use crate::stage::{Service, Stage};

/// Each cell has a simulator, a database and a service of its own; so many play at the same time.
const CELLS_AT_ONCE: usize = 6;

/// Leads of a cell; a phone and an e-mail each.
const LEADS: usize = 2;

/// A send of unknown outcome is read back ten seconds after the call's timeout.
const PATIENCE: Duration = Duration::from_secs(35);

/// What fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Door {
    FetchLead,
    CreateMessage,
    Diretrix,
    WorkApi,
}

impl Door {
    const ALL: [Self; 4] = [
        Self::FetchLead,
        Self::CreateMessage,
        Self::Diretrix,
        Self::WorkApi,
    ];

    fn rule(self, fault: Fault) -> FaultRule {
        let always = FaultRule::always;
        match self {
            Self::FetchLead => always(Upstream::C2s, fault).operation(Operation::Lead),
            Self::CreateMessage => always(Upstream::C2s, fault).operation(Operation::CreateMessage),
            Self::Diretrix => always(Upstream::Diretrix, fault),
            Self::WorkApi => always(Upstream::WorkApi, fault),
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::FetchLead => "C2S, fetch lead",
            Self::CreateMessage => "C2S, create_message",
            Self::Diretrix => "Diretrix",
            Self::WorkApi => "Work API",
        }
    }

    const fn upstream(self) -> Upstream {
        match self {
            Self::FetchLead | Self::CreateMessage => Upstream::C2s,
            Self::Diretrix => Upstream::Diretrix,
            Self::WorkApi => Upstream::WorkApi,
        }
    }

    /// What a lead is asked about here; one of Diretrix's two questions is enough.
    fn is_asked_about(self, lead: &WorldLead, operation: Operation, key: &str) -> bool {
        let is = |wanted: &Option<String>| wanted.as_deref() == Some(key);
        match self {
            Self::FetchLead => operation == Operation::Lead && key == lead.id,
            Self::CreateMessage => operation == Operation::CreateMessage && key == lead.id,
            Self::Diretrix => is(&lead.lookup_phone) || is(&lead.lookup_email),
            Self::WorkApi => operation == Operation::Cpf && is(&lead.cpf),
        }
    }
}

/// The ways to fail that every upstream has, with the column's head.
fn ways() -> Vec<(&'static str, Fault)> {
    vec![
        ("500", Fault::Status(500, None)),
        ("503", Fault::Status(503, None)),
        ("429", Fault::Status(429, Some(1))),
        ("hang", Fault::Hang),
        ("reset", Fault::Reset),
        ("drip", Fault::Drip),
        ("garbage", Fault::Garbage),
        ("truncated", Fault::Truncated),
        ("stored-reset", Fault::StoredThenReset),
        ("stored-hang", Fault::StoredThenHang),
    ]
}

fn ways_of(door: Door) -> Vec<(&'static str, Fault)> {
    let mut ways = ways();
    if door == Door::WorkApi {
        ways.push(("in-band 403", Fault::InBand(403)));
        ways.push(("in-band 429", Fault::InBand(429)));
    }
    ways
}

type Cell = (Door, (&'static str, Fault));

/// All of them, or those that have the most in them.
fn cells(size: Size) -> Vec<Cell> {
    let all = Door::ALL.into_iter();
    let all = all.flat_map(|door| ways_of(door).into_iter().map(move |way| (door, way)));
    let in_short = [
        (Door::FetchLead, "503"),
        (Door::FetchLead, "truncated"),
        (Door::CreateMessage, "500"),
        (Door::CreateMessage, "garbage"),
        (Door::CreateMessage, "stored-hang"),
        (Door::Diretrix, "reset"),
        (Door::WorkApi, "drip"),
        (Door::WorkApi, "in-band 429"),
    ];
    all.filter(|(door, (way, _))| size.is_full() || in_short.contains(&(*door, *way)))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_an_upstream_fails_nothing_is_claimed_and_then_each_lead_heals() {
    let size = Size::asked_for();
    let cells = cells(size);
    let count = cells.len();
    let played = stream::iter(cells).map(|(door, (way, fault))| async move {
        let cell = format!("{}, {way}", door.name());
        // caught, so that a failure names its cell
        let played = AssertUnwindSafe(play(door, fault)).catch_unwind().await;
        let (answers, healed_in) = played.unwrap_or_else(|_| panic!("in the cell {cell}"));
        format!(
            "{cell:<34} {answers:<28} healed in {:.1} s",
            healed_in.as_secs_f64()
        )
    });
    let lines: Vec<String> = played.buffered(CELLS_AT_ONCE).collect().await;

    let mut report = Report::of("faults of the upstreams");
    report.line(format!(
        "{count} cells, {LEADS} leads each: no completion claimed that was none, one message each"
    ));
    lines.iter().for_each(|line| report.line(line));
    report.tell();
}

/// Plays one cell: how it was answered during the fault, and how long the leads took to heal.
async fn play(door: Door, fault: Fault) -> (String, Duration) {
    let mut stage = Stage::set(Upstreams {
        leads: 20,
        latency_ms: 0,
    })
    .await;
    stage.configure("C2S_TIMEOUT_SECS", "1");
    stage.configure("DIRETRIX_TIMEOUT_SECS", "1");
    stage.configure("WORK_API_TIMEOUT_SECS", "1");
    stage.configure("RETRY_MAX_ATTEMPTS", "1000");
    let leads = stage.simulator.leads_with_both_contacts(LEADS);
    // a complete 2xx is success, whatever its body (UPSTREAMS.md, create_message)
    let succeeds = door == Door::CreateMessage && fault == Fault::Garbage;
    stage.simulator.fault(door.rule(fault)).await;
    let service = stage.service().await;

    let mut answers = trigger(&stage, &service, &leads, 4).await;
    until_the_fault_was_met(&stage, door, &leads).await;
    answers.extend(trigger(&stage, &service, &leads, 0).await);
    for (status, answer) in &answers {
        assert_eq!(
            claims_completion(*status, answer),
            succeeds,
            "{status}: {answer}"
        );
        assert!(*status == 200 || *status == 202, "{status}: {answer}");
    }
    stage.simulator.clear_faults().await;
    let cleared = Instant::now();
    stage.until_finished(leads.len(), PATIENCE).await;
    let healed_in = cleared.elapsed();
    assert_one_message_each(&stage, &leads).await;
    service.stop().await;
    (told(&answers), healed_in)
}

async fn trigger(
    stage: &Stage,
    service: &Service,
    leads: &[WorldLead],
    wait_secs: u8,
) -> Vec<(u16, Value)> {
    let calls = leads
        .iter()
        .map(|lead| stage.caller.trigger(&service.address, &lead.id, wait_secs));
    let answers = join_all(calls).await.into_iter();
    answers.map(Result::unwrap).collect()
}

fn claims_completion(status: u16, answer: &Value) -> bool {
    let says_done = answer["state"] == "completed" || answer["message_sent"] == true;
    says_done || (status == 200 && answer["success"] == true)
}

/// Each lead of the cell suffered it.
async fn until_the_fault_was_met(stage: &Stage, door: Door, leads: &[WorldLead]) {
    eventually("the fault is met by each lead", async || {
        let calls = stage.simulator.calls().await;
        let calls: Vec<_> = calls
            .iter()
            .filter(|call| call.upstream == door.upstream())
            .collect();
        leads.iter().all(|lead| {
            let mut of_the_lead = calls.iter();
            of_the_lead.any(|call| door.is_asked_about(lead, call.operation, &call.key))
        })
    })
    .await;
}

/// Attempts may have been spent here; else as on every stage.
async fn assert_one_message_each(stage: &Stage, leads: &[WorldLead]) {
    let messages = stage.simulator.messages().await;
    for (lead, standing) in leads.iter().zip(stage.standings().await.into_values()) {
        assert_eq!(standing.state, "completed", "{standing:?}");
        assert_eq!(messages.get(&lead.id), Some(&1), "{messages:?}");
    }
    assert_eq!(messages.len(), leads.len());
}

/// Status and state of the answers, each once.
fn told(answers: &[(u16, Value)]) -> String {
    let mut told: Vec<String> = answers
        .iter()
        .map(|(status, answer)| format!("{status} {}", answer["state"].as_str().unwrap_or("?")))
        .collect();
    told.sort();
    told.dedup();
    told.join(", ")
}
