//! Why a question could not be answered.

use crate::storage::StorageError;
use crate::upstream::UpstreamError;

/// Why a question could not be answered. A provider's word that there is nobody is an answer.
#[derive(Debug, thiserror::Error)]
pub enum LookupError {
    /// The provider.
    #[error(transparent)]
    Upstream(#[from] UpstreamError),
    /// Our database.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The heartbeat is too old to pay for anything: another instance may have the lead.
    #[error("the heartbeat of this instance is too old to pay for a lookup; the lead is let go")]
    HeartbeatOld,
}
