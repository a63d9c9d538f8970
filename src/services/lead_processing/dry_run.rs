//! What a run would come to, and why.

use std::sync::Arc;

use super::flight::refusal;
use super::{LeadProcessing, ProcessError};
use crate::models::LeadId;
use crate::services::lead_pipeline::{DryRun, Explanation};
use crate::services::run_error::RunError;

impl LeadProcessing {
    /// What a run of a lead would come to, from what is stored: nothing is paid for, posted or written.
    /// `anew`: as if none of the providers' answers were stored.
    ///
    /// # Errors
    /// [`ProcessError::DatabaseUnavailable`], [`ProcessError::CrmUnavailable`].
    pub async fn dry_run(&self, lead_id: &LeadId, anew: bool) -> Result<DryRun, ProcessError> {
        let run = self.pipeline.dry_run(lead_id, anew).await;
        run.map_err(unknown)
    }

    /// How a lead is decided, and why, from what is stored: nothing is paid for, posted, or written about the lead.
    ///
    /// # Errors
    /// [`ProcessError::DatabaseUnavailable`], [`ProcessError::CrmUnavailable`].
    pub async fn explain(&self, lead_id: &LeadId) -> Result<Explanation, ProcessError> {
        let explanation = self.pipeline.explain(lead_id).await;
        explanation.map_err(unknown)
    }
}

/// Why it cannot be known what a run would come to.
fn unknown(error: RunError) -> ProcessError {
    match error {
        RunError::Storage(error) => refusal(error),
        RunError::Upstream(error) | RunError::NotDelivered(error) => ProcessError::CrmUnavailable {
            code: error.code(),
            retry_after: error.retry_after,
        },
        RunError::Suppressed => ProcessError::Internal(Arc::new(error)),
    }
}
