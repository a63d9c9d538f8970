//! From a call's result to what is written of it.

use std::time::Instant;

use super::answer::{ProviderAnswer, ProviderOutcome};
use super::asker::Asker;
use super::run_notes::milliseconds;
use super::{LookupError, Lookups, RunNotes};
use crate::models::{ContactPeople, Money};
use crate::storage::{
    CallOutcome, LookupKey, LookupKind, LookupState, Provider, SettledAnswer, SettledLookup,
    StorageError, persistently,
};
use crate::telemetry::metrics::{self, AnswerFrom};
use crate::upstream::UpstreamError;

/// Something a provider may know.
pub(super) trait Settle {
    /// What the lookup row will hold.
    fn settled(&self) -> SettledAnswer;
}

impl Settle for ContactPeople {
    fn settled(&self) -> SettledAnswer {
        SettledAnswer::Candidates(self.clone())
    }
}

impl Lookups {
    /// What a call comes to in the ledger: a hit or a miss costs its price, an unknown outcome
    /// counts as spent, a refusal and a failure that surely gave no answer cost nothing (API.md
    /// "Configuration").
    pub(super) fn settle<T: Settle>(
        &self,
        key: LookupKey,
        result: &Result<ProviderAnswer<T>, UpstreamError>,
    ) -> SettledLookup {
        let price = match key.provider {
            Provider::Diretrix => self.terms.diretrix_price,
            Provider::WorkApi => self.terms.work_api_price,
        };
        let (answer, outcome, latency) = match result {
            Ok(answer) => {
                let (settled, outcome) = match &answer.outcome {
                    ProviderOutcome::Found(value) => (value.settled(), CallOutcome::Hit),
                    ProviderOutcome::Absent => (SettledAnswer::Absent, CallOutcome::Miss),
                    ProviderOutcome::NoAnswer => (SettledAnswer::Failed, CallOutcome::Denied),
                };
                (settled, outcome, answer.latency)
            }
            Err(error) => (
                failed_answer(key, error),
                failed_outcome(error),
                error.latency,
            ),
        };
        let cost = match outcome {
            CallOutcome::Hit | CallOutcome::Miss | CallOutcome::Unknown => price,
            CallOutcome::Error | CallOutcome::Denied => Money::from_centavos(0),
        };
        metrics::spent(key.provider.as_str(), cost);
        SettledLookup {
            key,
            answer,
            outcome,
            cost,
            latency_ms: milliseconds(latency),
        }
    }

    /// One transaction: what came back is settled, and these questions are acquired. While the database
    /// is away it is waited for: given up, a question that was acquired and whose answer was lost would
    /// enter the ledger as a call nobody made.
    pub(super) async fn settle_and_acquire(
        &self,
        asker: Asker<'_>,
        questions: &[LookupKey],
        notes: &mut RunNotes,
    ) -> Result<Vec<LookupState>, LookupError> {
        let since = Instant::now();
        let unsettled = &notes.unsettled;
        let write = || asker.settle_and_acquire(self, unsettled, questions);
        let states = persistently(write).await;
        notes.stored(since);
        let states = states?;
        self.remember_settled(notes).await;
        Ok(states)
    }

    /// One question is acquired, and what came back is settled.
    pub(super) async fn acquire_one(
        &self,
        asker: Asker<'_>,
        question: LookupKey,
        notes: &mut RunNotes,
    ) -> Result<LookupState, LookupError> {
        let states = self.settle_and_acquire(asker, &[question], notes).await?;
        let state = states.into_iter().next();
        state.ok_or_else(|| StorageError::Corrupt("answer to one question").into())
    }

    /// Settles what came back, if the database is there.
    pub(super) async fn settle_once(
        &self,
        asker: Asker<'_>,
        notes: &mut RunNotes,
    ) -> Result<(), LookupError> {
        let since = Instant::now();
        let settled = asker.settle_and_acquire(self, &notes.unsettled, &[]).await;
        notes.stored(since);
        settled?;
        self.remember_settled(notes).await;
        Ok(())
    }

    async fn remember_settled(&self, notes: &mut RunNotes) {
        for settled in std::mem::take(&mut notes.unsettled) {
            self.remember(settled).await;
        }
    }

    /// Keeps a committed answer in memory, where the runs that wait for it find it.
    async fn remember(&self, settled: SettledLookup) {
        let state = match settled.answer {
            SettledAnswer::Candidates(people) if people.count() <= MOST_PEOPLE_IN_MEMORY => {
                LookupState::Candidates(people)
            }
            SettledAnswer::Candidates(_) => return,
            SettledAnswer::Absent => LookupState::Absent,
            SettledAnswer::Profile
            | SettledAnswer::Held(_)
            | SettledAnswer::Refused { .. }
            | SettledAnswer::Failed => return,
        };
        self.settled.insert(settled.key, state).await;
    }

    /// Waits until whoever asks this question has settled it. One waiter per process looks at the
    /// row, the others share what it sees, but for a refusal, which is not everybody's answer.
    /// [`LookupState::Mine`] when the one who asked is gone.
    pub(super) async fn wait_for(
        &self,
        asker: Asker<'_>,
        key: LookupKey,
    ) -> Result<LookupState, LookupError> {
        loop {
            let mut seen = None;
            let shared = self
                .settled
                .try_get_with(key, async {
                    let settled = self.look_until_settled(asker, key).await;
                    match settled {
                        Ok(
                            LookupState::Mine | LookupState::Refused { .. } | LookupState::Held(_),
                        )
                        | Err(_) => {
                            seen = Some(settled);
                            Err(NotSettled)
                        }
                        Ok(state) => Ok(state),
                    }
                })
                .await;
            match (shared, seen) {
                (Ok(state), _) => return Ok(state),
                (Err(_), Some(own)) => return own,
                // Another waiter looked and took the question over, was refused, or failed: look again.
                (Err(_), None) => {}
            }
        }
    }

    async fn look_until_settled(
        &self,
        asker: Asker<'_>,
        key: LookupKey,
    ) -> Result<LookupState, LookupError> {
        let mut pause = SHORTEST_PAUSE;
        loop {
            let state = asker.poll(self, &key).await?;
            if state != LookupState::Pending {
                return Ok(state);
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 3 / 2).min(LONGEST_PAUSE);
        }
    }
}

/// Counts where an answer came from: `waited` tells whether somebody else was asking when this run
/// came. An answer that may not be used because the person objected is none.
pub(super) fn count_answer(key: LookupKey, waited: bool, state: &LookupState) {
    let from = match state {
        LookupState::Mine => AnswerFrom::Provider,
        LookupState::Pending | LookupState::Suppressed => return,
        _ if waited => AnswerFrom::Other,
        _ => AnswerFrom::Database,
    };
    metrics::question_answered(key.provider.as_str(), key.kind.as_str(), from);
}

/// Longer lists are not kept in memory: such a contact says little of anybody.
const MOST_PEOPLE_IN_MEMORY: usize = 50;

/// Pauses between two looks at a row that somebody else will settle (DATABASE.md "ops.lookups").
const SHORTEST_PAUSE: std::time::Duration = std::time::Duration::from_millis(50);
const LONGEST_PAUSE: std::time::Duration = std::time::Duration::from_millis(250);

/// The waiter that looked did not get a settled answer.
#[derive(Debug)]
struct NotSettled;

/// A profile that will be the same the next time (of another person, too large) was paid for and is
/// not bought again; any other failure leaves no row.
fn failed_answer(key: LookupKey, error: &UpstreamError) -> SettledAnswer {
    if key.kind == LookupKind::Profile && !error.is_retryable() && error.may_have_been_answered() {
        let reason = error.code();
        return SettledAnswer::Refused { reason };
    }
    SettledAnswer::Failed
}

fn failed_outcome(error: &UpstreamError) -> CallOutcome {
    if error.is_denied() {
        CallOutcome::Denied
    } else if error.may_have_been_answered() {
        CallOutcome::Unknown
    } else {
        CallOutcome::Error
    }
}
