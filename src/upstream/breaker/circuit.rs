//! The breaker's states, as a pure function of what happened when.

use std::time::Duration;

use tokio::time::Instant;

use super::verdict::Verdict;
use super::{BreakerRules, BreakerState};

/// Where the breaker stands.
#[derive(Debug)]
pub(super) struct Circuit {
    rules: BreakerRules,
    /// Outages so far. A call that began in an earlier one, or before, says nothing about now.
    outages: u64,
    state: State,
}

#[derive(Debug)]
enum State {
    /// The upstream is called. The requests that failed since the last success, each once.
    Closed {
        failed: Vec<u64>,
    },
    Open(Outage),
}

#[derive(Debug)]
struct Outage {
    since: Instant,
    /// Nobody calls before; then one does.
    until: Instant,
    /// Windows that failures have opened; a `Retry-After` opens none.
    windows: u32,
    failures: usize,
    probing: bool,
}

/// A call that may be made, and what has to be known of it when it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ticket {
    outages: u64,
    pub(super) probe: bool,
}

/// A change that the operator should read of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    Opened { failures: usize, window: Duration },
    Closed { failures: usize, after: Duration },
}

impl Circuit {
    pub(super) const fn new(rules: BreakerRules) -> Self {
        Self {
            rules,
            outages: 0,
            state: State::Closed { failed: Vec::new() },
        }
    }

    /// How long a caller has to stay away who asked now; `None` when it may call. Nobody knows how
    /// long a probe takes: after the shortest window its caller may ask again.
    pub(super) fn refuses(&self, now: Instant) -> Option<Duration> {
        match &self.state {
            State::Closed { .. } => None,
            State::Open(outage) if now < outage.until => Some(outage.until - now),
            State::Open(outage) if outage.probing => Some(self.rules.base),
            State::Open(_) => None,
        }
    }

    /// Lets a call through, the one probe when a window is over, or says how long to stay away.
    pub(super) fn ask(&mut self, now: Instant) -> Result<Ticket, Duration> {
        if let Some(wait) = self.refuses(now) {
            return Err(wait);
        }
        let outages = self.outages;
        let probe = match &mut self.state {
            State::Closed { .. } => false,
            State::Open(outage) => {
                outage.probing = true;
                true
            }
        };
        Ok(Ticket { outages, probe })
    }

    /// What came of a call; `request` tells one request from another.
    pub(super) fn settle(
        &mut self,
        ticket: Ticket,
        request: u64,
        verdict: Verdict,
        now: Instant,
    ) -> Option<Change> {
        if ticket.probe {
            self.settle_probe(ticket, verdict, now)
        } else if let Verdict::StayAway(wait) = verdict {
            self.stay_away(wait, now)
        } else if ticket.outages == self.outages {
            self.settle_usual(request, verdict, now)
        } else {
            None
        }
    }

    /// The probe's caller went away before its end was known: the next one takes its place.
    pub(super) fn abandon(&mut self, ticket: Ticket) {
        if let Some(outage) = self.probed_by(ticket) {
            outage.probing = false;
        }
    }

    pub(super) fn state(&self, now: Instant) -> BreakerState {
        match &self.state {
            State::Closed { .. } => BreakerState::Closed,
            State::Open(outage) if outage.probing => BreakerState::Probing,
            State::Open(outage) => BreakerState::Open {
                remaining: outage.until.saturating_duration_since(now),
            },
        }
    }

    fn settle_usual(&mut self, request: u64, verdict: Verdict, now: Instant) -> Option<Change> {
        let State::Closed { failed } = &mut self.state else {
            return None;
        };
        match verdict {
            Verdict::Good => {
                failed.clear();
                return None;
            }
            Verdict::AboutTheRequest | Verdict::StayAway(_) => return None,
            Verdict::Failed | Verdict::FailedForGood => {}
        }
        if !failed.contains(&request) {
            failed.push(request);
        }
        let failures = failed.len();
        if failures < self.rules.failures && verdict == Verdict::Failed {
            return None;
        }
        let window = self.rules.window(0);
        Some(self.open(failures, 1, window, now))
    }

    fn settle_probe(&mut self, ticket: Ticket, verdict: Verdict, now: Instant) -> Option<Change> {
        let rules = self.rules;
        let outage = self.probed_by(ticket)?;
        outage.probing = false;
        match verdict {
            // While it was out, another call's answer asked us to stay away.
            Verdict::Good | Verdict::AboutTheRequest if now < outage.until => None,
            Verdict::Good | Verdict::AboutTheRequest => {
                let (failures, after) = (outage.failures, now - outage.since);
                self.state = State::Closed { failed: Vec::new() };
                Some(Change::Closed { failures, after })
            }
            Verdict::Failed | Verdict::FailedForGood => {
                outage.until = outage.until.max(now + rules.window(outage.windows));
                outage.windows = outage.windows.saturating_add(1);
                outage.failures += 1;
                None
            }
            Verdict::StayAway(wait) => self.stay_away(wait, now),
        }
    }

    fn stay_away(&mut self, wait: Duration, now: Instant) -> Option<Change> {
        match &mut self.state {
            State::Open(outage) => {
                outage.until = outage.until.max(now + wait);
                outage.failures += 1;
                None
            }
            State::Closed { failed } => {
                let failures = failed.len() + 1;
                Some(self.open(failures, 0, wait, now))
            }
        }
    }

    fn open(&mut self, failures: usize, windows: u32, window: Duration, now: Instant) -> Change {
        self.outages += 1;
        self.state = State::Open(Outage {
            since: now,
            until: now + window,
            windows,
            failures,
            probing: false,
        });
        Change::Opened { failures, window }
    }

    const fn probed_by(&mut self, ticket: Ticket) -> Option<&mut Outage> {
        match &mut self.state {
            State::Open(outage) if ticket.probe => Some(outage),
            State::Open(_) | State::Closed { .. } => None,
        }
    }
}
