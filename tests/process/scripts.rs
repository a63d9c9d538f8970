//! `docs/scripts`: run as their reader runs them, with stand-ins for the programs that are not here.

mod data;
mod deployment;
mod walk;

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use rust_c2s_api::simulator::Simulator;
use rust_c2s_api::storage::test_database::TestDatabase;
use tokio::process::Command;

use crate::home::Home;
use crate::running::{Ended, Running, path, simulator, variables};

const PATIENCE: Duration = Duration::from_secs(90);

/// Notes what it was called with, then does as told below.
const NOTE_THE_CALL: &str = "#!/usr/bin/env bash
printf '%s\\n' \"${0##*/} $*\" >>\"${0%/*}/calls\"
";

/// Does what the program of this name does, which is further on in PATH.
const PASS_ON: &str = "PATH=${PATH#*:} exec \"${0##*/}\" \"$@\"";

/// A directory first in PATH, with programs that note how they are called.
struct StandIns(PathBuf);

impl StandIns {
    fn new(home: &Home) -> Self {
        let directory = home.path().join("stand-ins");
        fs::create_dir(&directory).unwrap();
        Self(directory)
    }

    /// `${0%/*}` is the directory in which it lies.
    fn put(self, program: &str, does: &str) -> Self {
        let file = self.0.join(program);
        fs::write(&file, format!("{NOTE_THE_CALL}{does}\n")).unwrap();
        fs::set_permissions(&file, Permissions::from_mode(0o755)).unwrap();
        self
    }

    /// Each call so far: the program and its arguments.
    fn calls(&self) -> Vec<String> {
        let text = fs::read_to_string(self.0.join("calls")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    fn forget_calls(&self) {
        fs::write(self.0.join("calls"), "").unwrap();
    }

    fn path(&self) -> String {
        format!("{}:{}", self.0.display(), path())
    }
}

/// A service that wants a key, and what it lives on.
struct Guarded {
    service: Running,
    base: String,
    simulator: Simulator,
    _database: TestDatabase,
}

impl Guarded {
    const KEY: &str = "a-key-of-this-test";

    async fn start(home: &Home) -> Self {
        let simulator = simulator().await;
        let database = TestDatabase::create().await.unwrap();
        let keys = format!("make:trigger:{}", Self::KEY);
        let set = variables(&simulator, &database.url(), &[("API_KEYS", &keys)]);
        let service = Running::start(home, &["serve"], &set);
        Self {
            base: format!("http://{}", service.address().await),
            service,
            simulator,
            _database: database,
        }
    }

    async fn stop(self) {
        self.service.stop("TERM").await.assert_success();
    }
}

/// `docs/scripts` of the package.
fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/scripts")
}

/// Runs a script of the package to its end, with these variables and no others, and no terminal.
pub(crate) async fn script(
    home: &Home,
    name: &str,
    arguments: &[&str],
    set: &[(&str, &str)],
) -> Ended {
    run_file(home, &scripts().join(name), arguments, set).await
}

async fn run_file(home: &Home, file: &Path, arguments: &[&str], set: &[(&str, &str)]) -> Ended {
    let mut command = Command::new(file);
    command
        .args(arguments)
        .env_clear()
        .env("PATH", path())
        .env("HOME", home.path())
        .env("TMPDIR", home.path())
        .envs(set.iter().copied())
        .current_dir(home.path())
        .stdin(Stdio::null())
        .kill_on_drop(true);
    let output = tokio::time::timeout(PATIENCE, command.output()).await;
    let output = output.unwrap_or_else(|_| panic!("{} does not end", file.display()));
    let output = output.unwrap();
    let mut text = String::from_utf8(output.stdout).unwrap();
    text.push_str(&String::from_utf8(output.stderr).unwrap());
    Ended {
        status: output.status,
        text,
    }
}

#[tokio::test]
async fn each_tells_how_it_is_used_and_is_in_the_list() {
    let home = Home::new();
    let list = fs::read_to_string(scripts().join("README.md")).unwrap();
    let mut seen = 0;
    for entry in walkdir::WalkDir::new(scripts()) {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode();
        if !entry.file_type().is_file() || mode & 0o100 == 0 {
            continue;
        }
        seen += 1;
        let name = entry.path().strip_prefix(scripts()).unwrap();
        let name = name.to_str().unwrap();
        let help = script(&home, name, &["--help"], &[]).await;
        let own_name = entry.file_name().to_str().unwrap();
        assert!(
            help.assert_success().text.starts_with(own_name),
            "{name}: {}",
            help.text
        );
        // what these do not know is for `fly deploy` and `psql`
        if !["deploy-fly.sh", "psql.sh"].contains(&own_name) {
            let bogus = script(&home, name, &["--bogus"], &[]).await;
            bogus.assert_failure("bogus");
        }
        assert!(
            list.contains(&format!("({name})")),
            "README.md lacks {name}"
        );
    }
    assert!(seen >= 8, "{seen}");
}
