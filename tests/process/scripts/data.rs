//! `process-leads.sh` and `backup.sh`.

use std::fs;

use rust_c2s_api::simulator::{Fault, FaultRule, Situation, Upstream};
use rust_c2s_api::storage::test_database::TestDatabase;
use tokio::process::Command;

use super::walk::closed;
use super::{PASS_ON, StandIns, script};
use crate::home::Home;
use crate::running::{Running, process, run, simulator, variables};

const PROCESS: &str = "data/process-leads.sh";
const BACKUP: &str = "data/backup.sh";

#[tokio::test]
async fn leads_of_a_file_are_processed_once_and_a_retrying_one_is_left_alone() {
    let (home, simulator) = (Home::new(), simulator().await);
    let database = TestDatabase::create().await.unwrap();
    let service = Running::start(
        &home,
        &["serve"],
        &variables(&simulator, &database.url(), &[]),
    );
    let base = format!("http://{}", service.address().await);
    let simulated = format!("http://{}", simulator.addr());
    let set = [("SIM_URL", simulated.as_str())];
    let [plain, namesake, null_email] =
        [Situation::Plain, Situation::Namesake, Situation::NullEmail].map(Situation::lead_id);
    home.write(
        "ids",
        &format!("# first\n{plain}\r\n\n{namesake} # who\nno such/id\nunknown\n{plain}\n"),
    );
    simulator.fault(
        FaultRule::always(Upstream::C2s, Fault::Status(503, Some(1)))
            .key(&plain)
            .times(1),
    );

    let first = script(&home, PROCESS, &["ids", &base], &set).await;
    println!("{}", first.text);
    first.assert_failure("2 ended, 0 ended before, 2 did not end");
    for (id, state) in [(&plain, "retrying"), (&namesake, "unidentified")] {
        assert!(
            first.text.contains(&format!("{id}   {state} ")),
            "{}",
            first.text
        );
    }
    let results = fs::read_to_string(home.path().join("ids.results")).unwrap();
    let ended: Vec<_> = results
        .lines()
        .map(|line| line.split('\t').nth(1).unwrap())
        .collect();
    assert_eq!(ended, ["unidentified", "lead_missing"]);

    home.write("ids", &format!("{plain}\n{null_email}\nunknown\n"));
    let sent = simulator.calls().all().len();
    let closed = closed();
    let second = script(&home, PROCESS, &["ids", &base], &set).await;
    assert!(
        second
            .assert_success()
            .text
            .contains("2 ended, 1 ended before, 0 did not end"),
        "{}",
        second.text
    );
    assert!(simulator.calls().all().len() > sent);
    let third = script(&home, PROCESS, &["ids", &closed, "--yes"], &[]).await;
    assert!(
        third
            .assert_success()
            .text
            .contains("0 ended, 3 ended before"),
        "{}",
        third.text
    );

    // on this machine, too, the CRM may be the real one
    for base in [&base, "https://192.0.2.1"] {
        let real = script(&home, PROCESS, &["ids", base], &[("SIM_URL", &closed)]).await;
        real.assert_failure("Nothing was done");
    }
    service.stop("TERM").await.assert_success();
}

#[tokio::test]
async fn a_service_that_wants_a_key_ends_the_list_at_once() {
    let (home, simulator) = (Home::new(), simulator().await);
    let database = TestDatabase::create().await.unwrap();
    let more = [("API_KEYS", "make:trigger:a-key-of-this-test")];
    let service = Running::start(
        &home,
        &["serve"],
        &variables(&simulator, &database.url(), &more),
    );
    let base = format!("http://{}", service.address().await);
    home.write("ids", &format!("{}\n", Situation::Plain.lead_id()));
    let refused = script(&home, PROCESS, &["ids", &base, "--yes"], &[]).await;
    refused.assert_failure("answers 401: set API_KEY");
    let key = [("API_KEY", "a-key-of-this-test")];
    script(&home, PROCESS, &["ids", &base, "--yes"], &key)
        .await
        .assert_success();
    service.stop("TERM").await.assert_success();
}

#[tokio::test]
async fn a_backup_can_be_restored_and_shows_no_password() {
    let (home, simulator) = (Home::new(), simulator().await);
    let database = TestDatabase::create().await.unwrap();
    let service = Running::start(
        &home,
        &["serve"],
        &variables(&simulator, &database.url(), &[]),
    );
    let plain = Situation::Plain.lead_id();
    assert_eq!(process(&service.address().await, &plain).await.0, 200);
    service.stop("TERM").await.assert_success();

    let url = database.url();
    let backup = script(&home, BACKUP, &["a.dump"], &[("DB_URL", &url)]).await;
    assert!(
        backup
            .assert_success()
            .text
            .contains("must be erased again"),
        "{}",
        backup.text
    );
    let over = script(&home, BACKUP, &["a.dump"], &[("DB_URL", &url)]).await;
    over.assert_failure("exists already");

    let other = TestDatabase::create_empty().await.unwrap();
    let restored = Command::new("pg_restore")
        .args([
            "--no-owner",
            "--no-privileges",
            "--exit-on-error",
            "--dbname",
            &other.url(),
            "a.dump",
        ])
        .current_dir(home.path())
        .status();
    assert!(restored.await.unwrap().success());
    let set = [("DB_URL", other.url())];
    run(&home, &["migrate"], &set).await.assert_success();
    let shown = run(&home, &["leads", "show", &plain], &set).await;
    assert!(
        shown.assert_success().text.contains("completed"),
        "{}",
        shown.text
    );

    let stand_ins = StandIns::new(&home).put("pg_dump", PASS_ON);
    let path = stand_ins.path();
    let away = "postgres://us%65r:s%65gredo@127.0.0.1:1/data%62ase?sslmode=disable";
    let set = [("PATH", path.as_str()), ("DB_URL", away)];
    let failed = script(&home, BACKUP, &["b.dump"], &set).await;
    failed.assert_failure("nothing was kept");
    assert!(!home.path().join("b.dump").exists());
    let said = format!("{:?} {}", stand_ins.calls(), failed.text);
    assert!(!said.contains("gredo"), "{said}");
    for (url, why) in [
        ("private", "private"),
        ("postgres://u@x-pooler.example.com/d", "without -pooler"),
    ] {
        script(&home, BACKUP, &["b.dump"], &[("DB_URL", url)])
            .await
            .assert_failure(why);
    }
}
