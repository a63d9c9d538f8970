//! What `.ci/run` runs: its lines, and those of the scripts and the Makefile's targets that they call.

use std::collections::BTreeSet;
use std::fs;

use crate::markdown::package;

/// The lines of scripts and recipes that are reached from `.ci/run`, without comments.
pub(super) struct Integration(Vec<String>);

impl Integration {
    pub(super) fn read() -> Self {
        let makefile = fs::read_to_string(package().join("Makefile")).unwrap();
        let (mut lines, mut seen) = (Vec::new(), BTreeSet::new());
        let mut open = vec![".ci/run".to_owned()];
        while let Some(name) = open.pop() {
            if !seen.insert(name.clone()) {
                continue;
            }
            let text = match name.strip_prefix("make ") {
                Some(target) => recipe(&makefile, target),
                None => fs::read_to_string(package().join(&name)).unwrap_or_default(),
            };
            for line in text.lines().map(|line| line.trim().trim_start_matches('@')) {
                if !line.starts_with('#') {
                    open.extend(called(line));
                    lines.push(line.to_owned());
                }
            }
        }
        Self(lines)
    }

    /// Whether a line is this command, set variables before it and arguments behind it allowed.
    pub(super) fn runs(&self, command: &str) -> bool {
        let runs = |line: &String| {
            line == command
                || line.starts_with(&format!("{command} "))
                || line.ends_with(&format!(" {command}"))
        };
        self.0.iter().any(runs)
    }
}

/// The lines below a target.
fn recipe(makefile: &str, target: &str) -> String {
    let lines = makefile.lines();
    let from = lines.skip_while(|line| !line.starts_with(&format!("{target}:")));
    let recipe = from.skip(1).take_while(|line| line.starts_with('\t'));
    recipe.collect::<Vec<_>>().join("\n")
}

/// The scripts `.ci/…` and the targets `make …` in a line.
fn called(line: &str) -> Vec<String> {
    let is_name = |c: char| c.is_ascii_lowercase() || c == '-';
    let names = |mark: &'static str| {
        line.split(mark).skip(1).map(move |rest| {
            let end = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
            format!("{mark}{}", &rest[..end])
        })
    };
    names(".ci/").chain(names("make ")).collect()
}

#[test]
fn only_what_is_reached_counts_and_no_comment() {
    let integration = Integration::read();
    for run in [
        "make test",
        ".ci/lint",
        "hadolint Dockerfile",
        "cargo fmt --check",
    ] {
        assert!(integration.runs(run), "{run}");
    }
    // a target that nothing calls, a word of a comment, other arguments, a part of a word
    for not_run in [
        "make load",
        "PostgreSQL",
        "cargo clippy --tests",
        "adolint Dockerfile",
    ] {
        assert!(!integration.runs(not_run), "{not_run}");
    }
}
