//! Leads that nobody waits for: due ones, forgotten ones, and those left when the process stops.

use std::sync::Arc;
use std::time::Duration;

use super::LeadProcessing;
use crate::models::LeadState;
use crate::storage::{self, Outage, StorageError};
use crate::upstream::c2s::{BreakerState, UpstreamHealth};

/// The longest that handing back may take; a database that is away must not keep a process from
/// stopping, and its leads are taken over once the lease is over.
const LONGEST_HAND_BACK: Duration = Duration::from_millis(1_500);

impl LeadProcessing {
    /// Takes due leads from the queue, as many as there are places for, and starts their runs; how
    /// many were taken. Leads that somebody waits for take no place. While an upstream is left
    /// alone none is taken, so that a backlog does not go round in the database; once a probe of it
    /// is due, one at a time, until one of them has been the probe.
    ///
    /// # Errors
    /// [`StorageError`] when the database cannot say.
    pub async fn run_due(&self) -> Result<usize, StorageError> {
        let free = self.places.available_permits();
        let (limit, mut probe) = match Queue::of(&self.health()) {
            Queue::Held => (0, None),
            Queue::ProbeDue => match Arc::clone(&self.probe).try_acquire_owned() {
                Ok(probe) => (free.min(1), Some(probe)),
                // One is on its way; should it end before it calls that upstream, another is taken.
                Err(_) => (0, None),
            },
            Queue::Flows => (free, None),
        };
        if limit == 0 {
            return Ok(0);
        }
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let lease = self.settings.lease;
        let claims = storage::claim_due_leads(&self.pool, self.instance, lease, limit).await?;
        let taken = claims.len();
        for claim in claims {
            let in_air = self.flights.enter(&claim.lead_id);
            let (processing, places) = (self.clone(), Arc::clone(&self.places));
            let probe = probe.take();
            self.tasks.spawn(async move {
                let _place = places.acquire_owned().await;
                let landed = processing.run(&claim, Duration::ZERO).await;
                drop(probe);
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
            storage::hand_back_leads(&self.pool, self.instance).await?;
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
