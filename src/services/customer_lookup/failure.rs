//! Why nobody is answered.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use crate::lookups::LookupError;
use crate::storage::StorageError;
use crate::upstream::c2s::{UpstreamError, UpstreamErrorKind};

/// How long to stay away from a provider that does not say so itself.
const AWAY: Duration = Duration::from_secs(10);

/// Why nobody is answered. Names no person and quotes no provider.
#[derive(Debug, Clone, thiserror::Error)]
pub enum LookupFailure {
    /// Nobody is known, or nobody who may be told of.
    #[error("nobody is known by this key")]
    Nobody,
    /// The question is not settled yet, and goes on being asked.
    #[error("the person is still being looked up: ask again")]
    StillLooking,
    /// A provider cannot be reached, or refuses to work for us.
    #[error("a provider cannot be reached: {code}")]
    ProviderUnreachable {
        /// What happened, as a code.
        code: String,
        /// When to ask again.
        retry_after: Duration,
    },
    /// Our database cannot be reached.
    #[error("the database cannot be reached, so nothing was looked up")]
    DatabaseUnavailable,
    /// The contract with Work API does not include this.
    #[error("the contract with Work API does not include this module")]
    NotInContract,
    /// The cursor is none that an answer gave.
    #[error("this is no cursor of an earlier answer")]
    UnusableCursor,
    /// Something that should not happen.
    #[error("the lookup failed: {0}")]
    Internal(Arc<dyn Error + Send + Sync>),
}

/// The task that looked somebody up panicked.
#[derive(Debug, thiserror::Error)]
#[error("a lookup panicked")]
pub(super) struct Panicked;

impl LookupFailure {
    pub(super) fn internal(error: impl Error + Send + Sync + 'static) -> Self {
        Self::Internal(Arc::new(error))
    }
}

impl From<StorageError> for LookupFailure {
    fn from(error: StorageError) -> Self {
        match error {
            error if error.is_unavailable() => Self::DatabaseUnavailable,
            // Whoever took the question over will have the answer; so will the other transaction.
            StorageError::LostClaim | StorageError::Conflict => Self::StillLooking,
            error => Self::internal(error),
        }
    }
}

impl From<UpstreamError> for LookupFailure {
    fn from(error: UpstreamError) -> Self {
        match error.kind {
            UpstreamErrorKind::NotInContract => Self::NotInContract,
            // This instance has not been able to tell the database for a while that it lives.
            UpstreamErrorKind::LetGo => Self::DatabaseUnavailable,
            // The same answer would come again: it tells of nobody who was asked for.
            UpstreamErrorKind::WrongPerson | UpstreamErrorKind::TooLarge => Self::Nobody,
            _ => Self::ProviderUnreachable {
                code: error.code(),
                retry_after: error.retry_after.unwrap_or(AWAY),
            },
        }
    }
}

impl From<LookupError> for LookupFailure {
    fn from(error: LookupError) -> Self {
        match error {
            LookupError::Upstream(error) => error.into(),
            LookupError::Storage(error) => error.into(),
            LookupError::Suppressed => Self::Nobody,
        }
    }
}
