//! The tests' own databases: fresh, apart from each other, and never somebody else's.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::env;
use std::fs;
use std::io::ErrorKind;
use std::net::TcpListener;
use std::process::Command;

use rust_c2s_api::storage::test_database::TestDatabase;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection};

async fn count_of(database: &TestDatabase, relation: &str) -> i64 {
    sqlx::query_scalar("select count(*) from pg_class where relname = $1")
        .bind(relation)
        .fetch_one(database.pool())
        .await
        .unwrap()
}

#[tokio::test]
async fn two_databases_are_apart_and_migrated() {
    let (one, other) = tokio::join!(TestDatabase::create(), TestDatabase::create());
    let (one, other) = (one.unwrap(), other.unwrap());
    sqlx::query("create table only_here ()")
        .execute(one.pool())
        .await
        .unwrap();

    assert_eq!(count_of(&one, "only_here").await, 1);
    assert_eq!(count_of(&other, "only_here").await, 0);
    assert_eq!(count_of(&other, "_sqlx_migrations").await, 1);
}

#[tokio::test]
async fn an_empty_database_has_not_even_migrations() {
    let database = TestDatabase::create_empty().await.unwrap();
    assert_eq!(count_of(&database, "_sqlx_migrations").await, 0);
}

#[tokio::test]
async fn a_database_goes_with_its_value_even_while_connected() {
    let database = TestDatabase::create().await.unwrap();
    let options = database.connect_options().unwrap();
    let by_url: PgConnectOptions = database.url().parse().unwrap();
    by_url.connect().await.unwrap().close().await.unwrap();
    let still_open = options.connect().await.unwrap();
    drop(database);
    let refused = options.connect().await.unwrap_err();
    assert_eq!(
        refused.as_database_error().unwrap().code().as_deref(),
        Some("3D000")
    );
    drop(still_open);
}

/// Runs a test of this file once more, where environment and `.env` name a database that is not ours.
#[test]
fn a_foreign_database_in_environment_and_dotenv_is_never_contacted() {
    let foreign = TcpListener::bind("127.0.0.1:0").unwrap();
    foreign.set_nonblocking(true).unwrap();
    let port = foreign.local_addr().unwrap().port();
    let url = format!("postgres://somebody:secret@127.0.0.1:{port}/theirs");

    let directory = tempfile::tempdir().unwrap();
    fs::write(
        directory.path().join(".env"),
        format!("DATABASE_URL={url}\nDB_URL={url}\nTEST_DATABASE_URL={url}\n"),
    )
    .unwrap();
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", "two_databases_are_apart_and_migrated"])
        .current_dir(directory.path())
        .envs([("DATABASE_URL", &url), ("DB_URL", &url)])
        .envs([
            ("PGHOST", "127.0.0.1"),
            ("PGDATABASE", "theirs"),
            ("PGSSLMODE", "verify-full"),
        ])
        .env("PGPORT", port.to_string())
        .output()
        .unwrap();

    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}"
    );
    assert_eq!(foreign.accept().unwrap_err().kind(), ErrorKind::WouldBlock);
}

/// As a shell or a CI file sets a variable that it has no value for.
#[test]
fn a_variable_set_to_nothing_counts_as_unset() {
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", "an_empty_database_has_not_even_migrations"])
        .env("TEST_DATABASE_URL", "")
        .env("PG_BIN_DIR", "")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}"
    );
}

#[test]
fn a_url_that_would_lead_every_test_into_one_database_is_refused() {
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", "an_empty_database_has_not_even_migrations"])
        .env(
            "TEST_DATABASE_URL",
            "postgres://u@127.0.0.1:1/?dbname=theirs",
        )
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let said = said + &String::from_utf8_lossy(&output.stdout);
    assert!(
        !output.status.success() && said.contains("NamesDatabase"),
        "{said}"
    );
}
