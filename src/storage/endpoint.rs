//! Whether connections lead to the server itself or through a pooler, and whether that one can be used.

use std::time::Duration;

use sqlx::{PgConnection, PgPool};
use tokio::time::timeout;

use super::{Outage, StorageError};

/// How long the probe may take: a pooler whose only connection is busy keeps it waiting.
const LONGEST_PROBE: Duration = Duration::from_secs(10);

/// Connections that hold a session each while the first one is watched: two, since a pooler may give
/// the first of them another session that is free, and not more, since it may have few.
const HOLDERS: usize = 2;

/// Where connections lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Endpoint {
    /// To the server: each has a session of its own.
    Direct,
    /// Through a pooler in transaction mode: a session lasts as long as a transaction.
    Pooled,
}

/// Finds out where connections lead, and whether prepared statements survive there: while others
/// hold the session that ran a statement first, the statement is run once more. Through a pooler it
/// then runs in another session, where only a pooler that knows of prepared statements (PgBouncer
/// 1.21 and newer) has prepared it.
///
/// # Errors
/// [`StorageError::Pooler`] when the pooler loses prepared statements; any other [`StorageError`].
pub async fn probe_endpoint(pool: &PgPool) -> Result<Endpoint, StorageError> {
    let probed = timeout(LONGEST_PROBE, probe(pool)).await;
    let silent = Err(StorageError::Unavailable(Outage::NoConnectionFree));
    match probed.unwrap_or(silent) {
        // "does not exist" of one session, "exists already" of another
        Err(StorageError::Other { sqlstate }) if matches!(&*sqlstate, "26000" | "42P05") => {
            Err(StorageError::Pooler { sqlstate })
        }
        probed => probed,
    }
}

async fn probe(pool: &PgPool) -> Result<Endpoint, StorageError> {
    let mut watched = pool.acquire().await?;
    let mut seen = vec![session(&mut watched).await?];
    let mut holders = Vec::new();
    let mut held = Vec::new();
    for _ in 0..HOLDERS {
        let mut holder = pool.begin().await?;
        held.push(session(&mut holder).await?);
        holders.push(holder);
        seen.push(session(&mut watched).await?);
        if seen.first() != seen.last() {
            break;
        }
    }
    for holder in holders {
        holder.rollback().await?;
    }
    // Whoever refused the parameters of a session is a pooler, of whatever kind.
    let refused_parameters = pool.connect_options().get_options().is_none();
    if refused_parameters {
        return Ok(Endpoint::Pooled);
    }
    Ok(conclusion(&seen, &held))
}

/// From the sessions that the watched connection was served by, one after the other, and those that
/// others held meanwhile. A connection to the server keeps its session, which nobody else has.
fn conclusion(seen: &[i32], held: &[i32]) -> Endpoint {
    let moved = seen.windows(2).any(|pair| pair[0] != pair[1]);
    let shared = held.iter().any(|session| seen.contains(session));
    if moved || shared {
        Endpoint::Pooled
    } else {
        Endpoint::Direct
    }
}

/// The server's process that serves the connection.
async fn session(connection: &mut PgConnection) -> Result<i32, StorageError> {
    let session = sqlx::query_scalar!(r#"select pg_backend_pid() as "session!""#);
    Ok(session.fetch_one(connection).await?)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::of_ones_own(&[1, 1, 1], &[2, 3], Endpoint::Direct)]
    #[case::moved_on(&[1, 2, 2], &[1, 3], Endpoint::Pooled)]
    #[case::taken_by_another(&[1, 1, 1], &[2, 1], Endpoint::Pooled)]
    #[case::moved_late(&[1, 1, 4], &[2, 3], Endpoint::Pooled)]
    fn a_session_that_is_shared_is_a_poolers(
        #[case] seen: &[i32],
        #[case] held: &[i32],
        #[case] endpoint: Endpoint,
    ) {
        assert_eq!(conclusion(seen, held), endpoint);
    }
}
