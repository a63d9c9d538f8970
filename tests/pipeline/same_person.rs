//! One person, many leads and many enrichments: one party.

use futures::future::join_all;
use rust_c2s_api::simulator::{Operation, Person, Simulator, Situation, Upstream};
use serde_json::{Value, json};

use crate::support::Service;
use crate::support::evidence::{Newcomer, lead_of, newcomer_like};

/// Nothing is reused: each run buys the profile anew.
const NOTHING_IS_FRESH: &[(&str, &str)] = &[("DEDUP_TTL_SECS", "0"), ("FRESH_DAYS", "0")];

fn with_two_of_each(mut person: Person) -> Person {
    let number = &person.phones[0][4..].to_owned();
    person.phones.push(format!("1198{number}"));
    person.emails.push(format!("segundo.{number}@example.com"));
    let mut second = person.addresses[0].clone();
    second.number = "77".to_owned();
    person.addresses = vec![person.addresses[0].clone(), second];
    person
}

/// The same profile, written otherwise, and with one phone less and another income.
fn changed(person: &Person) -> Value {
    let mut profile = Simulator::profile_of(person);
    profile["DadosEconomicos"]["renda"] = json!("7.654,32");
    profile["telefones"].as_array_mut().unwrap().pop();
    for address in profile["enderecos"].as_array_mut().unwrap() {
        let street = address["logradouro"].as_str().unwrap().to_lowercase();
        address["logradouro"] = json!(format!(" {street}  "));
    }
    profile
}

#[tokio::test]
async fn enriched_thrice_a_person_is_one_party_and_nothing_is_doubled() {
    let service = Service::start_with(NOTHING_IS_FRESH).await;
    let simulator = &service.simulator;
    let Newcomer { lead_id, person } = newcomer_like(simulator, 1, with_two_of_each);
    let second = simulator.put_lead(lead_of("second", &person)).unwrap();
    let count = async |query: &'static str| service.count(query).await;

    let first_run = service.process(&lead_id).await;
    let second_run = service.process(&second).await;
    let unchanged = service.process(&lead_id).await;

    assert_eq!(first_run.body["message_sent"], true);
    assert_eq!(second_run.body["message_sent"], true, "another lead");
    assert!(unchanged.says_done());
    assert_eq!(unchanged.body["message_sent"], false, "{}", unchanged.body);
    service.only_message(&lead_id);
    assert_eq!(
        simulator.calls().count(Upstream::WorkApi, Operation::Cpf),
        3
    );
    assert_eq!(count("select count(*) from core.parties").await, 1);
    assert_eq!(count("select count(*) from core.people").await, 1);
    assert_eq!(count("select count(*) from core.addresses").await, 2);
    assert_eq!(count("select count(*) from core.party_addresses").await, 2);
    assert_eq!(count("select count(*) from core.party_contacts").await, 4);
    assert_eq!(
        count("select count(*) from core.party_enrichments").await,
        1
    );
    assert_eq!(count("select count(*) from core.lead_parties").await, 2);
    let history = "select count(*) from core.party_enrichment_history";
    assert_eq!(count(history).await, 0, "nothing changed yet");

    simulator.put_profile(&person.cpf, changed(&person));
    let changed = service.process(&lead_id).await;

    assert_eq!(changed.body["message_sent"], true, "{}", changed.body);
    assert_eq!(simulator.messages(&lead_id).len(), 2);
    assert_eq!(count(history).await, 1);
    assert_eq!(count("select count(*) from core.parties").await, 1);
    assert_eq!(count("select count(*) from core.addresses").await, 2);
    assert_eq!(count("select count(*) from core.party_contacts").await, 4);
    let gone = "select count(*) from core.party_contacts where valid_to is not null";
    assert_eq!(count(gone).await, 1, "closed, and not deleted");
    let primaries = "select count(*) from core.party_contacts where is_primary";
    assert_eq!(count(primaries).await, 2, "one per kind");
    service.stop().await;
}

#[tokio::test]
async fn many_leads_of_one_person_at_once_are_one_party_and_one_payment() {
    let service = Service::start().await;
    let simulator = &service.simulator;
    let mut parties = 0;
    for how_many in [8, 50] {
        let number = how_many + 1_000;
        let Newcomer { person, .. } = newcomer_like(simulator, number, |person| person);
        let leads: Vec<String> = (0..how_many)
            .map(|lead| lead_of(&format!("of-{number}-{lead}"), &person))
            .map(|lead| simulator.put_lead(lead).unwrap())
            .collect();
        let before = simulator.calls();

        let answers = join_all(leads.iter().map(|lead_id| service.process(lead_id))).await;

        parties += 1;
        for answer in &answers {
            assert!(answer.says_done(), "{}", answer.body);
            assert_eq!(answer.cpfs(), [person.cpf.as_str()]);
        }
        for lead_id in &leads {
            service.only_message(lead_id);
        }
        let paid = simulator.calls().paid() - before.paid();
        assert_eq!(paid, 3, "phone, e-mail and profile once each");
        assert_eq!(
            service.count("select count(*) from core.parties").await,
            parties
        );
        println!(
            "{how_many} leads of one person at once: {paid} paid calls, {} saved",
            3 * how_many - 3
        );
    }
    service.stop().await;
}

/// The text without its last line, which holds the lead's own reference.
fn without_last_line(message: &str) -> &str {
    message.rsplit_once('\n').unwrap().0
}

/// A person bought before is told from the database, word for word the same.
#[tokio::test]
async fn another_lead_of_a_known_person_costs_nothing_and_reads_the_same() {
    let service = Service::start().await;
    let world = service.simulator.world().clone();
    let mut saved = 0;
    for lead in &world.leads()[..Situation::ALL.len()] {
        let first = service.process(&lead.id).await;
        let paid = service.simulator.calls().paid();
        let mut json = lead.json.clone();
        json["id"] = json!(format!("again-{}", lead.id));
        let again_id = service.simulator.put_lead(json).unwrap();

        let again = service.process(&again_id).await;

        assert_eq!(again.state(), first.state(), "{:?}", lead.situation);
        assert_eq!(again.cpfs(), first.cpfs(), "{:?}", lead.situation);
        let asked = service.simulator.calls().paid() - paid;
        assert_eq!(asked, 0, "{:?}: paid again", lead.situation);
        if first.says_done() {
            saved += 1;
            let messages = [&lead.id, &again_id].map(|id| service.only_message(id));
            let [first, again] = messages.each_ref().map(|text| without_last_line(text));
            assert_eq!(again, first, "{:?}", lead.situation);
        }
    }
    println!("{saved} profiles told twice and bought once");
    service.stop().await;
}
