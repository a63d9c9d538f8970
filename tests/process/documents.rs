//! What the documents tell their reader to type is typed here.
//!
//! Every block of commands says behind its opening backticks how it is checked: `sh demo` is run
//! beside a demo and `sh database` with a database, both as printed; `sh ci` holds lines that
//! `.ci/run` runs; the others need what no test has, or take longer than a test may, and only have to
//! be shell. A `json` block right below a `sh demo` is what that answers.

mod integration;

use std::fs;
use std::path::Path;
use std::process::Stdio;

use rust_c2s_api::storage::test_database::TestDatabase;
use serde_json::Value;
use tokio::process::Command;
use walkdir::WalkDir;

use crate::home::Home;
use crate::markdown::{Document, Fence, documents, package};
use crate::running::{demo, urls_of};
use integration::Integration;

/// What a block may be that is not to be typed.
const NO_COMMANDS: [&str; 8] = [
    "dotenv",
    "json",
    "json part",
    "mermaid",
    "sql",
    "text",
    "toml",
    "yaml",
];

/// What no test has: an account, an engine, the real upstreams, or minutes (`by-hand`).
const CANNOT_RUN_HERE: [&str; 5] = ["by-hand", "docker", "fly", "neon", "production"];

const NOTHING: [(&str, &str); 0] = [];

/// The addresses in the documents, and where they are now.
type Addresses = [(&'static str, String); 2];

fn class(fence: &Fence) -> Option<&str> {
    fence.info.strip_prefix("sh ")
}

/// Commands, and the block below them that is none.
struct Block {
    commands: Fence,
    below: Option<Fence>,
}

/// The blocks of a class, by document.
fn blocks_of(wanted: &str) -> Vec<Vec<Block>> {
    let blocks = |document: Document| {
        let mut blocks = Vec::new();
        let mut fences = document.fences.into_iter().peekable();
        while let Some(commands) = fences.next() {
            if class(&commands) == Some(wanted) {
                let below = fences.next_if(|below| class(below).is_none());
                blocks.push(Block { commands, below });
            }
        }
        blocks
    };
    let blocks = documents(package()).into_iter().map(blocks);
    blocks.filter(|blocks| !blocks.is_empty()).collect()
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

/// The shell of macOS takes no comments: it would hand their words to the command.
#[test]
fn no_block_of_commands_has_a_comment() {
    let fences = documents(package())
        .into_iter()
        .flat_map(|document| document.fences);
    for fence in fences.filter(|fence| class(fence).is_some()) {
        for line in fence.text.lines() {
            let is_comment = line.starts_with('#') || line.contains(" #");
            assert!(!is_comment, "{}: {line}", fence.place);
        }
    }
}

#[test]
fn what_the_integration_runs_is_in_its_scripts() {
    let integration = Integration::read();
    let mut lines = 0;
    for block in blocks_of("ci").into_iter().flatten() {
        let fence = block.commands;
        for line in fence.text.lines() {
            let command = line.trim();
            assert!(integration.runs(command), "{}: {command}", fence.place);
            lines += 1;
        }
    }
    println!("{lines} commands are run by .ci/run");
    assert!(lines > 0);
}

#[tokio::test]
async fn what_cannot_run_here_is_at_least_shell() {
    let mut blocks = 0;
    for block in CANNOT_RUN_HERE.into_iter().flat_map(blocks_of).flatten() {
        let fence = block.commands;
        let read = Command::new("bash")
            .args(["-n", "-c", &fence.text])
            .output();
        let read = read.await.unwrap();
        let complaint = String::from_utf8_lossy(&read.stderr);
        assert!(read.status.success(), "{}: {complaint}", fence.place);
        blocks += 1;
    }
    println!("{blocks} blocks cannot run here; they are shell");
    assert!(blocks > 0);
}

#[tokio::test]
async fn what_is_typed_beside_the_demo_works() {
    let home = Home::new();
    let (demo, tour) = demo(&home, &NOTHING).await;
    let [service, simulator] = urls_of(&tour).map(|url| url["http://".len()..].to_owned());
    let addresses = [("127.0.0.1:8081", service), ("127.0.0.1:8090", simulator)];
    let (mut typed, mut compared) = (0, 0);
    for blocks in blocks_of("demo") {
        let scratch = scratch_copy();
        for block in blocks {
            let said = type_in(scratch.path(), &block.commands, &addresses, &[]).await;
            typed += 1;
            if let Some(below) = block.below.filter(|below| below.info.starts_with("json")) {
                assert_is_answer(&below, &said);
                compared += 1;
            }
        }
    }
    demo.stop("INT").await.assert_success();
    println!("{typed} blocks work beside the demo, {compared} answers are as printed");
    assert!(typed > compared && compared > 0);
}

#[tokio::test]
async fn what_is_typed_with_a_database_works() {
    let nowhere = "127.0.0.1:1".to_owned();
    let addresses = ["127.0.0.1:8081", "127.0.0.1:8090"].map(|name| (name, nowhere.clone()));
    let mut typed = 0;
    for blocks in blocks_of("database") {
        let scratch = scratch_copy();
        let database = TestDatabase::create().await.unwrap();
        for block in blocks {
            let fence = block.commands;
            type_in(
                scratch.path(),
                &fence,
                &addresses,
                &[("DB_URL", database.url())],
            )
            .await;
            typed += 1;
        }
    }
    println!("{typed} blocks work with a database");
    assert!(typed > 0);
}

/// The block is what was answered, but for `"…"`, which stands for any text. A `json part` may lack
/// members of the answer.
#[track_caller]
fn assert_is_answer(below: &Fence, said: &str) {
    let told: Value = serde_json::from_str(&below.text).unwrap();
    let said: Value = serde_json::from_str(said).unwrap();
    let (told, said) = (told.as_object().unwrap(), said.as_object().unwrap());
    let differ = |name: &str, told: &Value| match said.get(name) {
        Some(said) => told != said && !(told == "…" && said.is_string()),
        None => true,
    };
    let wrong: Vec<_> = told
        .iter()
        .filter(|(name, value)| differ(name, value))
        .collect();
    let is_whole = below.info == "json part" || told.len() == said.len();
    assert!(wrong.is_empty() && is_whole, "{}: {said:?}", below.place);
}

/// Runs a block as a careful shell does, the first command that fails ends it; returns what it wrote.
async fn type_in(
    scratch: &Path,
    fence: &Fence,
    addresses: &Addresses,
    set: &[(&str, String)],
) -> String {
    let mut text = fence.text.clone();
    for (name, address) in addresses {
        text = text.replace(name, address);
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
    said.into_owned()
}

/// What is checked out, where a block may write.
fn scratch_copy() -> Home {
    let home = Home::new();
    let ours = |name: &str| !["target", ".git", ".env", ".tools"].contains(&name);
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
