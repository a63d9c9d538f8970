//! Why a run stopped before its end.

use crate::lookups::LookupError;
use crate::storage::StorageError;
use crate::upstream::c2s::UpstreamError;

/// Why a run stopped before its end.
#[derive(Debug, thiserror::Error)]
pub(super) enum RunError {
    /// An upstream failed.
    #[error(transparent)]
    Upstream(#[from] UpstreamError),
    /// The CRM did not take the message.
    #[error("the message was not delivered: {0}")]
    NotDelivered(UpstreamError),
    /// The database failed, or the lead is no longer ours.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The person objected or was erased.
    #[error("the person objected or was erased")]
    Suppressed,
}

impl From<LookupError> for RunError {
    fn from(error: LookupError) -> Self {
        match error {
            LookupError::Upstream(error) => Self::Upstream(error),
            LookupError::Storage(error) => Self::Storage(error),
            LookupError::Suppressed => Self::Suppressed,
        }
    }
}
