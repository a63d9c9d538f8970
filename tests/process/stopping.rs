//! A process is told to stop, or killed, in the middle of a run.

use std::time::{Duration, Instant};

use rust_c2s_api::simulator::{Fault, FaultRule, Simulator, Situation, Upstream};
use rust_c2s_api::storage::test_database::TestDatabase;

use crate::home::Home;
use crate::running::{Running, eventually, process, simulator, variables};

/// State, failures so far, and whether an instance owns it.
type Standing = (String, i32, bool);

struct Scene {
    home: Home,
    simulator: Simulator,
    database: TestDatabase,
    lead_id: String,
}

impl Scene {
    /// Work API takes so long for its answers.
    async fn with_slow_work_api(slow: Duration) -> Self {
        let simulator = simulator().await;
        simulator.fault(FaultRule::always(Upstream::WorkApi, Fault::Slow(slow)));
        Self {
            home: Home::new(),
            simulator,
            database: TestDatabase::create().await.unwrap(),
            lead_id: Situation::Plain.lead_id(),
        }
    }

    async fn service(&self) -> (Running, String) {
        let quick = [("RETRY_BASE_MS", "100"), ("LEASE_SECS", "5")];
        let set = variables(&self.simulator, &self.database.url(), &quick);
        let service = Running::start(&self.home, &["serve"], &set);
        let address = service.address().await;
        (service, address)
    }

    async fn until_work_api_is_asked(&self) {
        eventually("Work API is asked", async || {
            self.simulator.in_flight(Upstream::WorkApi) > 0
        })
        .await;
    }

    async fn standing(&self) -> Standing {
        sqlx::query_as(
            "select state, attempts, owner is not null from ops.leads where lead_id = $1",
        )
        .bind(&self.lead_id)
        .fetch_one(self.database.pool())
        .await
        .unwrap()
    }

    /// Another process ends the lead by itself, and the broker reads one message.
    async fn is_completed_by_another(&self) {
        self.simulator.clear_faults();
        let (service, address) = self.service().await;
        eventually("another process completes the lead", async || {
            self.standing().await.0 == "completed"
        })
        .await;
        let (status, answer) = process(&address, &self.lead_id).await;
        assert_eq!((status, answer["state"].as_str()), (200, Some("completed")));
        service.stop("TERM").await.assert_success();
        assert_eq!(self.simulator.messages(&self.lead_id).len(), 1);
        assert_eq!(self.standing().await, ("completed".to_owned(), 0, false));
    }
}

#[tokio::test]
async fn a_run_that_can_finish_finishes_and_its_caller_is_answered() {
    let scene = Scene::with_slow_work_api(Duration::from_secs(2)).await;
    let (service, address) = scene.service().await;
    let lead_id = scene.lead_id.clone();
    let caller = tokio::spawn(async move { process(&address, &lead_id).await });
    scene.until_work_api_is_asked().await;

    let ended = service.stop("TERM").await;

    let (status, answer) = caller.await.unwrap();
    assert_eq!((status, answer["state"].as_str()), (200, Some("completed")));
    ended.assert_success();
    assert_eq!(scene.simulator.messages(&scene.lead_id).len(), 1);
    assert_eq!(scene.standing().await, ("completed".to_owned(), 0, false));
}

#[tokio::test]
async fn a_run_that_cannot_finish_is_handed_back_and_completed_by_another() {
    let scene = Scene::with_slow_work_api(Duration::from_secs(50)).await;
    let (service, address) = scene.service().await;
    let lead_id = scene.lead_id.clone();
    let caller = tokio::spawn(async move { process(&address, &lead_id).await });
    scene.until_work_api_is_asked().await;

    let told = Instant::now();
    let ended = service.stop("TERM").await;

    ended.assert_success();
    let took = told.elapsed();
    // 202 is "not done": the lead is accepted, and its caller may go
    let (status, answer) = caller.await.unwrap();
    assert_eq!(status, 202, "{answer}");
    println!("stopped after {took:?}");
    assert!(took < Duration::from_secs(22), "{took:?}");
    assert_eq!(scene.standing().await, ("accepted".to_owned(), 0, false));
    assert!(scene.simulator.messages(&scene.lead_id).is_empty());
    scene.is_completed_by_another().await;
}

#[tokio::test]
async fn a_killed_process_is_followed_by_another_once_its_lease_is_over() {
    let scene = Scene::with_slow_work_api(Duration::from_secs(50)).await;
    let (service, address) = scene.service().await;
    let (status, _) = process(&address, &format!("{}&wait=0", scene.lead_id)).await;
    assert_eq!(status, 202);
    scene.until_work_api_is_asked().await;

    service.kill().await;

    assert_eq!(scene.standing().await, ("processing".to_owned(), 0, true));
    scene.is_completed_by_another().await;
}
