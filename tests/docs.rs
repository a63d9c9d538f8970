//! The documents lead where they say.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "tests")]

#[path = "support/markdown.rs"]
mod markdown;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use markdown::{Document, documents, goal_of, package};

#[test]
fn every_relative_link_leads_to_a_file_and_to_a_place_in_it() {
    let documents = documents(package());
    let mut links = 0;
    let mut broken = Vec::new();
    for document in &documents {
        for target in document.targets() {
            let Some((file, place)) = goal_of(&document.path, &target) else {
                continue;
            };
            links += 1;
            let leads = file.exists()
                && place.is_none_or(|place| Document::read(&file).anchors().contains(&place));
            if !leads {
                broken.push(format!("{}: {target}", document.path.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    println!(
        "{links} links in {} documents lead somewhere",
        documents.len()
    );
    assert!(links > 10, "found {links} links");
}

#[test]
fn no_document_has_a_place_left_open() {
    // capitals only: `todo` is a Portuguese word
    let marks = ["MEASURE-ME", "TODO", "FIXME", "TBD"];
    for document in documents(package()) {
        let text = std::fs::read_to_string(&document.path).unwrap();
        for (number, line) in text.lines().enumerate() {
            let mut words = line.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
            let open = words.find(|word| marks.contains(word));
            let place = document.path.display();
            assert_eq!(open, None, "{place}:{}: {line}", number + 1);
        }
    }
}

#[test]
fn the_index_names_every_document() {
    let index = Document::read(&package().join("docs/README.md"));
    let goals = index.targets();
    let goals = goals.iter().filter_map(|goal| goal_of(&index.path, goal));
    let named: BTreeSet<PathBuf> = goals.map(|(file, _)| file).collect();
    let missing: Vec<PathBuf> = documents(&package().join("docs"))
        .into_iter()
        .map(|document| document.path)
        .filter(|path| *path != index.path && !named.contains(path))
        .collect();
    assert!(missing.is_empty(), "docs/README.md lacks {missing:?}");
}

/// A path of the package between backticks, such as `src/app.rs`; patterns are none.
fn is_path(code: &str) -> bool {
    let roots = ["src/", "tests/", "docs/", "migrations/", ".ci/", ".github/"];
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    roots.iter().any(|root| code.starts_with(root)) && code.chars().all(plain)
}

/// "`tests/x.rs` `name`": the promise is as good as the test that is there.
#[test]
fn every_test_that_is_named_as_a_proof_is_there() {
    let page = package().join("docs/architecture/DURABILITY.md");
    let codes = Document::read(&page).code();
    let mut proofs = 0;
    for pair in codes.windows(2) {
        let [file, name] = pair else { continue };
        let is_name =
            name.contains('_') && name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        if !file.starts_with("tests/") || !file.ends_with(".rs") || !is_name {
            continue;
        }
        proofs += 1;
        let source = std::fs::read_to_string(package().join(file)).unwrap();
        assert!(
            source.contains(&format!("fn {name}(")),
            "{file} has no {name}"
        );
    }
    println!("{proofs} tests are named as proofs, and are there");
    assert!(proofs > 15, "found {proofs} proofs");
}

#[test]
fn every_path_that_a_document_names_exists() {
    let mut paths = 0;
    let mut missing = Vec::new();
    for document in documents(package()) {
        for code in document.code() {
            if is_path(&code) {
                paths += 1;
                if !package().join(&code).exists() {
                    missing.push(format!("{}: {code}", document.path.display()));
                }
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
    println!("{paths} paths in the documents exist");
    assert!(paths > 10, "found {paths} paths");
}

#[test]
fn what_is_a_link_is_told_from_what_is_none() {
    let text =
        "[a](b.md) and [c](d.md#e)\n`[no](x)`\n```\n[no](y)\n```\n[f](https://example.com) [g](#h)";
    let document = Document::parse(Path::new("docs/a.md"), text);
    let found = document.targets();
    assert_eq!(found, ["b.md", "d.md#e", "https://example.com", "#h"]);
    let goals: Vec<_> = found
        .iter()
        .map(|link| goal_of(&document.path, link))
        .collect();
    let goal = |name: &str, place: Option<&str>| {
        Some((Path::new("docs").join(name), place.map(str::to_owned)))
    };
    let expected = [
        goal("b.md", None),
        goal("d.md", Some("e")),
        None,
        goal("a.md", Some("h")),
    ];
    assert_eq!(goals, expected);
}

#[test]
fn the_places_in_a_document_are_its_headings() {
    let text =
        "# A `b`: c-d\n## VM sizing strategy\n## É & f\n## VM sizing strategy\n```\n# no\n```\n#no";
    let document = Document::parse(Path::new("a.md"), text);
    let expected = [
        "a-b-c-d",
        "vm-sizing-strategy",
        "vm-sizing-strategy-1",
        "é--f",
    ];
    assert_eq!(document.anchors(), expected.map(str::to_owned).into());
}

#[test]
fn a_block_keeps_its_text_and_its_place() {
    let text = "a\n  ```sh demo\n  b\n    c\n  ```\n```json\n{}\n```\n";
    let document = Document::parse(Path::new("a.md"), text);
    let blocks: Vec<_> = document
        .fences
        .iter()
        .map(|fence| (&*fence.place, &*fence.info, &*fence.text))
        .collect();
    let expected = [
        ("a.md:2", "sh demo", "b\n  c\n"),
        ("a.md:6", "json", "{}\n"),
    ];
    assert_eq!(blocks, expected);
}
