//! What the documents tell their reader to type is typed here.
//!
//! Every block of commands says behind its opening backticks how it is checked: `sh demo` is run
//! beside a demo and `sh database` with a database, both as printed; `sh ci` holds lines that
//! `.ci/run` runs; the others need what no test has, and only have to be shell.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use rust_c2s_api::storage::test_database::TestDatabase;
use tokio::process::Command;
use walkdir::WalkDir;

use crate::home::Home;
use crate::markdown::{Document, Fence, documents, package};
use crate::running::Running;

/// What a block may be that is not to be typed.
const NO_COMMANDS: [&str; 9] = [
    "dotenv", "http", "json", "mermaid", "rust", "sql", "text", "toml", "yaml",
];

/// What no test has: an account, an engine, the real upstreams.
const CANNOT_RUN_HERE: [&str; 4] = ["docker", "fly", "neon", "production"];

const NOTHING: [(&str, &str); 0] = [];

/// The ports in the documents, and the ones where they are now.
type Ports = [(&'static str, String); 2];

fn class(fence: &Fence) -> Option<&str> {
    fence.info.strip_prefix("sh ")
}

fn blocks_of(class_wanted: &str) -> Vec<(PathBuf, Vec<Fence>)> {
    let wanted = |document: Document| {
        let fences = document.fences.into_iter();
        let fences: Vec<Fence> = fences.filter(|f| class(f) == Some(class_wanted)).collect();
        (!fences.is_empty()).then_some((document.path, fences))
    };
    documents(package()).into_iter().filter_map(wanted).collect()
}

#[test]
fn every_block_says_what_it_is() {
    let unknown: Vec<String> = documents(package())
        .into_iter()
        .flat_map(|document| document.fences)
        .filter(|fence| match class(fence) {
            Some(class) => {
                !["ci", "database", "demo"].contains(&class) && !CANNOT_RUN_HERE.contains(&class)
            }
            None => !NO_COMMANDS.contains(&&*fence.info),
        })
        .map(|fence| format!("{}: {:?}", fence.place, fence.info))
        .collect();
    assert!(unknown.is_empty(), "{}", unknown.join("\n"));
}

#[test]
fn what_the_integration_runs_is_in_its_scripts() {
    let scripts = fs::read_dir(package().join(".ci")).unwrap();
    let run: String = scripts
        .map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap())
        .collect();
    let mut lines = 0;
    for fence in blocks_of("ci").into_iter().flat_map(|(_, fences)| fences) {
        for line in fence.text.lines() {
            let command = line.split("  #").next().unwrap_or_default().trim();
            assert!(run.contains(command), "{}: {command}", fence.place);
            lines += 1;
        }
    }
    println!("{lines} commands are run by .ci/run");
    assert!(lines > 0);
}

#[tokio::test]
async fn what_cannot_run_here_is_at_least_shell() {
    let mut blocks = 0;
    for fence in CANNOT_RUN_HERE
        .into_iter()
        .flat_map(blocks_of)
        .flat_map(|(_, fences)| fences)
    {
        let read = Command::new("bash").args(["-n", "-c", &fence.text]).output();
        let read = read.await.unwrap();
        let complaint = String::from_utf8_lossy(&read.stderr);
        assert!(read.status.success(), "{}: {complaint}", fence.place);
        blocks += 1;
    }
    println!("{blocks} blocks cannot run here; they are shell");
}

#[tokio::test]
async fn what_is_typed_beside_the_demo_works() {
    let home = Home::new();
    let arguments = ["demo", "--port", "0", "--simulator-port", "0"];
    let demo = Running::start(&home, &arguments, &NOTHING);
    let tour = demo.until_it_says("Ctrl-C stops everything").await;
    let port_before = |path: &str| {
        let (before, _) = tour.split_once(path).unwrap();
        before.rsplit(':').next().unwrap().to_owned()
    };
    let ports = [
        ("127.0.0.1:8081", port_before("/api/v1/")),
        ("127.0.0.1:8090", port_before("/_sim/")),
    ];
    let mut typed = 0;
    for (document, fences) in blocks_of("demo") {
        let scratch = scratch_copy();
        for fence in fences {
            type_in(scratch.path(), &fence, &ports, &[]).await;
            typed += 1;
        }
        println!("{}", document.display());
    }
    demo.stop("INT").await.assert_success();
    println!("{typed} blocks work beside the demo");
    assert!(typed > 0);
}

#[tokio::test]
async fn what_is_typed_with_a_database_works() {
    let ports: Ports = ["127.0.0.1:8081", "127.0.0.1:8090"].map(|name| (name, "1".to_owned()));
    let mut typed = 0;
    for (_, fences) in blocks_of("database") {
        let scratch = scratch_copy();
        let database = TestDatabase::create().await.unwrap();
        for fence in fences {
            type_in(scratch.path(), &fence, &ports, &[("DB_URL", database.url())]).await;
            typed += 1;
        }
    }
    println!("{typed} blocks work with a database");
}

/// Runs a block as a careful shell does: the first command that fails ends it.
async fn type_in(scratch: &Path, fence: &Fence, ports: &Ports, set: &[(&str, String)]) {
    let mut text = fence.text.clone();
    for (name, port) in ports {
        text = text.replace(name, &format!("127.0.0.1:{port}"));
    }
    let run = Command::new("bash")
        .args(["-euo", "pipefail", "-c", &text])
        .env_clear()
        .env("PATH", path())
        .env("HOME", scratch)
        .env("XDG_STATE_HOME", scratch)
        .envs(set.iter().map(|(name, value)| (*name, value)))
        .current_dir(scratch.join("package"))
        .stdin(Stdio::null())
        .output();
    let done = run.await.unwrap();
    let (said, complained) = (
        String::from_utf8_lossy(&done.stdout),
        String::from_utf8_lossy(&done.stderr),
    );
    assert!(
        done.status.success(),
        "{}\n{text}\n{said}\n{complained}",
        fence.place
    );
}

/// What is checked out, where a block may write.
fn scratch_copy() -> Home {
    let home = Home::new();
    let ours = |name: &str| !["target", ".git", ".env", "node_modules"].contains(&name);
    let entries = WalkDir::new(package())
        .into_iter()
        .filter_entry(|entry| entry.file_name().to_str().is_some_and(ours));
    for entry in entries {
        let entry = entry.unwrap();
        let inside = entry.path().strip_prefix(package()).unwrap();
        let copy = home.path().join("package").join(inside);
        if entry.file_type().is_dir() {
            fs::create_dir_all(&copy).unwrap();
        } else {
            fs::copy(entry.path(), &copy).unwrap();
        }
    }
    home
}

/// Ours, behind the directory of the executable.
#[expect(clippy::disallowed_methods, reason = "a child needs our PATH")]
fn path() -> String {
    let executable = Path::new(env!("CARGO_BIN_EXE_rust-c2s-api"));
    let directory = executable.parent().unwrap().display();
    format!("{directory}:{}", std::env::var("PATH").unwrap())
}
