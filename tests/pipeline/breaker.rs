//! An upstream is away or refuses us: it is left alone, the leads wait, and heal by themselves.

use std::time::Duration;

use futures::future::join_all;
use rstest::rstest;
use rust_c2s_api::simulator::{Call, Fault, FaultRule, Operation, Upstream};

use crate::support::evidence::{Newcomer, newcomer};
use crate::support::{Answer, Service, UNDETERRED};

const WINDOW: Duration = Duration::from_millis(500);

/// Windows that do not grow, long enough to tell a probe from a call that should not have been.
const WINDOWS: &[(&str, &str)] = &[("RETRY_BASE_MS", "500"), ("RETRY_MAX_MS", "500")];

fn newcomers(service: &Service, numbers: std::ops::Range<u64>) -> Vec<Newcomer> {
    numbers
        .map(|number| newcomer(&service.simulator, number))
        .collect()
}

async fn process_all(service: &Service, newcomers: &[Newcomer]) -> Vec<Answer> {
    join_all(newcomers.iter().map(|one| service.process(&one.lead_id))).await
}

fn calls_to(service: &Service, upstream: Upstream) -> Vec<Call> {
    let calls = service.simulator.calls();
    let calls = calls.all().iter();
    calls
        .filter(|call| call.upstream == upstream)
        .cloned()
        .collect()
}

/// Waits until the simulator has been called so often.
async fn wait_for_calls(service: &Service, upstream: Upstream, count: usize) {
    let reached = async {
        while service.simulator.calls().to(upstream) < count {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let reached = tokio::time::timeout(Duration::from_secs(30), reached).await;
    reached.unwrap_or_else(|_| panic!("{upstream:?} was not called {count} times"));
}

async fn breaker_of(service: &Service, upstream: &str) -> String {
    let ready = service.get("/ready").await;
    assert_eq!(ready.status, 200, "{}", ready.body);
    assert_eq!(ready.body["status"], "ready");
    ready.body["upstreams"][upstream]
        .as_str()
        .unwrap()
        .to_owned()
}

/// Waits longer than for a lead alone: calls may still be as much as five seconds apart.
async fn all_complete_with_one_message(service: &Service, newcomers: &[Newcomer]) {
    let completed = async {
        let count = i64::try_from(newcomers.len()).unwrap();
        while service.count(COMPLETED).await < count {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let completed = tokio::time::timeout(Duration::from_secs(90), completed).await;
    completed.unwrap_or_else(|_| panic!("not all leads completed"));
    for Newcomer { lead_id, .. } in newcomers {
        service.wait_for_state(lead_id, "completed").await;
        service.only_message(lead_id);
    }
}

const ATTEMPTS: &str = "select coalesce(sum(attempts), 0) from ops.leads";
const COMPLETED: &str = "select count(*) from ops.leads where state = 'completed'";
const HELD: &str = "select count(*) from ops.leads where last_error like '%held'";
const RUNS: &str = "select coalesce(sum(run_no), 0)::bigint from ops.leads";

/// The longest outage costs a call per window, and no lead an attempt.
#[rstest]
#[case::work_api_away(Upstream::WorkApi, "work_api", Fault::Status(503, None))]
#[case::work_api_without_credits(Upstream::WorkApi, "work_api", Fault::InBand(429))]
#[case::diretrix_away(Upstream::Diretrix, "diretrix", Fault::Status(502, None))]
#[case::diretrix_refuses(Upstream::Diretrix, "diretrix", Fault::Status(401, None))]
#[case::c2s_refuses_the_token(Upstream::C2s, "c2s", Fault::Status(403, None))]
#[tokio::test]
async fn while_an_upstream_is_away_it_is_only_probed_and_then_all_leads_heal(
    #[case] upstream: Upstream,
    #[case] name: &str,
    #[case] fault: Fault,
) {
    let service = Service::start_with(WINDOWS).await;
    service.simulator.fault(FaultRule::always(upstream, fault));
    let all = newcomers(&service, 0..36);
    let (first, backlog) = all.split_at(6);
    for answer in process_all(&service, first).await {
        assert_eq!((answer.status, answer.state()), (202, "retrying"));
    }
    assert_ne!(breaker_of(&service, name).await, "closed");
    let opened = service.simulator.calls().to(upstream);

    let answers = process_all(&service, backlog).await;

    let mut held = 0;
    for Newcomer { lead_id, .. } in backlog {
        let reason = service.reason_of(lead_id).await;
        held += usize::from(reason == Some(format!("{name}_held")));
    }
    let probes = service.simulator.calls().to(upstream) - opened;
    assert!(
        held + probes >= backlog.len(),
        "{held} held, {probes} probes"
    );
    for answer in &answers {
        assert_eq!((answer.status, answer.state()), (202, "retrying"));
        assert!(answer.retry_after().is_some(), "{}", answer.body);
    }

    // Only the queue is left, and it probes.
    let before = service.simulator.calls().to(upstream);
    let runs_before = service.count(RUNS).await;
    wait_for_calls(&service, upstream, before + 3).await;
    let runs = service.count(RUNS).await - runs_before;
    let away = calls_to(&service, upstream);
    let taken = i64::try_from(away.len() - before).unwrap() + 1;
    assert!(
        runs <= taken,
        "{runs} runs for {taken} probes: the backlog goes round"
    );
    for pair in away[opened - 1..].windows(2) {
        let [last, probe] = pair else { unreachable!() };
        // A call that was in flight when the breaker opened may have arrived a little later.
        let apart = probe.at - last.at;
        assert!(apart >= WINDOW * 9 / 10, "a probe after {apart:?}");
        assert_eq!(probe.in_flight, 1);
    }
    assert_eq!(service.count(ATTEMPTS).await, 0);

    service.simulator.clear_faults();
    all_complete_with_one_message(&service, &all).await;
    assert_eq!(service.count(ATTEMPTS).await, 0);
    let calls = service.simulator.calls();
    let posted = calls.count(Upstream::C2s, Operation::CreateMessage);
    assert_eq!(posted, 36);
    println!(
        "{name}: {held} of 30 held at once, {} calls while it was away",
        away.len()
    );
    service.stop().await;
}

#[tokio::test]
async fn one_poisoned_lead_shuts_an_upstream_for_nobody() {
    let settings = [("RETRY_MAX_ATTEMPTS", "1000")];
    let service = Service::start_with(&settings).await;
    let poisoned = newcomer(&service.simulator, 0);
    let rule = FaultRule::always(Upstream::WorkApi, Fault::Status(500, None));
    service.simulator.fault(rule.key(&poisoned.person.cpf));

    assert_eq!(service.process(&poisoned.lead_id).await.state(), "retrying");
    wait_for_calls(&service, Upstream::WorkApi, 8).await;

    assert_eq!(breaker_of(&service, "work_api").await, "closed");
    for healthy in newcomers(&service, 1..6) {
        let answer = service.process(&healthy.lead_id).await;
        assert!(answer.says_done(), "{}", answer.body);
    }
    assert_eq!(service.count(HELD).await, 0);
    service.simulator.clear_faults();
    all_complete_with_one_message(&service, &[poisoned]).await;
    service.stop().await;
}

#[tokio::test]
async fn an_upstream_that_asks_for_a_pause_is_called_by_nobody_until_it_is_over() {
    let service = Service::start().await;
    let asked = newcomer(&service.simulator, 0);
    let rule = FaultRule::always(Upstream::Diretrix, Fault::Status(429, Some(2)));
    let rule = rule.key(asked.person.phone()).times(1);
    service.simulator.fault(rule);
    assert_eq!(service.process(&asked.lead_id).await.state(), "retrying");
    let before = calls_to(&service, Upstream::Diretrix);
    let paused = before
        .iter()
        .find(|call| call.operation == Operation::Phone);
    let paused = paused.unwrap().at;

    let others = newcomers(&service, 1..6);
    for answer in process_all(&service, &others).await {
        assert_eq!(answer.state(), "retrying");
    }
    assert_eq!(service.count(HELD).await, 5);

    all_complete_with_one_message(&service, &[asked]).await;
    all_complete_with_one_message(&service, &others).await;
    assert_eq!(service.count(ATTEMPTS).await, 0);
    let after = &calls_to(&service, Upstream::Diretrix)[before.len()..];
    let pause = after[0].at - paused;
    assert!(pause >= Duration::from_secs(2), "called after {pause:?}");
    assert_eq!(after[0].in_flight, 1, "a probe");
    println!("called again after {pause:?}");
    service.stop().await;
}

#[tokio::test]
async fn calls_are_spaced_while_an_upstream_is_too_slow_or_too_busy() {
    let service = Service::start_with(&[UNDETERRED, ("UPSTREAM_CONCURRENCY", "1")]).await;
    let rule = FaultRule::always(Upstream::WorkApi, Fault::Status(503, None));
    service.simulator.fault(rule.times(3));
    let newcomers = newcomers(&service, 0..12);

    process_all(&service, &newcomers).await;
    all_complete_with_one_message(&service, &newcomers).await;

    let calls = calls_to(&service, Upstream::WorkApi);
    assert_eq!(calls.len(), 15);
    let gaps = calls.windows(2).map(|pair| pair[1].at - pair[0].at);
    let gaps: Vec<u128> = gaps.map(|gap| gap.as_millis()).collect();
    println!("milliseconds between calls: {gaps:?}");
    // What is spaced is the sending; on a busy machine one call arrives later than the next.
    for (gap, least) in gaps.iter().zip([250, 500, 1_000, 800, 640, 512]) {
        assert!(*gap >= least * 3 / 4, "{gaps:?}");
    }
    let last = gaps.last().unwrap();
    assert!(*last < 640, "not narrowed again: {gaps:?}");
    service.stop().await;
}
