//! A trigger comes in: the lead is accepted, run, and its caller told how it went.

mod alerts;
mod batch;
mod dry_run;
mod flight;
mod queue;
mod request;
mod suspects;

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use moka::future::Cache;
use sqlx::PgPool;
use tokio::sync::{Mutex, Semaphore, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use super::alarm::Alarm;
use super::company::Company;
use super::flights::{Boarding, Flights, Landing};
use super::lead_pipeline::LeadPipeline;
use crate::clock::Clock;
use crate::config::{Config, PipelineConfig};
use crate::models::{Cpf, LeadId, LeadState};
use crate::storage::{InstanceId, LeadResult};
use crate::upstream::c2s::UpstreamHealth;
pub use request::{LeadRequest, NamedCaller, RunWhen};
use suspects::Suspects;

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
    /// What for people are looked up (LGPD_PURPOSE).
    purpose: String,
    flights: Flights<Landed>,
    finished: Cache<LeadId, LeadResult>,
    /// Places for leads from the queue.
    places: Arc<Semaphore>,
    /// The place of the one lead that is taken to probe an upstream.
    probe: Arc<Semaphore>,
    tasks: TaskTracker,
    abandon: CancellationToken,
    company: Company,
    alarm: Alarm,
    suspects: Arc<Mutex<Suspects>>,
    /// Leads of which a replay was asked for, or that were given anew: how their run ends is not kept, since
    /// another may follow.
    replayed: Cache<LeadId, ()>,
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
    /// The review that waits for a person, if one does.
    pub review_id: Option<Uuid>,
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
    /// A replay of a lead that was never accepted here.
    #[error("no lead of this id was ever accepted here, so there is nothing to replay")]
    NeverAccepted,
    /// Who looks could not be recorded, so nothing is shown; the caller should come back.
    #[error("who looks could not be recorded, so nothing is shown")]
    NotRecorded,
    /// The lead could not be read from the CRM.
    #[error("Contact2Sale cannot be reached: {code}")]
    CrmUnavailable {
        /// Why, as a code.
        code: String,
        /// When the CRM wants to be asked again, if it said so.
        retry_after: Option<Duration>,
    },
    /// The database answered something else than expected.
    #[error("the lead could not be accepted: {0}")]
    Internal(Arc<dyn Error + Send + Sync>),
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
    /// Not at all yet: the lead is accepted, and runs.
    Accepted,
}

impl LeadProcessing {
    /// Wires the service.
    #[must_use]
    pub fn new(
        config: &Config,
        pool: PgPool,
        pipeline: LeadPipeline,
        instance: InstanceId,
        alarm: Alarm,
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
            purpose: config.privacy.purpose.clone(),
            flights: Flights::default(),
            finished: finished.build(),
            places: Arc::new(Semaphore::new(config.pipeline.queue_runs)),
            probe: Arc::new(Semaphore::new(1)),
            tasks: TaskTracker::new(),
            abandon: CancellationToken::new(),
            company: Company::default(),
            alarm,
            suspects: Arc::default(),
            replayed: Cache::builder()
                .max_capacity(10_000)
                .time_to_live(IN_MEMORY)
                .build(),
        }
    }

    /// Accepts a lead and waits for its run, at most so long; the run goes on when the caller
    /// leaves. Concurrent calls for a lead join one run, but a replay, which a run in progress is
    /// followed by: its end is answered.
    ///
    /// # Errors
    /// [`ProcessError`] when nothing was accepted.
    pub async fn process(
        &self,
        request: LeadRequest,
        wait: Duration,
    ) -> Result<ProcessAnswer, ProcessError> {
        let lead_id = request.lead_id.clone();
        let may_repeat = matches!(request.when, RunWhen::NotEndedLately(_)) && !request.force;
        if !may_repeat {
            self.finished.invalidate(&lead_id).await;
        } else if let Some(result) = self.finished.get(&lead_id).await {
            self.record(&lead_id, request.caller).await?;
            let answer = self.answer(result, true, RunTimes::default());
            return self.without_objectors(answer).await;
        }
        // After these another run may follow, whoever runs the lead.
        let may_be_followed =
            request.given.is_some() || (request.when == RunWhen::Replay && !request.force);
        if may_be_followed {
            self.replayed.insert(lead_id.clone(), ()).await;
        }
        // They have to reach the database, and so has a forced call: the flight of another may end as a
        // repeat, which runs nothing. Whether a run is joined is for the database to say.
        let own = may_be_followed || request.force;
        let caller = request.caller.clone();
        let (landing, first) = self.take_off(request, own);
        if !first {
            self.record(&lead_id, caller).await?;
        }
        let landed = landed(landing, wait).await;
        let answer = self.told(lead_id, first, landed)?;
        self.without_objectors(answer).await
    }

    /// Shares the flight of a lead, or starts one; `own`: starts one in any case.
    fn take_off(&self, request: LeadRequest, own: bool) -> (Landing<Landed>, bool) {
        let (sender, in_air) = if own {
            (watch::channel(None).0, self.flights.enter(&request.lead_id))
        } else {
            match self.flights.board(&request.lead_id) {
                Boarding::Share(landing) => return (landing, false),
                Boarding::Start(sender, in_air) => (sender, in_air),
            }
        };
        let landing = sender.subscribe();
        let lead_id = request.lead_id.clone();
        let trigger = self.trigger(request);
        let flight = self.clone().fly(lead_id, trigger, sender, in_air);
        self.tasks.spawn(flight);
        (landing, true)
    }

    /// What a caller is told of a flight; `first` when it is the caller's own.
    fn told(
        &self,
        lead_id: LeadId,
        first: bool,
        landed: Option<Landed>,
    ) -> Result<ProcessAnswer, ProcessError> {
        match landed {
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
            Some(Landed::Accepted) | None => {
                let result = self.unended(lead_id, LeadState::Processing);
                Ok(self.answer(result, !first, RunTimes::default()))
            }
        }
    }

    /// How C2S, Diretrix and Work API do, in this order. Cheap: nothing is called.
    #[must_use]
    pub fn health(&self) -> [UpstreamHealth; 3] {
        self.pipeline.health()
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
            review_id: None,
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
            review_id: result.review_id,
            next_attempt_in,
            next_attempt_at: result.next_attempt_at,
            upstream_ms: milliseconds(times.upstream),
            database_ms: milliseconds(times.database),
        }
    }
}

#[derive(Clone, Copy, Default)]
struct RunTimes {
    upstream: Duration,
    database: Duration,
}

/// How the flight stands after the wait. That the lead is accepted is always waited for: an answer
/// that it is being processed must not be given for one that is not.
async fn landed(mut landing: Landing<Landed>, wait: Duration) -> Option<Landed> {
    let since = Instant::now();
    if landing.wait_for(Option::is_some).await.is_err() {
        return Some(Landed::Refused(ProcessError::DatabaseUnavailable));
    }
    let left = wait.saturating_sub(since.elapsed());
    let down = |at: &Option<Landed>| !matches!(at, None | Some(Landed::Accepted));
    match tokio::time::timeout(left, landing.wait_for(down)).await {
        Ok(Ok(landed)) => landed.clone(),
        Ok(Err(_)) | Err(_) => None,
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
