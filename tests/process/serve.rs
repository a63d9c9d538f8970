//! `serve` as the README says, and what it says when it cannot.

use std::net::TcpListener;

use crate::home::Home;
use crate::running::{Running, get, of_the_package, run};

const NOTHING: [(&str, &str); 0] = [];

#[tokio::test]
async fn the_example_configuration_starts_and_stops_in_order() {
    let home = Home::new();
    home.write(".env", &of_the_package(".env.example"));
    // as `cargo run` does, but for the port, which may be taken on this machine
    let service = Running::start(&home, &[], &[("PORT", "0")]);
    let address = service.address().await;

    let (status, health) = get(&format!("http://{address}/health")).await;
    assert_eq!((status, health["status"].as_str()), (200, Some("healthy")));
    let (status, ready) = get(&format!("http://{address}/ready")).await;
    assert_eq!(status, 200, "{ready}");
    assert!(home.server_runs("service"));

    let beside = run(&home, &["leads", "list"], &[("DB_URL", "private")]).await;
    assert_eq!(beside.assert_success().text, "no leads\n");
    assert!(home.server_runs("service"), "a command stopped the server");
    assert_eq!(get(&format!("http://{address}/ready")).await.0, 200);

    let ended = service.stop("TERM").await;
    ended.assert_success();
    assert!(!home.server_runs("service"));
    assert!(!ended.text.contains("placeholder"), "{}", ended.text);
}

#[tokio::test]
async fn all_problems_are_told_at_once_and_no_value() {
    let broken = [
        ("DB_URL", "postgres://user:geheim0@host:port/database"),
        ("C2S_BASE_URL", "http://geheim1:geheim2@127.0.0.1"),
        ("C2S_TOKEN", "geheim 3"),
        ("WORK_API", "geheim\u{e4}4"),
        ("WORK_API_BASE_URL", "ftp://geheim5"),
        ("WORK_API_TIMEOUT_SECS", "geheim6"),
        ("DIRETRIX_BASE_URL", "geheim7"),
        ("API_KEYS", "make:trigger:geheim8"),
        ("PRIVACY_KEY", "geheim9"),
        ("HOST", "geheim10.example.com"),
        ("PORT", "70000"),
        ("LEASE_SECS", "0"),
        ("RUST_LOG", "geheim11"),
        ("LOG_FORMAT", "geheim12"),
        ("APP_ENV", "geheim13"),
        ("TRUST_PROXY", "geheim14"),
        ("MESSAGE_FIELDS", "geheim15"),
        ("INCOME_MULTIPLIER", "geheim16"),
    ];
    let missing = ["DIRETRIX_USER", "DIRETRIX_PASS"];
    let home = Home::new();

    let ended = run(&home, &["serve"], &broken).await;

    ended.assert_failure("the configuration cannot be used");
    for name in broken.map(|(name, _)| name).into_iter().chain(missing) {
        let told = ended
            .text
            .lines()
            .any(|line| line.trim().starts_with(&format!("{name}:")));
        assert!(told, "{name} is not named: {}", ended.text);
    }
    assert!(!ended.text.contains("geheim"), "{}", ended.text);
    println!("{}", ended.text);
}

/// What production needs, but for the database.
const PRODUCTION: [(&str, &str); 7] = [
    ("APP_ENV", "production"),
    ("C2S_TOKEN", "a-token"),
    ("WORK_API", "a-token"),
    ("DIRETRIX_USER", "a-user"),
    ("DIRETRIX_PASS", "a-password"),
    ("PRIVACY_KEY", "a-key-of-sixteen-or-more"),
    ("PORT", "0"),
];

#[tokio::test]
async fn production_has_no_private_database() {
    let home = Home::new();
    let mut set = PRODUCTION.to_vec();
    set.push(("DB_URL", "private"));
    for command in [&["serve"][..], &["migrate"], &["leads", "list"]] {
        run(&home, command, &set).await.assert_failure("DB_URL: ");
    }
    assert!(!home.server_runs("service"));
}

#[tokio::test]
async fn production_reads_no_dotenv() {
    let home = Home::new();
    let trap = TcpListener::bind("127.0.0.1:0").unwrap();
    trap.set_nonblocking(true).unwrap();
    let port = trap.local_addr().unwrap().port();
    home.write(
        ".env",
        &format!("DB_URL=postgres://somebody:secret@127.0.0.1:{port}/theirs\n"),
    );
    let ended = run(&home, &["serve"], &PRODUCTION).await;
    ended.assert_failure("DB_URL: is required and not set");
    assert!(trap.accept().is_err());
}

#[tokio::test]
async fn a_broken_dotenv_is_told_without_its_lines() {
    let home = Home::new();
    home.write(".env", "C2S_TOKEN=a b c geheim\n");
    let ended = run(&home, &["serve"], &NOTHING).await;
    ended.assert_failure(".env: a line is not NAME=value");
    assert!(!ended.text.contains("geheim"), "{}", ended.text);
}

#[tokio::test]
async fn a_database_that_is_away_and_a_port_that_is_taken_are_told() {
    let home = Home::new();
    let mut set = PRODUCTION.to_vec();
    // nobody listens on port 1
    set.push(("DB_URL", "postgres://user:geheim@127.0.0.1:1/database"));
    let ended = run(&home, &["serve"], &set).await;
    ended.assert_failure("the database");
    assert!(!ended.text.contains("geheim"), "{}", ended.text);

    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    set.push(("PORT", &port));
    let ended = run(&home, &["serve"], &set).await;
    ended.assert_failure(&format!("cannot listen on 127.0.0.1:{port}"));
}
