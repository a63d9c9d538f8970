//! The database of a command.

use anyhow::{Result, anyhow, bail};

use super::shutdown_signal;
use crate::app::Database;
use crate::config::DatabaseConfig;
use crate::storage;

/// Works on the database until it is done or the process is told to stop, and closes it either
/// way: a private server must not stay behind.
pub(super) async fn on_database(
    config: &DatabaseConfig,
    work: impl AsyncFnOnce(&Database) -> Result<()>,
) -> Result<()> {
    let shutdown = shutdown_signal()?;
    let database = Database::join(config).await?;
    let worked = tokio::select! {
        worked = work(&database) => worked,
        () = shutdown.cancelled() => Err(anyhow!("told to stop before it was done")),
    };
    let closed = database.close().await;
    worked?;
    Ok(closed?)
}

/// As [`on_database`], on the database of the environment, if all migrations are applied to it.
pub(super) async fn on_migrated_database(
    work: impl AsyncFnOnce(&Database) -> Result<()>,
) -> Result<()> {
    let config = DatabaseConfig::from_env()?;
    on_database(&config, async |database| {
        require_migrated(database).await?;
        work(database).await
    })
    .await
}

/// Refuses a database to which not all migrations are applied.
pub(super) async fn require_migrated(database: &Database) -> Result<()> {
    if storage::migrations_pending(&database.pool).await? {
        bail!("migrations are pending on this database: run `rust-c2s-api migrate` first");
    }
    Ok(())
}
