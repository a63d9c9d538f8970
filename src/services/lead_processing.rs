//! A trigger comes in: the lead is accepted, run, and its caller told how it went.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use moka::future::Cache;
use sqlx::PgPool;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::flights::{Boarding, Flights, InAir, Landing};
use super::lead_pipeline::{LeadPipeline, RunReport};
use crate::clock::Clock;
use crate::config::{Config, PipelineConfig};
use crate::lookups::RunNotes;
use crate::models::{Cpf, LeadId, LeadSource, LeadState};
use crate::storage::{self, Accepted, Claim, InstanceId, LeadResult, RunEnd, StorageError};

/// How long a finished lead, which names a person, stays in this process's memory at most (API.md
/// "PRIVACY"); after that the database answers the repeated trigger.
const IN_MEMORY: Duration = Duration::from_secs(60);

/// Accepts leads and answers for them. Cheap to clone.
#[derive(Clone)]
pub struct LeadProcessing {
    pool: PgPool,
    pipeline: LeadPipeline,
    instance: InstanceId,
    clock: Clock,
    settings: PipelineConfig,
    flights: Flights<Landed>,
    finished: Cache<LeadId, LeadResult>,
    tasks: TaskTracker,
    abandon: CancellationToken,
}

/// How a lead stands, for its caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProcessAnswer {
    /// The lead.
    pub lead_id: LeadId,
    /// Where it is.
    pub state: LeadState,
    /// Whether a message was posted.
    pub message_sent: bool,
    /// The people stored for it.
    pub cpfs: Vec<Cpf>,
    /// Whether another call's run is answered.
    pub duplicate: bool,
    /// Why, as a code.
    pub reason: Option<String>,
    /// How long until the next try.
    pub next_attempt_in: Option<Duration>,
    /// When the next try is.
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// Time this call's run spent in upstreams, in milliseconds.
    pub upstream_ms: u64,
    /// Time this call's run spent in the database, in milliseconds.
    pub database_ms: u64,
}

/// Why a lead was not accepted.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ProcessError {
    /// Nothing was accepted; the caller should come back.
    #[error("the database cannot be reached, so the lead was not accepted")]
    DatabaseUnavailable,
    /// The database answered something else than expected.
    #[error("the lead could not be accepted: {0}")]
    Internal(Arc<StorageError>),
}

/// How a flight ended.
#[derive(Debug, Clone)]
enum Landed {
    /// With an answer; `own` when this flight ran the lead itself.
    At {
        result: LeadResult,
        own: bool,
        upstream: Duration,
        database: Duration,
    },
    /// Nothing was accepted.
    Refused(ProcessError),
}

impl LeadProcessing {
    /// Wires the service.
    #[must_use]
    pub fn new(
        config: &Config,
        pool: PgPool,
        pipeline: LeadPipeline,
        instance: InstanceId,
        clock: Clock,
    ) -> Self {
        let finished = Cache::builder()
            .max_capacity(10_000)
            .time_to_live(IN_MEMORY.min(config.pipeline.dedup_ttl));
        Self {
            pool,
            pipeline,
            instance,
            clock,
            settings: config.pipeline.clone(),
            flights: Flights::default(),
            finished: finished.build(),
            tasks: TaskTracker::new(),
            abandon: CancellationToken::new(),
        }
    }

    /// Accepts a lead and waits for its run, at most so long; the run goes on when the caller
    /// leaves. Concurrent calls for a lead join one run.
    ///
    /// # Errors
    /// [`ProcessError`] when nothing was accepted.
    pub async fn process(
        &self,
        lead_id: LeadId,
        source: LeadSource,
        wait: Duration,
    ) -> Result<ProcessAnswer, ProcessError> {
        if let Some(result) = self.finished.get(&lead_id).await {
            return Ok(self.answer(result, true, RunTimes::default()));
        }
        let (landing, first) = match self.flights.board(&lead_id) {
            Boarding::Share(landing) => (landing, false),
            Boarding::Start(sender, in_air) => {
                let landing = sender.subscribe();
                let flight = self.clone().fly(lead_id.clone(), source, sender, in_air);
                self.tasks.spawn(flight);
                (landing, true)
            }
        };
        match landed(landing, wait).await {
            Some(Landed::At {
                result,
                own,
                upstream,
                database,
            }) => {
                let times = if first {
                    RunTimes { upstream, database }
                } else {
                    RunTimes::default()
                };
                Ok(self.answer(result, !(own && first), times))
            }
            Some(Landed::Refused(error)) => Err(error),
            None => {
                let result = self.unended(lead_id, LeadState::Processing);
                Ok(self.answer(result, !first, RunTimes::default()))
            }
        }
    }

    /// Takes due leads from the queue and starts their runs; how many were taken.
    ///
    /// # Errors
    /// [`StorageError`] when the database cannot say.
    pub async fn run_due(&self, most: usize) -> Result<usize, StorageError> {
        let free = most.saturating_sub(self.flights.len());
        if free == 0 {
            return Ok(0);
        }
        let limit = i64::try_from(free).unwrap_or(i64::MAX);
        let lease = self.settings.lease;
        let claims = storage::claim_due_leads(&self.pool, self.instance, lease, limit).await?;
        let taken = claims.len();
        for claim in claims {
            let in_air = self.flights.enter(&claim.lead_id);
            let processing = self.clone();
            self.tasks.spawn(async move {
                let landed = processing.run(&claim, Duration::ZERO).await;
                processing.remember(&landed).await;
                drop(in_air);
            });
        }
        Ok(taken)
    }

    /// Hands back leads that the database holds as ours and that nobody here is running: a run
    /// whose end could not be written because the database was away.
    ///
    /// # Errors
    /// [`StorageError`] when the database is away again.
    pub async fn hand_back_forgotten(&self) -> Result<(), StorageError> {
        for claim in storage::owned_leads(&self.pool, self.instance).await? {
            if self.flights.holds(&claim.lead_id) {
                continue;
            }
            tracing::warn!(lead_id = %claim.lead_id, "a run's end was not written; the lead is handed back");
            let handed_back = self
                .pipeline
                .end(&claim, &RunEnd::HandedBack, &mut RunNotes::default())
                .await;
            match handed_back {
                Ok(_) | Err(StorageError::LostClaim) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Stops: what runs may finish until the deadline, then is handed back without spending an
    /// attempt.
    ///
    /// # Errors
    /// [`StorageError`] when the leads could not be handed back; another instance takes them over
    /// once the lease is over.
    pub async fn stop(&self, deadline: Duration) -> Result<(), StorageError> {
        self.tasks.close();
        if tokio::time::timeout(deadline, self.tasks.wait())
            .await
            .is_err()
        {
            tracing::warn!(
                runs = self.flights.len(),
                "runs are handed back unfinished: the time to stop is over"
            );
            self.abandon.cancel();
            self.tasks.wait().await;
        }
        storage::hand_back_leads(&self.pool, self.instance).await?;
        storage::remove_instance(&self.pool, self.instance).await
    }

    async fn fly(
        self,
        lead_id: LeadId,
        source: LeadSource,
        sender: watch::Sender<Option<Landed>>,
        in_air: InAir<Landed>,
    ) {
        let landed = self.accept_and_run(&lead_id, source).await;
        self.remember(&landed).await;
        sender.send_replace(Some(landed));
        drop(in_air);
    }

    async fn accept_and_run(&self, lead_id: &LeadId, source: LeadSource) -> Landed {
        let since = Instant::now();
        let accepted = storage::accept_lead(
            &self.pool,
            lead_id,
            source,
            self.instance,
            self.settings.dedup_ttl,
            self.settings.lease,
        )
        .await;
        let database = since.elapsed();
        match accepted {
            Ok(Accepted::Run(claim)) => self.run(&claim, database).await,
            Ok(Accepted::Join) => self.watch_elsewhere(lead_id).await,
            Ok(Accepted::Waiting(result) | Accepted::Duplicate(result)) => Landed::At {
                result,
                own: false,
                upstream: Duration::ZERO,
                database,
            },
            Err(error) => Landed::Refused(refusal(error)),
        }
    }

    /// Runs a claimed lead in a task of its own, so that a panic ends as a failure of this lead.
    async fn run(&self, claim: &Claim, accepting: Duration) -> Landed {
        let (pipeline, claimed) = (self.pipeline.clone(), claim.clone());
        let abandon = self.abandon.clone();
        let run = tokio::spawn(async move {
            tokio::select! {
                report = pipeline.run(&claimed) => Some(report),
                () = abandon.cancelled() => None,
            }
        });
        let report = match run.await {
            Ok(Some(report)) => report,
            Ok(None) => return self.landed_unended(claim, LeadState::Accepted),
            Err(_panicked) => self.end_panicked(claim).await,
        };
        match report {
            Ok(RunReport { result, notes }) => {
                let (upstream, database) = (notes.upstream, notes.database + accepting);
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

    async fn end_panicked(&self, claim: &Claim) -> Result<RunReport, StorageError> {
        tracing::error!(lead_id = %claim.lead_id, "a run panicked; the lead will be tried again");
        let mut notes = RunNotes::default();
        let end = RunEnd::Retry {
            reason: "panic".to_owned(),
            after: self.pipeline.backoff(claim, None),
            spends_attempt: true,
            send_unknown: false,
        };
        let result = self.pipeline.end(claim, &end, &mut notes).await?;
        Ok(RunReport { result, notes })
    }

    /// Waits for a run on another instance, by looking at the lead's row.
    async fn watch_elsewhere(&self, lead_id: &LeadId) -> Landed {
        let since = Instant::now();
        let mut pause = Duration::from_millis(50);
        loop {
            let result = match storage::read_lead_result(&self.pool, lead_id).await {
                Ok(Some(result)) => result,
                Ok(None) => self.unended(lead_id.clone(), LeadState::Processing),
                Err(error) => return Landed::Refused(refusal(error)),
            };
            let waited_long_enough = since.elapsed() >= self.settings.process_wait;
            if result.state != LeadState::Processing || waited_long_enough {
                return Landed::At {
                    result,
                    own: false,
                    upstream: Duration::ZERO,
                    database: Duration::ZERO,
                };
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 3 / 2).min(Duration::from_millis(250));
        }
    }

    /// Keeps what a repeated trigger is answered with. A run that failed or waits for a retry
    /// leaves no mark.
    async fn remember(&self, landed: &Landed) {
        let Landed::At { result, .. } = landed else {
            return;
        };
        if result.state.answers_repeats() && !self.settings.dedup_ttl.is_zero() {
            let lead_id = result.lead_id.clone();
            self.finished.insert(lead_id, result.clone()).await;
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

    fn unended(&self, lead_id: LeadId, state: LeadState) -> LeadResult {
        LeadResult {
            lead_id,
            state,
            message_sent: false,
            cpfs: Vec::new(),
            reason: None,
            next_attempt_at: None,
            finished_at: None,
        }
    }

    fn answer(&self, result: LeadResult, duplicate: bool, times: RunTimes) -> ProcessAnswer {
        let next_attempt_in = result
            .next_attempt_at
            .map(|at| (at - self.clock.now()).to_std().unwrap_or_default());
        ProcessAnswer {
            lead_id: result.lead_id,
            state: result.state,
            message_sent: result.message_sent,
            cpfs: result.cpfs,
            duplicate,
            reason: result.reason,
            next_attempt_in,
            next_attempt_at: result.next_attempt_at,
            upstream_ms: milliseconds(times.upstream),
            database_ms: milliseconds(times.database),
        }
    }
}

#[derive(Default)]
struct RunTimes {
    upstream: Duration,
    database: Duration,
}

async fn landed(mut landing: Landing<Landed>, wait: Duration) -> Option<Landed> {
    let landed = tokio::time::timeout(wait, landing.wait_for(Option::is_some)).await;
    match landed {
        Ok(Ok(landed)) => landed.clone(),
        Ok(Err(_)) | Err(_) => None,
    }
}

fn refusal(error: StorageError) -> ProcessError {
    if error.is_unavailable() {
        ProcessError::DatabaseUnavailable
    } else {
        ProcessError::Internal(Arc::new(error))
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
