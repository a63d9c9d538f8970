//! `deploy-fly.sh` and `rollback-fly.sh` in a repository of their own, with a service that answers.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{ALL, fly, image, releases};
use crate::home::Home;
use crate::running::{of_the_package, path};
use crate::scripts::{Guarded, run_file, scripts};

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

/// `fly deploy` as the scripts call it, up to what is special.
fn deploy_call(app: &str, copy: &Path) -> String {
    let config = copy.canonicalize().unwrap().join("fly.toml");
    format!("fly deploy --app {app} --config {}", config.display())
}

#[tokio::test]
async fn what_is_not_committed_or_lacks_secrets_is_not_deployed() {
    let home = Home::new();
    let copy = committed_copy(&home);
    let stand_ins = fly(&home, &ALL.replace("WORK_API", "NO_WORK_API"), "");
    let path = stand_ins.path();
    let set = [("PATH", path.as_str())];
    let deploy = copy.join("docs/scripts/deployment/deploy-fly.sh");

    let lacking = run_file(&home, &deploy, &["--app", "my-app"], &set).await;
    lacking.assert_failure(
        "lacks secrets (docs/scripts/deployment/set-secrets.sh sets them): WORK_API\n",
    );
    fs::write(stand_ins.0.join("secrets"), ALL).unwrap();
    fs::write(copy.join("changed"), "").unwrap();
    let dirty = run_file(&home, &deploy, &["--app", "my-app"], &set).await;
    dirty.assert_failure("?? changed");
    let calls = stand_ins.calls();
    assert_eq!(calls, ["fly secrets list --app my-app"]);
}

#[tokio::test]
async fn what_is_committed_is_deployed_and_verified_and_rolled_back() {
    let home = Home::new();
    let guarded = Guarded::start(&home).await;
    let copy = committed_copy(&home);
    let releases = releases(&[(2, "complete", 2), (1, "complete", 1)]);
    let stand_ins = fly(&home, ALL, &releases);
    let path = stand_ins.path();
    let set = [("PATH", path.as_str()), ("BASE_URL", &guarded.base)];
    let of_this = |name: &str| copy.join("docs/scripts/deployment").join(name);

    let arguments = ["--strategy=rolling", "--app", "my-app"];
    let deployed = run_file(&home, &of_this("deploy-fly.sh"), &arguments, &set).await;
    deployed.assert_success();
    assert!(
        deployed.text.contains("5 passed, 0 failed"),
        "{}",
        deployed.text
    );
    let expected = format!("{} --strategy=rolling", deploy_call("my-app", &copy));
    let calls = stand_ins.calls();
    assert_eq!(calls, ["fly secrets list --app my-app", &expected]);

    stand_ins.forget_calls();
    let back = run_file(&home, &of_this("rollback-fly.sh"), &["--yes"], &set).await;
    back.assert_success();
    let expected = format!(
        "{} --image {}",
        deploy_call("rust-c2s-api", &copy),
        image(1)
    );
    let calls = stand_ins.calls();
    assert_eq!(calls, ["fly releases --app rust-c2s-api --json", &expected]);
    guarded.stop().await;
}

/// What is checked, deployed and verified is one app, with the configuration of this repository.
#[tokio::test]
async fn another_app_or_configuration_does_not_get_past_the_script() {
    let home = Home::new();
    let copy = committed_copy(&home);
    let stand_ins = fly(&home, ALL, "");
    let path = stand_ins.path();
    let set = [("PATH", path.as_str())];
    let deploy = copy.join("docs/scripts/deployment/deploy-fly.sh");
    for (arguments, why) in [
        (&["--remote-only", "--app"][..], "--app needs a value"),
        (&["--app", "--remote-only"], "--app needs a value"),
        (&["--app", ""], "--app needs a value"),
        (&["--app=other"], "named by --app NAME"),
        (&["--remote-only", "-a", "other"], "'-a': options of fly"),
        (&["-yaother"], "'-yaother': options of fly"),
        (&["../elsewhere"], "'../elsewhere': options of fly"),
        (&["-c", "other.toml"], "'-c': options of fly"),
        (&["--config=other.toml"], "fly.toml of this repository"),
        (&["--dockerfile", "other"], "fly.toml of this repository"),
        (&["--image", "other"], "rollback-fly.sh puts an image"),
    ] {
        let refused = run_file(&home, &deploy, arguments, &set).await;
        refused.assert_failure(why);
    }
    assert!(stand_ins.calls().is_empty());
}

/// A machine that just starts is waited for.
#[tokio::test]
async fn a_verification_has_patience() {
    let home = Home::new();
    let guarded = Guarded::start(&home).await;
    let stand_ins = crate::scripts::StandIns::new(&home).put(
        "curl",
        "if [ \"$(wc -l <\"${0%/*}/calls\")\" -le 2 ]; then echo '000 0.0'; exit 7; fi; PATH=${PATH#*:} exec curl \"$@\"",
    );
    let path = stand_ins.path();
    let verify = scripts().join("deployment/verify-deployment.sh");
    let set = [("PATH", path.as_str()), ("WAIT_SECS", "30")];
    let verified = run_file(&home, &verify, &[&guarded.base], &set).await;
    verified.assert_success();
    assert!(
        verified.text.contains("waiting up to 30 s"),
        "{}",
        verified.text
    );
    guarded.stop().await;
}
