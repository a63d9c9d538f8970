//! A contact of several people selects none of them, however many are stored, may be told of, or can be read.

use rust_c2s_api::models::{Cpf, PrivacyKey};
use rust_c2s_api::simulator::{Candidate, Operation, Person, Upstream};
use serde_json::json;

use super::customer::find;
use super::who_is_told::{candidates_of, everything_is_old, execute, store};
use crate::leads::suppress;
use crate::support::Service;
use crate::support::evidence::{lead_of, newcomer, newcomer_like};

fn named(person: &Person) -> Candidate {
    Candidate {
        nome: person.provider_name(),
        cpf: person.cpf.clone(),
    }
}

/// People who share a phone, as Diretrix says, and the query of that phone.
fn sharers<const COUNT: usize>(service: &Service) -> ([Person; COUNT], String) {
    let shared = Person::invented(1).phone().to_owned();
    let people = std::array::from_fn(|place| {
        let shares = |person| Person {
            phones: vec![shared.clone()],
            ..person
        };
        newcomer_like(&service.simulator, place as u64 + 1, shares).person
    });
    let named = people.iter().map(named).collect();
    service.simulator.put_contact_answer(&shared, named);
    (people, format!("phone={shared}"))
}

async fn objects(service: &Service, person: &Person) {
    let key = PrivacyKey::new(b"a key for invented people").unwrap();
    let hash = key.of_cpf(&Cpf::parse(&person.cpf).unwrap());
    suppress(service, "cpf", hash.as_bytes()).await;
}

/// Who is told by this query, as masked CPFs, in their order; and that nothing was paid for it.
async fn told(service: &Service, query: &str) -> Vec<String> {
    let paid = service.simulator.calls().paid();
    let told = candidates_of(&find(service, query).await);
    assert_eq!(service.simulator.calls().paid(), paid);
    let mut cpfs: Vec<String> = told
        .iter()
        .map(|who| who["cpf"].as_str().unwrap().to_owned())
        .collect();
    cpfs.sort();
    cpfs
}

fn masked<'p>(people: impl IntoIterator<Item = &'p Person>) -> Vec<String> {
    let people = people.into_iter();
    let mut masked: Vec<String> = people
        .map(|person| Cpf::parse(&person.cpf).unwrap().masked())
        .collect();
    masked.sort();
    masked
}

/// None is stored, then one after the other: the same are told each time.
#[tokio::test]
async fn however_many_are_stored_all_are_told() {
    let service = Service::start().await;
    let (people, query) = sharers::<4>(&service);
    assert_eq!(candidates_of(&find(&service, &query).await).len(), 4);
    for stored in 1..=people.len() {
        store(&service, &people[stored - 1]).await;
        assert_eq!(told(&service, &query).await, masked(&people), "{stored}");
        let answer = find(&service, &query).await;
        let candidates = answer.body["candidates"].as_array().unwrap();
        let with_id = candidates.iter().filter(|who| who["id"].is_string());
        assert_eq!(with_id.count(), stored);
        assert_eq!(answer.body["truncated"], json!(false));
    }
    service.stop().await;
}

/// Leaving somebody out is no reason to choose the other (ADR 0023).
#[tokio::test]
async fn who_objected_is_left_out_and_the_other_not_chosen() {
    for stored in 0..=2 {
        let service = Service::start().await;
        let (people, query) = sharers::<2>(&service);
        assert_eq!(candidates_of(&find(&service, &query).await).len(), 2);
        for person in &people[..stored] {
            store(&service, person).await;
        }
        objects(&service, &people[1]).await;
        assert_eq!(
            told(&service, &query).await,
            masked(&people[..1]),
            "{stored}"
        );
        objects(&service, &people[0]).await;
        let nobody = find(&service, &query).await;
        assert_eq!(nobody.status, 404, "{}", nobody.body);
        service.stop().await;
    }
}

/// A row whose CPF has wrong check digits is of somebody all the same.
#[tokio::test]
async fn a_row_that_cannot_be_read_keeps_the_other_from_being_chosen() {
    let service = Service::start().await;
    let (people, query) = sharers::<2>(&service);
    for person in &people {
        store(&service, person).await;
    }
    execute(
        &service,
        &format!(
            "update core.parties set cpf_cnpj = '52998224726' where cpf_cnpj = '{}';
             delete from ops.lookups",
            people[1].cpf
        ),
    )
    .await;
    assert_eq!(told(&service, &query).await, masked(&people[..1]));
    service.stop().await;
}

/// What a provider said is too old to be an answer, and still a reason to choose nobody.
#[tokio::test]
async fn who_was_named_long_ago_still_shares_it() {
    let service = Service::start().await;
    let (people, query) = sharers::<2>(&service);
    assert_eq!(candidates_of(&find(&service, &query).await).len(), 2);
    store(&service, &people[0]).await;
    everything_is_old(&service).await;
    assert_eq!(told(&service, &query).await, masked(&people));
    service.stop().await;
}

/// Diretrix knows nobody, and a lead asked Work API, which names two.
#[tokio::test]
async fn who_is_named_by_work_api_shares_it_too() {
    let service = Service::start().await;
    let (people, query) = sharers::<2>(&service);
    let phone = query.trim_start_matches("phone=");
    service.simulator.put_contact_answer(phone, Vec::new());
    let stranger = Person {
        name: "Cliente".to_owned(),
        ..people[0].clone()
    };
    let lead = lead_of("of-both", &stranger).email(serde_json::Value::Null);
    service.simulator.put_lead(lead).unwrap();
    service.process("of-both").await;
    let calls = service.simulator.calls();
    assert_eq!(calls.count(Upstream::WorkApi, Operation::Phone), 1);
    // By and by Diretrix knows one of them.
    everything_is_old(&service).await;
    service
        .simulator
        .put_contact_answer(phone, vec![named(&people[0])]);
    for _ in 0..2 {
        let found = candidates_of(&find(&service, &query).await);
        assert_eq!(found.len(), 2, "{found:?}");
    }
    assert_eq!(service.count("select count(*) from core.parties").await, 0);
    store(&service, &people[0]).await;
    assert_eq!(told(&service, &query).await, masked(&people));
    service.stop().await;
}

/// A stored answer of Diretrix that names the stored person alone keeps nobody back.
#[tokio::test]
async fn a_phone_of_one_is_the_stored_ones_again_and_again() {
    let service = Service::start().await;
    let person = newcomer(&service.simulator, 1).person;
    let query = format!("phone={}", person.phone());
    for _ in 0..2 {
        let answer = find(&service, &query).await;
        assert_eq!(answer.body["type"], "customer", "{}", answer.body);
    }
    assert_eq!(service.simulator.calls().paid(), 2);
    service.stop().await;
}
