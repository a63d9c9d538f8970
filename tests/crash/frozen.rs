//! One of two processes is frozen beyond its lease, and thaws.

use std::collections::BTreeSet;
use std::time::Duration;

use rust_c2s_api::simulator::WorldLead;

use crate::moment::{Keys, Moment};
use crate::payments::Payments;
use crate::report::Report;
use crate::running::eventually;
use crate::simulator::Upstreams;
use crate::size::Size;
use crate::stage::{Service, Stage};

/// Slow enough that many are in flight.
const LATENCY_MS: u32 = 500;

const PATIENCE: Duration = Duration::from_secs(60);

/// All that the service has written about its leads, but for heartbeats.
const ALL_WRITTEN: &str = "
    select jsonb_build_object(
        'leads', (select jsonb_agg(l order by l.lead_id) from ops.leads l),
        'outbox', (select jsonb_agg(o order by o.lead_id) from ops.outbox o),
        'lookups', (select jsonb_agg(k order by k.provider, k.kind, k.key_hash) from ops.lookups k),
        'ledger', (select count(*) from ops.provider_calls),
        'parties', (select count(*) from core.parties))::text";

async fn all_written(stage: &Stage) -> String {
    sqlx::query_scalar(ALL_WRITTEN)
        .fetch_one(stage.database.pool())
        .await
        .unwrap()
}

/// A process with all leads in flight, some with their message on its way.
async fn in_the_middle(stage: &Stage, leads: &[WorldLead]) -> Service {
    let service = stage.service().await;
    for lead in leads {
        let taken = stage.caller.trigger(&service.address, &lead.id, 0).await;
        let (status, answer) = taken.unwrap();
        assert_eq!(status, 202, "{answer}");
    }
    let sending = "select count(*) from ops.outbox where state = 'sending'";
    eventually("some of its messages are on their way", async || {
        stage.count(sending).await > 0
    })
    .await;
    service
}

/// Until the process that thawed tells the database again that it lives, and is ready for more.
async fn until_it_came_round(stage: &Stage, thawed: &Service) {
    let alive =
        "select count(*) from ops.instances where heartbeat_at > now() - interval '2 seconds'";
    eventually("both processes live", async || {
        stage.count(alive).await == 2
    })
    .await;
    let ready = format!("http://{}/ready", thawed.address);
    eventually("the thawed process is ready", async || {
        // connections of before the freeze may be dead
        let answer = stage.caller.get(&ready).await;
        answer.is_ok_and(|(status, _)| status == 200)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_frozen_beyond_its_lease_writes_nothing_when_it_thaws() {
    let count = Size::asked_for().of(16, 60);
    let stage = Stage::set(Upstreams {
        leads: count + 1,
        latency_ms: LATENCY_MS,
    })
    .await
    .with_short_lease();
    let all = stage.simulator.plain_leads(count + 1);
    let (after, leads) = all.split_last().unwrap();
    let frozen = in_the_middle(&stage, leads).await;

    frozen.running.signal("STOP");
    let moments = [Moment::read(&stage, &Keys::of(leads), &BTreeSet::new()).await];
    let in_flight = stage.owned().await;
    assert!(in_flight > 0);
    let other = stage.service().await;
    stage.until_finished(count, PATIENCE).await;
    stage.assert_each_has_one_message(leads).await;
    let before = all_written(&stage).await;

    frozen.running.signal("CONT");
    until_it_came_round(&stage, &frozen).await;

    let after_it = all_written(&stage).await;
    assert_eq!(after_it, before, "the thawed process wrote");
    stage.deliver_in_the_end(&frozen, after).await;
    // it ends what it has begun first: whatever it still pays or posts has come by then
    frozen.stop().await;
    stage.assert_each_has_one_message(&all).await;
    let payments = Payments::of(&stage.simulator.calls().await, &moments).after_a_thaw();
    payments.assert_only_calls_in_flight_were_repeated();
    other.stop().await;
    let mut report = Report::of("SIGSTOP beyond the lease, SIGCONT");
    report.line(format!(
        "{in_flight} of {count} leads in flight when frozen: {count} delivered once by the other; the thawed one wrote nothing and works on"
    ));
    payments.tell(&mut report);
    report.tell();
}
