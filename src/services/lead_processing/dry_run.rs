//! What a run would come to.

use std::sync::Arc;

use super::flight::refusal;
use super::{LeadProcessing, ProcessError};
use crate::models::LeadId;
use crate::services::lead_pipeline::DryRun;
use crate::services::run_error::RunError;

impl LeadProcessing {
    /// What a run of a lead would come to, from what is stored: nothing is paid for, posted or written.
    /// `anew`: as if none of the providers' answers were stored.
    ///
    /// # Errors
    /// [`ProcessError::DatabaseUnavailable`], [`ProcessError::CrmUnavailable`].
    pub async fn dry_run(&self, lead_id: &LeadId, anew: bool) -> Result<DryRun, ProcessError> {
        self.pipeline
            .dry_run(lead_id, anew)
            .await
            .map_err(|error| match error {
                RunError::Storage(error) => refusal(error),
                RunError::Upstream(error) | RunError::NotDelivered(error) => {
                    ProcessError::CrmUnavailable {
                        code: error.code(),
                        retry_after: error.retry_after,
                    }
                }
                RunError::Suppressed => ProcessError::Internal(Arc::new(error)),
            })
    }
}
