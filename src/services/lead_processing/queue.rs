//! Leads that nobody waits for: due ones, forgotten ones, and those left when the process stops.

use std::time::Duration;

use super::LeadProcessing;
use crate::lookups::RunNotes;
use crate::storage::{self, RunEnd, StorageError};

impl LeadProcessing {
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
            let handed_back = self
                .pipeline
                .end(&claim, &RunEnd::HandedBack, &mut RunNotes::default())
                .await;
            match handed_back {
                Ok(_) => {
                    tracing::warn!(lead_id = %claim.lead_id, "a run's end had not been written; the lead is handed back");
                }
                // its run ended in the moment between the two looks
                Err(StorageError::LostClaim) => {}
                Err(error) => return Err(error),
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
                runs = self.flights.len(),
                "runs are handed back unfinished: the time to stop is over"
            );
            self.abandon.cancel();
            self.tasks.wait().await;
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
        storage::hand_back_leads(&self.pool, self.instance).await?;
        storage::remove_instance(&self.pool, self.instance).await
    }
}
