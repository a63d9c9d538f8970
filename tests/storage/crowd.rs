//! A database filled by `rust-c2s-api seed`, and who is in it.
#![expect(clippy::print_stdout, reason = "what `make name-search` tells")]

use std::process::Stdio;

use deunicode::deunicode;
use rust_c2s_api::simulator::Crowd;
use rust_c2s_api::storage::test_database::TestDatabase;
use tokio::process::Command;

pub(crate) struct FilledDatabase {
    pub(crate) database: TestDatabase,
    /// Everybody's name as it is compared, by their numbers.
    pub(crate) names: Vec<String>,
}

impl FilledDatabase {
    pub(crate) async fn with(parties: u64) -> Self {
        let database = TestDatabase::create().await.unwrap();
        let ended = Command::new(env!("CARGO_BIN_EXE_rust-c2s-api"))
            .args(["seed", "--parties", &parties.to_string()])
            .env_clear()
            .env("DB_URL", database.url())
            .current_dir(std::env::temp_dir())
            .stdin(Stdio::null())
            .output()
            .await
            .unwrap();
        let told = String::from_utf8_lossy(&ended.stdout);
        assert!(
            ended.status.success(),
            "{told}{}",
            String::from_utf8_lossy(&ended.stderr)
        );
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
