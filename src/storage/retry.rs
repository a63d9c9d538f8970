//! Saying a statement again, where that is safe.

use super::StorageError;

/// How often a transaction that another one stood in the way of is tried in all.
const TRIES_ON_CONFLICT: u32 = 5;

/// Runs a statement again, once, when its connection turns out to be dead: connections are not
/// tested before each use (that costs a round trip), and Neon cuts idle ones. Only for statements
/// that do no harm when their first try was committed and only the answer was lost.
pub(super) async fn again_if_dead<T, F>(statement: impl Fn() -> F) -> Result<T, StorageError>
where
    F: Future<Output = Result<T, StorageError>>,
{
    match statement().await {
        Err(error) if error.is_connection_lost() => statement().await,
        done => done,
    }
}

/// Runs a transaction again while others stand in its way (40001, 40P01), a bounded number of times.
pub(super) async fn again_on_conflict<T, F>(transaction: impl Fn() -> F) -> Result<T, StorageError>
where
    F: Future<Output = Result<T, StorageError>>,
{
    for _ in 1..TRIES_ON_CONFLICT {
        match transaction().await {
            Err(StorageError::Conflict) => {}
            done => return done,
        }
    }
    transaction().await
}
