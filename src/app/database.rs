//! The database of a service or a command, and the private server behind it.

use std::time::{Duration, Instant};

use sqlx::PgPool;

use super::AppError;
use crate::config::{DatabaseConfig, DatabaseLocation};
use crate::storage::private_server::{PrivateServer, PrivateServerError};
use crate::storage::{self, Endpoint, StorageError};

/// Connections to the database of one process (DATABASE.md: two instances × 10).
const CONNECTIONS: u32 = 10;

/// The longest that closing the connections may take: one that has gone silent never closes.
const CLOSING: Duration = Duration::from_secs(1);

/// How long the service waits for a short command (`leads`, `migrate`) that holds its private
/// server: ten times what one takes.
const SHORT_COMMAND: Duration = Duration::from_secs(5);

/// Database of the private server that `DB_URL=private` means.
const PRIVATE_DATABASE: &str = "rust_c2s_api";

/// A connected database, and the private server behind it if it is one of ours.
pub struct Database {
    /// Connections.
    pub pool: PgPool,
    private: Option<PrivateServer>,
    endpoint: Endpoint,
}

impl Database {
    /// Connects to the configured database. A private server that is meant is started and owned:
    /// another process that holds it is waited for for some seconds, then it is an error.
    ///
    /// # Errors
    /// [`AppError`] when it cannot be reached or started.
    pub async fn open(config: &DatabaseConfig) -> Result<Self, AppError> {
        let deadline = Instant::now() + SHORT_COMMAND;
        let mut told = false;
        loop {
            match Self::open_now(config).await {
                Err(AppError::Private(error @ PrivateServerError::InUse { .. }))
                    if Instant::now() < deadline =>
                {
                    if !told {
                        tracing::info!("waiting: {error}");
                    }
                    told = true;
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                opened => return opened,
            }
        }
    }

    async fn open_now(config: &DatabaseConfig) -> Result<Self, AppError> {
        match &config.location {
            DatabaseLocation::Url(url) => {
                let options = storage::options_from_url(url)?;
                let pool = storage::connect(&options, CONNECTIONS).await?;
                let endpoint = storage::probe_endpoint(&pool).await?;
                tracing::debug!(?endpoint, "connected to the database");
                Ok(Self {
                    pool,
                    private: None,
                    endpoint,
                })
            }
            DatabaseLocation::Private => {
                let server = PrivateServer::start(&PrivateServer::default_root("service")?).await?;
                server.ensure_database(PRIVATE_DATABASE).await?;
                let options = server.connect_options(PRIVATE_DATABASE);
                let pool = storage::connect(&options, CONNECTIONS).await?;
                Ok(Self {
                    pool,
                    private: Some(server),
                    endpoint: Endpoint::Direct,
                })
            }
        }
    }

    /// As [`Database::open`], for a command beside a running service: a private server that
    /// another process runs is used and left to it.
    ///
    /// # Errors
    /// [`AppError`] when the database cannot be reached or started.
    pub async fn join(config: &DatabaseConfig) -> Result<Self, AppError> {
        match Self::open_now(config).await {
            Err(AppError::Private(PrivateServerError::InUse { root })) => {
                let options = PrivateServer::of_another_process(&root, PRIVATE_DATABASE)?;
                let pool = storage::connect(&options, CONNECTIONS).await?;
                Ok(Self {
                    pool,
                    private: None,
                    endpoint: Endpoint::Direct,
                })
            }
            opened => opened,
        }
    }

    /// Applies pending migrations, on the direct URL if there is one.
    ///
    /// # Errors
    /// [`AppError`] when a migration fails.
    pub async fn migrate(&self, config: &DatabaseConfig) -> Result<(), AppError> {
        let Some(url) = &config.direct_url else {
            return Ok(storage::migrate(&self.pool, self.endpoint).await?);
        };
        let direct = storage::connect(&storage::options_from_url(url)?, 1).await?;
        let migrated = storage::migrate(&direct, Endpoint::Direct).await;
        direct.close().await;
        migrated?;
        if storage::migrations_pending(&self.pool).await? {
            let problem = "DB_DIRECT_URL was migrated, and the database of DB_URL was not: they must name \
                           the same one";
            return Err(AppError::Storage(StorageError::Migration {
                version: 0,
                problem: problem.to_owned(),
            }));
        }
        Ok(())
    }

    /// Closes the connections and stops the private server.
    ///
    /// # Errors
    /// [`AppError`] when the private server does not stop.
    pub async fn close(self) -> Result<(), AppError> {
        if tokio::time::timeout(CLOSING, self.pool.close())
            .await
            .is_err()
        {
            tracing::warn!("a connection to the database did not close in time");
        }
        match self.private {
            Some(server) => Ok(server.stop().await?),
            None => Ok(()),
        }
    }
}
