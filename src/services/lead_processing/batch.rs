//! Many leads at once: accepted for the queue, and nobody waits.

use super::flight::{LONGEST_ACCEPT, refusal};
use super::{LeadProcessing, NamedCaller, ProcessError};
use crate::models::{LeadId, LeadSource, LeadState};
use crate::storage;

impl LeadProcessing {
    /// Accepts leads, to be run by the queue of any instance, and answers how each stands: `accepted`,
    /// `processing`, or `retrying` when its message may still land.
    ///
    /// # Errors
    /// [`ProcessError`] when none was accepted.
    pub async fn accept(
        &self,
        lead_ids: &[LeadId],
        caller: NamedCaller,
    ) -> Result<Vec<LeadState>, ProcessError> {
        let asker = self.asker(caller);
        let takeover = self.pipeline.takeover();
        let accepting = storage::accept_leads(
            &self.pool,
            lead_ids,
            LeadSource::Api,
            Some(&asker),
            self.instance,
            &takeover,
        );
        let states = tokio::time::timeout(LONGEST_ACCEPT, accepting).await;
        let states = states.map_err(|_| ProcessError::DatabaseUnavailable)?;
        for lead_id in lead_ids {
            self.finished.invalidate(lead_id).await;
        }
        states.map_err(refusal)
    }
}
