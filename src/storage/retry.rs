//! Saying a statement again, where that is safe.

use std::time::Duration;

use super::{Outage, StorageError};

/// How often a transaction that another one stood in the way of is tried in all.
const TRIES_ON_CONFLICT: u32 = 5;

/// How often a statement is tried in all while its connections turn out to be dead: after a restart
/// of the server every idle connection of the pool is.
const TRIES_ON_DEAD: u32 = 12;

/// The longest that a statement may take, its wait for a connection included: longer than the server
/// lets it (`statement_timeout`), so that only a network that swallows packets meets it.
const LONGEST: Duration = Duration::from_secs(14);

/// Runs a statement, but gives up a connection that has gone silent.
pub(super) async fn in_time<T>(
    statement: impl Future<Output = Result<T, StorageError>>,
) -> Result<T, StorageError> {
    let silent = || StorageError::Unavailable(Outage::ConnectionLost("silence".to_owned()));
    let done = tokio::time::timeout(LONGEST, statement).await;
    done.unwrap_or_else(|_| Err(silent()))
}

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
        match in_time(statement()).await {
            Err(error) if error.is_connection_lost() && dead < TRIES_ON_DEAD => {
                if dead > 2 {
                    tokio::time::sleep(Duration::from_millis(25)).await;
                }
                dead += 1;
            }
            Err(StorageError::Conflict) if conflicts < TRIES_ON_CONFLICT => {
                tokio::time::sleep(Duration::from_millis(5) * conflicts).await;
                conflicts += 1;
            }
            done => return done,
        }
    }
}
