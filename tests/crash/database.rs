//! The database of a scenario.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use rust_c2s_api::storage::private_server::PrivateServer;
use rust_c2s_api::storage::test_database::TestDatabase;
use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::home::{Home, signal};
use crate::pooler::Pooler;

pub(crate) struct Database {
    place: Place,
    pool: PgPool,
    /// Stands between the service and the server, if that was asked for.
    pooler: Option<Pooler>,
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
    /// On the server that all tests share; with a pooler, on one of its own.
    pub(crate) async fn for_a_scenario(home: &Home) -> Self {
        if Pooler::asked_for().is_some() {
            return Self::of_its_own(home).await;
        }
        let database = TestDatabase::create().await.unwrap();
        Self {
            pool: database.pool().clone(),
            place: Place::Shared(database),
            pooler: None,
        }
    }

    /// An empty one on a server in this home.
    pub(crate) async fn of_its_own(home: &Home) -> Self {
        let root = home.path().join("rust-c2s-api/tests");
        let server = PrivateServer::start(&root).await.unwrap();
        server.ensure_database(NAME).await.unwrap();
        let options = server.connect_options(NAME);
        let mut pooler = None;
        if let Some(program) = Pooler::asked_for() {
            pooler = Some(Pooler::before(&program, home, &root.join("socket"), NAME).await);
        }
        Self {
            pooler,
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

    /// What a service needs to be told to use it, at this URL or at its own.
    pub(crate) fn variables(&self, url: Option<&str>) -> Vec<(&'static str, String)> {
        let url = url.map_or_else(|| self.url(), ToOwned::to_owned);
        let mut set = vec![("DB_URL", url)];
        if self.pooler.is_some() {
            // migrations cannot go through a pooler
            set.push(("DB_DIRECT_URL", self.direct_url()));
        }
        set
    }

    /// As a service reaches it.
    fn url(&self) -> String {
        match &self.pooler {
            Some(pooler) => pooler.url(NAME),
            None => self.direct_url(),
        }
    }

    fn direct_url(&self) -> String {
        match &self.place {
            Place::Shared(database) => database.url(),
            Place::Own { server, .. } => server.as_ref().unwrap().url(NAME),
        }
    }

    /// As a service reaches it.
    pub(crate) fn options_of_a_service(&self) -> PgConnectOptions {
        match &self.pooler {
            Some(pooler) => pooler.connect_options(NAME),
            None => self.direct_options(),
        }
    }

    pub(crate) fn direct_options(&self) -> PgConnectOptions {
        match &self.place {
            Place::Shared(database) => database.connect_options().unwrap(),
            Place::Own { server, .. } => server.as_ref().unwrap().connect_options(NAME),
        }
    }

    /// Its URL by another way, a port that leads to where a service reaches it.
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
