//! `GET /api/v1/contributor/customer`: the database first, then the providers, each asked once.

use std::time::Duration;

use futures::future::{join, join_all};
use rust_c2s_api::simulator::{Fault, FaultRule, Operation, Person, Situation, Upstream};
use serde_json::json;

use crate::support::evidence::{Newcomer, newcomer, newcomer_like};
use crate::support::{Answer, Service};

pub(crate) fn dotted(cpf: &str) -> String {
    format!("{}.{}.{}-{}", &cpf[..3], &cpf[3..6], &cpf[6..9], &cpf[9..])
}

pub(crate) async fn find(service: &Service, query: &str) -> Answer {
    let path = format!("/api/v1/contributor/customer?{query}");
    service.get(&path).await
}

fn sources(answer: &Answer) -> Vec<&str> {
    let sources = answer.body["metadata"]["sources"].as_array();
    let sources = sources.into_iter().flatten();
    sources.filter_map(|source| source.as_str()).collect()
}

fn profiles_bought(service: &Service) -> usize {
    let calls = service.simulator.calls();
    calls.count(Upstream::WorkApi, Operation::Cpf)
}

/// Waits until a call to Work API is in flight.
async fn work_api_is_asked(service: &Service) {
    while service.simulator.in_flight(Upstream::WorkApi) == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn slow_work_api(service: &Service) {
    let slow = Fault::Slow(Duration::from_millis(700));
    let rule = FaultRule::always(Upstream::WorkApi, slow);
    service.simulator.fault(rule.times(1));
}

#[tokio::test]
async fn a_cpf_with_dots_and_a_bare_one_are_one_lookup() {
    let service = Service::start().await;
    let Newcomer { person, .. } = newcomer(&service.simulator, 1);

    let bought = find(&service, &format!("cpf={}", dotted(&person.cpf))).await;
    let stored = find(&service, &format!("cpf={}", person.cpf)).await;

    assert_eq!(bought.status, 200, "{}", bought.body);
    assert_eq!(sources(&bought), ["work_api"]);
    assert_eq!(bought.body["metadata"]["modules_consulted"], json!(["cpf"]));
    assert_eq!(sources(&stored), ["local_db"]);
    assert_eq!(stored.body["metadata"]["modules_consulted"], json!([]));
    for part in [
        "personal_info",
        "contact_info",
        "addresses",
        "financial_info",
    ] {
        assert_eq!(bought.body[part], stored.body[part]);
    }
    assert_eq!(profiles_bought(&service), 1);
    assert_eq!(service.simulator.calls().paid(), 1);
    service.stop().await;
}

#[tokio::test]
async fn the_answer_has_the_fields_of_the_contract() {
    let service = Service::start().await;
    let Newcomer { person, .. } = newcomer(&service.simulator, 1);
    let answer = find(&service, &format!("cpf={}", person.cpf)).await;
    let body = &answer.body;
    assert_eq!(body["source"], "rust-c2s-api");
    assert_eq!(body["type"], "customer");
    let keys = |value: &serde_json::Value| {
        let keys = value.as_object().unwrap().keys().cloned();
        let mut keys: Vec<String> = keys.collect();
        keys.sort();
        keys.join(" ")
    };
    assert_eq!(
        keys(&body["personal_info"]),
        "birth_date cpf father_name gender marital_status mother_name name rg voter_id"
    );
    assert_eq!(body["personal_info"]["cpf"], person.cpf.as_str());
    assert_eq!(body["personal_info"]["name"], person.provider_name());
    let birth = person.birth.to_string();
    assert_eq!(body["personal_info"]["birth_date"], birth);
    let contacts = &body["contact_info"];
    assert_eq!(keys(&contacts["emails"][0]), "email is_valid source");
    assert_eq!(contacts["emails"][0]["email"], person.email());
    assert_eq!(contacts["emails"][0]["is_valid"], json!(null));
    assert_eq!(
        keys(&contacts["phones"][0]),
        "ddd is_valid operator phone source type"
    );
    assert_eq!(contacts["phones"][0]["phone"], person.phone());
    assert_eq!(contacts["phones"][0]["ddd"], person.phone()[..2]);
    assert_eq!(contacts["phones"][0]["source"], "work_api");
    assert_eq!(
        keys(&body["addresses"][0]),
        "cep city complement neighborhood number source state street"
    );
    assert_eq!(body["interests"], json!(null));
    assert!(body.as_object().unwrap().contains_key("wealth_assessment"));
    assert_eq!(body["metadata"]["enriched"], true);
    assert!(
        body["metadata"]["timestamp"]
            .as_str()
            .unwrap()
            .ends_with('Z')
    );
    service.stop().await;
}

#[tokio::test]
async fn each_spelling_of_a_contact_finds_the_stored_person_and_pays_nothing() {
    let service = Service::start().await;
    let Newcomer { lead_id, person } = newcomer(&service.simulator, 1);
    assert!(service.process(&lead_id).await.says_done());
    let paid = service.simulator.calls().paid();
    for query in [
        format!("phone={}", person.phone()),
        format!("phone=%2B55{}", person.phone()),
        format!("phone=0{}", person.phone()),
        format!("email={}", person.email()),
        format!("email={}", person.email().to_uppercase()),
        format!("email=%20{}%20", person.email()),
        format!("cpf={}&email=other@example.com", person.cpf),
    ] {
        let answer = find(&service, &query).await;
        assert_eq!(answer.status, 200, "{query}: {}", answer.body);
        assert_eq!(answer.body["personal_info"]["cpf"], person.cpf.as_str());
        assert_eq!(sources(&answer), ["local_db"], "{query}");
    }
    assert_eq!(service.simulator.calls().paid(), paid);
    service.stop().await;
}

#[tokio::test]
async fn an_unknown_contact_is_asked_at_diretrix_and_the_next_call_is_free() {
    let service = Service::start().await;
    let Newcomer { person, .. } = newcomer(&service.simulator, 1);
    let first = find(&service, &format!("phone={}", person.phone())).await;
    let second = find(&service, &format!("phone={}", person.phone())).await;
    assert_eq!(first.status, 200, "{}", first.body);
    assert_eq!(sources(&first), ["diretrix", "work_api"]);
    assert_eq!(sources(&second), ["local_db"]);
    assert_eq!(service.simulator.calls().paid(), 2);
    let askers = "select count(*) from ops.provider_calls
                  where lead_id like 'inquiry:%' and purpose <> '' and legal_basis <> ''";
    assert_eq!(service.count(askers).await, 2);
    service.stop().await;
}

#[tokio::test]
async fn fifty_at_once_on_two_instances_are_one_paid_call() {
    let service = Service::start().await;
    let other = service.second_instance().await;
    let Newcomer { person, .. } = newcomer(&service.simulator, 1);
    slow_work_api(&service);
    let query = format!("cpf={}", person.cpf);
    let calls = (0..50).map(|number| {
        let asked = if number % 2 == 0 { &service } else { &other };
        find(asked, &query)
    });
    let answers = join_all(calls).await;
    for answer in &answers {
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!(answer.body["personal_info"]["cpf"], person.cpf.as_str());
    }
    assert_eq!(service.simulator.calls().paid(), 1);
    let paid = "select count(*) from ops.provider_calls where outcome <> 'cached'";
    assert_eq!(service.count(paid).await, 1);
    other.stop().await;
    service.stop().await;
}

#[tokio::test]
async fn an_inquiry_and_a_lead_for_one_person_are_one_profile() {
    let service = Service::start().await;
    let Newcomer { lead_id, person } = newcomer(&service.simulator, 1);
    slow_work_api(&service);
    let lead_first = async {
        work_api_is_asked(&service).await;
        find(&service, &format!("cpf={}", person.cpf)).await
    };
    let (lead, inquiry) = join(service.process(&lead_id), lead_first).await;
    assert!(lead.says_done(), "{}", lead.body);
    assert_eq!(inquiry.status, 200, "{}", inquiry.body);
    assert_eq!(profiles_bought(&service), 1);

    let Newcomer { lead_id, person } = newcomer(&service.simulator, 2);
    slow_work_api(&service);
    let inquiry_first = async {
        work_api_is_asked(&service).await;
        service.process(&lead_id).await
    };
    let query = format!("cpf={}", person.cpf);
    let (inquiry, lead) = join(find(&service, &query), inquiry_first).await;
    assert!(lead.says_done(), "{}", lead.body);
    assert_eq!(inquiry.status, 200, "{}", inquiry.body);
    assert_eq!(profiles_bought(&service), 2);
    assert_eq!(service.count("select count(*) from core.parties").await, 2);
    service.stop().await;
}

#[tokio::test]
async fn a_contact_of_several_people_answers_candidates_and_buys_no_profile() {
    let service = Service::start().await;
    let world = service.simulator.world();
    let phone = world.lead(Situation::SharedPhone).lookup_phone.clone();
    let phone = phone.unwrap();
    let answer = find(&service, &format!("phone={phone}&limit=3")).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.body["type"], "candidates");
    assert!(answer.body.get("personal_info").is_none());
    let first = answer.body["candidates"].as_array().unwrap().clone();
    assert_eq!(first.len(), 3);
    let cursor = answer.body["next_cursor"].as_str().unwrap();
    let rest = find(&service, &format!("phone={phone}&limit=3&cursor={cursor}")).await;
    let rest = rest.body["candidates"].as_array().unwrap().clone();
    assert_eq!(rest.len(), 2);
    for candidate in first.iter().chain(&rest) {
        assert!(candidate["cpf"].as_str().unwrap().starts_with("***."));
        assert_eq!(candidate["id"], json!(null), "nobody of them is stored");
    }
    assert_eq!(profiles_bought(&service), 0);
    service.stop().await;
}

/// Two stored people of one phone: neither is chosen, and nobody is asked.
#[tokio::test]
async fn a_contact_of_several_stored_people_pays_nothing() {
    let service = Service::start().await;
    let one = newcomer(&service.simulator, 1).person;
    let shared = one.phone().to_owned();
    let other = newcomer_like(&service.simulator, 2, |person| Person {
        phones: vec![shared.clone()],
        ..person
    });
    for person in [&one, &other.person] {
        let bought = find(&service, &format!("cpf={}", person.cpf)).await;
        assert_eq!(bought.status, 200, "{}", bought.body);
    }
    let paid = service.simulator.calls().paid();
    let answer = find(&service, &format!("phone={shared}")).await;
    assert_eq!(answer.body["type"], "candidates", "{}", answer.body);
    let candidates = answer.body["candidates"].as_array().unwrap();
    assert_eq!(candidates.len(), 2);
    let id = candidates[0]["id"].as_str().unwrap();
    let chosen = service.get(&format!("/api/v1/customers/{id}")).await;
    assert_eq!(chosen.status, 200, "{}", chosen.body);
    assert_eq!(service.simulator.calls().paid(), paid);
    service.stop().await;
}

#[tokio::test]
async fn a_name_never_selects_a_person() {
    let service = Service::start().await;
    let Newcomer { person, .. } = newcomer(&service.simulator, 1);
    find(&service, &format!("cpf={}", person.cpf)).await;
    let name = person.name.to_lowercase().replace(' ', "+");
    let answer = find(&service, &format!("name={name}")).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.body["type"], "candidates");
    let candidates = answer.body["candidates"].as_array().unwrap();
    assert_eq!(candidates.len(), 1, "{}", answer.body);
    assert!(candidates[0]["score"].as_u64().unwrap() >= 90);
    let nobody = find(&service, "name=Ninguem+Conhecido").await;
    assert_eq!(nobody.status, 404, "{}", nobody.body);
    service.stop().await;
}

#[tokio::test]
async fn nothing_financial_of_a_minor_is_told() {
    let service = Service::start().await;
    let minor = |person: Person| Person {
        birth: chrono::NaiveDate::from_ymd_opt(2015, 3, 10).unwrap(),
        ..person
    };
    let Newcomer { person, .. } = newcomer_like(&service.simulator, 1, minor);
    let answer = find(&service, &format!("cpf={}", person.cpf)).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    for part in ["financial_info", "wealth_assessment"] {
        assert_eq!(answer.body[part], json!(null), "{part}");
    }
    let path = format!("/api/v1/work/modules/cpf?documento={}", person.cpf);
    let vendor = service.get(&path).await;
    assert!(vendor.body.get("DadosEconomicos").is_none());
    service.stop().await;
}
