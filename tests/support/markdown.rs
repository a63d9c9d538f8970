//! The package's Markdown files: what they link to, where they can be linked to, what they tell to run.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

/// Directories that hold no documents of ours.
const NOT_OURS: [&str; 3] = ["target", ".git", ".tools"];

pub(crate) fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A file, cut into what is read and what is fenced off.
pub(crate) struct Document {
    pub(crate) path: PathBuf,
    /// The lines outside fences.
    prose: Vec<String>,
    pub(crate) fences: Vec<Fence>,
}

/// A block between two lines of backticks.
pub(crate) struct Fence {
    /// `README.md:12`, for messages.
    pub(crate) place: String,
    /// What stands behind the opening backticks, such as `json` or `sh demo`.
    pub(crate) info: String,
    pub(crate) text: String,
}

impl Document {
    pub(crate) fn read(path: &Path) -> Self {
        Self::parse(path, &fs::read_to_string(path).unwrap())
    }

    pub(crate) fn parse(path: &Path, text: &str) -> Self {
        let (mut prose, mut fences) = (Vec::new(), Vec::new());
        let mut open: Option<(usize, Fence)> = None;
        for (number, line) in text.lines().enumerate() {
            let mark = line.trim_start().strip_prefix("```");
            match (open.take(), mark) {
                (None, None) => prose.push(line.to_owned()),
                (None, Some(info)) => {
                    let name = path.strip_prefix(package()).unwrap_or(path).display();
                    let fence = Fence {
                        place: format!("{name}:{}", number + 1),
                        info: info.trim().to_owned(),
                        text: String::new(),
                    };
                    open = Some((line.len() - line.trim_start().len(), fence));
                }
                (Some((_, fence)), Some("")) => fences.push(fence),
                (Some((indent, mut fence)), _) => {
                    fence.text.push_str(line.get(indent..).unwrap_or_default());
                    fence.text.push('\n');
                    open = Some((indent, fence));
                }
            }
        }
        if let Some((_, fence)) = open {
            panic!("{}: the block is never closed", fence.place);
        }
        let path = path.to_owned();
        Self {
            path,
            prose,
            fences,
        }
    }

    /// What it links to: `[name](target)`. Code between backticks is none.
    pub(crate) fn targets(&self) -> Vec<String> {
        let mut text = String::new();
        for line in &self.prose {
            text.extend(line.split('`').step_by(2).chain(["\n"]));
        }
        let links = text.split("](").skip(1);
        links
            .filter_map(|rest| Some(rest.split_once(')')?.0.to_owned()))
            .collect()
    }

    /// What stands between backticks in its lines.
    pub(crate) fn code(&self) -> Vec<String> {
        let spans = |line: &String| {
            let spans = line.split('`').skip(1).step_by(2);
            spans.map(str::to_owned).collect::<Vec<_>>()
        };
        self.prose.iter().flat_map(spans).collect()
    }

    /// The places in it that a link can name behind `#`: its headings, as GitHub writes them.
    pub(crate) fn anchors(&self) -> BTreeSet<String> {
        let mut seen = BTreeMap::new();
        let headings = self.prose.iter().filter_map(|line| {
            let text = line.trim_start_matches('#');
            (text.len() < line.len()).then(|| text.strip_prefix(' '))?
        });
        headings
            .map(|heading| {
                let anchor = anchor(heading);
                let before = seen.entry(anchor.clone()).or_insert(0);
                *before += 1;
                match *before {
                    1 => anchor,
                    times => format!("{anchor}-{}", times - 1),
                }
            })
            .collect()
    }
}

/// GitHub's name of a heading: small letters, no punctuation, spaces as hyphens.
fn anchor(heading: &str) -> String {
    let lower = heading.trim().to_lowercase();
    let kept = lower
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// The Markdown files below a directory of the package.
pub(crate) fn documents(directory: &Path) -> Vec<Document> {
    let ours = |name: &str| !NOT_OURS.contains(&name);
    let mut paths: Vec<PathBuf> = WalkDir::new(directory)
        .into_iter()
        .filter_entry(|entry| entry.file_name().to_str().is_some_and(ours))
        .map(|entry| entry.unwrap().into_path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    paths.sort();
    paths.iter().map(|path| Document::read(path)).collect()
}

/// The file a relative link leads to, and the place in it; `None` for an address.
pub(crate) fn goal_of(document: &Path, target: &str) -> Option<(PathBuf, Option<String>)> {
    if target.contains("://") || target.starts_with("mailto:") {
        return None;
    }
    let (path, place) = match target.split_once('#') {
        Some((path, place)) => (path, Some(place.to_owned())),
        None => (target, None),
    };
    let file = if path.is_empty() {
        document.to_owned()
    } else {
        document.parent()?.join(path)
    };
    Some((file, place))
}
