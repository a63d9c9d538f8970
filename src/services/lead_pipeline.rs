//! A run of a lead: fetched, looked up, decided, stored, told to the broker.
//!
//! A run always starts from the top. What an earlier run paid for is a row of `ops.lookups` and
//! costs nothing the second time; decisions are pure; so nothing needs to be remembered of how far
//! the earlier run came.

mod deciding;
mod dry_run;
mod explain;
mod identify;
mod person;
mod tell;
mod tell_nobody;
mod used_lead;

use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::PgPool;

use super::backoff;
use super::delivery::Delivery;

pub use dry_run::{DryRun, Preview};
pub use explain::Explanation;

use super::run_error::RunError;
use crate::clock::Clock;
use crate::config::{Config, PipelineConfig};
use crate::lookups::{Lookups, ProfileAnswer, RunNotes};
use crate::models::{Cpf, Lead, LeadState, Money, PrivacyKey};
use crate::storage::{
    self, Claim, LastSend, LeadResult, RunEnd, SettledAnswer, StorageError, Takeover, persistently,
};
use crate::upstream::c2s::{C2s, UpstreamError, UpstreamErrorKind, UpstreamHealth, longest_wait};
use used_lead::UsedLead;

/// Runs leads.
#[derive(Clone)]
pub struct LeadPipeline {
    pool: PgPool,
    c2s: Arc<C2s>,
    lookups: Lookups,
    delivery: Delivery,
    privacy_key: PrivacyKey,
    clock: Clock,
    settings: PipelineConfig,
}

/// A database or an upstream that is down, or that refuses our token, spends no attempts, so the
/// count of failures says nothing of how long it has been so: leads then wait as after this many failures (RETRY_BASE_MS
/// × 16 at most).
const HELD_FOR: u32 = 4;

/// How the reason of a profile begins that the database would not store.
pub(super) const REFUSED_BY_DATABASE: &str = "profile_refused_by_database";

/// The reason of a lead that is given up because its runs end with their process.
pub(super) const CRASHED_TOO_OFTEN: &str = "crashed_too_often";

/// How a run ended, and where its time went.
#[derive(Debug)]
pub(super) struct RunReport {
    pub(super) result: LeadResult,
    pub(super) notes: RunNotes,
}

/// How far a run came, when nothing failed.
enum Reached {
    /// The message stands in the CRM.
    Completed { cpf: Cpf, message_sent: bool },
    /// A note that nobody was accepted stands in the CRM, and the lead has ended.
    Noted,
    /// Another end, still to be written.
    End(RunEnd),
}

impl LeadPipeline {
    /// Wires a pipeline.
    #[must_use]
    pub fn new(
        config: &Config,
        pool: PgPool,
        c2s: Arc<C2s>,
        lookups: Lookups,
        privacy_key: PrivacyKey,
        clock: Clock,
    ) -> Self {
        let arrival = config.c2s.timeout + config.pipeline.late_arrival;
        let delivery = Delivery {
            pool: pool.clone(),
            c2s: c2s.clone(),
            arrival,
            settle: longest_wait(config.c2s.timeout) + arrival,
        };
        Self {
            pool,
            c2s,
            lookups,
            delivery,
            privacy_key,
            clock,
            settings: config.pipeline.clone(),
        }
    }

    /// How leads are taken over that a crash left behind.
    pub(super) fn takeover(&self) -> Takeover {
        let lease = self.settings.lease;
        Takeover {
            lease,
            lands_within: self.delivery.settle,
            // Half of a heartbeat's distance: long enough to spread the calls, short beside the lease.
            spread: lease / 6,
        }
    }

    /// How C2S, Diretrix and Work API do.
    pub(super) fn health(&self) -> [UpstreamHealth; 3] {
        let [diretrix, work_api] = self.lookups.health();
        [self.c2s.health(), diretrix, work_api]
    }

    /// Whether one of these people objected or was erased.
    pub(super) async fn is_any_suppressed(&self, cpfs: &[Cpf]) -> Result<bool, StorageError> {
        let hashes: Vec<_> = cpfs
            .iter()
            .map(|cpf| self.privacy_key.of_cpf(cpf))
            .collect();
        storage::any_suppressed(&self.pool, &hashes).await
    }

    /// Runs a claimed lead to an end, or to its next try. `held_since` is a moment before it was
    /// claimed.
    ///
    /// # Errors
    /// When not even the end could be written: the lead is no longer ours, or the database is away.
    pub(super) async fn run(
        &self,
        claim: &Claim,
        held_since: Instant,
    ) -> Result<RunReport, StorageError> {
        let mut notes = RunNotes::of_a_lead_held_since(held_since);
        let crashes = u16::try_from(claim.crashes).unwrap_or(u16::MAX);
        let steps = if crashes >= self.settings.crash_max {
            Ok(Reached::End(RunEnd::Failed {
                reason: CRASHED_TOO_OFTEN.to_owned(),
            }))
        } else {
            self.steps(claim, &mut notes).await
        };
        let end = match steps {
            Ok(Reached::Completed { cpf, message_sent }) => {
                let result = self.completed(claim, cpf, message_sent);
                return Ok(RunReport { result, notes });
            }
            Ok(Reached::Noted) => {
                let result = self.as_it_stands(claim, &mut notes).await?;
                return Ok(RunReport { result, notes });
            }
            Ok(Reached::End(end)) => end,
            Err(RunError::Storage(error @ StorageError::LostClaim)) => return Err(error),
            Err(error) => self.end_after(claim, &error),
        };
        let result = self.end(claim, &end, &mut notes).await?;
        Ok(RunReport { result, notes })
    }

    /// Writes the end of a run, with the calls that came back and are not settled yet; while the
    /// database is away, until it is back.
    pub(super) async fn end(
        &self,
        claim: &Claim,
        end: &RunEnd,
        notes: &mut RunNotes,
    ) -> Result<LeadResult, StorageError> {
        let since = Instant::now();
        let max_attempts = self.settings.retry_max_attempts;
        let (unsettled, steps) = (&notes.unsettled, &notes.steps);
        let write = || storage::end_run(&self.pool, claim, end, unsettled, steps, max_attempts);
        let ended = persistently(write).await;
        notes.stored(since);
        ended
    }

    /// Hands back a lead that nobody runs: said once, since the next look at the queue says it again.
    pub(super) async fn hand_back(&self, claim: &Claim) -> Result<LeadResult, StorageError> {
        let max_attempts = self.settings.retry_max_attempts;
        storage::end_run(
            &self.pool,
            claim,
            &self.handed_back(),
            &[],
            &[],
            max_attempts,
        )
        .await
    }

    const fn handed_back(&self) -> RunEnd {
        RunEnd::HandedBack {
            lands_within: self.delivery.settle,
        }
    }

    async fn steps(&self, claim: &Claim, notes: &mut RunNotes) -> Result<Reached, RunError> {
        let fetching = Instant::now();
        let Some(lead) = self.fetch(claim, notes).await? else {
            return Ok(Reached::End(RunEnd::LeadMissing));
        };
        let lead = UsedLead::of(lead, claim.given.as_deref());
        let identified = self.identify(claim, &lead, notes).await?;
        let told = &identified.told;
        let lead = (&lead, fetching);
        match identified.person {
            Ok(person) => self.tell(claim, lead, person, told, notes).await,
            Err(end) => self.tell_nobody(claim, lead, end, told, notes).await,
        }
    }

    /// How a lead stands that has ended with this run.
    async fn as_it_stands(
        &self,
        claim: &Claim,
        notes: &mut RunNotes,
    ) -> Result<LeadResult, StorageError> {
        let since = Instant::now();
        let read = || storage::read_lead_result(&self.pool, &claim.lead_id);
        let stands = persistently(read).await;
        notes.stored(since);
        stands?.ok_or(StorageError::Corrupt("lead that has ended"))
    }

    async fn fetch(&self, claim: &Claim, notes: &mut RunNotes) -> Result<Option<Lead>, RunError> {
        let fetched = self.c2s.lead(&claim.lead_id, notes.held_since).await;
        let (outcome, latency) = match &fetched {
            Ok(fetched) if fetched.lead.is_some() => ("found".to_owned(), fetched.latency),
            Ok(fetched) => ("missing".to_owned(), fetched.latency),
            Err(error) => (error.code(), error.latency),
        };
        notes.called("fetch_lead", &outcome, latency, Money::from_centavos(0));
        Ok(fetched?.lead)
    }

    fn completed(&self, claim: &Claim, cpf: Cpf, message_sent: bool) -> LeadResult {
        LeadResult {
            lead_id: claim.lead_id.clone(),
            state: LeadState::Completed,
            message_sent,
            cpfs: vec![cpf],
            reason: None,
            next_attempt_at: None,
            finished_at: Some(self.clock.now()),
            review_id: None,
        }
    }

    /// What follows from a failure: another try after a while, or the end.
    fn end_after(&self, claim: &Claim, error: &RunError) -> RunEnd {
        match error {
            RunError::Upstream(error) if error.kind == UpstreamErrorKind::LetGo => {
                self.handed_back()
            }
            RunError::Upstream(error) => self.end_after_upstream(claim, error, LastSend::NotTried),
            RunError::NotDelivered(error) => {
                self.end_after_upstream(claim, error, LastSend::NotDelivered)
            }
            RunError::Suppressed => RunEnd::Suppressed,
            RunError::Storage(error) => {
                let held = error.is_unavailable() || *error == StorageError::Conflict;
                RunEnd::Retry {
                    reason: error.code(),
                    after: self.delay(if held { HELD_FOR } else { failures(claim) }, None),
                    spends_attempt: !held,
                    send: LastSend::NotTried,
                }
            }
        }
    }

    fn end_after_upstream(&self, claim: &Claim, error: &UpstreamError, send: LastSend) -> RunEnd {
        let reason = error.code();
        if !error.is_retryable() {
            return RunEnd::Failed { reason };
        }
        let held = error.holds_the_queue();
        let after = match error.retry_after {
            Some(wait) if held => backoff::after(wait, self.settings.retry_base, backoff::chance()),
            wait => self.delay(if held { HELD_FOR } else { failures(claim) }, wait),
        };
        RunEnd::Retry {
            reason,
            after,
            spends_attempt: !held,
            send,
        }
    }

    /// The backoff of a lead after so many failures.
    pub(super) fn backoff(&self, claim: &Claim) -> Duration {
        self.delay(failures(claim), None)
    }

    fn delay(&self, failures: u32, retry_after: Option<Duration>) -> Duration {
        let (base, max) = (self.settings.retry_base, self.settings.retry_max);
        backoff::delay(base, max, failures, retry_after, backoff::chance())
    }
}

fn failures(claim: &Claim) -> u32 {
    u32::try_from(claim.attempts).unwrap_or(0)
}

/// A profile that was bought and must not be kept: the call enters the ledger, the answer is not
/// stored, and it is not bought again while it would be fresh.
fn refuse(answer: ProfileAnswer, reason: &str, notes: &mut RunNotes) {
    if let ProfileAnswer::Bought { mut settled, .. } = answer {
        settled.answer = SettledAnswer::Refused {
            reason: reason.to_owned(),
        };
        notes.unsettled.push(settled);
    }
}
