//! What a start, a stop and a second process do at the edges of their database.

use std::time::Duration;

use rust_c2s_api::simulator::{Fault, FaultRule, Situation, Upstream};
use rust_c2s_api::storage::private_server::PrivateServer;
use rust_c2s_api::storage::test_database::TestDatabase;

use crate::home::Home;
use crate::running::{Running, demo, eventually, get, run, simulator, variables};

#[tokio::test]
async fn no_command_tells_what_a_database_url_holds() {
    let home = Home::new();
    let start = "postgres://geheim1:geheim2@127.0.0.1:1/geheim3";
    let parameters = [
        ("sslpassword=geheim4", "`sslpassword`"),
        ("sslmode=geheim5", "`sslmode`"),
        ("geheim6%40geheim7", "a parameter"),
    ];
    for (parameter, named) in parameters {
        let set = [("DB_URL", format!("{start}?{parameter}"))];
        for command in [&["migrate"][..], &["leads", "list"], &["serve"]] {
            let ended = run(&home, command, &set).await;
            ended.assert_failure("DB_URL: ").assert_failure(named);
            assert!(!ended.text.contains("geheim"), "{}", ended.text);
        }
    }
}

#[tokio::test]
async fn an_error_of_the_database_is_told_once() {
    let home = Home::new();
    // nobody listens on port 1
    let set = [("DB_URL", "postgres://user:geheim@127.0.0.1:1/database")];
    let ended = run(&home, &["migrate"], &set).await;
    ended.assert_failure("the database is unavailable");
    let told = ended.text.matches("the database is unavailable").count();
    assert_eq!(told, 1, "{}", ended.text);
}

#[tokio::test]
async fn a_second_serve_on_the_private_database_is_refused_and_the_first_lives() {
    let (home, simulator) = (Home::new(), simulator().await);
    let set = variables(&simulator, "private", &[]);
    let first = Running::start(&home, &["serve"], &set);
    let address = first.address().await;

    let second = run(&home, &["serve"], &set).await;

    second.assert_failure("is in use by another process");
    let (status, ready) = get(&format!("http://{address}/ready")).await;
    assert_eq!(status, 200, "{ready}");
    first.stop("TERM").await.assert_success();
    assert!(!home.server_runs("service"));
}

#[tokio::test]
async fn serve_waits_for_a_short_command_that_holds_the_private_database() {
    let (home, simulator) = (Home::new(), simulator().await);
    let root = home.path().join("rust-c2s-api/service");
    let held = PrivateServer::start(&root).await.unwrap();
    let set = variables(&simulator, "private", &[]);
    let service = Running::start(&home, &["serve"], &set);
    service.until_it_says("is in use by another process").await;

    held.stop().await.unwrap();

    let address = service.address().await;
    assert_eq!(get(&format!("http://{address}/ready")).await.0, 200);
    service.stop("TERM").await.assert_success();
    assert!(!home.server_runs("service"));
}

#[tokio::test]
async fn a_command_that_is_told_to_stop_leaves_no_private_database_running() {
    let (home, simulator) = (Home::new(), simulator().await);
    for told in ["TERM", "INT"] {
        let migrate = Running::start(&home, &["migrate"], &[("DB_URL", "private")]);
        eventually("its server runs", async || home.server_runs("service")).await;
        let ended = migrate.stop(told).await;
        assert!(ended.status.code().is_some(), "killed by {told}: {ended:?}");
        assert!(!home.server_runs("service"), "after {told}: {ended:?}");
    }

    let slow = Fault::Slow(Duration::from_secs(50));
    simulator.fault(FaultRule::always(Upstream::WorkApi, slow));
    let set = variables(&simulator, "private", &[]);
    let lead_id = Situation::Plain.lead_id();
    let process = Running::start(&home, &["process", &lead_id], &set);
    eventually("Work API is asked", async || {
        simulator.in_flight(Upstream::WorkApi) > 0
    })
    .await;
    process.stop("INT").await.assert_failure("handed back");
    assert!(!home.server_runs("service"));

    let list = run(&home, &["leads", "list"], &[("DB_URL", "private")]).await;
    let line = list.assert_success().text.lines().nth(1).unwrap();
    assert!(line.contains("accepted"), "{}", list.text);
}

/// How many databases a role owns.
async fn owned_by(database: &TestDatabase, role: &str) -> i64 {
    sqlx::query_scalar(
        "select count(*) from pg_database d join pg_roles r on r.oid = d.datdba where rolname = $1",
    )
    .bind(role)
    .fetch_one(database.pool())
    .await
    .unwrap()
}

#[tokio::test]
async fn a_demo_takes_the_test_server_it_is_given_and_leaves_nothing_there() {
    let (home, database) = (Home::new(), TestDatabase::create_empty().await.unwrap());
    let role = format!("demo_{}", std::process::id());
    let create = format!("create role {role} login createdb password 'demo'");
    let execute = async |statement: String| {
        let statement = sqlx::AssertSqlSafe(statement);
        sqlx::query(statement).execute(database.pool()).await
    };
    execute(create).await.unwrap();
    let mut url: url::Url = database.url().parse().unwrap();
    url.set_username(&role).unwrap();
    url.set_password(Some("demo")).unwrap();

    let set = [("TEST_DATABASE_URL", url.as_str())];
    let (demo, tour) = demo(&home, &set).await;
    assert!(tour.contains(r#""state":"completed""#), "{tour}");
    assert_eq!(owned_by(&database, &role).await, 1);
    let ended = demo.stop("INT").await;
    let left = owned_by(&database, &role).await;
    execute(format!("drop role if exists {role}"))
        .await
        .unwrap();

    ended.assert_success();
    assert_eq!(left, 0);
    assert!(!home.path().join("rust-c2s-api").exists());
}
