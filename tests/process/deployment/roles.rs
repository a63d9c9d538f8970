//! The service's own role in the database: the grants that docs/deployment/NEON.md gives are enough, and no more.

use rust_c2s_api::simulator::{Simulator, Situation};
use rust_c2s_api::storage::test_database::TestDatabase;
use sqlx::{AssertSqlSafe, PgPool};
use tokio::process::Command;
use url::Url;
use uuid::Uuid;

use crate::home::Home;
use crate::running::{Running, get, of_the_package, process, run, simulator, variables};
use crate::scripts::script;

const PASSWORD: &str = "choose-one";

/// The statements of the page, for a role of another name: roles belong to the whole server.
fn grants(role: &str) -> String {
    let page = of_the_package("docs/deployment/NEON.md");
    let (_, block) = page.split_once("```sql\n").unwrap();
    let (statements, _) = block.split_once("```").unwrap();
    assert!(statements.contains(PASSWORD));
    statements.replace("c2s_service", role)
}

async fn execute(pool: &PgPool, statements: String) {
    let executed = sqlx::raw_sql(AssertSqlSafe(statements)).execute(pool).await;
    executed.unwrap();
}

/// The database as the service's role sees it.
fn url_of(role: &str, owner: &str) -> String {
    let mut url = Url::parse(owner).unwrap();
    url.set_username(role).unwrap();
    url.set_password(Some(PASSWORD)).unwrap();
    url.to_string()
}

async fn does_its_work(home: &Home, simulator: &Simulator, url: &str, owner: &str) {
    let set = variables(simulator, url, &[("DB_DIRECT_URL", owner)]);
    let service = Running::start(home, &["serve"], &set);
    let address = service.address().await;
    assert_eq!(get(&format!("http://{address}/ready")).await.0, 200);
    for situation in [Situation::Plain, Situation::Namesake, Situation::NullEmail] {
        let (status, answer) = process(&address, &situation.lead_id()).await;
        assert_eq!(status, 200, "{answer}");
    }
    let listed = run(home, &["leads", "list"], &set).await;
    assert!(listed.assert_success().text.contains("completed"));
    service.stop("TERM").await.assert_success();
}

async fn cannot_change_the_schema(url: &str) {
    let as_service = PgPool::connect(url).await.unwrap();
    for forbidden in [
        "create table ops.own (id int)",
        "drop table ops.leads",
        "truncate ops.leads",
        "update _sqlx_migrations set version = 0",
    ] {
        let refused = sqlx::query(forbidden).execute(&as_service).await;
        let refused = refused.unwrap_err().into_database_error().unwrap();
        assert_eq!(refused.code().as_deref(), Some("42501"), "{forbidden}");
    }
    as_service.close().await;
}

/// With either role the backup is whole: of the same tables and sequences.
async fn makes_the_same_backup_as_the_owner(home: &Home, url: &str, owner: &str) {
    let mut contents = Vec::new();
    for (name, url) in [("service.dump", url), ("owner.dump", owner)] {
        let dumped = script(home, "data/backup.sh", &[name], &[("DB_URL", url)]).await;
        dumped.assert_success();
        let listed = Command::new("pg_restore")
            .args(["--list", name])
            .current_dir(home.path())
            .output();
        let listed = listed.await.unwrap();
        assert!(listed.status.success());
        let listed = String::from_utf8(listed.stdout).unwrap();
        let entries = listed.lines().filter(|line| !line.starts_with(';'));
        contents.push(entries.map(str::to_owned).collect::<Vec<_>>());
    }
    assert!(contents[0].len() > 20);
    assert_eq!(contents[0], contents[1]);
}

/// A dump holds no grants: they are given again after a restore, as the page says.
async fn works_on_a_restored_database(home: &Home, role: &str) {
    let other = TestDatabase::create_empty().await.unwrap();
    let owner = other.url();
    let set = [("DB_URL", owner.as_str())];
    let restored = script(home, "data/restore.sh", &["owner.dump"], &set).await;
    restored.assert_success();
    // the role itself is the server's, and is there
    let statements = grants(role);
    let (_, again) = statements.split_once(";\n").unwrap();
    execute(other.pool(), again.to_owned()).await;
    let url = url_of(role, &owner);
    let listed = run(home, &["leads", "list"], &[("DB_URL", &url)]).await;
    assert!(listed.assert_success().text.contains("completed"));
    execute(other.pool(), format!("drop owned by {role}")).await;
}

#[tokio::test]
async fn the_services_role_does_its_work_and_cannot_change_the_schema() {
    if TestDatabase::server_is_given() {
        println!("not tried: roles belong to the whole server, and this one is somebody's");
        return;
    }
    let (home, simulator) = (Home::new(), simulator().await);
    let database = TestDatabase::create_empty().await.unwrap();
    let (owner, role) = (database.url(), format!("test_{}", Uuid::now_v7().simple()));
    let migrated = run(&home, &["migrate"], &[("DB_URL", &owner)]).await;
    migrated.assert_success();
    execute(database.pool(), grants(&role)).await;

    let url = url_of(&role, &owner);
    does_its_work(&home, &simulator, &url, &owner).await;
    cannot_change_the_schema(&url).await;
    makes_the_same_backup_as_the_owner(&home, &url, &owner).await;
    works_on_a_restored_database(&home, &role).await;
    let gone = format!("drop owned by {role}; drop role {role}");
    execute(database.pool(), gone).await;
}
