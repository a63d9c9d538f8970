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
    /// The person objected or was erased: nothing more is asked.
    #[error("the person objected or was erased; nothing more is asked")]
    Suppressed,
}
