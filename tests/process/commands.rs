//! The commands beside `serve` and `demo`: their output and their exit codes.

use rust_c2s_api::simulator::{Operation, Simulator, Situation, Upstream};
use rust_c2s_api::storage::test_database::TestDatabase;
use sqlx::migrate::Migrate;

use crate::home::Home;
use crate::running::{Ended, Running, run, simulator, variables};

const NOTHING: [(&str, &str); 0] = [];

/// Nothing of the world's people is in it.
#[track_caller]
fn assert_masked(ended: &Ended, simulator: &Simulator) {
    let people = simulator.world().personal_values();
    let named: Vec<_> = people
        .iter()
        .filter(|value| ended.text.contains(*value))
        .collect();
    assert!(named.is_empty(), "{named:?} in {}", ended.text);
}

#[tokio::test]
async fn a_lead_is_processed_listed_and_shown_from_a_shell() {
    let (home, simulator) = (Home::new(), simulator().await);
    let database = TestDatabase::create().await.unwrap();
    let prices = [
        ("PRICE_DIRETRIX_CENTAVOS", "10"),
        ("PRICE_WORK_API_CENTAVOS", "1200"),
    ];
    let set = variables(&simulator, &database.url(), &prices);
    let only_database = [("DB_URL", database.url())];
    let (plain, namesake) = (Situation::Plain.lead_id(), Situation::Namesake.lead_id());

    let empty = run(&home, &["leads", "list"], &only_database).await;
    assert_eq!(empty.assert_success().text, "no leads\n");

    let done = run(&home, &["process", &plain], &set).await;
    done.assert_success();
    assert!(
        done.text.contains(r#""state": "completed""#),
        "{}",
        done.text
    );
    assert!(done.text.contains("***."), "no masked CPF: {}", done.text);
    assert!(
        !done.text.contains("API_KEYS"),
        "it opens no door: {}",
        done.text
    );
    assert_masked(&done, &simulator);
    let again = run(&home, &["process", &plain], &set).await;
    assert!(
        again
            .assert_success()
            .text
            .contains(r#""duplicate_request": true"#)
    );
    let sent = simulator.calls();
    assert_eq!(sent.count(Upstream::C2s, Operation::CreateMessage), 1);

    let nobody = run(&home, &["process", &namesake], &set).await;
    nobody.assert_failure(&format!("lead {namesake}: review"));
    let unknown = run(&home, &["process", "unknown-lead"], &set).await;
    unknown.assert_failure("lead unknown-lead: lead_missing");
    let malformed = run(&home, &["process", "a b"], &set).await;
    malformed.assert_failure("a lead id is 1 to 64 of");

    let list = run(&home, &["leads", "list"], &only_database).await;
    println!("{}", list.assert_success().text);
    let lines: Vec<&str> = list.text.lines().collect();
    assert!(lines[0].starts_with("LEAD"), "{}", list.text);
    assert!(lines[1].starts_with("unknown-lead"), "{}", list.text);
    assert!(
        lines[3].starts_with(&plain) && lines[3].contains("R$ 12,20"),
        "{}",
        list.text
    );
    let missing = ["leads", "list", "--state", "lead_missing", "--limit", "1"];
    let missing = run(&home, &missing, &only_database).await;
    assert_eq!(
        missing.assert_success().text.lines().count(),
        2,
        "{}",
        missing.text
    );
    run(&home, &["leads", "list", "--state", "lost"], &only_database)
        .await
        .assert_failure("lost");

    let show = run(&home, &["leads", "show", &plain], &only_database).await;
    println!("{}", show.assert_success().text);
    for part in [
        "completed",
        "fetch_lead",
        "lookup_profile",
        "delivered",
        "R$ 12,00",
        "person",
    ] {
        assert!(show.text.contains(part), "no {part}: {}", show.text);
    }
    assert_masked(&show, &simulator);
    let why = run(&home, &["leads", "show", &namesake], &only_database).await;
    assert!(
        why.assert_success().text.contains("several_agree"),
        "{}",
        why.text
    );
    run(&home, &["leads", "show", "nobody-knows"], &only_database)
        .await
        .assert_failure("no lead nobody-knows was ever accepted here");
}

#[tokio::test]
async fn migrate_does_what_the_ordinary_migrator_does() {
    let home = Home::new();
    let ordinary = sqlx::migrate!("./migrations");
    let applied = "select count(*) from _sqlx_migrations where success";

    let by_us = TestDatabase::create_empty().await.unwrap();
    let set = [("DB_URL", by_us.url())];
    let unmigrated = run(&home, &["leads", "list"], &set).await;
    unmigrated.assert_failure("run `rust-c2s-api migrate` first");
    for _ in 0..2 {
        let ended = run(&home, &["migrate"], &set).await;
        assert_eq!(ended.assert_success().text, "the database is up to date\n");
    }
    ordinary.run(by_us.pool()).await.unwrap();

    let by_it = TestDatabase::create_empty().await.unwrap();
    ordinary.run(by_it.pool()).await.unwrap();
    let set = [("DB_URL", by_it.url())];
    run(&home, &["migrate"], &set).await.assert_success();

    for database in [by_us, by_it] {
        let count: i64 = sqlx::query_scalar(applied)
            .fetch_one(database.pool())
            .await
            .unwrap();
        assert_eq!(usize::try_from(count).unwrap(), ordinary.iter().count());
    }
}

#[tokio::test]
async fn migrate_tells_that_it_waits_for_another_migration() {
    let home = Home::new();
    let database = TestDatabase::create_empty().await.unwrap();
    let mut other = database.pool().acquire().await.unwrap();
    other.lock().await.unwrap();

    let waiting = Running::start(&home, &["migrate"], &[("DB_URL", database.url())]);
    waiting.until_it_says("holds the migrator's lock").await;
    other.unlock().await.unwrap();
    let ended = waiting.end().await;
    let said = &ended.assert_success().text;
    assert!(said.ends_with("the database is up to date\n"), "{said}");
}

#[tokio::test]
async fn migrate_in_production_refuses_what_serve_would_refuse() {
    let (home, simulator) = (Home::new(), simulator().await);
    let database = TestDatabase::create_empty().await.unwrap();
    let short = [
        ("APP_ENV", "production"),
        ("API_KEYS", "make:trigger:too-short"),
    ];
    let set = variables(&simulator, &database.url(), &short);
    let refused = run(&home, &["migrate"], &set).await;
    let refused = refused.assert_failure("API_KEYS: ");
    assert!(!refused.text.contains("too-short"), "{}", refused.text);
    let only_database = [("DB_URL", database.url()), ("APP_ENV", "production".into())];
    let refused = run(&home, &["migrate"], &only_database).await;
    let refused = refused.assert_failure("C2S_TOKEN: is required");
    assert!(refused.text.contains("PRIVACY_KEY: "), "{}", refused.text);

    let tables = "select count(*) from pg_class where relname = '_sqlx_migrations'";
    let untouched: i64 = sqlx::query_scalar(tables)
        .fetch_one(database.pool())
        .await
        .unwrap();
    assert_eq!(untouched, 0);
}

#[tokio::test]
async fn help_and_version_need_nothing() {
    let home = Home::new();
    let help = run(&home, &["--help"], &NOTHING).await;
    for command in [
        "serve",
        "demo",
        "migrate",
        "process",
        "leads",
        "reviews",
        "identity",
        "simulator",
        "dev-postgres",
    ] {
        assert!(
            help.assert_success().text.contains(command),
            "{}",
            help.text
        );
    }
    let version = run(&home, &["--version"], &NOTHING).await;
    let expected = format!("rust-c2s-api {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(version.assert_success().text, expected);
    run(&home, &["bogus"], &NOTHING)
        .await
        .assert_failure("'bogus'");
    run(&home, &["process"], &NOTHING)
        .await
        .assert_failure("<LEAD_ID>");
    for needs_a_database in [&["leads", "list"][..], &["migrate"]] {
        run(&home, needs_a_database, &NOTHING)
            .await
            .assert_failure("DB_URL: is required and not set");
    }
}
