//! A process that is killed while it looks somebody up.

use std::time::Duration;

use rust_c2s_api::simulator::{Fault, FaultRule, Upstream};
use rust_c2s_api::storage::test_database::TestDatabase;

use crate::home::Home;
use crate::running::{Running, eventually, get, simulator, variables};

#[tokio::test]
async fn a_killed_lookup_is_taken_over_and_counted_as_unknown_once() {
    let simulator = simulator().await;
    let database = TestDatabase::create().await.unwrap();
    let home = Home::new();
    let set = variables(&simulator, &database.url(), &[("LEASE_SECS", "5")]);
    let first = Running::start(&home, &["serve"], &set);
    let second = Running::start(&home, &["serve"], &set);
    let address = first.address().await;
    let heir = second.address().await;
    let cpf = simulator.world().people()[0].cpf.clone();
    let path = format!("/api/v1/contributor/customer?cpf={cpf}");
    simulator.fault(FaultRule::always(Upstream::WorkApi, Fault::Hang).times(1));

    let url = format!("http://{address}{path}");
    let asking = tokio::spawn(async move { reach(&url).await });
    eventually("Work API is asked", async || {
        simulator.in_flight(Upstream::WorkApi) > 0
    })
    .await;
    first.kill().await;
    asking.await.unwrap();

    // The caller asks the other instance until it has waited for the lease of the dead one.
    let url = format!("http://{heir}{path}");
    let found = async {
        while get(&url).await.0 != 200 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let found = tokio::time::timeout(Duration::from_secs(60), found).await;
    assert!(found.is_ok(), "the question was not taken over");
    let ledger: Vec<String> = sqlx::query_scalar(
        "select outcome from ops.provider_calls where outcome <> 'cached' order by call_id",
    )
    .fetch_all(database.pool())
    .await
    .unwrap();
    assert_eq!(ledger, ["unknown", "hit"]);
    second.stop("TERM").await.assert_success();
}

/// A call whose connection is cut: only that it was made matters.
#[expect(
    clippy::disallowed_methods,
    reason = "the test is a caller of the service, not an upstream call"
)]
async fn reach(url: &str) {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = client.get(url).send().await;
    assert!(answer.is_err(), "answered by a process that was killed");
}
