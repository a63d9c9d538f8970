//! The dashboards' role, as `rust-c2s-api analytics reader` makes it.
#![expect(clippy::print_stdout, reason = "what is not tried is told")]

use rust_c2s_api::storage::test_database::TestDatabase;
use rust_c2s_api::storage::{self, ReaderName};
use sqlx::{AssertSqlSafe, PgPool};
use url::Url;
use uuid::Uuid;

/// The role in one database, connected.
pub(crate) struct Reader {
    role: String,
    owner: PgPool,
    pool: PgPool,
}

impl Reader {
    /// `None` where the server is somebody's: roles belong to the whole server.
    pub(crate) async fn of(database: &TestDatabase) -> Option<Self> {
        if TestDatabase::server_is_given() {
            println!("not tried: roles belong to the whole server, and this one is somebody's");
            return None;
        }
        let role = format!("test_{}", Uuid::now_v7().simple());
        let name = ReaderName::parse(&role).unwrap();
        let password = |_| Some("choose1one".to_owned());
        let is_new = storage::let_reader_in(database.pool(), &name, password).await;
        assert!(is_new.unwrap());
        let mut url = Url::parse(&database.url()).unwrap();
        url.set_username(&role).unwrap();
        url.set_password(Some("choose1one")).unwrap();
        let pool = PgPool::connect(url.as_str()).await.unwrap();
        Some(Self {
            role,
            owner: database.pool().clone(),
            pool,
        })
    }

    pub(crate) const fn pool(&self) -> &PgPool {
        &self.pool
    }

    pub(crate) async fn leave(self) {
        self.pool.close().await;
        let gone = format!("drop owned by {0}; drop role {0}", self.role);
        let gone = sqlx::raw_sql(AssertSqlSafe(gone)).execute(&self.owner);
        gone.await.unwrap();
    }
}
