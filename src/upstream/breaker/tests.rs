#![expect(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;
use rstest::rstest;

use super::*;
use crate::telemetry;
use crate::telemetry::captured::Captured;

const MS: fn(u64) -> Duration = Duration::from_millis;

const RULES: BreakerRules = BreakerRules {
    failures: 5,
    base: Duration::from_millis(1_000),
    max: Duration::from_millis(8_000),
};

/// A circuit and its time.
struct Run {
    circuit: Circuit,
    now: Instant,
}

impl Run {
    fn new() -> Self {
        Self {
            circuit: Circuit::new(RULES),
            now: Instant::now(),
        }
    }

    /// Calls for this request; whether it could.
    fn call(&mut self, request: u64, verdict: Verdict) -> bool {
        let asked = self.circuit.ask(self.now);
        asked.is_ok_and(|ticket| {
            self.circuit.settle(ticket, request, verdict, self.now);
            true
        })
    }

    /// Lets five different requests fail.
    fn opened() -> Self {
        let mut run = Self::new();
        for request in 0..5 {
            assert!(run.call(request, Verdict::Failed));
        }
        assert_eq!(run.remaining(), Some(1_000));
        run
    }

    /// Milliseconds for which it is open.
    fn remaining(&self) -> Option<u64> {
        match self.circuit.state(self.now) {
            BreakerState::Open { remaining } => u64::try_from(remaining.as_millis()).ok(),
            BreakerState::Closed | BreakerState::Probing => None,
        }
    }

    fn is_closed(&self) -> bool {
        self.circuit.state(self.now) == BreakerState::Closed
    }
}

/// `1` to `9`: that request fails; `g`: a good answer; `n`: an answer about the request; `c`: no
/// credits.
#[rstest]
#[case::five_different("12345", false)]
#[case::four("1234", true)]
#[case::a_poisoned_lead("11111111111111111111", true)]
#[case::two_poisoned_leads("12121212121212121212", true)]
#[case::different_among_repeats("11122233345", false)]
#[case::a_success_between("1234g5678", true)]
#[case::after_a_success("1234g56789", false)]
#[case::about_the_request_is_no_success("1234n5", false)]
#[case::about_the_request_is_no_failure("nnnnnnnnnn", true)]
#[case::no_credits("c", false)]
#[case::no_credits_after_a_success("gggc", false)]
fn opens(#[case] calls: &str, #[case] closed: bool) {
    let mut run = Run::new();
    for call in calls.chars() {
        assert!(run.is_closed(), "opened early");
        let (request, verdict) = match call {
            'g' => (0, Verdict::Good),
            'n' => (0, Verdict::AboutTheRequest),
            'c' => (0, Verdict::FailedForGood),
            digit => (u64::from(digit), Verdict::Failed),
        };
        assert!(run.call(request, verdict));
    }
    assert_eq!(run.is_closed(), closed);
}

#[test]
fn stays_open_twice_as_long_each_time_up_to_the_longest() {
    let mut run = Run::opened();
    let mut windows = Vec::new();
    for request in 0..5 {
        let window = run.remaining().unwrap();
        windows.push(window);
        run.now += MS(window - 1);
        assert!(!run.call(9, Verdict::Good), "a call before its time");
        run.now += MS(1);
        assert_eq!(run.remaining(), Some(0));
        assert!(run.call(request, Verdict::Failed), "the probe");
    }
    assert_eq!(windows, [1_000, 2_000, 4_000, 8_000, 8_000]);
}

#[rstest]
#[case(Verdict::Good)]
#[case(Verdict::AboutTheRequest)]
fn one_probe_closes_it(#[case] verdict: Verdict) {
    let mut run = Run::opened();
    run.now += MS(1_000);
    let probe = run.circuit.ask(run.now).unwrap();
    assert_eq!(run.circuit.state(run.now), BreakerState::Probing);
    run.now += MS(30_000);
    assert_eq!(run.circuit.ask(run.now), Err(RULES.base), "one at a time");
    let change = run.circuit.settle(probe, 1, verdict, run.now);
    let after = MS(31_000);
    assert_eq!(change, Some(Change::Closed { failures: 5, after }));
    // It begins anew: five failures, and the first window.
    for request in 0..5 {
        assert!(run.is_closed());
        assert!(run.call(request, Verdict::Failed));
    }
    assert_eq!(run.remaining(), Some(1_000));
}

#[test]
fn a_probe_whose_caller_left_frees_the_place() {
    let mut run = Run::opened();
    run.now += MS(1_000);
    let gone = run.circuit.ask(run.now).unwrap();
    run.circuit.abandon(gone);
    assert_eq!(run.remaining(), Some(0));
    assert!(run.call(1, Verdict::Good));
    assert!(run.is_closed());
}

#[test]
fn a_usual_call_whose_caller_left_changes_nothing() {
    let mut run = Run::new();
    let gone = run.circuit.ask(run.now).unwrap();
    run.circuit.abandon(gone);
    assert!(run.is_closed());
    let mut run = Run::opened();
    run.now += MS(1_000);
    let probe = run.circuit.ask(run.now).unwrap();
    run.circuit.abandon(gone);
    assert_eq!(run.circuit.state(run.now), BreakerState::Probing);
    run.circuit.settle(probe, 1, Verdict::Good, run.now);
    assert!(run.is_closed());
}

/// What was in flight when it opened says nothing of what comes after.
#[test]
fn late_answers_change_nothing() {
    let mut run = Run::new();
    let late: Vec<Ticket> = (0..9).map(|_| run.circuit.ask(run.now).unwrap()).collect();
    for request in 0..5 {
        run.call(request, Verdict::Failed);
    }
    run.circuit.settle(late[0], 10, Verdict::Good, run.now);
    assert_eq!(run.remaining(), Some(1_000));
    run.now += MS(1_000);
    assert!(run.call(1, Verdict::Good));
    for (request, ticket) in (20..).zip(&late[1..]) {
        run.circuit
            .settle(*ticket, request, Verdict::Failed, run.now);
    }
    assert!(run.is_closed());
}

#[test]
fn whoever_asks_for_a_pause_gets_it_and_no_doubling() {
    let mut run = Run::new();
    let late = run.circuit.ask(run.now).unwrap();
    assert!(run.call(1, Verdict::StayAway(MS(20_000))));
    assert_eq!(run.remaining(), Some(20_000));
    // A shorter one that comes later does not shorten it, a longer one does more.
    run.circuit
        .settle(late, 2, Verdict::StayAway(MS(5_000)), run.now);
    assert_eq!(run.remaining(), Some(20_000));
    run.now += MS(20_000);
    assert!(run.call(1, Verdict::StayAway(MS(7_000))), "the probe");
    assert_eq!(run.remaining(), Some(7_000));
    run.now += MS(7_000);
    assert!(run.call(1, Verdict::Failed), "the probe");
    assert_eq!(run.remaining(), Some(1_000), "the first window");
    run.now += MS(1_000);
    assert!(run.call(1, Verdict::Good));
    assert!(run.is_closed());
}

#[test]
fn a_pause_asked_for_while_a_probe_is_out_outlasts_its_success() {
    let mut run = Run::new();
    let late = run.circuit.ask(run.now).unwrap();
    for request in 0..5 {
        run.call(request, Verdict::Failed);
    }
    run.now += MS(1_000);
    let probe = run.circuit.ask(run.now).unwrap();
    run.circuit
        .settle(late, 9, Verdict::StayAway(MS(3_000)), run.now);
    run.circuit.settle(probe, 1, Verdict::Good, run.now);
    assert_eq!(run.remaining(), Some(3_000));
    run.now += MS(3_000);
    assert!(run.call(1, Verdict::Good));
    assert!(run.is_closed());
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Ask,
    /// The oldest call in flight ends.
    End(Verdict),
    /// The oldest call's caller leaves.
    Leave,
    Wait(u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let verdict = prop_oneof![
        Just(Verdict::Good),
        Just(Verdict::AboutTheRequest),
        Just(Verdict::Failed),
        Just(Verdict::FailedForGood),
        (0_u64..20_000).prop_map(|wait| Verdict::StayAway(MS(wait))),
    ];
    let step = prop_oneof![
        3 => Just(Step::Ask),
        3 => verdict.prop_map(Step::End),
        1 => Just(Step::Leave),
        1 => (0_u64..10_000).prop_map(Step::Wait),
    ];
    proptest::collection::vec(step, 0..200)
}

proptest! {
    /// Whatever happens: one probe at a time, no window longer than asked for, and an upstream that
    /// is back is called again.
    #[test]
    fn never_sticks(steps in steps()) {
        let mut run = Run::new();
        let mut in_flight = std::collections::VecDeque::new();
        for (request, step) in (0..).zip(steps) {
            let open = run.remaining();
            match step {
                Step::Ask => match run.circuit.ask(run.now) {
                    Ok(ticket) => {
                        prop_assert!(run.is_closed() || open == Some(0));
                        in_flight.push_back(ticket);
                    }
                    Err(wait) => prop_assert!(!wait.is_zero() && wait <= MS(20_000)),
                },
                Step::End(verdict) => if let Some(ticket) = in_flight.pop_front() {
                    run.circuit.settle(ticket, request, verdict, run.now);
                },
                Step::Leave => if let Some(ticket) = in_flight.pop_front() {
                    run.circuit.abandon(ticket);
                },
                Step::Wait(time) => run.now += MS(time),
            }
            let probes = in_flight.iter().filter(|ticket| ticket.probe);
            let probing = run.circuit.state(run.now) == BreakerState::Probing;
            prop_assert_eq!(probes.count(), usize::from(probing));
        }
        for ticket in in_flight {
            run.circuit.abandon(ticket);
        }
        run.now += MS(20_000);
        prop_assert!(run.call(0, Verdict::Good));
        prop_assert!(run.is_closed());
    }
}

fn get(path: &str) -> Request {
    let url = format!("http://127.0.0.1/{path}").parse().unwrap();
    Request::new(http::Method::GET, url)
}

/// Once when it opens and once when it closes, however many calls there are.
#[tokio::test(start_paused = true)]
async fn the_operator_reads_of_it_once() {
    let captured = Captured::default();
    let subscriber = telemetry::subscriber(true, "info", captured.clone()).unwrap();
    let subscribed = tracing::subscriber::set_default(subscriber);
    let breaker = Breaker::new(Upstream::WorkApi, RULES);
    for path in ["a", "b", "c", "d", "e"] {
        breaker.pass(&get(path)).unwrap().settle(Verdict::Failed);
    }
    for window in [1_000, 2_000] {
        assert!(breaker.pass(&get("f")).is_err());
        tokio::time::advance(MS(window)).await;
        drop(breaker.pass(&get("g")).unwrap());
        let verdict = if window == 1_000 {
            Verdict::Failed
        } else {
            Verdict::Good
        };
        breaker.pass(&get("g")).unwrap().settle(verdict);
    }
    assert_eq!(breaker.state(), BreakerState::Closed);
    drop(subscribed);
    let lines = captured.text();
    assert_eq!(lines.lines().count(), 2, "{lines}");
    for part in [
        "\"WARN\"",
        "\"INFO\"",
        "work_api",
        "\"failures\":6",
        "\"after_ms\":3000",
    ] {
        assert!(lines.contains(part), "{part} is missing: {lines}");
    }
    assert!(!lines.contains("127.0.0.1"), "{lines}");
}
