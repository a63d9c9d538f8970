//! A lead that ends its process whenever it is run. The harness plays it: it kills the process as
//! soon as the CRM is asked for that lead.

use std::time::{Duration, Instant};

use rust_c2s_api::simulator::{Fault, FaultRule, Operation, Upstream};

use crate::caller::Make;
use crate::moment::{Keys, Moment};
use crate::payments::Payments;
use crate::report::Report;
use crate::simulator::Upstreams;
use crate::size::Size;
use crate::stage::{Service, Stage};

/// After so many crashes a lead is given up.
const CRASH_MAX: usize = 3;

const PATIENCE: Duration = Duration::from_secs(60);

/// How often the CRM was asked for a lead.
async fn asked(stage: &Stage, lead_id: &str) -> usize {
    let calls = stage.simulator.calls().await.into_iter();
    let of_the_lead = calls.filter(|call| call.operation == Operation::Lead && call.key == lead_id);
    of_the_lead.count()
}

/// Kills the service each time it asks for the lead, and starts it again; the service that runs in
/// the end, and the moments of the kills.
async fn kill_whenever_asked_for(
    stage: &Stage,
    make: &Make,
    (lead_id, keys): (&str, &Keys<'_>),
    mut service: Service,
) -> (Service, Vec<Moment>) {
    let patience = Instant::now() + PATIENCE;
    let mut kills = Vec::new();
    while Instant::now() < patience {
        let standing = stage.standings().await.remove(lead_id);
        if standing.is_some_and(|lead| lead.state == "failed") {
            return (service, kills);
        }
        if asked(stage, lead_id).await > kills.len() {
            service.kill().await;
            kills.push(Moment::read(stage, keys, &make.open()).await);
            service = stage.service().await;
            make.aim_at(&service.address);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the lead is not given up after {} crashes", kills.len());
}

/// Asking for this lead never comes back, so that it is always there to be killed in.
async fn let_it_hang(stage: &Stage, lead_id: &str) {
    let hang = FaultRule::always(Upstream::C2s, Fault::Hang);
    let hang = hang.operation(Operation::Lead).key(lead_id);
    stage.simulator.fault(hang).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lead_that_ends_its_process_harms_no_other() {
    let count = Size::asked_for().of(20, 60);
    let mut stage = Stage::set(Upstreams {
        leads: count + 1,
        latency_ms: 60,
    })
    .await
    .with_short_lease();
    stage.configure("CRASH_MAX", &CRASH_MAX.to_string());
    let all = stage.simulator.plain_leads(count + 1);
    let (keys, aborting) = (Keys::of(&all), &all[count / 2]);
    let_it_hang(&stage, &aborting.id).await;
    let service = stage.service().await;
    let mut make = Make::new();
    make.aim_at(&service.address);
    all.iter().for_each(|lead| make.trigger(&lead.id));

    let (survivor, kills) =
        kill_whenever_asked_for(&stage, &make, (&aborting.id, &keys), service).await;

    make.all_taken().await;
    stage.until_finished(count + 1, PATIENCE).await;
    let end = stage.standings().await.remove(&aborting.id).unwrap();
    let mut delivered = all.clone();
    assert_eq!(end.state, "failed");
    assert_eq!(end.last_error.as_deref(), Some("crashed_too_often"));
    delivered.retain(|lead| lead.id != aborting.id);
    stage.assert_each_has_one_message(&delivered).await;
    let payments = Payments::of(&stage.simulator.calls().await, &kills);
    payments.assert_only_calls_in_flight_were_repeated();
    survivor.stop().await;
    tell(count, &end.state, &kills, &payments);
}

fn tell(count: usize, end: &str, kills: &[Moment], payments: &Payments<'_>) {
    let mut report = Report::of("a lead that aborts its process");
    report.line(format!(
        "{} crashes, then {end}; {count} neighbours of {count} delivered once, no attempt spent",
        kills.len()
    ));
    payments.tell(&mut report);
    report.tell();
}
