//! `choose`: the run goes on with the person that somebody chose.

use futures::future::join;
use rust_c2s_api::simulator::Situation;
use serde_json::{Value, json};

use super::{choose, decide, doubtful, first_name_only, listed, masked, namesakes, stored_people};
use crate::leads::looks;
use crate::support::Service;
use crate::support::evidence::Newcomer;

const CHECKED: &str = "Identificação: conferida por uma pessoa da equipe";

#[tokio::test]
async fn the_lead_completes_with_the_one_who_was_chosen() {
    let service = Service::start().await;
    let lead_id = Situation::Namesake.lead_id();
    let (review_id, people) = namesakes(&service).await;
    let paid = service.simulator.calls().paid();

    let answer = choose(&service, &review_id, 2).await;

    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.body["state"], "accepted");
    assert_eq!(answer.body["decision"], "choose");
    assert_eq!(answer.body["chosen"], 2);
    assert_eq!(answer.body["decided_by"], "developer");
    let [turned_down, chosen] = [0_usize, 1].map(|place| &answer.body["candidates"][place]);
    assert_eq!(
        (&turned_down["name"], &turned_down["cpf"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(chosen["cpf"], json!(masked(&people[1].cpf)));
    service.wait_for_state(&lead_id, "completed").await;
    let message = service.only_message(&lead_id);
    assert!(message.contains(CHECKED), "{message}");
    assert!(message.contains(&people[1].provider_name()), "{message}");
    let stored = format!("{} review", people[1].cpf);
    assert_eq!(stored_people(&service).await, [stored]);
    // The profile, and neither contact again.
    assert_eq!(service.simulator.calls().paid(), paid + 1);
    assert!(listed(&service, "").await.is_empty());
    let looks = looks(&service).await;
    let recorded = format!("developer review_choose {lead_id}");
    assert!(looks.contains(&recorded), "{looks:?}");

    let shown = service.get(&format!("/api/v1/leads/{lead_id}")).await;
    let evidence = &shown.body["identity"]["evidence"];
    assert_eq!(evidence["matched_by"], "review", "{}", shown.body);
    service.stop().await;
}

#[tokio::test]
async fn said_again_it_is_done_once_and_otherwise_it_is_refused() {
    let service = Service::start().await;
    let lead_id = Situation::Namesake.lead_id();
    let (review_id, _) = namesakes(&service).await;
    assert_eq!(choose(&service, &review_id, 1).await.status, 200);
    service.wait_for_state(&lead_id, "completed").await;
    let paid = service.simulator.calls().paid();

    // JSON writes one also as 1.0.
    let again = json!({"decision": "choose", "candidate": 1.0});
    let again = decide(&service, &review_id, again).await;
    assert_eq!(again.status, 200, "{}", again.body);
    assert_eq!(again.body["state"], "completed");
    let other = choose(&service, &review_id, 2).await;
    assert_eq!(other.status, 409, "{}", other.body);
    assert_eq!(other.body["title"], "Conflict");
    assert_eq!(other.body["lead_id"], Value::Null, "no route about leads");

    // A replay goes on with the choice.
    let replayed = service
        .send("POST", &format!("/api/v1/leads/{lead_id}/replay"))
        .await;
    assert!(replayed.says_done(), "{}", replayed.body);
    assert_eq!(replayed.body["message_sent"], false);
    assert_eq!(service.simulator.calls().paid(), paid);
    service.only_message(&lead_id);
    service.stop().await;
}

#[tokio::test]
async fn of_two_reviewers_at_once_one_decides() {
    let service = Service::start().await;
    let lead_id = Situation::Namesake.lead_id();
    let (review_id, people) = namesakes(&service).await;

    let (one, other) = join(
        choose(&service, &review_id, 1),
        choose(&service, &review_id, 2),
    )
    .await;

    let winner = usize::from(one.status != 200);
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409], "{} {}", one.body, other.body);
    service.wait_for_state(&lead_id, "completed").await;
    let stored = format!("{} review", people[winner].cpf);
    assert_eq!(stored_people(&service).await, [stored]);
    service.only_message(&lead_id);
    service.stop().await;
}

#[tokio::test]
async fn a_first_name_on_one_contact_is_decided_too() {
    let service = Service::start().await;
    let Newcomer { lead_id, person } = first_name_only(&service.simulator, 1);
    let review_id = doubtful(&service, &lead_id).await;
    let reviews = listed(&service, "").await;
    let reasons = &reviews[0]["candidates"][0]["reasons"];
    let reasons = reasons.as_array().unwrap();
    assert!(reasons.contains(&json!("first_name_only")), "{reasons:?}");

    assert_eq!(choose(&service, &review_id, 1).await.status, 200);

    service.wait_for_state(&lead_id, "completed").await;
    let message = service.only_message(&lead_id);
    assert!(message.contains(CHECKED), "{message}");
    let stored = format!("{} review", person.cpf);
    assert_eq!(stored_people(&service).await, [stored]);
    service.stop().await;
}
