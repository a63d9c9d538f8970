//! The database goes away in the middle, and comes back.

use std::time::Duration;

use rust_c2s_api::simulator::WorldLead;

use crate::caller::Make;
use crate::database::PATIENCE;
use crate::report::Report;
use crate::simulator::{Upstreams, paid_calls};
use crate::size::Size;
use crate::stage::{Service, Stage};

const LATENCY_MS: u32 = 60;

/// Between the ends of the database.
const BETWEEN: Duration = Duration::from_millis(700);

/// How long PostgreSQL stays away.
const AWAY: Duration = Duration::from_millis(800);

/// Ends all connections but ours.
async fn end_connections(stage: &Stage) {
    let ended = stage
        .count(
            "select count(pg_terminate_backend(pid)) from pg_stat_activity
             where datname = current_database() and pid <> pg_backend_pid()
               and application_name = 'rust-c2s-api'",
        )
        .await;
    assert!(ended > 0, "no connection was there to be ended");
}

/// The leads are done, none twice, and nothing was paid twice: the process that asked lived on.
async fn assert_unharmed(stage: &Stage, leads: &[WorldLead], service: Service) -> usize {
    stage.until_finished(leads.len(), PATIENCE).await;
    stage.assert_each_has_one_message(leads).await;
    let calls = stage.simulator.calls().await;
    let paid = paid_calls(&calls);
    let repeated: Vec<_> = paid.iter().filter(|(_, calls)| calls.len() > 1).collect();
    assert!(repeated.is_empty(), "paid twice: {repeated:?}");
    let (status, ready) = service.get(&stage.caller, "/ready").await;
    assert_eq!(status, 200, "{ready}");
    service.stop().await;
    paid.len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgresql_stopped_at_once_and_started_again_costs_no_lead() {
    let size = Size::asked_for();
    let (count, stops) = size.of((24, 2), (240, 8));
    let mut stage = Stage::set_with_own_server(Upstreams {
        leads: count,
        latency_ms: LATENCY_MS,
    })
    .await;
    if size.is_full() {
        // so short that leads are let go meanwhile, some with their message on its way
        stage = stage.with_short_lease();
    }
    let service = stage.service().await;
    let leads = stage.simulator.plain_leads(count);
    let mut make = Make::new();
    make.aim_at(&service.address);
    let mut running = 0;

    for share in leads.chunks(count.div_ceil(stops)) {
        for lead in share {
            make.trigger(&lead.id);
            tokio::time::sleep(BETWEEN / u32::try_from(share.len()).unwrap()).await;
        }
        running += stage.owned().await;
        stage.database.stop_immediately();
        tokio::time::sleep(AWAY).await;
        stage.database.start_again().await;
    }
    make.all_taken().await;

    let paid = assert_unharmed(&stage, &leads, service).await;
    assert!(running > 0, "nothing ran when the database stopped");
    let mut report = Report::of("PostgreSQL stopped -m immediate");
    report.line(format!(
        "{stops} stops of {AWAY:?}, {running} leads running at them: {count} of {count} delivered once, {paid} paid calls, 0 repeats"
    ));
    report.tell();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_connection_ended_idle_and_in_the_middle_costs_no_lead() {
    let (count, ends) = Size::asked_for().of((24, 4), (240, 20));
    let stage = Stage::set(Upstreams {
        leads: count,
        latency_ms: LATENCY_MS,
    })
    .await;
    let service = stage.service().await;
    let leads = stage.simulator.plain_leads(count);
    let (first, rest) = leads.split_first().unwrap();

    let mut make = Make::new();
    make.aim_at(&service.address);
    // idle: the first lead after it finds only dead connections
    end_connections(&stage).await;
    make.trigger(&first.id);
    stage.until_finished(1, PATIENCE).await;
    end_connections(&stage).await;
    let mut running = 0;
    for share in rest.chunks(count.div_ceil(ends)) {
        for lead in share {
            make.trigger(&lead.id);
            tokio::time::sleep(BETWEEN / 2 / u32::try_from(share.len()).unwrap()).await;
        }
        running += stage.owned().await;
        end_connections(&stage).await;
    }
    make.all_taken().await;

    let paid = assert_unharmed(&stage, &leads, service).await;
    assert!(running > 0, "nothing ran when the connections ended");
    let mut report = Report::of("every connection ended by pg_terminate_backend");
    report.line(format!(
        "twice idle, {ends} times in the middle of {running} runs: {count} of {count} delivered once, {paid} paid calls, 0 repeats"
    ));
    report.tell();
}
