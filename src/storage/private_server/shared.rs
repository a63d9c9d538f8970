use std::path::Path;

use sqlx::Connection;
use sqlx::postgres::PgConnectOptions;

use super::binaries::Places;
use super::cluster::{self, Cluster};
use super::endpoint::Endpoint;
use super::error::PrivateServerError;
use super::lock::Lock;

/// A private server that several processes use at the same time. It outlives this value: see [`stop_shared`].
#[derive(Debug)]
pub struct SharedServer {
    endpoint: Endpoint,
    _in_use: Lock,
}

/// What [`stop_shared`] did.
#[derive(Debug, PartialEq, Eq)]
pub enum Stopped {
    /// No server runs there now.
    Yes,
    /// Somebody uses it, so it was left alone.
    StillInUse,
}

impl SharedServer {
    /// Joins the users of `root`'s server, and starts it if it does not run. Joining a running one takes some milliseconds.
    ///
    /// # Errors
    /// As [`PrivateServer::start`](super::PrivateServer::start); never because another one shares it.
    pub async fn join(root: &Path) -> Result<Self, PrivateServerError> {
        let path = root.to_path_buf();
        let (root, endpoint, in_use) = tokio::task::spawn_blocking(move || {
            let root = cluster::create_root(&path)?;
            let in_use = Lock::shared(&root)?;
            let endpoint = Endpoint::below(&root)?;
            Ok::<_, PrivateServerError>((root, endpoint, in_use))
        })
        .await??;
        match endpoint.connect_if_open("postgres").await? {
            Some(connection) => connection
                .close()
                .await
                .map_err(PrivateServerError::database("close a connection"))?,
            None => start_once(&root).await?,
        }
        Ok(Self {
            endpoint,
            _in_use: in_use,
        })
    }

    /// As [`PrivateServer::connect_options`](super::PrivateServer::connect_options).
    pub fn connect_options(&self, database: &str) -> PgConnectOptions {
        self.endpoint.connect_options(database)
    }

    /// As [`PrivateServer::url`](super::PrivateServer::url).
    pub fn url(&self, database: &str) -> String {
        self.endpoint.url(database)
    }

    /// As [`PrivateServer::ensure_database`](super::PrivateServer::ensure_database).
    ///
    /// # Errors
    /// [`PrivateServerError::Database`] with the server's answer.
    pub async fn ensure_database(&self, name: &str) -> Result<(), PrivateServerError> {
        self.endpoint.ensure_database(name).await
    }
}

async fn start_once(root: &Path) -> Result<(), PrivateServerError> {
    let root = root.to_path_buf();
    let (cluster, _starting) = tokio::task::spawn_blocking(move || {
        let starting = Lock::starting(&root)?;
        let cluster = Cluster::prepare(&root, &Places::from_environment())?;
        Ok::<_, PrivateServerError>((cluster, starting))
    })
    .await??;
    cluster::ensure_running(&cluster).await
}

/// Stops the shared server of `root` unless somebody uses it.
///
/// # Errors
/// [`PrivateServerError::Command`] when `pg_ctl` could not stop it within its minute.
pub async fn stop_shared(root: &Path) -> Result<Stopped, PrivateServerError> {
    let root = root.to_path_buf();
    tokio::task::spawn_blocking(move || {
        if !root.exists() {
            return Ok(Stopped::Yes);
        }
        let root = cluster::create_root(&root)?;
        let Some(_alone) = Lock::in_use_by(&root)? else {
            return Ok(Stopped::StillInUse);
        };
        if Endpoint::below(&root)?.is_open() {
            Cluster::prepare(&root, &Places::from_environment())?.stop()?;
        }
        Ok(Stopped::Yes)
    })
    .await?
}
