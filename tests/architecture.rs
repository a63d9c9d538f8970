//! Holds the table of who may use whom (ARCHITECTURE.md), and a few rules about the text of the sources.
//!
//! It reads the sources as text: comments and `#[cfg(test)]` modules are left out, then every path that begins with
//! `crate::`, with this crate's own name, or with enough `super::` to reach the crate's root names a module it uses.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::Path;

use walkdir::WalkDir;

#[path = "architecture/of_the_checker_itself.rs"]
mod of_the_checker_itself;
#[path = "architecture/paths.rs"]
mod paths;

use paths::{names_crate, takes_the_root, used_modules, without_comments, without_test_modules};

/// A hard limit; about 300 is what a file should have.
const LONGEST_FILE: usize = 400;

struct Rule {
    module: &'static str,
    /// Modules of ours, or a path into one where only that part may be used.
    may_use: &'static [&'static str],
    /// Crates it must not know.
    not: &'static [&'static str],
}

const fn rule(
    module: &'static str,
    may_use: &'static [&'static str],
    not: &'static [&'static str],
) -> Rule {
    Rule {
        module,
        may_use,
        not,
    }
}

/// What those who answer requests may use. Of storage, reads alone: whatever writes is a service's.
const HANDLERS: &[&str] = &[
    "services",
    "models",
    "errors",
    "config",
    "telemetry",
    "storage::EnrichedLead",
    "storage::list_leads",
    "storage::read_lead_result",
    "storage::show_lead",
    "storage::LeadCursor",
    "storage::LeadDetail",
    "storage::LeadPage",
    "storage::LeadSearch",
    "storage::LeadSummary",
    "storage::MaskedPerson",
    "storage::Step",
    "storage::Decision",
    "storage::ReviewCandidate",
    "storage::ReviewCursor",
    "storage::ReviewPage",
    "storage::StoredReview",
    "storage::CustomerAddress",
    "storage::CustomerEmail",
    "storage::CustomerPhone",
    "storage::StoredCustomer",
    "storage::StoredIdentity",
];

const TABLE: &[Rule] = &[
    rule("models", &[], &["axum", "reqwest", "sqlx", "tokio"]),
    rule(
        "identity",
        &["models"],
        &["axum", "reqwest", "sqlx", "tokio"],
    ),
    rule(
        "message",
        &["models"],
        &["axum", "reqwest", "sqlx", "tokio"],
    ),
    rule(
        "upstream",
        &["models", "config", "clock", "telemetry"],
        &["axum", "sqlx"],
    ),
    rule("storage", &["models", "telemetry"], &["axum", "reqwest"]),
    rule(
        "lookups",
        &[
            "models",
            "upstream",
            "storage",
            "config",
            "clock",
            "telemetry",
        ],
        &["axum", "reqwest"],
    ),
    rule(
        "services",
        &[
            "models",
            "identity",
            "message",
            "upstream::c2s",
            "lookups",
            "storage",
            "config",
            "clock",
            "telemetry",
        ],
        &["axum", "reqwest"],
    ),
    rule(
        "workers",
        &["services", "storage", "config", "clock", "telemetry"],
        &["axum", "reqwest"],
    ),
    rule("handlers", HANDLERS, &["reqwest"]),
    rule("dashboard", HANDLERS, &["reqwest"]),
    rule("errors", &["models"], &["reqwest"]),
    rule("config", &["models"], &["axum", "reqwest"]),
    rule("telemetry", &["models"], &["reqwest", "sqlx"]),
    rule("clock", &["models"], &["axum", "reqwest", "sqlx"]),
    rule("simulator", &["models"], &["reqwest", "sqlx"]),
];

/// Those that wire everything.
const ALL: [&str; 5] = ["app", "server", "cli", "main", "lib"];

#[test]
fn every_module_uses_only_what_its_row_allows() {
    let problems: Vec<String> = sources("src")
        .iter()
        .flat_map(|(path, text)| check_imports(path, text))
        .collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn the_sources_keep_the_house_rules() {
    let problems: Vec<String> = ["src", "tests"]
        .into_iter()
        .flat_map(sources)
        .flat_map(|(path, text)| check_text(&path, &text))
        .collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// Path below the package's directory (`src/storage/mod.rs`) and contents.
fn sources(directory: &str) -> Vec<(String, String)> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files: Vec<_> = WalkDir::new(package.join(directory))
        .into_iter()
        .map(Result::unwrap)
        .filter(|entry| {
            entry
                .path()
                .extension()
                .is_some_and(|extension| extension == "rs")
        })
        .map(|entry| {
            let path = entry.path().strip_prefix(package).unwrap();
            (
                path.to_str().unwrap().to_owned(),
                fs::read_to_string(entry.path()).unwrap(),
            )
        })
        .collect();
    assert!(!files.is_empty(), "no sources in {directory}");
    files
}

/// `src/storage/private_server/lock.rs` → storage, private_server, lock.
fn module_path(path: &str) -> Vec<&str> {
    path.trim_start_matches("src/")
        .trim_end_matches(".rs")
        .split('/')
        .filter(|part| *part != "mod")
        .collect()
}

fn check_imports(path: &str, text: &str) -> Vec<String> {
    let module = module_path(path);
    let own = module[0];
    let is_test = |name: &&str| *name == "tests" || name.ends_with("_tests");
    if ALL.contains(&own) || module.last().is_some_and(is_test) {
        return Vec::new();
    }
    let Some(row) = TABLE.iter().find(|row| row.module == own) else {
        return vec![format!(
            "{path}: module {own} is not in the table of tests/architecture.rs"
        )];
    };
    let code = without_test_modules(&without_comments(text));
    let ours = used_modules(&code, module.len());
    let forbidden = ours.iter().filter(|used| {
        used.split("::").next() != Some(own)
            && !row
                .may_use
                .iter()
                .any(|allowed| *used == allowed || used.starts_with(&format!("{allowed}::")))
    });
    let crates = row.not.iter().filter(|name| names_crate(&code, name));
    let whole = takes_the_root(&code).then(|| {
        format!(
            "{path}: the crate's root is taken as a whole: name what is used, crate::models::Cpf"
        )
    });
    forbidden
        .map(|used| format!("{path}: {own} must not use crate::{used}"))
        .chain(whole)
        .chain(crates.map(|name| format!("{path}: {own} must not know {name}")))
        .collect()
}

fn check_text(path: &str, text: &str) -> Vec<String> {
    let mut problems = Vec::new();
    let lines = text.lines().count();
    if lines > LONGEST_FILE {
        problems.push(format!("{path}: {lines} lines, at most {LONGEST_FILE}"));
    }
    // put together here, so that this file does not hold them
    let banned = [
        (
            concat!("#[", "allow("),
            "say #[expect(lint, reason = \"…\")]",
        ),
        (
            concat!("#![", "allow("),
            "say #![expect(lint, reason = \"…\")]",
        ),
        (
            concat!(".persistent(", "false)"),
            "a transaction pooler returned another statement's rows",
        ),
        (concat!("todo", "!("), "finish it or leave it out"),
        (
            concat!("#[sqlx", "::test"),
            "reads DATABASE_URL, also from .env: use TestDatabase (docs/adr/0002-test-databases.md)",
        ),
    ];
    let code = without_comments(text);
    for (pattern, instead) in banned {
        if code.contains(pattern) {
            problems.push(format!("{path}: {pattern} is banned: {instead}"));
        }
    }
    problems
}
