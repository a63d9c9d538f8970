//! Our database cannot be reached: nothing is accepted, and the caller learns it within 5 s.

use std::time::{Duration, Instant};

use rust_c2s_api::simulator::{Situation, Upstream};
use rust_c2s_api::storage::test_database::TestDatabase;

use crate::support::Service;
use crate::support::database_link::{DatabaseLink, Link};

async fn refused_while(link_state: Link) {
    let database = TestDatabase::create().await.unwrap();
    let link = DatabaseLink::to(&database).await;
    let service = Service::start_on(database, &[("DB_URL", &link.url())]).await;
    assert!(
        service
            .process_situation(Situation::Plain)
            .await
            .says_done()
    );
    let lead_id = Situation::NullEmail.lead_id();
    let called = service.simulator.calls().to(Upstream::C2s);

    link.set(link_state);
    let since = Instant::now();
    let answer = service.process(&lead_id).await;
    let took = since.elapsed();

    assert_eq!(answer.status, 503, "after {took:?}: {}", answer.body);
    assert!(took < Duration::from_secs(5), "{took:?}");
    answer.assert_five_keys();
    assert_eq!(answer.body["success"], false);
    // What is in memory is told to nobody who could not be recorded.
    let since = Instant::now();
    let known = service.process_situation(Situation::Plain).await;
    let took = since.elapsed();
    assert_eq!(known.status, 503, "after {took:?}: {}", known.body);
    assert!(took < Duration::from_secs(5), "{took:?}");
    assert!(answer.retry_after().is_some_and(|seconds| seconds >= 1));
    assert_eq!(service.simulator.calls().to(Upstream::C2s), called);
    assert_eq!(
        service.state_of(&lead_id).await,
        None,
        "nothing is accepted"
    );
    assert_eq!(service.get("/health").await.status, 200);
    let ready = service.get("/ready").await;
    assert_eq!(ready.status, 503, "{}", ready.body);

    link.set(Link::Up);
    let healed = async {
        while service.get("/ready").await.status != 200 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(15), healed)
        .await
        .expect("ready again");
    assert!(service.process(&lead_id).await.says_done());
    service.only_message(&lead_id);
    service.stop().await;
}

#[tokio::test]
async fn a_database_that_refuses_connections_is_a_503() {
    refused_while(Link::Cut).await;
}

#[tokio::test]
async fn a_database_that_does_not_answer_is_a_503() {
    refused_while(Link::Silent).await;
}
