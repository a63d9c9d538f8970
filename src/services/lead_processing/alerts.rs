//! A person is told of leads that nothing else mends.

use super::LeadProcessing;
use crate::services::alarm::{Alert, Trouble};
use crate::storage::{self, StorageError};

impl LeadProcessing {
    /// Tells a person of the leads that ended so that they need one and of which nobody was told yet. That
    /// it is owed stands with the lead, so a process that dies meanwhile leaves it to another.
    ///
    /// # Errors
    /// [`StorageError`] when the database cannot say.
    pub async fn tell_alerts(&self) -> Result<(), StorageError> {
        for lead in storage::take_due_alerts(&self.pool).await? {
            let trouble = Trouble::of(&lead);
            let told = match trouble {
                Some(trouble) => {
                    let alert = Alert::about(&lead.lead_id, trouble);
                    self.alarm.tell(alert).await
                }
                // It runs again already, or has ended otherwise.
                None => Ok(()),
            };
            match told {
                Ok(()) => storage::alert_told(&self.pool, &lead.lead_id).await?,
                Err(error) => {
                    tracing::warn!(lead_id = %lead.lead_id, error = %error, "nobody could be told of the lead yet; it is tried again in a minute");
                }
            }
        }
        self.tell_of_reviews().await
    }

    /// Tells a person once a day that reviews wait.
    async fn tell_of_reviews(&self) -> Result<(), StorageError> {
        let Some(reviews) = storage::take_waiting_reviews(&self.pool).await? else {
            return Ok(());
        };
        match self.alarm.tell(Alert::waiting(reviews)).await {
            Ok(()) => storage::waiting_reviews_told(&self.pool).await,
            Err(error) => {
                tracing::warn!(error = %error, "nobody could be told of the waiting reviews yet; it is tried again in a minute");
                Ok(())
            }
        }
    }
}
