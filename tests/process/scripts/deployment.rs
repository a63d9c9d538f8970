//! The scripts for Fly.io, with a `fly` that notes how it is called.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use rust_c2s_api::storage::test_database::TestDatabase;

use super::{StandIns, run_file, script, scripts};
use crate::home::Home;
use crate::running::{Ended, Running, of_the_package, path, simulator, variables};

const SET: &str = "deployment/set-secrets.sh";
/// Answers what the files beside it say, and keeps what it was given on standard input.
const FLY: &str = r#"here=${0%/*}
case "$1 $2" in
    "secrets list") cat "$here/secrets" ;;
    "secrets import") cat >"$here/imported" ;;
    "releases "*) cat "$here/releases" ;;
esac"#;
const SECRETS: &str = "
C2S_TOKEN='segredo-c2s'
export DIRETRIX_USER=segredo-user
DIRETRIX_PASS=\"segredo pass\"
WORK_API=segredo-work
PRIVACY_KEY=segredo-privacy-key
# a comment
HOST=127.0.0.1
API_KEYS=
";
const DATABASE: &str = "DB_URL=postgres://u:segredo@db.example.com/c2s?sslmode=verify-full\n";
const ALL: &str = "NAME          │ DIGEST\n DB_URL │ aa11\n C2S_TOKEN │ bb\n DIRETRIX_USER │ c\n DIRETRIX_PASS │ d\n WORK_API │ e\n PRIVACY_KEY │ f\n API_KEYS │ a\n";

fn fly(home: &Home, secrets: &str, releases: &str) -> StandIns {
    let stand_ins = StandIns::new(home).put("fly", FLY);
    fs::write(stand_ins.0.join("secrets"), secrets).unwrap();
    fs::write(stand_ins.0.join("releases"), releases).unwrap();
    stand_ins
}

fn imported(stand_ins: &StandIns) -> Option<String> {
    fs::read_to_string(stand_ins.0.join("imported")).ok()
}

async fn set_secrets(home: &Home, stand_ins: &StandIns, text: &str, more: &[&str]) -> Ended {
    home.write("production.env", text);
    let path = stand_ins.path();
    let arguments = [&["production.env", "--app", "my-app"], more].concat();
    let ended = script(home, SET, &arguments, &[("PATH", &path)]).await;
    assert!(!ended.text.contains("segredo"), "{}", ended.text);
    let calls = stand_ins.calls();
    assert!(
        !calls.iter().any(|call| call.contains("segredo")),
        "{calls:?}"
    );
    ended
}

#[tokio::test]
async fn secrets_go_to_fly_over_standard_input_alone() {
    let home = Home::new();
    let stand_ins = fly(&home, "NAME DIGEST\n", "");
    let text = format!("{DATABASE}{SECRETS}");
    let set = set_secrets(&home, &stand_ins, &text, &["--stage"]).await;
    set.assert_success();
    let expected = format!(
        "{DATABASE}C2S_TOKEN=segredo-c2s\nDIRETRIX_USER=segredo-user\nDIRETRIX_PASS=segredo pass\nWORK_API=segredo-work\nPRIVACY_KEY=segredo-privacy-key\n"
    );
    assert_eq!(imported(&stand_ins), Some(expected));
    assert!(
        set.text.contains("[env] of fly.toml): HOST\n"),
        "{}",
        set.text
    );
    let calls = [
        "fly secrets list --app my-app",
        "fly secrets import --app my-app --stage",
    ];
    assert_eq!(stand_ins.calls(), calls);
}

#[tokio::test]
async fn a_privacy_key_stays_unless_told_otherwise() {
    let home = Home::new();
    let stand_ins = fly(&home, ALL, "");
    let text = "PRIVACY_KEY=segredo-new-key\nWORK_API=segredo-new\n";
    let kept = set_secrets(&home, &stand_ins, text, &[]).await;
    assert!(
        kept.assert_success().text.contains("stays"),
        "{}",
        kept.text
    );
    assert_eq!(imported(&stand_ins).unwrap(), "WORK_API=segredo-new\n");
    let replaced = set_secrets(&home, &stand_ins, text, &["--replace-privacy-key"]).await;
    replaced.assert_success();
    assert_eq!(imported(&stand_ins).unwrap(), text);
    let only_key = set_secrets(&home, &stand_ins, "PRIVACY_KEY=segredo\n", &[]).await;
    only_key.assert_failure("has no secret to set");
}

#[tokio::test]
async fn secrets_that_cannot_work_are_refused_and_nothing_is_set() {
    let home = Home::new();
    let stand_ins = fly(&home, "NAME DIGEST\n", "");
    let pooled = "DB_URL=postgres://u:segredo@ep-x-pooler.example.com/c2s\n";
    let refused = [
        (
            format!("DB_URL=private\n{SECRETS}"),
            "DB_URL=private is a server on one's own machine",
        ),
        (format!("{pooled}{SECRETS}"), "without -pooler"),
        (format!("DB_URL=segredo\n{SECRETS}"), "is no PostgreSQL URL"),
        (SECRETS.to_owned(), "does not start: DB_URL\n"),
        (
            DATABASE.to_owned(),
            "C2S_TOKEN DIRETRIX_USER DIRETRIX_PASS WORK_API PRIVACY_KEY",
        ),
        (
            format!("{DATABASE}C2S_TOKEN=segredo blank\n"),
            "line 2, C2S_TOKEN: quote",
        ),
        (format!("{DATABASE}segredo\n"), "line 2: is no NAME=VALUE"),
        (
            of_the_package(".env.example").replace("private", "postgres://u@h/d"),
            "C2S_TOKEN is the placeholder",
        ),
    ];
    for (text, why) in refused {
        set_secrets(&home, &stand_ins, &text, &[])
            .await
            .assert_failure(why);
        assert_eq!(imported(&stand_ins), None);
    }
}

/// A repository of its own, as a deployer has it, with everything committed.
fn committed_copy(home: &Home) -> PathBuf {
    let copy = home.path().join("repository");
    for entry in walkdir::WalkDir::new(scripts()) {
        let entry = entry.unwrap();
        let to = copy
            .join("docs/scripts")
            .join(entry.path().strip_prefix(scripts()).unwrap());
        if entry.file_type().is_dir() {
            fs::create_dir_all(to).unwrap();
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
    for name in ["fly.toml", "Cargo.toml"] {
        // whoever deploys gives the app a name of his own
        let lines = of_the_package(name);
        let lines = lines.lines().map(|line| match line.strip_prefix("app = ") {
            Some(_) => "app = \"rust-c2s-api\"",
            None => line,
        });
        let text: String = lines.flat_map(|line| [line, "\n"]).collect();
        fs::write(copy.join(name), text).unwrap();
    }
    for arguments in [
        &["init", "-q"][..],
        &["add", "-A"],
        &["commit", "-qm", "all"],
    ] {
        git(&copy, arguments);
    }
    copy
}

fn git(repository: &Path, arguments: &[&str]) {
    let status = Command::new("git")
        .args(["-c", "user.name=Test", "-c", "user.email=test@example.com"])
        .args(arguments)
        .env_clear()
        .env("PATH", path())
        .current_dir(repository)
        .status();
    assert!(status.unwrap().success(), "git {arguments:?}");
}

#[tokio::test]
async fn what_is_committed_is_deployed_and_verified_and_rolled_back() {
    let (home, simulator) = (Home::new(), simulator().await);
    let database = TestDatabase::create().await.unwrap();
    let more = [("API_KEYS", "make:trigger:a-key-of-this-test")];
    let service = Running::start(
        &home,
        &["serve"],
        &variables(&simulator, &database.url(), &more),
    );
    let base = format!("http://{}", service.address().await);
    let copy = committed_copy(&home);
    let releases = "VERSION STATUS DATE IMAGE
v9 │ complete │ today │ registry.fly.io/my-app:deployment-09
v8 │ complete │ today │ registry.fly.io/my-app:deployment-09
v7 │ failed │ today │ registry.fly.io/my-app:deployment-07
v6 │ complete │ today │ registry.fly.io/my-app:deployment-06
v5 │ complete │ today │ registry.fly.io/my-app:deployment-05
";
    let stand_ins = fly(&home, &ALL.replace("WORK_API", "NO_WORK_API"), releases);
    let path = stand_ins.path();
    let set = [("PATH", path.as_str()), ("BASE_URL", base.as_str())];
    let deploy = copy.join("docs/scripts/deployment/deploy-fly.sh");
    let arguments = ["--app", "my-app", "--strategy", "rolling"];

    let lacking = run_file(&home, &deploy, &arguments, &set).await;
    lacking.assert_failure(
        "lacks secrets (docs/scripts/deployment/set-secrets.sh sets them): WORK_API\n",
    );
    fs::write(stand_ins.0.join("secrets"), ALL).unwrap();
    fs::write(copy.join("changed"), "").unwrap();
    let dirty = run_file(&home, &deploy, &arguments, &set).await;
    dirty.assert_failure("?? changed");
    assert!(
        !stand_ins
            .calls()
            .iter()
            .any(|call| call.contains("deploy "))
    );
    fs::remove_file(copy.join("changed")).unwrap();
    stand_ins.forget_calls();

    let deployed = run_file(&home, &deploy, &arguments, &set).await;
    assert!(
        deployed
            .assert_success()
            .text
            .contains("5 passed, 0 failed"),
        "{}",
        deployed.text
    );
    let config = copy.canonicalize().unwrap().join("fly.toml");
    let expected = format!(
        "fly deploy --app my-app --config {} --strategy rolling",
        config.display()
    );
    assert_eq!(
        stand_ins.calls(),
        ["fly secrets list --app my-app".to_owned(), expected]
    );

    let rollback = copy.join("docs/scripts/deployment/rollback-fly.sh");
    stand_ins.forget_calls();
    let asked = run_file(&home, &rollback, &[], &set).await;
    asked.assert_failure("Nothing was done");
    assert!(
        asked.text.contains("migrations only go forward"),
        "{}",
        asked.text
    );
    assert_eq!(
        stand_ins.calls(),
        ["fly releases --app rust-c2s-api --image"]
    );
    run_file(&home, &rollback, &["--yes"], &set)
        .await
        .assert_success();
    let calls = stand_ins.calls();
    assert!(
        calls[2].ends_with("--image registry.fly.io/my-app:deployment-06"),
        "{calls:?}"
    );
    service.stop("TERM").await.assert_success();
}
