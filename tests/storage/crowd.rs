//! A database filled by `rust-c2s-api seed`, and who is in it.
#![expect(clippy::print_stdout, reason = "what `make name-search` tells")]

use deunicode::deunicode;
use rust_c2s_api::simulator::Crowd;
use rust_c2s_api::storage::test_database::TestDatabase;

use super::seeded::seed;

pub(crate) struct FilledDatabase {
    pub(crate) database: TestDatabase,
    /// Everybody's name as it is compared, by their numbers.
    pub(crate) names: Vec<String>,
}

impl FilledDatabase {
    pub(crate) async fn with(parties: u64) -> Self {
        let database = TestDatabase::create().await.unwrap();
        let told = seed(&database, parties).await;
        println!("{}", told.trim());
        let crowd = Crowd::new(1);
        let names = (0..parties).map(|number| fold(&crowd.person(number).name));
        Self {
            names: names.collect(),
            database,
        }
    }

    /// How many names hold every word of a text.
    pub(crate) fn holding(&self, text: &str) -> usize {
        let folded = fold(text);
        let words: Vec<_> = folded.split_whitespace().collect();
        let holds = |name: &&String| words.iter().all(|word| name.contains(word));
        self.names.iter().filter(holds).count()
    }
}

/// Accents stripped, capitals.
pub(crate) fn fold(text: &str) -> String {
    deunicode(text).to_uppercase()
}
