//! Bringing the schema up to date.

use std::pin::pin;
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::postgres::PgPool;
use sqlx::{Connection, Executor, PgExecutor};

use super::{Endpoint, StorageError};

/// A migration of a brokerage's data takes less. The migrator's lock is waited for without limit,
/// and whoever holds it may be a machine that hangs.
const UNUSUALLY_LONG: Duration = Duration::from_secs(3);

static MIGRATOR: Migrator = sqlx::migrate!("./migrations");

/// Applies what is pending. With nothing pending no lock is taken, so that many instances can
/// start at once; a database that a newer version has migrated already is left as it is.
///
/// # Errors
/// [`StorageError::Migration`] when one cannot be applied, or an applied one was changed since, or
/// something is pending and the connections lead through a pooler.
pub async fn migrate(pool: &PgPool, endpoint: Endpoint) -> Result<(), StorageError> {
    if !migrations_pending(pool).await? {
        return Ok(());
    }
    if endpoint == Endpoint::Pooled {
        let problem = "the database is behind a pooler, where the migrator's lock is anybody's: \
                       set DB_DIRECT_URL to the direct endpoint";
        return Err(StorageError::Migration {
            version: 0,
            problem: problem.to_owned(),
        });
    }
    let mut connection = pool.acquire().await?.detach();
    // Building an index on much data takes longer than a statement of the service may.
    connection.execute("set statement_timeout = 0").await?;
    let mut migrator = Migrator::with_migrations(MIGRATOR.iter().cloned().collect());
    migrator.set_ignore_missing(true);
    let migrated = telling_of_a_wait(migrator.run(&mut connection)).await;
    connection.close().await?;
    migrated.map_err(|error| from_migrator(&error))
}

/// Waits for the migrations, and says so when that takes unusually long.
async fn telling_of_a_wait<T>(migrating: impl Future<Output = T>) -> T {
    let mut migrating = pin!(migrating);
    loop {
        match tokio::time::timeout(UNUSUALLY_LONG, &mut migrating).await {
            Ok(migrated) => return migrated,
            Err(_) => tracing::warn!(
                "still migrating: a migration takes long, or another process holds the migrator's \
                 lock (docs/deployment/FLY.md, \"A deploy is stuck\")"
            ),
        }
    }
}

/// Whether a migration of this version has yet to be applied.
///
/// # Errors
/// [`StorageError`] when the database does not answer.
pub async fn migrations_pending<'e>(
    exec: impl PgExecutor<'e> + Copy,
) -> Result<bool, StorageError> {
    let has_table = sqlx::query_scalar!(
        r#"select to_regclass('_sqlx_migrations') is not null as "has_table!""#
    )
    .fetch_one(exec)
    .await?;
    if !has_table {
        return Ok(true);
    }
    // The migrator's own table: not there yet when the other statements are checked.
    let applied: Vec<(i64, Vec<u8>)> =
        sqlx::query_as("select version, checksum from _sqlx_migrations where success")
            .fetch_all(exec)
            .await?;
    let is_applied = |version: i64, checksum: &[u8]| {
        applied
            .iter()
            .any(|(v, c)| *v == version && c.as_slice() == checksum)
    };
    Ok(MIGRATOR
        .iter()
        .any(|migration| !is_applied(migration.version, &migration.checksum)))
}

fn from_migrator(error: &MigrateError) -> StorageError {
    let (version, problem) = match error {
        MigrateError::ExecuteMigration(error, version) => (*version, from_sqlx(error)),
        MigrateError::Execute(error) => (0, from_sqlx(error)),
        MigrateError::VersionMismatch(version) => (
            *version,
            "it was changed after it had been applied".to_owned(),
        ),
        MigrateError::Dirty(version) => (*version, "it was applied in part".to_owned()),
        other => (0, other.to_string()),
    };
    StorageError::Migration { version, problem }
}

fn from_sqlx(error: &sqlx::Error) -> String {
    match error.as_database_error() {
        Some(error) => format!("{} ({})", error.message(), error.code().unwrap_or_default()),
        None => "the connection to the database broke".to_owned(),
    }
}
