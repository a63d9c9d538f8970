//! What was paid, and whether it had to be.

use std::collections::BTreeMap;

use crate::moment::Moment;
use crate::report::Report;
use crate::simulator::{Call, PaidKey, paid_calls};

/// A question that was asked once more.
struct Repeat<'a> {
    key: PaidKey,
    earlier: Call,
    later: Call,
    /// The kill between the two at which its row was still pending, if there was one.
    in_flight_at: Option<&'a Moment>,
}

pub(crate) struct Payments<'a> {
    moments: &'a [Moment],
    calls: usize,
    repeats: Vec<Repeat<'a>>,
    /// Questions asked although their answer was committed.
    settled_and_asked: Vec<PaidKey>,
}

impl<'a> Payments<'a> {
    pub(crate) fn of(calls: &[Call], moments: &'a [Moment]) -> Self {
        let paid = paid_calls(calls);
        Self {
            moments,
            calls: paid.values().map(Vec::len).sum(),
            repeats: repeats(&paid, moments),
            settled_and_asked: settled_and_asked(&paid, moments),
        }
    }

    /// What a frozen process had handed to a connection is written when it thaws, and not waited for: its time is
    /// over. A call that it began after it thawed would be answered.
    pub(crate) fn after_a_thaw(mut self) -> Self {
        for it in &mut self.repeats {
            if it.in_flight_at.is_none() && it.later.answered_ms.is_none() {
                let asking = |moment: &&Moment| {
                    moment.at_ms <= it.later.started_ms && moment.pending.contains(&it.key)
                };
                it.in_flight_at = self.moments.iter().find(asking);
            }
        }
        self
    }

    /// A received answer that was not committed yet counts as in flight: its transaction follows
    /// within 300 ms.
    pub(crate) fn assert_only_calls_in_flight_were_repeated(&self) {
        let unexcused = self.repeats.iter().filter(|it| it.in_flight_at.is_none());
        let unexcused: Vec<_> = unexcused.map(|it| (&it.earlier, &it.later)).collect();
        let kills: Vec<_> = self.moments.iter().map(|moment| moment.at_ms).collect();
        assert!(
            unexcused.is_empty(),
            "paid twice (kills at {kills:?}): {unexcused:?}"
        );
        let again = &self.settled_and_asked;
        assert!(again.is_empty(), "asked again though answered: {again:?}");
        assert!(self.repeats.len() <= self.in_flight());
    }

    fn in_flight(&self) -> usize {
        self.moments.iter().map(|moment| moment.pending.len()).sum()
    }

    pub(crate) fn tell(&self, report: &mut Report) {
        let repeats = self.repeats.len();
        report.line(format!(
            "{} paid calls, {repeats} of them repeats; {} calls in flight at the kills",
            self.calls,
            self.in_flight()
        ));
        let answered: Vec<f64> = self
            .repeats
            .iter()
            .filter_map(Repeat::answered_before)
            .collect();
        let longest = answered.iter().copied().fold(0.0, f64::max);
        report.line(format!(
            "{} of the repeated had been answered on the wire and not committed, {longest:.0} ms before the kill at most",
            answered.len()
        ));
    }
}

impl Repeat<'_> {
    /// Milliseconds between the whole answer and the kill.
    fn answered_before(&self) -> Option<f64> {
        let before = self.in_flight_at?.at_ms - self.earlier.answered_ms?;
        (before > 0.0).then_some(before)
    }
}

fn repeats<'a>(paid: &BTreeMap<PaidKey, Vec<&Call>>, moments: &'a [Moment]) -> Vec<Repeat<'a>> {
    let mut repeats = Vec::new();
    for (key, calls) in paid {
        for (earlier, later) in calls.iter().zip(calls.iter().skip(1)) {
            let in_flight_at = moments.iter().find(|moment| {
                let between =
                    earlier.started_ms <= moment.at_ms && moment.at_ms <= later.started_ms;
                between && moment.pending.contains(key)
            });
            repeats.push(Repeat {
                key: key.clone(),
                earlier: (*earlier).clone(),
                later: (*later).clone(),
                in_flight_at,
            });
        }
    }
    repeats
}

fn settled_and_asked(paid: &BTreeMap<PaidKey, Vec<&Call>>, moments: &[Moment]) -> Vec<PaidKey> {
    let asked_after = |key: &PaidKey, at_ms: f64| {
        let calls = paid.get(key).into_iter().flatten();
        calls.into_iter().any(|call| call.started_ms > at_ms)
    };
    let settled = moments.iter().flat_map(|moment| {
        let keys = moment.settled.iter();
        keys.filter(|key| asked_after(key, moment.at_ms))
    });
    settled.cloned().collect()
}

/// The judge itself: what it must find, and what it must let pass.
mod of_the_judge {
    use std::collections::BTreeSet;

    use rust_c2s_api::simulator::{Operation, Upstream};

    use super::*;

    fn key() -> PaidKey {
        PaidKey {
            upstream: Upstream::WorkApi,
            operation: Operation::Cpf,
            key: "an invented CPF".to_owned(),
        }
    }

    fn call(started_ms: f64) -> Call {
        let PaidKey {
            upstream,
            operation,
            key,
        } = key();
        Call {
            upstream,
            operation,
            key,
            started_ms,
            answered_ms: Some(started_ms + 10.0),
        }
    }

    fn kill(at_ms: f64, pending: bool, settled: bool) -> Moment {
        let keys = |there: bool| there.then(key).into_iter().collect::<BTreeSet<_>>();
        Moment {
            at_ms,
            in_flight: BTreeMap::new(),
            pending: keys(pending),
            settled: keys(settled),
        }
    }

    fn judge(calls: &[f64], moments: &[Moment]) {
        let calls: Vec<_> = calls.iter().map(|at| call(*at)).collect();
        Payments::of(&calls, moments).assert_only_calls_in_flight_were_repeated();
    }

    #[test]
    fn a_call_in_flight_at_a_kill_may_be_repeated() {
        judge(&[1.0], &[]);
        judge(&[1.0, 9.0], &[kill(5.0, true, false)]);
        judge(
            &[1.0, 9.0, 20.0],
            &[kill(5.0, true, false), kill(15.0, true, false)],
        );
        judge(&[1.0], &[kill(5.0, false, true)]);
    }

    fn judge_a_thaw(at_ms: f64, answered_ms: Option<f64>, pending: bool) {
        let thawed = Call {
            answered_ms,
            ..call(at_ms)
        };
        let moments = [kill(5.0, pending, false)];
        let payments = Payments::of(&[call(9.0), thawed], &moments).after_a_thaw();
        payments.assert_only_calls_in_flight_were_repeated();
    }

    #[test]
    fn what_was_on_its_way_when_a_process_froze_may_arrive_when_it_thaws() {
        judge_a_thaw(30.0, None, true);
    }

    #[test]
    #[should_panic(expected = "paid twice")]
    fn what_was_begun_after_a_thaw_may_not() {
        judge_a_thaw(30.0, Some(40.0), true);
    }

    #[test]
    #[should_panic(expected = "paid twice")]
    fn what_was_not_on_its_way_when_a_process_froze_may_not() {
        judge_a_thaw(30.0, None, false);
    }

    #[test]
    #[should_panic(expected = "paid twice")]
    fn without_a_kill_it_may_not() {
        judge(&[1.0, 9.0], &[]);
    }

    #[test]
    #[should_panic(expected = "paid twice")]
    fn once_it_was_settled_it_may_not() {
        judge(&[1.0, 9.0], &[kill(5.0, false, true)]);
    }

    #[test]
    #[should_panic(expected = "paid twice")]
    fn a_kill_before_or_after_excuses_nothing() {
        judge(
            &[1.0, 9.0],
            &[kill(0.5, true, false), kill(10.0, true, false)],
        );
    }

    #[test]
    #[should_panic(expected = "asked again though answered")]
    fn one_that_was_settled_at_any_kill_may_not_be_asked_later() {
        judge(
            &[1.0, 9.0],
            &[kill(5.0, true, false), kill(6.0, false, true)],
        );
    }
}
