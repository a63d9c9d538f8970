//! A private PostgreSQL for `demo`, the tests and `DB_URL=private`: it runs the server programs that are already
//! installed, in a directory of its own, behind a Unix socket only its owner can open. Nothing is downloaded and no
//! database of anybody else is touched: the place of the server comes from its root directory alone.
//!
//! Two ways of using one:
//! - [`PrivateServer`] belongs to one process (`demo`, `serve`). A second one is refused, the server ends with it, and
//!   a server left over from a `kill -9` is adopted.
//! - [`SharedServer`] belongs to nobody (the tests, one process each): whoever needs it first starts it, and it stays
//!   until [`stop_shared`] finds nobody using it.

mod account;
mod binaries;
mod cluster;
mod endpoint;
mod error;
mod lock;
mod shared;

use std::path::{Path, PathBuf};

use sqlx::postgres::PgConnectOptions;

use binaries::Places;
use cluster::Cluster;
use lock::Lock;

pub use error::PrivateServerError;
pub use shared::{SharedServer, Stopped, stop_shared};

/// The name of the shared server the tests use, for [`PrivateServer::default_root`].
pub const TEST_SERVER: &str = "tests";

/// A running private server that belongs to this process alone.
///
/// End it with [`stop`](Self::stop). A value that is dropped instead, by an early return or a panic, stops its server
/// too, blocking meanwhile.
#[derive(Debug)]
pub struct PrivateServer {
    cluster: Cluster,
    stop_on_drop: bool,
    _lock: Lock,
}

impl PrivateServer {
    /// Starts the server of `root`, made there if it is not yet, or adopts the one that a killed process left running.
    ///
    /// A first start takes about a second, a later one about 0.15 s (measured, 2 cores).
    ///
    /// # Errors
    /// [`PrivateServerError::InUse`] while another process holds `root`; otherwise what is missing or was refused, with
    /// what to do about it.
    pub async fn start(root: &Path) -> Result<Self, PrivateServerError> {
        Self::start_with(root, Places::from_environment()).await
    }

    async fn start_with(root: &Path, places: Places) -> Result<Self, PrivateServerError> {
        let root = root.to_path_buf();
        let (cluster, lock) = tokio::task::spawn_blocking(move || {
            let root = cluster::create_root(&root)?;
            let lock = Lock::exclusive(&root)?;
            Ok::<_, PrivateServerError>((Cluster::prepare(&root, &places)?, lock))
        })
        .await??;
        cluster::ensure_running(&cluster).await?;
        Ok(Self {
            cluster,
            stop_on_drop: true,
            _lock: lock,
        })
    }

    /// The directory for the server called `name` (`demo`, `tests`, …) of the current user:
    /// `$XDG_STATE_HOME/rust-c2s-api/<name>` if that variable is set, `/var/lib/rust-c2s-api/<name>` for root (whose
    /// home is closed to the account PostgreSQL then runs under), else `~/.local/state/rust-c2s-api/<name>`.
    ///
    /// # Errors
    /// [`PrivateServerError::NoStateDirectory`] for a user without a home directory.
    pub fn default_root(name: &str) -> Result<PathBuf, PrivateServerError> {
        account::state_directory().map(|directory| directory.join(name))
    }

    /// How to connect to `database` as its superuser: through the socket, without TLS or password, whatever PGHOST,
    /// PGPORT, PGUSER, PGDATABASE, PGPASSWORD and PGSSLMODE say. No password file is read.
    pub fn connect_options(&self, database: &str) -> PgConnectOptions {
        self.cluster.endpoint().connect_options(database)
    }

    /// The same as a URL, understood by sqlx and libpq (`psql`): the socket's directory, percent-encoded, stands where
    /// a host's name would.
    pub fn url(&self, database: &str) -> String {
        self.cluster.endpoint().url(database)
    }

    /// Creates `name` unless it exists.
    ///
    /// # Errors
    /// [`PrivateServerError::Database`] with the server's answer.
    pub async fn ensure_database(&self, name: &str) -> Result<(), PrivateServerError> {
        self.cluster.endpoint().ensure_database(name).await
    }

    /// Makes `name` anew and empty, ending whoever is connected to an older one.
    ///
    /// # Errors
    /// [`PrivateServerError::Database`] with the server's answer.
    pub async fn recreate_database(&self, name: &str) -> Result<(), PrivateServerError> {
        self.cluster.endpoint().recreate_database(name).await
    }

    /// How to connect to `database` on the server of `root` that another process of this user runs, without owning
    /// it. Nothing is started.
    ///
    /// # Errors
    /// [`PrivateServerError`] when there is no such directory, or its socket's path is too long.
    pub fn of_another_process(
        root: &Path,
        database: &str,
    ) -> Result<PgConnectOptions, PrivateServerError> {
        let root = cluster::create_root(root)?;
        Ok(endpoint::Endpoint::below(&root)?.connect_options(database))
    }

    /// Stops the server, rolling back what still runs in it.
    ///
    /// # Errors
    /// [`PrivateServerError::Command`] when `pg_ctl` could not stop it within its minute.
    pub async fn stop(mut self) -> Result<(), PrivateServerError> {
        self.stop_on_drop = false;
        tokio::task::spawn_blocking(move || self.cluster.stop()).await?
    }
}

impl Drop for PrivateServer {
    fn drop(&mut self) {
        if self.stop_on_drop
            && let Err(error) = self.cluster.stop()
        {
            tracing::warn!(%error, "the private PostgreSQL could not be stopped; the next start adopts it");
        }
    }
}

#[cfg(test)]
mod tests;
