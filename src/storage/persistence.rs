//! Writing what must not be forgotten, while the database is away.

use std::time::Duration;

use super::{Outage, StorageError};

/// The longest pause between two tries.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Tries of a write that others stand in the way of; storage has tried each several times.
const TRIES_ON_CONFLICT: u32 = 6;

/// Tries of a write to which the server answers with an error of its own (class XX): Neon does so while
/// it moves; of one damaged row it would for ever.
const TRIES_ON_INTERNAL_ERROR: u32 = 60;

/// Repeats a write of a run for as long as the database is away, and a few times while other
/// transactions are in its way. What a run knows (a paid answer, a delivered message) stands
/// nowhere else until then. A process that stops drops the run, and so ends this too.
pub async fn persistently<T, F>(write: impl Fn() -> F) -> Result<T, StorageError>
where
    F: Future<Output = Result<T, StorageError>>,
{
    let mut pause = Duration::from_millis(50);
    let (mut conflicts, mut internal) = (0, 0);
    loop {
        let done = write().await;
        match &done {
            Err(StorageError::Conflict) if conflicts < TRIES_ON_CONFLICT => conflicts += 1,
            Err(StorageError::Unavailable(Outage::Server(state))) if state.starts_with("XX") => {
                internal += 1;
                if internal >= TRIES_ON_INTERNAL_ERROR {
                    return done;
                }
            }
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
    async fn an_error_of_the_server_itself_is_waited_for_and_not_for_ever() {
        let tries = AtomicU32::new(0);
        let internal = || StorageError::Unavailable(Outage::Server("XX000".to_owned()));
        let written = persistently(async || match tries.fetch_add(1, Ordering::SeqCst) {
            0..20 => Err(internal()),
            tries => Ok(tries),
        });
        assert_eq!(written.await, Ok(20));
        let damaged = persistently(async || Err::<(), _>(internal())).await;
        assert_eq!(damaged, Err(internal()));
    }

    #[tokio::test(start_paused = true)]
    async fn it_ends_when_it_cannot_help() {
        let lost = persistently(async || Err::<(), _>(StorageError::LostClaim)).await;
        assert_eq!(lost, Err(StorageError::LostClaim));
        let in_the_way = persistently(async || Err::<(), _>(StorageError::Conflict)).await;
        assert_eq!(in_the_way, Err(StorageError::Conflict));
    }
}
