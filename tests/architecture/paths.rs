//! Reads out of Rust text which paths it names.

use std::collections::BTreeSet;

/// Drops `//` comments, and takes the `//` of an address in a literal (`https://…`) for none.
pub(crate) fn without_comments(text: &str) -> String {
    let code = |line: &'_ str| {
        let comment = line
            .match_indices("//")
            .map(|(at, _)| at)
            .find(|at| !line[..*at].ends_with(':'));
        line[..comment.unwrap_or(line.len())].to_owned()
    };
    text.lines().map(code).collect::<Vec<_>>().join("\n")
}

/// Drops `#[cfg(test)] mod … { … }`, as rustfmt lays it out: attributes and braces begin their lines.
pub(crate) fn without_test_modules(code: &str) -> String {
    let mut kept = Vec::new();
    let mut lines = code.lines().peekable();
    while let Some(line) = lines.next() {
        let opens_module = lines
            .peek()
            .is_some_and(|next| next.starts_with("mod ") && next.trim_end().ends_with('{'));
        if line == "#[cfg(test)]" && opens_module {
            lines.by_ref().find(|line| *line == "}");
        } else {
            kept.push(line);
        }
    }
    kept.join("\n")
}

/// First two parts of every path from the crate's root; `depth` is how far the file is below it.
pub(crate) fn used_modules(code: &str, depth: usize) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    for root in ["crate::", "rust_c2s_api::"] {
        for start in starts_of(code, root) {
            add_paths(&code[start + root.len()..], &mut used);
        }
    }
    for start in starts_of(code, "super::") {
        let supers = &code[start..];
        let rest = supers.trim_start_matches("super::");
        let climbed = (supers.len() - rest.len()) / "super::".len();
        if climbed >= depth {
            add_paths(rest, &mut used);
        }
    }
    used
}

/// `a::b::C` adds a::b; `{a, b::{C, D}}` adds a, b::C, b::D.
fn add_paths(rest: &str, used: &mut BTreeSet<String>) {
    for (first, rest) in heads(rest) {
        match rest.strip_prefix("::") {
            Some(rest) => used.extend(heads(rest).map(|(second, _)| format!("{first}::{second}"))),
            None => {
                used.insert(first.to_owned());
            }
        }
    }
}

/// Whether the crate's root is imported as a whole or under another name, so that what is used of it shows in no path.
pub(crate) fn takes_the_root(code: &str) -> bool {
    ["crate", "rust_c2s_api"].iter().any(|root| {
        let path = format!("{root}::");
        let group = starts_of(code, &path).flat_map(|start| heads(&code[start + path.len()..]));
        let whole = group
            .into_iter()
            .any(|(first, _)| first == "*" || first == "self");
        let renamed = starts_of(code, &format!("use {root} as ")).next().is_some();
        whole || renamed
    })
}

/// The names a path goes on with, each with what follows it: one, or those of a group in braces. `*` counts as a name.
fn heads(rest: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut starts = Vec::new();
    if rest.starts_with('{') {
        let mut open = 0;
        for (at, c) in rest.char_indices() {
            match c {
                '{' => open += 1,
                '}' => open -= 1,
                _ => {}
            }
            if open == 0 {
                break;
            }
            if open == 1 && (c == '{' || c == ',') {
                starts.push(at + 1);
            }
        }
    } else {
        starts.push(0);
    }
    starts.into_iter().filter_map(move |start| {
        let path = rest[start..].trim_start();
        let end = match path.strip_prefix('*') {
            Some(_) => 1,
            None => path.find(|c: char| !is_word(c)).unwrap_or(path.len()),
        };
        (end > 0).then(|| path.split_at(end))
    })
}

pub(crate) fn names_crate(code: &str, name: &str) -> bool {
    [
        format!("{name}::"),
        format!("use {name};"),
        format!("use {name} as "),
    ]
    .iter()
    .any(|path| starts_of(code, path).next().is_some())
}

/// Where `pattern` begins a path, which is not in the middle of a word or of another path.
fn starts_of<'a>(code: &'a str, pattern: &'a str) -> impl Iterator<Item = usize> + 'a {
    code.match_indices(pattern)
        .map(|(at, _)| at)
        .filter(move |at| !code[..*at].ends_with(|c: char| is_word(c) || c == ':'))
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}
