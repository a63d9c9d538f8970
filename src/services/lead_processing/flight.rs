//! A flight: a lead is accepted and run, once for everybody who triggers it at that moment.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::{Landed, LeadProcessing, ProcessError, milliseconds};
use crate::lookups::RunNotes;
use crate::models::{LeadId, LeadState};
use crate::services::company::Place;
use crate::services::flights::InAir;
use crate::services::lead_pipeline::RunReport;
use crate::storage::{self, Accepted, Claim, LastSend, RunEnd, StorageError, Trigger, Wish};
use crate::telemetry::metrics;

/// The longest that accepting a lead may take: a network that swallows packets fails no statement,
/// and a caller is to know within five seconds that nothing was accepted (API.md).
pub(super) const LONGEST_ACCEPT: Duration = Duration::from_secs(4);

/// How long a run elsewhere is watched: a little longer than any caller waits.
const LONGEST_WATCH: Duration = Duration::from_secs(30);

impl LeadProcessing {
    pub(super) async fn fly(
        self,
        lead_id: LeadId,
        trigger: Trigger,
        sender: watch::Sender<Option<Landed>>,
        mut in_air: InAir<Landed>,
    ) {
        let flight = self.accept_and_run(&lead_id, trigger, &sender, &mut in_air);
        let landed = self.abandon.run_until_cancelled(flight).await;
        let landed = landed.unwrap_or_else(|| self.abandoned(&lead_id, &sender));
        self.remember(&landed).await;
        sender.send_replace(Some(landed));
        drop(in_air);
    }

    async fn accept_and_run(
        &self,
        lead_id: &LeadId,
        trigger: Trigger,
        sender: &watch::Sender<Option<Landed>>,
        in_air: &mut InAir<Landed>,
    ) -> Landed {
        let since = Instant::now();
        let is_followed = trigger.wish == Wish::Replay && !trigger.force;
        let takeover = self.pipeline.takeover();
        let accepting =
            storage::accept_lead(&self.pool, lead_id, trigger, self.instance, &takeover);
        // Should it be committed after all, the lead is ours and not in the air: it is handed back.
        let Ok(accepted) = tokio::time::timeout(LONGEST_ACCEPT, accepting).await else {
            return Landed::Refused(ProcessError::DatabaseUnavailable);
        };
        let database = since.elapsed();
        if matches!(accepted, Ok(Accepted::Run(_) | Accepted::Join)) {
            sender.send_replace(Some(Landed::Accepted));
        }
        match accepted {
            Ok(Accepted::Run(claim)) => match self.place_for(&claim) {
                Some(place) => {
                    let landed = self.run(&claim, since, database).await;
                    drop(place);
                    landed
                }
                None => {
                    self.step_aside(&claim).await;
                    in_air.only_watch();
                    self.watch_elsewhere(lead_id, true).await
                }
            },
            Ok(Accepted::Unknown) => Landed::Refused(ProcessError::NeverAccepted),
            Ok(Accepted::Join) => {
                in_air.only_watch();
                self.watch_elsewhere(lead_id, is_followed).await
            }
            Ok(Accepted::Waiting(result) | Accepted::Duplicate(result)) => Landed::At {
                result,
                own: false,
                upstream: Duration::ZERO,
                database,
            },
            Err(error) => Landed::Refused(refusal(error)),
        }
    }

    fn place_for(&self, claim: &Claim) -> Option<Place> {
        if claim.is_suspect() {
            self.company.alone_now()
        } else {
            self.company.beside()
        }
    }

    /// Runs a claimed lead in a task of its own, so that a panic ends as a failure of this lead.
    /// `held_since` is a moment before it was claimed, which took the database `claiming`.
    pub(super) async fn run(
        &self,
        claim: &Claim,
        held_since: Instant,
        claiming: Duration,
    ) -> Landed {
        let (pipeline, claimed) = (self.pipeline.clone(), claim.clone());
        let abandon = self.abandon.clone();
        let run = self.tasks.spawn(async move {
            tokio::select! {
                report = pipeline.run(&claimed, held_since) => Some(report),
                () = abandon.cancelled() => None,
            }
        });
        let report = match run.await {
            Ok(Some(report)) => report,
            Ok(None) => return self.landed_unended(claim, LeadState::Accepted),
            Err(_panicked) => self.end_panicked(claim, held_since).await,
        };
        match report {
            Ok(RunReport { result, notes }) => {
                let (upstream, database) = (notes.upstream, notes.database + claiming);
                metrics::run_ended(result.state);
                tracing::info!(
                    lead_id = %result.lead_id,
                    outcome = result.state.as_str(),
                    reason = result.reason,
                    upstream_ms = milliseconds(upstream),
                    database_ms = milliseconds(database),
                    "run"
                );
                Landed::At {
                    result,
                    own: true,
                    upstream,
                    database,
                }
            }
            Err(error) => {
                tracing::warn!(lead_id = %claim.lead_id, error = %error, "a run's end could not be written; the lead will run again");
                self.landed_unended(claim, LeadState::Processing)
            }
        }
    }

    async fn end_panicked(
        &self,
        claim: &Claim,
        held_since: Instant,
    ) -> Result<RunReport, StorageError> {
        tracing::error!(lead_id = %claim.lead_id, "a run panicked; the lead will be tried again");
        let mut notes = RunNotes::of_a_lead_held_since(held_since);
        let end = RunEnd::Retry {
            reason: "panic".to_owned(),
            after: self.pipeline.backoff(claim),
            spends_attempt: true,
            send: LastSend::NotTried,
        };
        let result = self.pipeline.end(claim, &end, &mut notes).await?;
        Ok(RunReport { result, notes })
    }

    /// Waits for a run on another instance, or for one that follows it, by looking at the lead's
    /// row. A database that is away meanwhile changes nothing: the lead is accepted. A process that
    /// stops does not wait for it. `own` tells whether the run that is watched is this caller's own, and
    /// not another's that it joins.
    async fn watch_elsewhere(&self, lead_id: &LeadId, own: bool) -> Landed {
        let since = Instant::now();
        let mut pause = Duration::from_millis(50);
        loop {
            let result = match storage::read_lead_result(&self.pool, lead_id).await {
                Ok(Some(result)) => result,
                Ok(None) => self.unended(lead_id.clone(), LeadState::Processing),
                Err(error) => {
                    tracing::debug!(%lead_id, error = %error, "how the lead stands could not be read");
                    self.unended(lead_id.clone(), LeadState::Processing)
                }
            };
            let runs = matches!(result.state, LeadState::Processing | LeadState::Accepted);
            let stopping = self.tasks.is_closed();
            if !runs || stopping || since.elapsed() >= LONGEST_WATCH {
                return Landed::At {
                    result,
                    own,
                    upstream: Duration::ZERO,
                    database: Duration::ZERO,
                };
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 3 / 2).min(Duration::from_millis(250));
        }
    }

    /// Keeps what a repeated trigger of a lead run here is answered with. A run that failed or waits for a retry
    /// leaves no mark.
    pub(super) async fn remember(&self, landed: &Landed) {
        let Landed::At {
            result, own: true, ..
        } = landed
        else {
            return;
        };
        let is_kept = result.state.answers_repeats() && !self.settings.dedup_ttl.is_zero();
        if is_kept && !self.replayed.contains_key(&result.lead_id) {
            let lead_id = result.lead_id.clone();
            self.finished.insert(lead_id, result.clone()).await;
        }
    }

    /// What callers are told whose flight is cut because the process stops: 202 only when the lead is
    /// accepted, and so goes on elsewhere.
    fn abandoned(&self, lead_id: &LeadId, sender: &watch::Sender<Option<Landed>>) -> Landed {
        if sender.borrow().is_none() {
            return Landed::Refused(ProcessError::DatabaseUnavailable);
        }
        Landed::At {
            result: self.unended(lead_id.clone(), LeadState::Accepted),
            own: true,
            upstream: Duration::ZERO,
            database: Duration::ZERO,
        }
    }

    fn landed_unended(&self, claim: &Claim, state: LeadState) -> Landed {
        Landed::At {
            result: self.unended(claim.lead_id.clone(), state),
            own: true,
            upstream: Duration::ZERO,
            database: Duration::ZERO,
        }
    }
}

pub(super) fn refusal(error: StorageError) -> ProcessError {
    if error.is_unavailable() {
        ProcessError::DatabaseUnavailable
    } else {
        ProcessError::Internal(Arc::new(error))
    }
}
