//! `kill -9` at random moments, and a new process right after each.

use std::collections::BTreeSet;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use rust_c2s_api::simulator::WorldLead;

use crate::caller::Make;
use crate::moment::{Keys, Moment, Window};
use crate::payments::Payments;
use crate::report::Report;
use crate::simulator::Upstreams;
use crate::size::{Size, number};
use crate::stage::Stage;

/// So slow are the upstreams that each window is wide enough to be hit.
const LATENCY_MS: u32 = 120;

/// In the full form, so many leads at least were in each window when their process was killed.
const LEAST_PER_WINDOW: usize = 5;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_kill_loses_or_doubles_a_lead_or_pays_twice() {
    let size = Size::asked_for();
    let (count, kills) = size.of((60, 4), (1_000, 32));
    let seed = number("CRASH_TEST_SEED").unwrap_or_else(|| rand::rng().random());
    println!("CRASH_TEST_SEED={seed}");
    let stage = Stage::set(Upstreams {
        leads: count,
        latency_ms: LATENCY_MS,
    })
    .await
    .with_short_lease();
    let leads = stage.simulator.plain_leads(count);

    let moments = run_and_kill(&stage, &leads, kills, seed).await;

    let survivor = stage.service().await;
    stage.until_finished(count, Duration::from_secs(90)).await;
    stage.assert_each_has_one_message(&leads).await;
    let payments = Payments::of(&stage.simulator.calls().await, &moments);
    payments.assert_only_calls_in_flight_were_repeated();
    survivor.stop().await;

    let mut report = Report::of(&format!("kills (seed {seed})"));
    report.line(format!(
        "{count} leads, {kills} × kill -9: {count} delivered, 0 doubled, 0 missing"
    ));
    tell_windows(&mut report, &moments, size);
    payments.tell(&mut report);
    report.tell();
}

/// Each process gets its share of the leads, one after the other, and is killed in the middle.
async fn run_and_kill(stage: &Stage, leads: &[WorldLead], kills: usize, seed: u64) -> Vec<Moment> {
    let keys = Keys::of(leads);
    let mut random = StdRng::seed_from_u64(seed);
    let mut make = Make::new();
    let mut moments = Vec::new();
    for share in leads.chunks(leads.len().div_ceil(kills)) {
        let service = stage.service().await;
        make.aim_at(&service.address);
        let whole = Duration::from_millis(random.random_range(200..1_200));
        let pause = whole / u32::try_from(share.len()).unwrap();
        for lead in share {
            tokio::time::sleep(pause).await;
            make.trigger(&lead.id);
        }
        // the last trigger is somewhere between the caller and the commit
        tokio::time::sleep(Duration::from_micros(random.random_range(0..6_000))).await;
        service.kill().await;
        moments.push(Moment::read(stage, &keys, &make.open()).await);
    }
    let service = stage.service().await;
    make.aim_at(&service.address);
    make.all_taken().await;
    service.kill().await;
    moments.push(Moment::read(stage, &keys, &BTreeSet::new()).await);
    moments
}

fn tell_windows(report: &mut Report, moments: &[Moment], size: Size) {
    for (window, name) in Window::ALL {
        let at_kills = moments.iter().map(|moment| moment.in_flight.get(&window));
        let leads: usize = at_kills.flatten().sum();
        report.line(format!("{name:<9} {leads:>5} leads when killed"));
        let must_be_hit = size.is_full() && window != Window::BeforeT1;
        assert!(
            !must_be_hit || leads >= LEAST_PER_WINDOW,
            "only {leads} leads were in {name}"
        );
    }
}
