//! `reject`: the lead is nobody of those proposed, and they are never proposed for its contacts again.

use rust_c2s_api::simulator::Situation;
use serde_json::Value;

use super::{
    choose, doubtful, first_name_only, leave_first_name, listed, namesakes, reject, stored_people,
};
use crate::leads::looks;
use crate::support::Service;
use crate::support::evidence::{Newcomer, lead_of};

#[tokio::test]
async fn nobody_who_was_turned_down_is_proposed_again() {
    let service = Service::start().await;
    let Newcomer { lead_id, person } = first_name_only(&service.simulator, 1);
    let review_id = doubtful(&service, &lead_id).await;
    let paid = service.simulator.calls().paid();

    let answer = reject(&service, &review_id).await;

    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.body["decision"], "reject");
    assert_eq!(answer.body["chosen"], Value::Null);
    service.wait_for_state(&lead_id, "unidentified").await;
    let pairs = "select count(*) from ops.rejected_matches where rejected_by = 'developer'";
    assert_eq!(service.count(pairs).await, 1);
    let looks = looks(&service).await;
    let recorded = format!("developer review_reject {lead_id}");
    assert!(looks.contains(&recorded), "{looks:?}");

    let replayed = service
        .send("POST", &format!("/api/v1/leads/{lead_id}/replay"))
        .await;
    assert_eq!(replayed.state(), "unidentified", "{}", replayed.body);
    let other = "the-same-phone";
    leave_first_name(&service.simulator, other, &person);
    let run = service.process(other).await;
    assert_eq!(run.state(), "unidentified", "{}", run.body);

    assert!(listed(&service, "").await.is_empty());
    assert_eq!(service.simulator.calls().paid(), paid);
    assert!(service.simulator.messages(&lead_id).is_empty());
    assert!(service.simulator.messages(other).is_empty());
    assert_eq!(service.rows_about_people().await, 0);
    service.stop().await;
}

#[tokio::test]
async fn said_again_it_is_done_once_and_a_choice_comes_too_late() {
    let service = Service::start().await;
    let (review_id, _) = namesakes(&service).await;
    assert_eq!(reject(&service, &review_id).await.status, 200);
    let lead_id = Situation::Namesake.lead_id();
    service.wait_for_state(&lead_id, "unidentified").await;

    let again = reject(&service, &review_id).await;
    assert_eq!(again.status, 200, "{}", again.body);
    assert_eq!(again.body["state"], "unidentified");
    let late = choose(&service, &review_id, 1).await;
    assert_eq!(late.status, 409, "{}", late.body);
    let pairs = "select count(*) from ops.rejected_matches";
    assert_eq!(service.count(pairs).await, 2);
    service.stop().await;
}

/// The broker had read about somebody else by then.
#[tokio::test]
async fn a_choice_that_is_taken_back_is_corrected_and_its_person_goes() {
    let service = Service::start().await;
    let Newcomer { lead_id, person } = first_name_only(&service.simulator, 1);
    let review_id = doubtful(&service, &lead_id).await;
    assert_eq!(choose(&service, &review_id, 1).await.status, 200);
    service.wait_for_state(&lead_id, "completed").await;
    service.only_message(&lead_id);
    let paid = service.simulator.calls().paid();

    let answer = reject(&service, &review_id).await;

    assert_eq!(answer.status, 200, "{}", answer.body);
    service.wait_for_state(&lead_id, "unidentified").await;
    let messages = service.simulator.messages(&lead_id);
    assert_eq!(messages.len(), 2);
    let correction = &messages[1].body;
    assert!(correction.contains("CORREÇÃO"), "{correction}");
    assert!(!correction.contains(&person.provider_name()));
    assert!(!correction.contains(&person.cpf));
    assert!(stored_people(&service).await.is_empty());
    // Places stay: they name nobody, and others may live there.
    let of_the_person = "select (select count(*) from core.parties) + (select count(*) from core.party_contacts)
        + (select count(*) from core.party_addresses) + (select count(*) from core.party_enrichments)";
    assert_eq!(service.count(of_the_person).await, 0);
    assert_eq!(service.simulator.calls().paid(), paid);
    service.stop().await;
}

/// Of two namesakes the wrong one was chosen: without that one the other is told apart by the other contact.
#[tokio::test]
async fn after_a_wrong_choice_the_other_one_is_told_with_a_correction() {
    let service = Service::start().await;
    let lead_id = Situation::Namesake.lead_id();
    let (review_id, people) = namesakes(&service).await;
    assert_eq!(choose(&service, &review_id, 1).await.status, 200);
    service.wait_for_state(&lead_id, "completed").await;

    assert_eq!(reject(&service, &review_id).await.status, 200);

    service.wait_for_state(&lead_id, "completed").await;
    let messages = service.simulator.messages(&lead_id);
    assert_eq!(messages.len(), 2);
    let formatted =
        |cpf: &str| format!("{}.{}.{}-{}", &cpf[..3], &cpf[3..6], &cpf[6..9], &cpf[9..]);
    assert!(messages[0].body.contains(&formatted(&people[0].cpf)));
    let second = &messages[1].body;
    assert!(second.starts_with("⚠️ CORREÇÃO: "), "{second}");
    assert!(second.contains(&formatted(&people[1].cpf)), "{second}");
    assert!(!second.contains(&formatted(&people[0].cpf)), "{second}");
    service.stop().await;
}

/// Another lead has the same person: of this lead alone they are taken away.
#[tokio::test]
async fn a_person_whom_another_lead_has_stays() {
    let service = Service::start().await;
    let Newcomer { lead_id, person } = first_name_only(&service.simulator, 1);
    let whole = lead_of("whole-name", &person);
    service.simulator.put_lead(whole).unwrap();
    assert!(service.process("whole-name").await.says_done());
    let review_id = doubtful(&service, &lead_id).await;
    assert_eq!(choose(&service, &review_id, 1).await.status, 200);
    service.wait_for_state(&lead_id, "completed").await;
    assert_eq!(stored_people(&service).await.len(), 2);

    assert_eq!(reject(&service, &review_id).await.status, 200);

    service.wait_for_state(&lead_id, "unidentified").await;
    let stored = format!("{} both", person.cpf);
    assert_eq!(stored_people(&service).await, [stored]);
    service.stop().await;
}
