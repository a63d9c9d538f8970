//! `backup.sh`: a dump is whole and can be restored, or is not there.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use rust_c2s_api::simulator::Situation;
use rust_c2s_api::storage::test_database::TestDatabase;

use crate::home::Home;
use crate::running::{Running, process, run, simulator, variables};
use crate::scripts::{PASS_ON, StandIns, script};

const BACKUP: &str = "data/backup.sh";
const RESTORE: &str = "data/restore.sh";
const ANY: &str = "postgres://u@db.example.com/d";

/// Into an empty database; into the same again nothing is.
async fn restored(home: &Home, dump: &str) -> TestDatabase {
    let database = TestDatabase::create_empty().await.unwrap();
    let url = database.url();
    let set = [("DB_DIRECT_URL", url.as_str())];
    let restored = script(home, RESTORE, &[dump], &set).await;
    let said = &restored.assert_success().text;
    assert!(said.contains("erase again"), "{said}");
    let again = script(home, RESTORE, &[dump], &set).await;
    again.assert_failure("is not empty, it has ");
    database
}

/// What is in the home directory under names of dumps.
fn dumps(home: &Home) -> Vec<String> {
    let entries = fs::read_dir(home.path()).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.contains(".dump")).collect()
}

#[tokio::test]
async fn a_backup_can_be_restored() {
    let (home, simulator) = (Home::new(), simulator().await);
    let database = TestDatabase::create().await.unwrap();
    let set = variables(&simulator, &database.url(), &[]);
    let service = Running::start(&home, &["serve"], &set);
    let plain = Situation::Plain.lead_id();
    assert_eq!(process(&service.address().await, &plain).await.0, 200);
    service.stop("TERM").await.assert_success();

    let url = database.url();
    let backup = script(&home, BACKUP, &["a.dump"], &[("DB_URL", &url)]).await;
    for what in ["must be erased again", "that DB_URL names"] {
        assert!(
            backup.assert_success().text.contains(what),
            "{}",
            backup.text
        );
    }
    assert_eq!(dumps(&home), ["a.dump"]);
    let mode = fs::metadata(home.path().join("a.dump"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);

    let other = restored(&home, "a.dump").await;
    let set = [("DB_URL", other.url())];
    run(&home, &["migrate"], &set).await.assert_success();
    let shown = run(&home, &["leads", "show", &plain], &set).await;
    assert!(
        shown.assert_success().text.contains("completed"),
        "{}",
        shown.text
    );
}

#[tokio::test]
async fn a_dump_that_fails_shows_no_password_and_leaves_nothing() {
    let home = Home::new();
    let stand_ins = StandIns::new(&home).put("pg_dump", PASS_ON);
    let path = stand_ins.path();
    let away = "postgres://us%65r:s%65gredo@127.0.0.1:1/data%62ase?sslmode=disable";
    let set = [("PATH", path.as_str()), ("DB_URL", away)];
    let failed = script(&home, BACKUP, &["b.dump"], &set).await;
    failed.assert_failure("nothing was kept. If pg_dump says that it is older");
    let said = format!("{:?} {}", stand_ins.calls(), failed.text);
    assert!(!said.contains("gredo"), "{said}");
    assert!(dumps(&home).is_empty());

    let stand_ins = stand_ins.put("pg_dump", "exit 0");
    let empty = script(&home, BACKUP, &["b.dump"], &set).await;
    empty.assert_failure("The dump is empty; nothing was kept");
    assert!(dumps(&home).is_empty());
    assert!(!stand_ins.calls().is_empty());

    // a file of that name that came meanwhile is somebody's
    let other = "for part; do :; done; echo dump >\"${part#--file=}\"; echo precious >b.dump";
    let stand_ins = stand_ins.put("pg_dump", other);
    let late = script(&home, BACKUP, &["b.dump"], &set).await;
    late.assert_failure("b.dump exists by now");
    let kept = fs::read_to_string(home.path().join("b.dump")).unwrap();
    assert_eq!((kept.as_str(), dumps(&home).len()), ("precious\n", 1));
    assert!(!stand_ins.calls().is_empty());
}

#[tokio::test]
async fn a_backup_that_is_told_to_stop_leaves_nothing() {
    let home = Home::new();
    for signal in ["TERM", "INT", "HUP"] {
        let directory = home.path().join("stand-ins");
        if directory.exists() {
            fs::remove_dir_all(directory).unwrap();
        }
        let stops = format!(
            "for part; do :; done; echo half >\"${{part#--file=}}\"; kill -{signal} $PPID; exec sleep 60"
        );
        let path = StandIns::new(&home).put("pg_dump", &stops).path();
        let set = [("PATH", path.as_str()), ("DB_URL", ANY)];
        let stopped = script(&home, BACKUP, &["c.dump"], &set).await;
        stopped.assert_failure("Told to stop; nothing was kept");
        assert!(dumps(&home).is_empty(), "{signal}");
    }
}

#[tokio::test]
async fn what_is_there_is_not_written_over() {
    let home = Home::new();
    home.write("a.dump", "");
    home.write("b.dump.part", "");
    for (arguments, why) in [
        (&["a.dump"][..], "a.dump exists already"),
        (&["b.dump"], "b.dump.part exists already"),
        (&["no-directory/c.dump"], "cannot be written there"),
        (&["c.dump", "d.dump"], "'d.dump' is a second one"),
    ] {
        let refused = script(&home, BACKUP, arguments, &[("DB_URL", ANY)]).await;
        refused.assert_failure(why);
    }
    let mut left = dumps(&home);
    left.sort();
    assert_eq!(left, ["a.dump", "b.dump.part"]);
}
