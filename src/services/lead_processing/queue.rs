//! Leads that nobody waits for: due ones, forgotten ones, and those left when the process stops.

use std::sync::Arc;
use std::time::Duration;

use super::LeadProcessing;
use crate::models::LeadState;
use crate::storage::{self, Outage, StorageError};

/// The longest that handing back may take; a database that is away must not keep a process from
/// stopping, and its leads are taken over once the lease is over.
const LONGEST_HAND_BACK: Duration = Duration::from_millis(1_500);

impl LeadProcessing {
    /// Takes due leads from the queue, as many as there are places for, and starts their runs; how
    /// many were taken. Leads that somebody waits for take no place.
    ///
    /// # Errors
    /// [`StorageError`] when the database cannot say.
    pub async fn run_due(&self) -> Result<usize, StorageError> {
        let free = self.places.available_permits();
        if free == 0 {
            return Ok(0);
        }
        let limit = i64::try_from(free).unwrap_or(i64::MAX);
        let lease = self.settings.lease;
        let claims = storage::claim_due_leads(&self.pool, self.instance, lease, limit).await?;
        let taken = claims.len();
        for claim in claims {
            let in_air = self.flights.enter(&claim.lead_id);
            let (processing, places) = (self.clone(), Arc::clone(&self.places));
            self.tasks.spawn(async move {
                let _place = places.acquire_owned().await;
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
