//! The database of a scenario.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use rust_c2s_api::storage::private_server::PrivateServer;
use rust_c2s_api::storage::test_database::TestDatabase;
use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::home::{Home, signal};

pub(crate) struct Database {
    place: Place,
    pool: PgPool,
}

enum Place {
    /// On the server that all tests share.
    Shared(TestDatabase),
    /// On a server of the scenario's own, which it may stop.
    Own {
        root: PathBuf,
        server: Option<PrivateServer>,
    },
}

/// For what a service does once its database is well again.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// The name of the database on a scenario's own server.
const NAME: &str = "crash";

impl Database {
    pub(crate) async fn shared() -> Self {
        let database = TestDatabase::create().await.unwrap();
        Self {
            pool: database.pool().clone(),
            place: Place::Shared(database),
        }
    }

    /// An empty one on a server in this home.
    pub(crate) async fn of_its_own(home: &Home) -> Self {
        let root = home.path().join("rust-c2s-api/tests");
        let server = PrivateServer::start(&root).await.unwrap();
        server.ensure_database(NAME).await.unwrap();
        let options = server.connect_options(NAME);
        Self {
            pool: PgPoolOptions::new()
                .max_connections(4)
                .connect_lazy_with(options),
            place: Place::Own {
                root,
                server: Some(server),
            },
        }
    }

    pub(crate) fn pool(&self) -> &PgPool {
        &self.pool
    }

    pub(crate) fn url(&self) -> String {
        match &self.place {
            Place::Shared(database) => database.url(),
            Place::Own { server, .. } => server.as_ref().unwrap().url(NAME),
        }
    }

    pub(crate) fn connect_options(&self) -> PgConnectOptions {
        match &self.place {
            Place::Shared(database) => database.connect_options().unwrap(),
            Place::Own { server, .. } => server.as_ref().unwrap().connect_options(NAME),
        }
    }

    /// Its URL by another way, a port that leads to it.
    pub(crate) fn url_by(&self, address: SocketAddr) -> String {
        let url = self.url();
        let (before, rest) = url.split_once('@').unwrap();
        let (_host, after) = rest.split_once('/').unwrap();
        format!("{before}@{address}/{after}")
    }

    /// Stops the server as `pg_ctl stop -m immediate` does: without a word to anybody.
    pub(crate) fn stop_immediately(&self) {
        let Place::Own { root, .. } = &self.place else {
            panic!("the server is shared: it cannot be stopped")
        };
        let file = root.join("data/postmaster.pid");
        let text = std::fs::read_to_string(file).unwrap();
        signal(text.lines().next().unwrap(), "QUIT");
    }

    /// Starts the server again after [`Self::stop_immediately`].
    pub(crate) async fn start_again(&mut self) {
        let Place::Own { root, server } = &mut self.place else {
            panic!("the server is shared: it was not stopped")
        };
        server.take().unwrap().stop().await.unwrap();
        *server = Some(PrivateServer::start(root).await.unwrap());
        // our own connections of before are dead
        while sqlx::query("select 1").execute(&self.pool).await.is_err() {}
    }
}
