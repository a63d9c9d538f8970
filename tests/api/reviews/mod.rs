//! `/api/v1/reviews`: doubtful identities, which a person decides.

mod choose;
mod list;
mod refused;
mod reject;

use rust_c2s_api::simulator::{Person, SimulatedLead, Simulator, Situation};
use serde_json::{Value, json};

use crate::leads::post;
use crate::support::evidence::Newcomer;
use crate::support::{Answer, Service};

/// A person who leaves the first name and the phone alone: one contact, and no surname to go by.
fn first_name_only(simulator: &Simulator, number: u64) -> Newcomer {
    let person = Person::invented(number);
    simulator.put_person(person.clone());
    let lead_id = format!("first-name-{number}");
    leave_first_name(simulator, &lead_id, &person);
    Newcomer { lead_id, person }
}

fn leave_first_name(simulator: &Simulator, lead_id: &str, person: &Person) {
    let first = person.name.split(' ').next().unwrap();
    let lead = SimulatedLead::new(lead_id)
        .name(first)
        .phone(person.phone());
    simulator.put_lead(lead).unwrap();
}

/// Runs a lead into its review; its id.
async fn doubtful(service: &Service, lead_id: &str) -> String {
    let run = service.process(lead_id).await;
    assert_eq!(run.state(), "review", "{}", run.body);
    assert_eq!(run.body["success"], false, "{}", run.body);
    assert!(run.cpfs().is_empty(), "{}", run.body);
    run.body["review_id"].as_str().unwrap().to_owned()
}

/// The two who share a name, in the order in which the review lists them, and the review.
async fn namesakes(service: &Service) -> (String, [Person; 2]) {
    let world = service.simulator.world();
    let lead = world.lead(Situation::Namesake);
    let contacts = [&lead.lookup_phone, &lead.lookup_email];
    let mut people = contacts.map(|contact| {
        let contact = contact.as_ref().unwrap();
        let has = |person: &&Person| {
            let mut contacts = person.phones.iter().chain(&person.emails);
            contacts.any(|one| one == contact)
        };
        world.people().iter().find(has).unwrap().clone()
    });
    let review_id = doubtful(service, &Situation::Namesake.lead_id()).await;
    people.sort_by(|one, other| one.cpf.cmp(&other.cpf));
    (review_id, people)
}

async fn decide(service: &Service, review_id: &str, decision: Value) -> Answer {
    let path = format!("/api/v1/reviews/{review_id}");
    post(service, &path, &decision).await
}

async fn choose(service: &Service, review_id: &str, candidate: u32) -> Answer {
    let decision = json!({"decision": "choose", "candidate": candidate});
    decide(service, review_id, decision).await
}

async fn reject(service: &Service, review_id: &str) -> Answer {
    decide(service, review_id, json!({"decision": "reject"})).await
}

/// The reviews that a list shows.
async fn listed(service: &Service, query: &str) -> Vec<Value> {
    let answer = service.get(&format!("/api/v1/reviews{query}")).await;
    assert_eq!(answer.status, 200, "{query}: {}", answer.body);
    answer.body["items"].as_array().unwrap().clone()
}

/// A CPF as lists show it.
fn masked(cpf: &str) -> String {
    format!("***.{}.{}-**", &cpf[3..6], &cpf[6..9])
}

/// Who is stored for the leads, as `cpf matched_by`.
async fn stored_people(service: &Service) -> Vec<String> {
    sqlx::query_scalar(
        "select concat_ws(' ', p.cpf_cnpj, lp.matched_by)
         from core.lead_parties lp join core.parties p on p.id = lp.party_id order by 1",
    )
    .fetch_all(service.pool())
    .await
    .unwrap()
}
