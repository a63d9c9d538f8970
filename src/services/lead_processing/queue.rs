//! Leads that nobody waits for: due ones, forgotten ones, and those left when the process stops.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::OwnedSemaphorePermit;

use super::LeadProcessing;
use crate::models::LeadState;
use crate::services::company::Place;
use crate::storage::{self, Claim, Outage, StorageError, Wanted};
use crate::telemetry::metrics;
use crate::upstream::c2s::{BreakerState, UpstreamHealth};

/// The longest that handing back may take; a database that is away must not keep a process from
/// stopping, and its leads are taken over once the lease is over.
const LONGEST_HAND_BACK: Duration = Duration::from_millis(1_500);

impl LeadProcessing {
    /// Releases what dead instances left behind, and takes due leads from the queue, as many as there are
    /// places for; their runs are started. How many were taken. Leads that somebody waits for take no
    /// place. While an upstream is left alone none is taken, so that a backlog does not go round in the
    /// database; once a probe of it is due, one at a time, until one of them has been the probe.
    ///
    /// # Errors
    /// [`StorageError`] when the database cannot say.
    pub async fn run_due(&self) -> Result<usize, StorageError> {
        if self.settings.queue_runs == 0 {
            return Ok(0);
        }
        let takeover = self.pipeline.takeover();
        let leftovers = storage::release_leftovers(&self.pool, self.instance, &takeover).await?;
        if leftovers.released > 0 {
            metrics::taken_over(leftovers.released);
            tracing::warn!(
                leads = leftovers.released,
                "leads of an instance that fell silent are taken over"
            );
        }
        let queue = Queue::of(&self.health());
        let is_due = leftovers.suspect_due && queue != Queue::Held;
        let mut suspects = self.suspects.lock().await;
        if suspects.one_runs(&self.company) {
            return Ok(0);
        }
        if suspects.is_others_turn() {
            suspects.leave_the_line();
            let taken = self.run_ordinary(queue).await?;
            if taken > 0 || !is_due {
                return Ok(taken);
            }
        }
        suspects.run_due(self, is_due).await?;
        self.run_ordinary(queue).await
    }

    async fn run_ordinary(&self, queue: Queue) -> Result<usize, StorageError> {
        if self.company.beside().is_none() {
            return Ok(0);
        }
        let free = self.places.available_permits();
        let (limit, mut probe) = match queue {
            Queue::Held => (0, None),
            Queue::ProbeDue => match Arc::clone(&self.probe).try_acquire_owned() {
                Ok(probe) => (free.min(1), Some(probe)),
                // One is on its way; should it end before it calls that upstream, another is taken.
                Err(_) => (0, None),
            },
            Queue::Flows => (free, None),
        };
        let wanted_places = u32::try_from(limit).unwrap_or(u32::MAX);
        let places = Arc::clone(&self.places).try_acquire_many_owned(wanted_places);
        let (Ok(mut places), 1..) = (places, limit) else {
            return Ok(0);
        };
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let (held_since, wanted) = (Instant::now(), Wanted::Ordinary);
        let claims = storage::claim_due_leads(&self.pool, self.instance, wanted, limit).await?;
        let taken = claims.len();
        for claim in claims {
            let Some(queue_place) = places.split(1) else {
                return Err(StorageError::Corrupt("number of claimed leads"));
            };
            let place = self.company.beside();
            self.start_due((claim, held_since), queue_place, place, probe.take());
        }
        Ok(taken)
    }

    /// Starts the run of a lead from the queue, which has one of its places.
    pub(super) fn start_due(
        &self,
        (claim, held_since): (Claim, Instant),
        queue_place: OwnedSemaphorePermit,
        place: Option<Place>,
        probe: Option<OwnedSemaphorePermit>,
    ) {
        let in_air = self.flights.enter(&claim.lead_id);
        let processing = self.clone();
        self.tasks.spawn(async move {
            match place {
                Some(place) => {
                    let landed = processing.run(&claim, held_since, Duration::ZERO).await;
                    drop((place, probe, queue_place));
                    processing.remember(&landed).await;
                }
                None => processing.step_aside(&claim).await,
            }
            drop(in_air);
        });
    }

    /// Gives a lead back to the queue that may not run now: another has to be alone, or this one.
    pub(super) async fn step_aside(&self, claim: &Claim) {
        if let Err(error) = self.pipeline.hand_back(claim).await {
            // It is looked for again with the next look at the queue.
            tracing::warn!(lead_id = %claim.lead_id, error = %error, "a lead that waits for its turn could not be handed back yet");
        }
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
            match self.pipeline.hand_back(&claim).await {
                Ok(result) if result.state == LeadState::Accepted => {
                    tracing::warn!(lead_id = %claim.lead_id, "a run's end had not been written; the lead is handed back");
                }
                // its run ended in the moment between the two looks
                Ok(_) | Err(StorageError::LostClaim) => {}
                Err(error) => {
                    tracing::error!(lead_id = %claim.lead_id, error = %error, "the lead could not be handed back");
                }
            }
        }
        Ok(())
    }

    /// Lets what runs finish, at most so long, then abandons it: callers who still wait are told
    /// that the lead is accepted. Nothing is written yet, see [`Self::stop`].
    pub async fn finish(&self, within: Duration) {
        self.tasks.close();
        if tokio::time::timeout(within, self.tasks.wait())
            .await
            .is_err()
        {
            tracing::warn!(
                runs = self.flights.running(),
                "runs are handed back unfinished: the time to stop is over"
            );
            self.abandon.cancel();
        }
    }

    /// Stops: what runs may finish, at most so long, then is handed back without spending an
    /// attempt.
    ///
    /// # Errors
    /// [`StorageError`] when the leads could not be handed back; another instance takes them over
    /// once the lease is over.
    pub async fn stop(&self, within: Duration) -> Result<(), StorageError> {
        self.finish(within).await;
        let handing_back = async {
            self.tasks.wait().await;
            let lands_within = self.pipeline.takeover().lands_within;
            storage::hand_back_leads(&self.pool, self.instance, lands_within).await?;
            storage::remove_instance(&self.pool, self.instance).await
        };
        let handed_back = tokio::time::timeout(LONGEST_HAND_BACK, handing_back).await;
        handed_back.unwrap_or(Err(StorageError::Unavailable(Outage::NoConnectionFree)))
    }
}

/// Whether leads are taken from the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Queue {
    /// As many as there are places for.
    Flows,
    /// One at a time: an upstream's window is over, and somebody has to find out whether it is back.
    ProbeDue,
    /// None: an upstream is left alone, or somebody is finding out.
    Held,
}

impl Queue {
    fn of(upstreams: &[UpstreamHealth]) -> Self {
        let states = upstreams.iter().map(|health| match health.breaker {
            BreakerState::Closed => Self::Flows,
            BreakerState::Open { remaining } if remaining.is_zero() => Self::ProbeDue,
            BreakerState::Open { .. } | BreakerState::Probing => Self::Held,
        });
        states.fold(Self::Flows, |all, one| match (all, one) {
            (Self::Held, _) | (_, Self::Held) => Self::Held,
            (Self::ProbeDue, _) | (_, Self::ProbeDue) => Self::ProbeDue,
            (Self::Flows, Self::Flows) => Self::Flows,
        })
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::upstream::c2s::Upstream;

    const CLOSED: BreakerState = BreakerState::Closed;
    const PROBING: BreakerState = BreakerState::Probing;
    const DUE: BreakerState = BreakerState::Open {
        remaining: Duration::ZERO,
    };
    const OPEN: BreakerState = BreakerState::Open {
        remaining: Duration::from_millis(1),
    };

    #[rstest]
    #[case([CLOSED, CLOSED, CLOSED], Queue::Flows)]
    #[case([CLOSED, DUE, CLOSED], Queue::ProbeDue)]
    #[case([DUE, CLOSED, DUE], Queue::ProbeDue)]
    #[case([CLOSED, CLOSED, OPEN], Queue::Held)]
    #[case([DUE, OPEN, CLOSED], Queue::Held)]
    #[case([PROBING, CLOSED, DUE], Queue::Held)]
    fn is_held_by_any_upstream(#[case] states: [BreakerState; 3], #[case] queue: Queue) {
        let upstreams = states.map(|breaker| UpstreamHealth {
            upstream: Upstream::WorkApi,
            breaker,
            spacing: Duration::ZERO,
            in_flight: 0,
        });
        assert_eq!(Queue::of(&upstreams), queue);
    }
}
