//! Saying a statement again, where that is safe.

use std::time::Duration;

use super::StorageError;

/// How often a transaction that another one stood in the way of is tried in all.
const TRIES_ON_CONFLICT: u32 = 5;

/// How often a statement is tried in all while its connections turn out to be dead: after a restart
/// of the server every idle connection of the pool is.
const TRIES_ON_DEAD: u32 = 12;

/// Runs a statement again when its connection turns out to be dead, or when other transactions
/// stand in its way (40001, 40P01), a bounded number of times. Connections are not tested before
/// each use (that costs a round trip), and Neon cuts idle ones. Only for statements that do no harm
/// when a try was committed and only its answer was lost.
pub(super) async fn again_if_dead<T, F>(statement: impl Fn() -> F) -> Result<T, StorageError>
where
    F: Future<Output = Result<T, StorageError>>,
{
    let (mut dead, mut conflicts) = (1, 1);
    loop {
        match statement().await {
            Err(error) if error.is_connection_lost() && dead < TRIES_ON_DEAD => dead += 1,
            Err(StorageError::Conflict) if conflicts < TRIES_ON_CONFLICT => {
                tokio::time::sleep(Duration::from_millis(5) * conflicts).await;
                conflicts += 1;
            }
            done => return done,
        }
    }
}
