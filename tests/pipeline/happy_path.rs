//! A lead becomes a profile, and the broker reads it.

use rust_c2s_api::simulator::{Operation, Situation, Upstream};
use serde_json::json;

use crate::support::Service;

#[tokio::test]
async fn a_plain_lead_is_enriched_stored_and_told() {
    let service = Service::start().await;
    let lead_id = Situation::Plain.lead_id();
    let cpf = service.simulator.world().lead(Situation::Plain).cpf.clone();

    let answer = service.process(&lead_id).await;

    let message = "Successfully processed and enriched lead. Stored 1 entities in database.";
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.body,
        json!({
            "success": true,
            "message": message,
            "lead_id": lead_id,
            "cpfs_processed": [cpf.unwrap()],
            "entities_stored": 1,
            "state": "completed",
            "message_sent": true,
        })
    );
    let messages = service.simulator.messages(&lead_id);
    assert_eq!(messages.len(), 1);
    assert!(messages[0].body.contains("✅ DADOS PESSOAIS"));
    assert_eq!(
        service.state_of(&lead_id).await.as_deref(),
        Some("completed")
    );
    assert_eq!(service.count("select count(*) from core.parties").await, 1);
    service.stop().await;
}

#[tokio::test]
async fn the_same_lead_three_times_within_a_minute_is_one_run() {
    let service = Service::start().await;
    let lead_id = Situation::Plain.lead_id();

    let (first, second) = tokio::join!(service.process(&lead_id), service.process(&lead_id));
    let third = service.process(&lead_id).await;

    let duplicates = [&first, &second, &third].map(|a| a.body["duplicate_request"] == true);
    assert_eq!(duplicates.iter().filter(|duplicate| **duplicate).count(), 2);
    for answer in [&first, &second, &third] {
        assert_eq!(answer.state(), "completed");
        assert_eq!(answer.body["cpfs_processed"], first.body["cpfs_processed"]);
    }
    let calls = service.simulator.calls();
    assert_eq!(calls.count(Upstream::C2s, Operation::CreateMessage), 1);
    assert_eq!(calls.count(Upstream::WorkApi, Operation::Cpf), 1);
    assert_eq!(calls.count(Upstream::Diretrix, Operation::Phone), 1);
    println!(
        "3 calls, {} paid: {} of 3 calls saved",
        calls.count(Upstream::WorkApi, Operation::Cpf),
        3 - calls.count(Upstream::WorkApi, Operation::Cpf)
    );
    service.stop().await;
}

/// After its minute in memory, or on another instance, the database answers.
#[tokio::test]
async fn a_restarted_service_answers_a_repeated_trigger_with_the_same_body() {
    let service = Service::start().await;
    let situations = [
        Situation::Plain,
        Situation::UnknownContact,
        Situation::ProfileMissing,
    ];
    let mut first = Vec::new();
    for situation in situations {
        first.push(service.process_situation(situation).await);
    }
    let paid = service.simulator.calls().paid();

    let (simulator, database) = service.stop().await;
    let service = Service::start_beside(simulator, database, &[]).await;

    for (situation, first) in situations.into_iter().zip(first) {
        let mut again = service.process_situation(situation).await;
        assert_eq!(again.status, first.status);
        let body = again.body.as_object_mut().unwrap();
        assert_eq!(body.remove("duplicate_request"), Some(json!(true)));
        assert_eq!(again.body, first.body, "{situation:?}");
    }
    assert_eq!(service.simulator.calls().paid(), paid);
    let calls = service.simulator.calls();
    assert_eq!(calls.count(Upstream::C2s, Operation::CreateMessage), 1);
    service.stop().await;
}
