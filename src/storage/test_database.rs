//! A database of its own for every test, made from a migrated template; see `docs/adr/0002-test-databases.md`.
//!
//! Used by the unit tests here and by the integration tests, which see only the library's public items, and by `demo` when
//! it is given a server. The service itself never calls it.

use std::env;
use std::thread;

use sha2::{Digest, Sha256};
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, PgConnection, PgPool};
use url::Url;
use uuid::Uuid;

use crate::storage::private_server::{
    PrivateServer, PrivateServerError, SharedServer, TEST_SERVER,
};

static MIGRATIONS: Migrator = sqlx::migrate!();

/// The only variable by which a test can be sent to another server.
const VARIABLE: &str = "TEST_DATABASE_URL";

/// Taken while a template is built: any number that nothing else in these servers locks.
const TEMPLATE_LOCK: i64 = 0x6332_735f_7465_7374;

/// A fresh, migrated database that is dropped with this value.
#[derive(Debug)]
pub struct TestDatabase {
    name: String,
    server: Server,
    pool: PgPool,
}

/// Why there is no database for a test.
#[derive(Debug, thiserror::Error)]
pub enum TestDatabaseError {
    /// No private server.
    #[error(
        "no database for the tests: set TEST_DATABASE_URL to a server where databases may be created, or mend this"
    )]
    Server(#[from] PrivateServerError),
    /// The variable does not parse.
    #[error("TEST_DATABASE_URL is no URL")]
    Url(#[from] url::ParseError),
    /// The variable leads every test into one database.
    #[error(
        "TEST_DATABASE_URL has the parameter dbname, which goes before the name of a test's own database: leave it out"
    )]
    NamesDatabase,
    /// The server refused.
    #[error("the tests' server refused to {action}")]
    Database {
        /// What was tried, as a verb.
        action: &'static str,
        /// Its answer.
        source: sqlx::Error,
    },
    /// A migration failed.
    #[error("the migrations do not run on an empty database")]
    Migration(#[from] MigrateError),
}

impl TestDatabase {
    /// A migrated database: a copy of the template, which the first test after a change of the migrations builds.
    ///
    /// # Errors
    /// When there is no server, it refuses, or a migration fails.
    pub async fn create() -> Result<Self, TestDatabaseError> {
        let server = Server::find().await?;
        let mut maintenance = server.connect("postgres").await?;
        let template = template_name(&MIGRATIONS);
        if !exists(&mut maintenance, &template).await? {
            build_template(&server, &mut maintenance, &template).await?;
        }
        Self::create_from(server, maintenance, &template).await
    }

    /// A database without anything, for the tests of the migrations themselves.
    ///
    /// # Errors
    /// When there is no server, or it refuses.
    pub async fn create_empty() -> Result<Self, TestDatabaseError> {
        let server = Server::find().await?;
        let maintenance = server.connect("postgres").await?;
        Self::create_from(server, maintenance, "template0").await
    }

    /// Up to ten connections, opened when needed.
    pub fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// How to connect, for a test that wants a pool of its own.
    pub fn connect_options(&self) -> Result<PgConnectOptions, TestDatabaseError> {
        self.server.connect_options(&self.name)
    }

    /// The same as a URL, for a test that configures the service or runs the binary.
    pub fn url(&self) -> String {
        self.server.url(&self.name)
    }

    /// Whether TEST_DATABASE_URL names a server. Else the tests start a private one of theirs.
    #[must_use]
    pub fn server_is_given() -> bool {
        given().is_some()
    }

    async fn create_from(
        server: Server,
        mut maintenance: PgConnection,
        template: &str,
    ) -> Result<Self, TestDatabaseError> {
        let name = format!("test_{}", Uuid::now_v7().simple());
        let create = format!("create database {name} template {template}");
        execute(&mut maintenance, "create a database", create).await?;
        close(maintenance).await?;
        let pool = PgPoolOptions::new()
            .max_connections(10)
            .connect_lazy_with(server.connect_options(&name)?);
        Ok(Self { name, server, pool })
    }
}

impl Drop for TestDatabase {
    /// A thread of its own, because a runtime cannot be waited for from inside itself.
    fn drop(&mut self) {
        let dropped = thread::scope(|scope| {
            scope
                .spawn(|| drop_database(&self.server, &self.name))
                .join()
        });
        if !matches!(dropped, Ok(Ok(()))) {
            tracing::warn!(database = self.name, "a test's database stays behind");
        }
    }
}

fn drop_database(server: &Server, name: &str) -> Result<(), TestDatabaseError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| failed("drop a database")(sqlx::Error::Io(error)))?;
    runtime.block_on(async {
        let mut maintenance = server.connect("postgres").await?;
        let drop = format!("drop database {name} with (force)");
        execute(&mut maintenance, "drop a database", drop).await?;
        close(maintenance).await
    })
}

/// Where the tests' databases are. Neither `.env` nor any other variable is looked at.
#[derive(Debug)]
enum Server {
    Private(SharedServer),
    Given(Url),
}

/// The variable's value; an empty one counts as unset.
#[expect(
    clippy::disallowed_methods,
    reason = "the tests have no configuration: it must not be able to lead them to a real database"
)]
fn given() -> Option<String> {
    env::var(VARIABLE).ok().filter(|url| !url.trim().is_empty())
}

impl Server {
    async fn find() -> Result<Self, TestDatabaseError> {
        if let Some(url) = given() {
            let url: Url = url.parse()?;
            if url.query_pairs().any(|(name, _)| name == "dbname") {
                return Err(TestDatabaseError::NamesDatabase);
            }
            return Ok(Self::Given(url));
        }
        let root = PrivateServer::default_root(TEST_SERVER)?;
        Ok(Self::Private(SharedServer::join(&root).await?))
    }

    fn url(&self, database: &str) -> String {
        match self {
            Self::Private(server) => server.url(database),
            Self::Given(url) => {
                let mut url = url.clone();
                url.set_path(database);
                url.into()
            }
        }
    }

    fn connect_options(&self, database: &str) -> Result<PgConnectOptions, TestDatabaseError> {
        match self {
            Self::Private(server) => Ok(server.connect_options(database)),
            Self::Given(_) => self
                .url(database)
                .parse()
                .map_err(failed("be named by TEST_DATABASE_URL")),
        }
    }

    async fn connect(&self, database: &str) -> Result<PgConnection, TestDatabaseError> {
        self.connect_options(database)?
            .connect()
            .await
            .map_err(failed("connect"))
    }
}

/// Names the schema: other migrations, for instance on another branch, make another template.
fn template_name(migrations: &Migrator) -> String {
    let mut hash = Sha256::new();
    for migration in migrations.iter() {
        hash.update(migration.version.to_be_bytes());
        hash.update(&migration.checksum);
    }
    let digest = hex::encode(hash.finalize());
    format!("test_template_{}", &digest[..16])
}

/// One process builds it, the others wait for its lock; a half-built one never gets the template's name.
async fn build_template(
    server: &Server,
    maintenance: &mut PgConnection,
    template: &str,
) -> Result<(), TestDatabaseError> {
    sqlx::query("select pg_advisory_lock($1)")
        .bind(TEMPLATE_LOCK)
        .execute(&mut *maintenance)
        .await
        .map_err(failed("lock the template"))?;
    if !exists(maintenance, template).await? {
        let building = format!("{template}_building");
        for statement in [
            format!("drop database if exists {building} with (force)"),
            format!("create database {building} template template0"),
        ] {
            execute(maintenance, "create a template", statement).await?;
        }
        let mut connection = server.connect(&building).await?;
        MIGRATIONS.run(&mut connection).await?;
        close(connection).await?;
        let rename = format!("alter database {building} rename to {template}");
        execute(maintenance, "name the template", rename).await?;
        if matches!(server, Server::Private(_)) {
            drop_leftovers(maintenance).await;
        }
    }
    sqlx::query("select pg_advisory_unlock($1)")
        .bind(TEMPLATE_LOCK)
        .execute(maintenance)
        .await
        .map_err(failed("unlock the template"))?;
    Ok(())
}

/// Databases of tests that were killed, and templates of migrations nobody has any more. Age is that of the files. One
/// that stays is tried again at the next template, and no reason for a test to fail.
async fn drop_leftovers(maintenance: &mut PgConnection) {
    let leftovers = match leftovers(maintenance).await {
        Ok(leftovers) => leftovers,
        Err(error) => {
            tracing::warn!(%error, "old databases of tests stay behind");
            return;
        }
    };
    for name in leftovers {
        let drop = format!("drop database if exists {name} with (force)");
        if let Err(error) = execute(maintenance, "drop an old database", drop).await {
            tracing::warn!(%error, database = name, "an old database of a test stays behind");
        }
    }
}

/// The files of one that is dropped this moment by its test are missing: their age is null, and it is not listed.
async fn leftovers(maintenance: &mut PgConnection) -> Result<Vec<String>, TestDatabaseError> {
    sqlx::query_scalar(
        r"select datname from pg_database
          where datname like 'test\_%'
            and (pg_stat_file('base/' || oid || '/PG_VERSION', true)).modification
                < now() - case when datname like 'test\_template\_%' then interval '7 days' else interval '1 day' end",
    )
    .fetch_all(maintenance)
    .await
    .map_err(failed("list old databases"))
}

async fn exists(maintenance: &mut PgConnection, database: &str) -> Result<bool, TestDatabaseError> {
    sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
        .bind(database)
        .fetch_one(maintenance)
        .await
        .map_err(failed("list its databases"))
}

/// `statement` is put together from names made here, of lower-case letters, digits and underscores.
async fn execute(
    connection: &mut PgConnection,
    action: &'static str,
    statement: String,
) -> Result<(), TestDatabaseError> {
    connection
        .execute(AssertSqlSafe(statement))
        .await
        .map(|_| ())
        .map_err(failed(action))
}

async fn close(connection: PgConnection) -> Result<(), TestDatabaseError> {
    connection
        .close()
        .await
        .map_err(failed("close a connection"))
}

fn failed(action: &'static str) -> impl FnOnce(sqlx::Error) -> TestDatabaseError {
    move |source| TestDatabaseError::Database { action, source }
}
