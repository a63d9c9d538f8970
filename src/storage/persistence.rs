//! Writing what must not be forgotten, while the database is away.

use std::time::Duration;

use super::StorageError;

/// The longest pause between two tries.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Tries of a write that others stand in the way of; storage has tried each several times.
const TRIES_ON_CONFLICT: u32 = 6;

/// Repeats a write of a run for as long as the database is away, and a few times while other
/// transactions are in its way. What a run knows (a paid answer, a delivered message) stands
/// nowhere else until then. A process that stops drops the run, and so ends this too.
pub async fn persistently<T, F>(write: impl Fn() -> F) -> Result<T, StorageError>
where
    F: Future<Output = Result<T, StorageError>>,
{
    let mut pause = Duration::from_millis(50);
    let mut conflicts = 0;
    loop {
        let done = write().await;
        match &done {
            Err(StorageError::Conflict) if conflicts < TRIES_ON_CONFLICT => conflicts += 1,
            Err(error) if error.is_unavailable() => {}
            _ => return done,
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;
    use crate::storage::Outage;

    fn away() -> StorageError {
        StorageError::Unavailable(Outage::NoConnectionFree)
    }

    #[tokio::test(start_paused = true)]
    async fn a_write_is_repeated_until_the_database_is_back() {
        let tries = AtomicU32::new(0);
        let written = persistently(async || match tries.fetch_add(1, Ordering::SeqCst) {
            0..9 => Err(away()),
            tries => Ok(tries),
        });
        assert_eq!(written.await, Ok(9));
    }

    #[tokio::test(start_paused = true)]
    async fn it_ends_when_it_cannot_help() {
        let lost = persistently(async || Err::<(), _>(StorageError::LostClaim)).await;
        assert_eq!(lost, Err(StorageError::LostClaim));
        let in_the_way = persistently(async || Err::<(), _>(StorageError::Conflict)).await;
        assert_eq!(in_the_way, Err(StorageError::Conflict));
    }
}
