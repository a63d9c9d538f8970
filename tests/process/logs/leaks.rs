//! The search for what must not be in a log, and the proof that it searches.

use std::collections::BTreeSet;

use rust_c2s_api::simulator::Simulator;
use sqlx::PgPool;

use super::{KEY, WRONG_KEYS};

/// Everything that must not be written, in lower case.
pub(super) struct Secrets {
    values: BTreeSet<String>,
    planted: String,
}

impl Secrets {
    /// The people of a world in every spelling, what the service was given to keep, and the keyed
    /// hashes by which it remembers contacts.
    pub(super) async fn of(
        simulator: &Simulator,
        set: &[(&str, String)],
        database: &PgPool,
    ) -> Self {
        let world = simulator.world();
        let people = world.personal_values().into_iter();
        let mut values: BTreeSet<String> = people.flat_map(|value| spellings(&value)).collect();
        values.extend(world.forbidden_values().iter().map(|v| v.to_lowercase()));
        let kept = [
            "C2S_TOKEN",
            "DIRETRIX_USER",
            "DIRETRIX_PASS",
            "WORK_API",
            "PRIVACY_KEY",
        ];
        let kept = set.iter().filter(|(name, _)| kept.contains(name));
        values.extend(kept.map(|(_, value)| value.to_lowercase()));
        values.extend([KEY, WRONG_KEYS[0]].map(str::to_owned));
        let hashes: Vec<String> =
            sqlx::query_scalar("select distinct encode(key_hash, 'hex') from ops.lookups")
                .fetch_all(database)
                .await
                .unwrap();
        assert!(hashes.len() > 50, "the leads were not looked up");
        values.extend(hashes);
        let planted = world.people()[0].phone().to_owned();
        Self { values, planted }
    }

    pub(super) fn len(&self) -> usize {
        self.values.len()
    }

    /// Those that are in the text.
    fn found_in(&self, text: &str) -> Vec<String> {
        let text = text.to_lowercase();
        let here = self.values.iter().filter(|value| text.contains(*value));
        here.cloned().collect()
    }

    /// Asserts that none is in the text; and that this search does find a phone that was planted
    /// in the middle of the same text.
    #[track_caller]
    pub(super) fn assert_none_in(&self, text: &str) {
        assert_eq!(self.found_in(text), Vec::<String>::new());
        let mut lines: Vec<&str> = text.lines().collect();
        let planted = format!("{{\"message\":\"planted\",\"phone\":\"{}\"}}", self.planted);
        lines.insert(lines.len() / 2, &planted);
        assert_eq!(self.found_in(&lines.join("\n")), [self.planted.as_str()]);
    }
}

/// A value as it is, and as a URL would carry it.
fn spellings(value: &str) -> Vec<String> {
    let value = value.to_lowercase();
    let plus = value.replace(' ', "+");
    let percent = percent_encoding::utf8_percent_encode(&value, percent_encoding::NON_ALPHANUMERIC);
    vec![percent.to_string().to_lowercase(), plus, value]
}
