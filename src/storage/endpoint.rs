//! Whether connections lead to the server itself or through a pooler, and whether that one can be used.

use std::time::Duration;

use sqlx::{PgConnection, PgPool};
use tokio::time::timeout;

use super::{Outage, StorageError};

/// How long the probe may take: a pooler whose only connection is busy keeps it waiting.
const LONGEST_PROBE: Duration = Duration::from_secs(10);

/// Where connections lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Endpoint {
    /// To the server: each has a session of its own.
    Direct,
    /// Through a pooler in transaction mode: a session lasts as long as a transaction.
    Pooled,
}

/// Finds out where connections lead, and whether prepared statements survive there: while another
/// connection holds the session that ran a statement first, the statement is run once more. Through
/// a pooler it then runs in another session, where only a pooler that knows of prepared statements
/// (PgBouncer 1.21 and newer) has prepared it.
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
    let before = session(&mut watched).await?;
    let mut holder = pool.begin().await?;
    let held = session(&mut holder).await?;
    let after = session(&mut watched).await?;
    holder.rollback().await?;
    if held == before || after != before {
        Ok(Endpoint::Pooled)
    } else {
        Ok(Endpoint::Direct)
    }
}

/// The server's process that serves the connection.
async fn session(connection: &mut PgConnection) -> Result<i32, StorageError> {
    let session = sqlx::query_scalar!(r#"select pg_backend_pid() as "session!""#);
    Ok(session.fetch_one(connection).await?)
}
