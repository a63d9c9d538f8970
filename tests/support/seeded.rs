//! A database filled by `rust-c2s-api seed`.

use std::process::Stdio;

use rust_c2s_api::storage::test_database::TestDatabase;
use tokio::process::Command;

/// Invents so many people there; what the command says.
pub(crate) async fn seed(database: &TestDatabase, parties: u64) -> String {
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
    let complaint = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "{told}{complaint}");
    told.into_owned()
}
