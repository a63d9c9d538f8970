//! The three systems answer as UPSTREAMS.md says, count, and remember.
#![expect(clippy::unwrap_used, reason = "tests")]
#![expect(
    clippy::disallowed_methods,
    reason = "a raw client: it shares nothing with the one that sends for the service"
)]

use std::collections::BTreeSet;
use std::net::SocketAddr;

use serde_json::{Value, json};

use super::world_tests::has_valid_check_digits;
use super::*;

/// A raw client: it shares nothing with the service's own.
pub(super) struct Client {
    pub(super) simulator: Simulator,
    pub(super) http: reqwest::Client,
}

impl Client {
    pub(super) async fn start() -> Self {
        let simulator = Simulator::start(loopback(), small()).await.unwrap();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { simulator, http }
    }

    pub(super) fn lead(&self, id: &str) -> reqwest::RequestBuilder {
        let url = format!("{}/integration/leads/{id}", self.simulator.c2s_base_url());
        self.http
            .get(url)
            .bearer_auth(&self.simulator.options().c2s_token)
    }

    pub(super) fn create_message(&self, id: &str, text: &str) -> reqwest::RequestBuilder {
        let url = format!(
            "{}/integration/leads/{id}/create_message",
            self.simulator.c2s_base_url()
        );
        self.http
            .post(url)
            .bearer_auth(&self.simulator.options().c2s_token)
            .json(&json!({"body": text}))
    }

    fn diretrix(&self, path: &str) -> reqwest::RequestBuilder {
        let url = format!(
            "{}/Consultas/Pessoa/{path}",
            self.simulator.diretrix_base_url()
        );
        let options = self.simulator.options();
        self.http
            .get(url)
            .basic_auth(&options.diretrix_user, Some(&options.diretrix_pass))
    }

    pub(super) fn work_api(&self, module: &str, asked: &str) -> reqwest::RequestBuilder {
        let url = format!("{}/api", self.simulator.work_api_base_url());
        let token = self.simulator.options().work_api_token.as_str();
        self.http
            .get(url)
            .query(&[("token", token), ("modulo", module), ("consulta", asked)])
    }
}

pub(super) fn loopback() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

pub(super) fn small() -> SimulatorOptions {
    SimulatorOptions {
        people: 60,
        ..SimulatorOptions::default()
    }
}

async fn json_of(request: reqwest::RequestBuilder) -> (u16, Value) {
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

#[tokio::test]
async fn a_profile_has_the_vendors_root_keys_and_odd_spellings() {
    let client = Client::start().await;
    let mut statuses = BTreeSet::new();
    for person in client
        .simulator
        .world()
        .people()
        .iter()
        .filter(|person| person.known_to_work_api)
    {
        let (code, profile) = json_of(client.work_api("cpf", &person.cpf)).await;
        assert_eq!(code, 200);
        let keys: BTreeSet<&str> = profile
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        let missing: Vec<&str> = WORK_API_ROOT_KEYS
            .into_iter()
            .filter(|key| !keys.contains(key))
            .collect();
        assert!(missing.is_empty() || missing == ["status"], "{missing:?}");
        statuses.insert(
            profile
                .get("status")
                .map_or_else(|| "missing".to_owned(), Value::to_string),
        );
        assert_eq!(profile["DadosBasicos"]["nome"], person.provider_name());
    }
    assert_eq!(
        statuses,
        BTreeSet::from(["missing".to_owned(), "200".to_owned(), "\"200\"".to_owned()])
    );
}

#[tokio::test]
async fn diretrix_knows_contacts_in_any_case_and_nobody_in_three_ways() {
    let client = Client::start().await;
    let world = client.simulator.world();
    let plain = world
        .person(world.lead(Situation::Plain).cpf.as_ref().unwrap())
        .unwrap();
    let (_, by_phone) = json_of(client.diretrix(&format!("Telefone/{}", plain.phone()))).await;
    assert_eq!(by_phone[0]["nome"], plain.provider_name());
    let encoded = plain.email().to_uppercase().replace('@', "%40");
    let (_, by_email) = json_of(client.diretrix(&format!("Email/{encoded}"))).await;
    assert_eq!(by_email, by_phone);
    let (_, whole) = json_of(client.diretrix(&plain.cpf)).await;
    assert_eq!(
        whole["enderecos"][0]["logadouro"],
        plain.addresses[0].street
    );
    let mut statuses = BTreeSet::new();
    for number in 0..12 {
        let response = client
            .diretrix(&format!("Telefone/1190000{number:04}"))
            .send()
            .await
            .unwrap();
        statuses.insert(response.status().as_u16());
    }
    assert_eq!(statuses, BTreeSet::from([200, 400, 404]));
    let calls = client.simulator.calls();
    assert_eq!(
        calls.keys(Upstream::Diretrix, Operation::Email),
        [plain.email().to_uppercase()]
    );
    assert_eq!(calls.count(Upstream::Diretrix, Operation::Phone), 13);
    assert_eq!(calls.paid(), 15);
    assert!(calls.unexpected().is_empty());
}

#[tokio::test]
async fn work_api_pads_cpfs_and_refuses_modules_in_band() {
    let client = Client::start().await;
    let lead = client
        .simulator
        .world()
        .lead(Situation::WorkPhoneOnly)
        .clone();
    let (_, answer) = json_of(client.work_api("phone", lead.lookup_phone.as_ref().unwrap())).await;
    let padded = format!("000{}", lead.cpf.unwrap());
    let listed = answer["msg"].as_array().unwrap();
    assert!(
        listed.iter().any(|entry| entry["cpf_cnpj"] == padded),
        "{answer}"
    );
    let (_, nobody) = json_of(client.work_api("phone", "11900000000")).await;
    assert_eq!(nobody, json!({"msg": []}));
    let (code, refused) = json_of(client.work_api("mae", "x")).await;
    assert_eq!((code, &refused["status"]), (200, &json!(403)));
    let (code, missing) = json_of(client.work_api("cpf", "52998224725")).await;
    assert_eq!(
        (code, &missing["reason"]),
        (200, &json!("Document not found."))
    );
}

#[tokio::test]
async fn wrong_credentials_are_refused_each_in_its_way() {
    let client = Client::start().await;
    let c2s = client.simulator.c2s_base_url();
    let refused = client
        .http
        .get(format!("{c2s}/integration/leads/x"))
        .bearer_auth("wrong");
    assert_eq!(
        json_of(refused).await,
        (403, json!({"error": "not_authorized"}))
    );
    let diretrix = format!(
        "{}/Consultas/Pessoa/Telefone/11900000000",
        client.simulator.diretrix_base_url()
    );
    let refused = client
        .http
        .get(diretrix)
        .basic_auth("wrong", Some("pair"))
        .send()
        .await
        .unwrap();
    assert_eq!(refused.status(), 401);
    let work = format!(
        "{}/api?token=wrong&modulo=cpf&consulta=1",
        client.simulator.work_api_base_url()
    );
    let (code, refused) = json_of(client.http.get(work)).await;
    assert_eq!(
        (code, &refused["reason"]),
        (200, &json!("Token vencido ou inválido"))
    );
    let calls = client.simulator.calls();
    assert!(calls.all().iter().all(|call| !call.authorized));
    assert_eq!((calls.all().len(), calls.paid()), (3, 0));
}

#[tokio::test]
async fn a_message_is_stored_shown_and_moves_the_lead() {
    let client = Client::start().await;
    let id = Situation::Plain.lead_id();
    let (_, before) = json_of(client.lead(&id)).await;
    for _ in 0..3 {
        assert_eq!(
            client
                .create_message(&id, "uma  linha\n\noutra")
                .send()
                .await
                .unwrap()
                .status(),
            201
        );
    }
    let messages = client.simulator.messages(&id);
    assert!(
        messages
            .iter()
            .all(|message| message.body == "uma  linha\n\noutra")
    );
    assert_eq!(messages[0].shown, "uma  linha\n\noutra");
    assert_eq!(messages[2].shown, "uma linha\noutra");
    let (_, after) = json_of(client.lead(&id)).await;
    let shown = after["data"]["attributes"]["messages"].as_array().unwrap();
    assert_eq!(shown.last().unwrap()["message"], "uma linha\noutra");
    assert_ne!(
        before["data"]["attributes"]["updated_at"],
        after["data"]["attributes"]["updated_at"]
    );
    let unknown = client.create_message("unknown", "x").send().await.unwrap();
    assert_eq!(unknown.status(), 404);
    assert_eq!(
        client
            .create_message(&id, " ")
            .send()
            .await
            .unwrap()
            .status(),
        422
    );
    assert_eq!(
        client
            .simulator
            .calls()
            .count(Upstream::C2s, Operation::CreateMessage),
        5
    );
}

#[tokio::test]
async fn leads_can_be_created_put_and_listed() {
    let client = Client::start().await;
    let url = format!("{}/integration/leads", client.simulator.c2s_base_url());
    let token = client.simulator.options().c2s_token.clone();
    let create = |body: Value| json_of(client.http.post(&url).bearer_auth(&token).json(&body));
    let (code, flat) = create(json!({"name": "x"})).await;
    assert_eq!(
        (code, flat),
        (400, json!({"message": "param_data_not_found"}))
    );
    assert_eq!(
        create(json!({"data": {"attributes": {"name": "x"}}}))
            .await
            .0,
        423
    );
    let new =
        json!({"data": {"type": "lead", "attributes": {"name": "x", "phone": "11900000001"}}});
    let (_, first) = create(new.clone()).await;
    let (_, second) = create(new.clone()).await;
    let (_, third) = create(new).await;
    let ids = [&first["data"]["id"], &second["id"], &third["lead_id"]];
    for id in ids {
        let id = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
        assert_eq!(
            json_of(client.lead(&id)).await.1["data"]["attributes"]["customer"]["phone"],
            "11900000001"
        );
    }
    let id = client
        .simulator
        .put_lead(json!({"data": {"id": "odd", "attributes": null}}))
        .unwrap();
    assert_eq!(
        json_of(client.lead(&id)).await.1,
        json!({"data": {"id": "odd", "attributes": null}})
    );
    assert!(
        client
            .simulator
            .put_lead(json!({"attributes": {}}))
            .is_err()
    );
    let page = |number: u32| {
        client
            .http
            .get(format!("{url}?page={number}&perpage=500"))
            .bearer_auth(&token)
    };
    let (_, listed) = json_of(page(1)).await;
    assert_eq!(listed["data"].as_array().unwrap().len(), 50);
    assert_eq!(listed["data"][0]["id"], "odd");
    assert_eq!(json_of(page(9)).await.1["data"], json!([]));
}

#[tokio::test]
async fn an_invented_person_is_found_once_put() {
    let client = Client::start().await;
    let person = Person::invented(1);
    assert_eq!(person, Person::invented(1));
    assert!(has_valid_check_digits(&person.cpf));
    client.simulator.put_person(person.clone());
    let (_, by_email) = json_of(client.diretrix(&format!("Email/{}", person.email()))).await;
    assert_eq!(by_email[0]["nome"], person.provider_name());
    client.simulator.put_contact_answer(person.email(), vec![]);
    let gone = client.diretrix(&format!("Email/{}", person.email()));
    assert!(
        !gone
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap()
            .contains(&person.provider_name())
    );
    client
        .simulator
        .put_profile(&person.cpf, json!({"erro": "scripted"}));
    assert_eq!(
        json_of(client.work_api("cpf", &person.cpf)).await.1,
        json!({"erro": "scripted"})
    );
}

#[tokio::test]
async fn what_no_upstream_has_is_remembered() {
    let client = Client::start().await;
    let url = format!(
        "{}/integration/leads/subscribe",
        client.simulator.c2s_base_url()
    );
    assert_eq!(client.http.post(url).send().await.unwrap().status(), 404);
    let calls = client.simulator.calls();
    assert_eq!(
        calls.unexpected()[0].key,
        "POST /c2s/integration/leads/subscribe"
    );
}
