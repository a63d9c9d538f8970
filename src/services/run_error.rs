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
    /// The heartbeat of this instance is too old to pay or post: another one may have the lead.
    #[error("the heartbeat of this instance is too old to go on with the lead; it is let go")]
    HeartbeatOld,
}

impl From<LookupError> for RunError {
    fn from(error: LookupError) -> Self {
        match error {
            LookupError::Upstream(error) => Self::Upstream(error),
            LookupError::Storage(error) => Self::Storage(error),
            LookupError::HeartbeatOld => Self::HeartbeatOld,
        }
    }
}
