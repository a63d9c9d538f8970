//! Who may not become the dashboards' role.
#![expect(clippy::print_stdout, reason = "what is not tried is told")]

use rust_c2s_api::storage::test_database::TestDatabase;
use rust_c2s_api::storage::{self, ReaderName};
use sqlx::{AssertSqlSafe, PgPool};
use uuid::Uuid;

use super::harness::Db;

struct Role {
    name: String,
    owner: PgPool,
}

impl Role {
    /// `None` where the server is somebody's: roles belong to the whole server.
    fn new(db: &Db) -> Option<Self> {
        if TestDatabase::server_is_given() {
            println!("not tried: roles belong to the whole server, and this one is somebody's");
            return None;
        }
        Some(Self {
            name: format!("test_{}", Uuid::now_v7().simple()),
            owner: db.pool.clone(),
        })
    }

    async fn execute(&self, statement: &str) {
        let statement = statement.replace("ROLE", &self.name);
        let executed = sqlx::raw_sql(AssertSqlSafe(statement)).execute(&self.owner);
        executed.await.unwrap();
    }

    async fn refused(&self) -> String {
        let name = ReaderName::parse(&self.name).unwrap();
        let password = |_| Some("choose1one".to_owned());
        let refused = storage::let_reader_in(&self.owner, &name, password).await;
        refused.unwrap_err().to_string()
    }

    async fn exists(&self) -> bool {
        sqlx::query_scalar("select exists (select from pg_roles where rolname = $1)")
            .bind(&self.name)
            .fetch_one(&self.owner)
            .await
            .unwrap()
    }
}

#[tokio::test]
async fn a_role_that_is_more_than_a_reader_is_left_as_it_is() {
    let db = Db::new().await;
    let Some(role) = Role::new(&db) else { return };
    for (is, said) in [
        ("create role ROLE superuser", "a superuser"),
        ("create role ROLE createrole", "a superuser"),
        (
            "create role ROLE; grant pg_read_all_data to ROLE",
            "a member of another role",
        ),
        (
            "create role ROLE; create table core.own (id int); alter table core.own owner to ROLE",
            "the owner of something",
        ),
    ] {
        role.execute(is).await;
        let refused = role.refused().await;
        assert!(
            refused.contains(said) && refused.contains("nothing was changed"),
            "{refused}"
        );
        let granted: i64 = sqlx::query_scalar(
            "select count(*) from pg_class where relname = 'mv_party_analytics' and relacl::text like '%' || $1 || '%'",
        )
        .bind(&role.name)
        .fetch_one(&db.pool)
        .await
        .unwrap();
        assert_eq!(granted, 0, "{is}");
        role.execute("drop owned by ROLE; drop role ROLE").await;
    }
}

#[tokio::test]
async fn what_everybody_may_read_is_told_and_no_role_is_made() {
    let db = Db::new().await;
    let Some(role) = Role::new(&db) else { return };
    for (open, told) in [
        ("grant select on core.parties to public", "core.parties"),
        ("revoke select on core.parties from public; grant select (cpf_cnpj) on core.parties to public", "core.parties"),
        ("revoke all on core.parties from public; revoke all (cpf_cnpj) on core.parties from public;
          create view core.open as select cpf_cnpj from core.parties; grant select on core.open to public", "core.open"),
        ("drop view core.open; create function core.open() returns text language sql security definer
          return (select max(cpf_cnpj) from core.parties)", "core.open()"),
        ("drop function core.open; grant usage, create on schema core to public", "new objects in core"),
        ("revoke all on schema core from public; grant usage on schema ops to public; grant update on ops.leads to public", "ops.leads"),
        ("revoke all on ops.leads from public; alter default privileges in schema core grant select on tables to public", "yet to be created"),
    ] {
        role.execute(open).await;
        let refused = role.refused().await;
        assert!(refused.contains(told), "{open}: {refused}");
        assert!(!role.exists().await, "{open}");
    }
}

#[tokio::test]
async fn what_no_revoke_of_ours_takes_from_a_role_is_told() {
    let db = Db::new().await;
    let Some(role) = Role::new(&db) else { return };
    for (granted, told) in [
        ("grant select on pg_authid to ROLE", "pg_authid"),
        (
            "alter default privileges in schema core grant select on tables to ROLE",
            "default privileges",
        ),
        (
            "select lo_create(4242); grant select on large object 4242 to ROLE",
            "large object 4242",
        ),
        (
            "do $$ begin execute format('grant create on database %I to ROLE', current_database()); end $$",
            "new schemas in this database",
        ),
    ] {
        role.execute("create role ROLE login").await;
        role.execute(granted).await;
        let refused = role.refused().await;
        assert!(refused.contains(told), "{granted}: {refused}");
        role.execute("drop owned by ROLE; drop role ROLE").await;
    }
}

#[tokio::test]
async fn what_a_role_could_read_by_grants_of_its_own_is_taken_from_it() {
    let db = Db::new().await;
    let Some(role) = Role::new(&db) else { return };
    role.execute(
        "create role ROLE login; grant usage on schema core, ops to ROLE;
         grant select on all tables in schema core, ops to ROLE; grant select on core.mv_party_analytics to ROLE",
    )
    .await;
    let name = ReaderName::parse(&role.name).unwrap();
    let password = |is_new: bool| {
        assert!(!is_new);
        None
    };
    let is_new = storage::let_reader_in(&db.pool, &name, password).await;
    assert!(!is_new.unwrap());
    let reads: Vec<String> = sqlx::query_scalar(
        "select c.relname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where n.nspname in ('core', 'ops', 'analytics') and c.relkind in ('r', 'm') and has_table_privilege($1, c.oid, 'select')
         order by 1",
    )
    .bind(&role.name)
    .fetch_all(&db.pool)
    .await
    .unwrap();
    assert_eq!(reads, ["mv_mkt_lead_star", "mv_party_analytics"]);
    role.execute("drop owned by ROLE; drop role ROLE").await;
}
