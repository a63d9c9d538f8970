//! The text format of Prometheus, read strictly: what a scraper would take amiss is a panic.
#![expect(clippy::expect_used, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};

/// A scrape, each sample by its name and labels as written.
pub(crate) struct Scraped {
    pub(crate) text: String,
    samples: BTreeMap<String, f64>,
}

#[derive(Default)]
struct Families {
    helped: BTreeSet<String>,
    kinds: BTreeMap<String, String>,
    closed: BTreeSet<String>,
    current: String,
}

impl Scraped {
    #[track_caller]
    pub(crate) fn read(text: &str) -> Self {
        let mut families = Families::default();
        let mut samples = BTreeMap::new();
        assert!(text.ends_with('\n'), "the last line ends");
        for line in text.lines().filter(|line| !line.is_empty()) {
            if let Some(comment) = line.strip_prefix("# ") {
                families.comment(comment);
                continue;
            }
            let (series, value) = line.rsplit_once(' ').expect(line);
            let value: f64 = value.parse().expect(line);
            assert!(value.is_finite() && value >= 0.0, "{line}");
            let labels = labels_of(series);
            families.sample(series, &labels);
            let twice = samples.insert(series.to_owned(), value);
            assert_eq!(twice, None, "twice: {line}");
        }
        families.assert_complete();
        let scraped = Self {
            text: text.to_owned(),
            samples,
        };
        scraped.assert_histograms_add_up(&families);
        scraped
    }

    /// The value of a sample, named as it is written.
    #[track_caller]
    pub(crate) fn value(&self, series: &str) -> f64 {
        let value = self.get(series);
        value.unwrap_or_else(|| panic!("no {series}:\n{}", self.text))
    }

    pub(crate) fn get(&self, series: &str) -> Option<f64> {
        self.samples.get(series).copied()
    }

    /// Samples whose name and labels begin like this.
    pub(crate) fn beginning(&self, with: &str) -> Vec<(&str, f64)> {
        let samples = self.samples.iter();
        samples
            .filter(|(series, _)| series.starts_with(with))
            .map(|(series, value)| (series.as_str(), *value))
            .collect()
    }

    #[track_caller]
    fn assert_histograms_add_up(&self, families: &Families) {
        let histograms = families
            .kinds
            .iter()
            .filter(|(_, kind)| *kind == "histogram");
        for (name, _) in histograms {
            let counts = self.beginning(&format!("{name}_count"));
            assert!(!counts.is_empty(), "{name} has no count");
            for (series, count) in counts {
                let labels = series.strip_prefix(&format!("{name}_count")).unwrap();
                let inner = labels.trim_matches(['{', '}']);
                let comma = if inner.is_empty() { "" } else { "," };
                let bucket = format!("{name}_bucket{{{inner}{comma}le=\"");
                let buckets = self.beginning(&bucket);
                let infinite = self.value(&format!("{bucket}+Inf\"}}"));
                assert!((infinite - count).abs() < 0.5, "{series}");
                assert!(buckets.len() > 5, "{series}");
                assert!(
                    buckets.iter().all(|(_, within)| *within <= count),
                    "{series}"
                );
                self.value(&format!("{name}_sum{labels}"));
            }
        }
    }
}

impl Families {
    #[track_caller]
    fn comment(&mut self, comment: &str) {
        let mut words = comment.splitn(3, ' ');
        let (what, name, rest) = (words.next(), words.next().unwrap(), words.next().unwrap());
        assert!(name.starts_with("rust_c2s_"), "{comment}");
        assert!(is_word(name), "{comment}");
        match what {
            Some("HELP") => {
                assert!(rest.ends_with('.'), "{comment}");
                assert!(self.helped.insert(name.to_owned()), "twice: {comment}");
            }
            Some("TYPE") => {
                assert!(self.helped.contains(name), "TYPE before HELP: {comment}");
                assert!(
                    ["counter", "gauge", "histogram"].contains(&rest),
                    "{comment}"
                );
                assert_eq!(rest == "counter", name.ends_with("_total"), "{comment}");
                let twice = self.kinds.insert(name.to_owned(), rest.to_owned());
                assert_eq!(twice, None, "twice: {comment}");
                let before = std::mem::replace(&mut self.current, name.to_owned());
                self.closed.insert(before);
            }
            _ => panic!("neither HELP nor TYPE: {comment}"),
        }
    }

    #[track_caller]
    fn sample(&self, series: &str, labels: &[(String, String)]) {
        let name = series.split('{').next().unwrap();
        let kind = self.kinds.get(&self.current).expect(series);
        let suffix = name.strip_prefix(self.current.as_str()).expect(series);
        let suffixes: &[&str] = match kind.as_str() {
            "histogram" => &["_bucket", "_sum", "_count"],
            _ => &[""],
        };
        assert!(
            suffixes.contains(&suffix),
            "{series} under {}",
            self.current
        );
        let le = labels.iter().any(|(label, _)| label == "le");
        assert_eq!(le, suffix == "_bucket", "{series}");
        assert!(
            !self.closed.contains(&self.current),
            "in two parts: {series}"
        );
    }

    #[track_caller]
    fn assert_complete(&self) {
        let kinds: BTreeSet<String> = self.kinds.keys().cloned().collect();
        assert_eq!(kinds, self.helped, "each has HELP and TYPE");
    }
}

/// The labels of a series, each `name="value"` with nothing that wants escaping.
#[track_caller]
fn labels_of(series: &str) -> Vec<(String, String)> {
    let Some((name, rest)) = series.split_once('{') else {
        assert!(is_word(series), "{series}");
        return Vec::new();
    };
    assert!(is_word(name), "{series}");
    let inner = rest.strip_suffix('}').expect(series);
    let labels = inner.split(',').map(|label| {
        let (name, value) = label.split_once('=').expect(series);
        let value = value
            .strip_prefix('"')
            .and_then(|value| value.strip_suffix('"'));
        let value = value.expect(series);
        assert!(is_word(name), "{series}");
        let plain = |c: char| c.is_ascii_alphanumeric() || "_./+{}".contains(c);
        assert!(!value.is_empty() && value.chars().all(plain), "{series}");
        (name.to_owned(), value.to_owned())
    });
    labels.collect()
}

fn is_word(text: &str) -> bool {
    let lower = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    text.starts_with(|c: char| c.is_ascii_lowercase()) && text.chars().all(lower)
}
