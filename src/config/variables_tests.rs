#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "tests, and a switch of theirs that is no configuration"
)]
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use super::*;
use crate::config::Config;

/// Set to anything, the generated files are written instead of compared.
const UPDATE: &str = "UPDATE_GENERATED";

#[test]
fn the_table_lists_exactly_what_is_read() {
    let asked = RefCell::new(BTreeSet::new());
    // One entry of what is read only when something else is set is set here.
    let lookup = |name: &str| {
        asked.borrow_mut().insert(name.to_owned());
        find(name).map(|variable| variable.example.to_owned())
    };
    Config::from_lookup(lookup).unwrap();
    let listed = all().map(|variable| variable.name.to_owned());
    // Read by the private PostgreSQL itself.
    let listed = listed.filter(|name| name != "PG_BIN_DIR");
    let listed: BTreeSet<String> = listed
        .chain(NOT_BUILT.iter().map(|name| (*name).to_owned()))
        .collect();
    assert_eq!(*asked.borrow(), listed);
}

#[test]
fn the_documentation_is_generated_from_the_table() {
    agrees("docs/configuration.md", &documentation());
}

#[test]
fn the_example_is_generated_from_the_table() {
    agrees(".env.example", &example());
}

#[test]
fn the_example_starts_the_service() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(".env.example");
    let pairs: Vec<(String, String)> = dotenvy::from_path_iter(path)
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    let value = |name: &str| {
        let pair = pairs.iter().find(|(known, _)| known == name);
        pair.map(|(_, value)| value.clone())
    };
    let config = Config::from_lookup(value).unwrap();
    assert!(matches!(
        config.database.location,
        crate::config::DatabaseLocation::Private
    ));
}

fn agrees(file: &str, expected: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    if std::env::var_os(UPDATE).is_some() {
        std::fs::write(&path, expected).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == expected,
        "{file} differs from the table in src/config/variables.rs; \
         {UPDATE}=1 cargo nextest run generated writes it"
    );
}

fn documentation() -> String {
    let mut out = String::from(
        "# Configuration\n\n\
         Generated from `src/config/variables.rs`; a test fails when they differ.\n\n\
         Everything is set in the environment; outside production `serve`, `migrate`, `process` and\n\
         `leads` also read `.env` of the current directory, where the environment does not set a\n\
         variable. An empty value counts as unset. At start all problems are reported at once, each\n\
         with its variable and never with a value.\n",
    );
    for group in GROUPS {
        write!(
            out,
            "\n## {}\n\n| variable | default | meaning |\n|---|---|---|\n",
            group.title
        )
        .unwrap();
        for variable in group.variables {
            let default = match variable.fallback {
                Fallback::Required => "**required**".to_owned(),
                Fallback::Unset => "–".to_owned(),
                Fallback::Value(value) => format!("`{value}`"),
            };
            let meaning = variable.meaning.replace('|', "\\|");
            writeln!(out, "| `{}` | {default} | {meaning} |", variable.name).unwrap();
        }
    }
    out.push_str(
        "\n## Not built yet\n\n\
         These belong to features that this version does not have. Set, they are refused at start: a\n\
         budget that is silently ignored would spend money.\n\n",
    );
    for name in NOT_BUILT {
        writeln!(out, "- `{name}`").unwrap();
    }
    out.push_str(
        "\n## Tests\n\n\
         `demo` and the tests read none of the above but `PG_BIN_DIR`, and no `.env`.\n\
         `TEST_DATABASE_URL` gives them a PostgreSQL where they may create databases, which they drop\n\
         again; unset, they start private ones.\n",
    );
    out
}

fn example() -> String {
    let mut out = String::from(
        "# cp .env.example .env && cargo run\n\
         # Generated from src/config/variables.rs. A line with # before the name is unset.\n\
         # With these placeholders the service starts; upstreams refuse its calls until real\n\
         # credentials are set.\n",
    );
    for group in GROUPS {
        write!(out, "\n# === {} ===\n", group.title).unwrap();
        for variable in group.variables {
            writeln!(out, "\n# {}", variable.meaning).unwrap();
            let value = variable.example;
            let quote = if value.contains(' ') { "\"" } else { "" };
            let mark = if value.is_empty() { "#" } else { "" };
            writeln!(out, "{mark}{}={quote}{value}{quote}", variable.name).unwrap();
        }
    }
    out
}
