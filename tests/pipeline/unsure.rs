//! What is kept and told of a lead that nobody was accepted for.

use rust_c2s_api::simulator::{
    Candidate, Fault, FaultRule, Operation, Person, SimulatedLead, Simulator, Situation, Upstream,
};
use serde_json::{Value, json};

use crate::support::evidence::{Newcomer, newcomer};
use crate::support::{Answer, IMPATIENT, Service};

const WITH_NOTE: &[(&str, &str)] = &[("NOTE_WHEN_UNSURE", "true")];

async fn replay(service: &Service, lead_id: &str) -> Answer {
    let path = format!("/api/v1/leads/{lead_id}/replay");
    service.send("POST", &path).await
}

async fn decide(service: &Service, review_id: &Value, decision: Value) {
    let path = format!("/api/v1/reviews/{}", review_id.as_str().unwrap());
    let json = [("content-type", "application/json")];
    let decided = service.post_with(&path, &json, &decision.to_string()).await;
    assert_eq!(decided.status, 200, "{}", decided.body);
}

/// Somebody whom Diretrix knows by another name than Work API.
fn renamed(simulator: &Simulator) -> Newcomer {
    let Newcomer { lead_id, person } = newcomer(simulator, 1);
    let mut profile = Simulator::profile_of(&person);
    profile["DadosBasicos"]["nome"] = json!("OUTRA PESSOA QUALQUER");
    simulator.put_profile(&person.cpf, profile);
    Newcomer { lead_id, person }
}

fn names_nobody(text: &str, people: &[Person]) {
    for person in people {
        for secret in [&person.cpf, &person.provider_name(), &person.name] {
            assert!(!text.contains(secret.as_str()), "{text}");
        }
        assert!(!text.contains(person.phone()) && !text.contains(person.email()));
    }
}

#[tokio::test]
async fn without_the_variable_nothing_is_posted() {
    let service = Service::start().await;
    for (situation, state) in [
        (Situation::UnknownContact, "unidentified"),
        (Situation::Namesake, "review"),
    ] {
        let run = service.process_situation(situation).await;
        assert_eq!(run.state(), state, "{}", run.body);
        assert!(service.simulator.messages(&situation.lead_id()).is_empty());
    }
    service.stop().await;
}

#[tokio::test]
async fn one_short_note_without_personal_data_is_posted() {
    let service = Service::start_with(WITH_NOTE).await;
    let people = service.simulator.world().people().to_vec();
    for (situation, state, word) in [
        (
            Situation::UnknownContact,
            "unidentified",
            "NÃO IDENTIFICADO",
        ),
        (Situation::Namesake, "review", "EM CONFERÊNCIA"),
    ] {
        let lead_id = situation.lead_id();
        let run = service.process_situation(situation).await;
        assert_eq!(run.state(), state, "{}", run.body);
        assert!(run.body.get("message_sent").is_none(), "{}", run.body);
        assert_eq!(run.body.get("review_id").is_some(), state == "review");
        let note = service.only_message(&lead_id);
        assert!(note.contains(word) && note.contains("ref. "), "{note}");
        names_nobody(&note, &people);

        let again = replay(&service, &lead_id).await;
        assert_eq!(again.state(), state, "{}", again.body);
        service.only_message(&lead_id);
    }
    service.stop().await;
}

/// A note is delivered as carefully as a message: once, whatever happens to the answer.
#[tokio::test]
async fn a_note_whose_answer_is_lost_is_read_back() {
    for (fault, posted) in [(Fault::StoredThenReset, 1), (Fault::Reset, 2)] {
        let service = Service::start_with(&[WITH_NOTE[0], IMPATIENT]).await;
        let lead_id = Situation::Namesake.lead_id();
        let lost = FaultRule::always(Upstream::C2s, fault).operation(Operation::CreateMessage);
        service.simulator.fault(lost.times(1));
        service.process(&lead_id).await;
        service.wait_for_state(&lead_id, "review").await;
        service.only_message(&lead_id);
        let calls = service.simulator.calls();
        let posts = calls.count(Upstream::C2s, Operation::CreateMessage);
        assert_eq!(posts, posted);
        let open = "select count(*) from ops.reviews where decision is null";
        assert_eq!(service.count(open).await, 1);
        service.stop().await;
    }
}

#[tokio::test]
async fn a_profile_that_contradicts_waits_unstored_and_is_not_bought_again() {
    let service = Service::start().await;
    let Newcomer { lead_id, person } = renamed(&service.simulator);
    let run = service.process(&lead_id).await;
    assert_eq!(run.state(), "review", "{}", run.body);
    assert_eq!(service.rows_about_people().await, 0);
    let lead = service.get(&format!("/api/v1/leads/{lead_id}")).await;
    let reasons = &lead.body["identity"]["reasons"];
    let reasons = reasons.as_array().unwrap();
    assert!(
        reasons.contains(&json!("profile_name_contradicts")),
        "{reasons:?}"
    );
    let paid = service.simulator.calls().paid();

    // By hand: it is paid for, and the question is about nobody else.
    let path = format!("/api/v1/contributor/customer?cpf={}", person.cpf);
    let customer = service.get(&path).await;
    assert_eq!(customer.status, 200, "{}", customer.body);
    assert_eq!(service.simulator.calls().paid(), paid);

    let choice = json!({"decision": "choose", "candidate": 1});
    decide(&service, &run.body["review_id"], choice).await;
    service.wait_for_state(&lead_id, "completed").await;
    let message = service.only_message(&lead_id);
    assert!(message.contains("conferida por uma pessoa"), "{message}");
    assert_eq!(service.simulator.calls().paid(), paid);
    service.stop().await;
}

/// The payload goes with the rejection; nobody was stored.
#[tokio::test]
async fn a_held_profile_goes_when_it_is_rejected() {
    let service = Service::start().await;
    let Newcomer { lead_id, person } = renamed(&service.simulator);
    let run = service.process(&lead_id).await;
    let held = service.dump().await;
    assert!(held.contains(&person.email().to_lowercase()), "it is held");
    decide(
        &service,
        &run.body["review_id"],
        json!({"decision": "reject"}),
    )
    .await;
    service.wait_for_state(&lead_id, "unidentified").await;
    assert!(service.simulator.messages(&lead_id).is_empty());
    let profiles = "select count(*) from ops.lookups where kind = 'profile'";
    assert_eq!(service.count(profiles).await, 0);
    service.stop().await;
}

/// Who has no CPF at Diretrix shares the contact all the same.
#[tokio::test]
async fn a_namesake_without_a_cpf_keeps_the_other_from_being_accepted() {
    let service = Service::start().await;
    let person = Person::invented(1);
    service.simulator.put_person(person.clone());
    let lead = SimulatedLead::new("one-phone").name(person.name.clone());
    service
        .simulator
        .put_lead(lead.phone(person.phone()))
        .unwrap();
    let named = |cpf: &str| Candidate {
        cpf: cpf.to_owned(),
        nome: person.provider_name(),
    };
    let both = vec![named(&person.cpf), named("")];
    service.simulator.put_contact_answer(person.phone(), both);
    let run = service.process("one-phone").await;
    assert_eq!(run.state(), "review", "{}", run.body);
    service.stop().await;
}

/// The lead is what it is, whether or not the CRM takes the note.
#[tokio::test]
async fn a_note_that_the_crm_refuses_changes_nothing_of_the_lead() {
    let service = Service::start_with(WITH_NOTE).await;
    let refused = FaultRule::always(Upstream::C2s, Fault::Status(422, None));
    let refused = refused.operation(Operation::CreateMessage);
    service.simulator.fault(refused);
    let run = service.process_situation(Situation::Namesake).await;
    assert_eq!(run.state(), "review", "{}", run.body);
    assert!(run.body["review_id"].is_string(), "{}", run.body);
    service.stop().await;
}

/// The message about a person, then a doubt with its note, then the person is turned down: the broker is told.
#[tokio::test]
async fn a_person_turned_down_after_a_note_is_corrected_too() {
    let service = Service::start_with(WITH_NOTE).await;
    let Newcomer { lead_id, person } = newcomer(&service.simulator, 1);
    assert!(service.process(&lead_id).await.says_done());
    let first = person.name.split(' ').next().unwrap();
    let doubtful = SimulatedLead::new(&lead_id).name(first);
    let doubtful = doubtful.phone(person.phone());
    service.simulator.put_lead(doubtful).unwrap();
    let run = replay(&service, &lead_id).await;
    assert_eq!(run.state(), "review", "{}", run.body);

    decide(
        &service,
        &run.body["review_id"],
        json!({"decision": "reject"}),
    )
    .await;

    service.wait_for_state(&lead_id, "unidentified").await;
    let messages = service.simulator.messages(&lead_id);
    let told: Vec<&str> = messages
        .iter()
        .map(|message| message.body.as_str())
        .collect();
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(
        told[1].contains("EM CONFERÊNCIA") && told[2].contains("CORREÇÃO"),
        "{told:?}"
    );
    service.stop().await;
}
