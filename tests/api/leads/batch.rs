//! `POST /api/v1/leads/batch`: many leads, each run once by the queue.

use rust_c2s_api::simulator::Situation;
use serde_json::{Value, json};

use super::{looks, post, post_text};
use crate::support::Service;
use crate::support::evidence::{Newcomer, newcomer};

const BATCH: &str = "/api/v1/leads/batch";

#[tokio::test]
async fn a_hundred_with_bad_ids_and_repeats_are_each_told_once() {
    let service = Service::start().await;
    let leads: Vec<String> = (1..=90)
        .map(|number| {
            let Newcomer { lead_id, .. } = newcomer(&service.simulator, number);
            lead_id
        })
        .collect();
    let mut ids: Vec<Value> = leads.iter().map(|id| json!(id)).collect();
    ids.insert(3, json!("no id"));
    ids.insert(40, json!(12_345));
    ids.push(json!(null));
    ids.push(json!("a".repeat(10_240)));
    ids.push(json!({"lead_id": "a1"}));
    ids.extend(leads[..5].iter().map(|id| json!(id)));
    assert_eq!(ids.len(), 100);

    let answer = post(&service, BATCH, &json!({"lead_ids": ids})).await;

    assert_eq!(answer.status, 202, "{}", answer.body);
    let items = answer.body["items"].as_array().unwrap();
    assert_eq!(items.len(), 100);
    for (asked, item) in ids.iter().zip(items) {
        if leads.iter().any(|id| asked == id.as_str()) {
            assert_eq!(*item, json!({"lead_id": asked, "state": "accepted"}));
        } else {
            assert_eq!(
                (&item["lead_id"], &item["state"]),
                (&json!(""), &Value::Null)
            );
            assert!(item["message"].is_string(), "{item}");
        }
    }
    for lead_id in &leads {
        service.wait_for_state(lead_id, "completed").await;
        service.only_message(lead_id);
    }
    let recorded = looks(&service).await;
    assert_eq!(recorded.len(), 90);
    assert!(recorded.contains(&format!("developer lead_batch {}", leads[0])));
    service.stop().await;
}

#[tokio::test]
async fn a_lead_that_ended_runs_again_and_says_nothing_new() {
    let service = Service::start().await;
    let lead_id = Situation::Plain.lead_id();
    assert!(service.process(&lead_id).await.says_done());
    let paid = service.simulator.calls().paid();

    let answer = post(&service, BATCH, &json!({"lead_ids": [lead_id]})).await;

    assert_eq!(answer.body["items"][0]["state"], "accepted");
    let runs = "select (run_no = 2 and state = 'completed')::integer::bigint from ops.leads";
    let again = async {
        while service.count(runs).await == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), again)
        .await
        .expect("it runs again");
    service.only_message(&lead_id);
    assert_eq!(service.simulator.calls().paid(), paid);
    service.stop().await;
}

#[tokio::test]
async fn what_is_no_batch_is_refused_as_a_whole() {
    let service = Service::start().await;
    let many = vec![json!("a1"); 101];
    for (body, field) in [
        (json!({}), "lead_ids"),
        (json!({"lead_ids": []}), "lead_ids"),
        (json!({"lead_ids": many}), "lead_ids"),
        (json!({"lead_ids": "a1"}), "lead_ids"),
        (json!({"lead_ids": {"0": "a1"}}), "lead_ids"),
        (json!(["a1"]), "body"),
    ] {
        let answer = post(&service, BATCH, &body).await;
        assert_eq!(
            (answer.status, &answer.body["field"]),
            (422, &json!(field)),
            "{}",
            answer.body
        );
        answer.assert_five_keys();
    }
    let truncated = post_text(&service, BATCH, "{\"lead_ids\":[\"a1\"").await;
    assert_eq!(
        (truncated.status, &truncated.body["field"]),
        (400, &json!("body"))
    );
    assert_eq!(service.count("select count(*) from ops.leads").await, 0);

    let none = post(&service, BATCH, &json!({"lead_ids": ["no id"]})).await;
    assert_eq!(
        (none.status, &none.body["items"][0]["state"]),
        (202, &Value::Null)
    );
    assert_eq!(service.count("select count(*) from ops.leads").await, 0);
    service.stop().await;
}
