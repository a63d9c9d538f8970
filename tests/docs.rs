//! The documents lead where they say.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

/// Directories that hold no documents of ours.
const NOT_OURS: [&str; 2] = ["target", ".git"];

fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The Markdown files below a directory of the package.
fn documents(directory: &Path) -> Vec<PathBuf> {
    let ours = |name: &str| !NOT_OURS.contains(&name);
    WalkDir::new(directory)
        .into_iter()
        .filter_entry(|entry| entry.file_name().to_str().is_some_and(ours))
        .map(|entry| entry.unwrap().into_path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect()
}

/// What a text links to: `[name](target)`. Code between backticks is none.
fn targets(text: &str) -> Vec<String> {
    let mut prose = String::new();
    let mut is_code = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
        } else if !is_code {
            let outside = line.split('`').step_by(2);
            prose.extend(outside.chain(["\n"]));
        }
    }
    let links = prose.split("](").skip(1);
    links
        .filter_map(|rest| Some(rest.split_once(')')?.0.to_owned()))
        .collect()
}

/// The file a relative link leads to; `None` for an address, or a place in the same file.
fn file_of(document: &Path, target: &str) -> Option<PathBuf> {
    let path = target.split('#').next()?;
    let is_address = target.contains("://") || target.starts_with("mailto:");
    let directory = document.parent()?;
    (!is_address && !path.is_empty()).then(|| directory.join(path))
}

#[test]
fn every_relative_link_leads_to_a_file() {
    let documents = documents(package());
    let mut links = 0;
    let mut broken = Vec::new();
    for document in &documents {
        let text = fs::read_to_string(document).unwrap();
        for target in targets(&text) {
            let Some(file) = file_of(document, &target) else {
                continue;
            };
            links += 1;
            if !file.exists() {
                broken.push(format!("{}: {target}", document.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    assert!(links > 10, "found {links} links in {documents:?}");
}

#[test]
fn the_index_names_every_document() {
    let index = package().join("docs/README.md");
    let text = fs::read_to_string(&index).unwrap();
    let named: BTreeSet<PathBuf> = targets(&text)
        .iter()
        .filter_map(|target| file_of(&index, target))
        .collect();
    let missing: Vec<PathBuf> = documents(&package().join("docs"))
        .into_iter()
        .filter(|document| *document != index && !named.contains(document))
        .collect();
    assert!(missing.is_empty(), "docs/README.md lacks {missing:?}");
}

#[test]
fn what_is_a_link_is_told_from_what_is_none() {
    let text = "[a](b.md) and [c](d.md#e)\n`[no](x)`\n```\n[no](y)\n```\n[f](https://example.com)";
    let found = targets(text);
    assert_eq!(found, ["b.md", "d.md#e", "https://example.com"]);
    let document = Path::new("docs/a.md");
    let files: Vec<_> = found.iter().map(|link| file_of(document, link)).collect();
    let file = |name: &str| Some(Path::new("docs").join(name));
    assert_eq!(files, [file("b.md"), file("d.md"), None]);
    assert_eq!(file_of(document, "#here"), None);
}
