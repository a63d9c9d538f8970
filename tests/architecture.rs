//! Holds the table of who may use whom (ARCHITECTURE.md), and a few rules about the text of the sources.
//!
//! It reads the sources as text: comments and `#[cfg(test)]` modules are left out, then every path that begins with
//! `crate::`, with this crate's own name, or with enough `super::` to reach the crate's root names a module it uses.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::Path;

use walkdir::WalkDir;

#[path = "architecture/paths.rs"]
mod paths;

use paths::{names_crate, used_modules, without_comments, without_test_modules};

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

const TABLE: &[Rule] = &[
    rule("models", &[], &["axum", "reqwest", "tokio"]),
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
    rule(
        "handlers",
        &[
            "services",
            "models",
            "errors",
            "config",
            "telemetry",
            "storage",
        ],
        &["reqwest"],
    ),
    rule(
        "dashboard",
        &[
            "services",
            "models",
            "errors",
            "config",
            "telemetry",
            "storage",
        ],
        &["reqwest"],
    ),
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
    forbidden
        .map(|used| format!("{path}: {own} must not use crate::{used}"))
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

mod of_the_checker_itself {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::import(
        "src/models/cpf.rs",
        "use crate::storage::X;",
        "models must not use crate::storage::X"
    )]
    #[case::inline(
        "src/models.rs",
        "fn f() { crate::config::f() }",
        "models must not use crate::config::f"
    )]
    #[case::group(
        "src/storage/a.rs",
        "use crate::{\n    models::Cpf,\n    lookups::{A, B},\n};",
        "storage must not use crate::lookups::A"
    )]
    #[case::nested(
        "src/handlers/a.rs",
        "use crate::{services::{a, b::C}, upstream};",
        "handlers must not use crate::upstream"
    )]
    #[case::climbing(
        "src/services/a.rs",
        "use super::super::handlers::H;",
        "services must not use crate::handlers::H"
    )]
    #[case::one_part_only(
        "src/services/a.rs",
        "use crate::upstream::diretrix::D;",
        "services must not use crate::upstream::diretrix"
    )]
    #[case::one_part_in_a_group(
        "src/services/a.rs",
        "use crate::upstream::{c2s::Client, http::H};",
        "services must not use crate::upstream::http"
    )]
    #[case::own_name(
        "src/simulator/a.rs",
        "use rust_c2s_api::services::S;",
        "simulator must not use crate::services::S"
    )]
    #[case::foreign_crate("src/services/a.rs", "use axum::Json;", "services must not know axum")]
    #[case::foreign_crate_inline(
        "src/models/a.rs",
        "let x = reqwest::Client::new();",
        "models must not know reqwest"
    )]
    #[case::after_the_tests(
        "src/models/a.rs",
        "#[cfg(test)]\nmod tests {\n    use crate::app::A;\n}\nuse crate::app::B;",
        "models must not use crate::app::B"
    )]
    #[case::behind_an_address(
        "src/models/a.rs",
        "f(\"https://example.com\", crate::app::B)",
        "models must not use crate::app::B"
    )]
    #[case::unknown_module("src/helpers.rs", "", "module helpers is not in the table")]
    fn a_planted_import_is_found(#[case] path: &str, #[case] text: &str, #[case] expected: &str) {
        let problems = check_imports(path, text);
        assert!(
            problems.iter().any(|problem| problem.contains(expected)),
            "{problems:?}"
        );
        let app = "app::A";
        assert!(!problems.iter().any(|problem| problem.ends_with(app)));
    }

    #[rstest]
    #[case(
        "src/storage/a.rs",
        "use crate::models::Cpf;\nuse super::row::Row;\nuse crate::storage::b;"
    )]
    #[case(
        "src/services/a.rs",
        "use crate::upstream::c2s::Client;\nuse crate::upstream::{c2s};"
    )]
    #[case(
        "src/models/a.rs",
        "//! See [`crate::storage`] and axum::Json.\nlet my_crate::x; // crate::app"
    )]
    #[case(
        "src/models/a.rs",
        "#[cfg(test)]\nmod tests {\n    use crate::simulator::People;\n}"
    )]
    #[case("src/app.rs", "use crate::{handlers, upstream, storage};")]
    #[case("src/main.rs", "use rust_c2s_api::cli;")]
    fn what_is_allowed_is_not_found(#[case] path: &str, #[case] text: &str) {
        assert_eq!(check_imports(path, text), Vec::<String>::new());
    }

    #[rstest]
    #[case(concat!("#[", "allow(dead_code)]\nfn f() {}"))]
    #[case(concat!("#![", "allow(dead_code)]"))]
    #[case(concat!("query(\"\").persistent(", "false)"))]
    #[case(concat!("fn f() { todo", "!() }"))]
    #[case(concat!("#[sqlx", "::test]\nasync fn f() {}"))]
    fn a_planted_text_is_found(#[case] text: &str) {
        assert_eq!(check_text("src/a.rs", text).len(), 1);
        assert!(check_text("src/a.rs", &format!("// {text}").replace('\n', "\n// ")).is_empty());
    }

    #[test]
    fn a_long_file_is_found() {
        assert!(check_text("src/a.rs", &"\n".repeat(LONGEST_FILE)).is_empty());
        assert_eq!(
            check_text("src/a.rs", &"\n".repeat(LONGEST_FILE + 1)).len(),
            1
        );
    }
}
