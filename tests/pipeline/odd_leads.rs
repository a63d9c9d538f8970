//! Leads as the CRM should not send them: processed, or a recorded reason, never a panic or a 500.

use std::io;
use std::net::SocketAddr;

use rust_c2s_api::simulator::{Fault, FaultRule, Operation, Person, SimulatedLead, Upstream};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::support::evidence::{Newcomer, lead_of, newcomer};
use crate::support::{Service, UNDETERRED};

fn megabyte() -> String {
    "Silva ".repeat(1 << 18)[..1 << 20].to_owned()
}

/// Odd leads of a person whom all providers know, and what comes of them.
fn readable(person: &Person) -> Vec<(&'static str, SimulatedLead, &'static str)> {
    let lead = |id: &str| lead_of(id, person);
    let (first, rest) = person.name.split_once(' ').unwrap();
    let with_nul = format!("\u{0}{first}\u{7}\u{0} {rest}\u{1b}");
    let number: u64 = person.phone().parse().unwrap();
    let everything = json!({"a": [1, {"b": null}], "c\u{0}": "\u{0}"});
    vec![
        (
            "nul-in-name",
            lead("nul-in-name").name(with_nul),
            "completed",
        ),
        ("only-nul", lead("only-nul").name("\u{0}\u{0}"), "completed"),
        ("name-1mb", lead("name-1mb").name(megabyte()), "completed"),
        (
            "name-number",
            lead("name-number").name(123_456),
            "completed",
        ),
        (
            "name-object",
            lead("name-object").name(everything.clone()),
            "completed",
        ),
        (
            "phone-number",
            lead("phone-number").phone(number),
            "completed",
        ),
        ("phone-float", lead("phone-float").phone(1.5), "completed"),
        (
            "phone-1mb",
            lead("phone-1mb").phone("1".repeat(1 << 20)),
            "completed",
        ),
        (
            "phone-nul",
            lead("phone-nul").phone(format!("{}\u{0}", person.phone())),
            "completed",
        ),
        ("email-number", lead("email-number").email(7), "completed"),
        (
            "email-1mb",
            lead("email-1mb").email(format!("{}@example.com", "a".repeat(1 << 20))),
            "completed",
        ),
        (
            "texts-odd",
            lead("texts-odd")
                .attribute("description", json!("\u{0}\u{1}nul\u{0}"))
                .attribute("observation", json!(["x"]))
                .attribute("seller", json!("nobody"))
                .attribute("product", json!([1, 2]))
                .attribute("lead_source", json!(17)),
            "completed",
        ),
        (
            "lists-odd",
            lead("lists-odd")
                .attribute("tags", everything.clone())
                .attribute("log", json!("text"))
                .attribute("messages", json!([null, 1, "x\u{0}", {"message": 5}, [[]]]))
                .attribute("created_at", json!(12_345))
                .attribute("updated_at", json!("not a time")),
            "completed",
        ),
        (
            "description-1mb",
            lead("description-1mb").attribute("description", megabyte().into()),
            "completed",
        ),
        (
            "price-huge",
            lead("price-huge").product("price", json!(1e300)),
            "completed",
        ),
        (
            "price-negative",
            lead("price-negative").product("price", json!(-5)),
            "completed",
        ),
        (
            "customer-null",
            lead("customer-null").attribute("customer", Value::Null),
            "unidentified",
        ),
        (
            "customer-text",
            lead("customer-text").attribute("customer", json!("x")),
            "unidentified",
        ),
        (
            "customer-list",
            lead("customer-list").attribute("customer", json!([])),
            "unidentified",
        ),
        (
            "no-customer",
            lead("no-customer").without("customer"),
            "unidentified",
        ),
    ]
}

#[tokio::test]
async fn what_can_be_read_of_an_odd_lead_is_processed() {
    let service = Service::start().await;
    let Newcomer { person, .. } = newcomer(&service.simulator, 1);
    for (lead_id, lead, state) in readable(&person) {
        service.simulator.put_lead(lead).unwrap();
        let answer = service.process(lead_id).await;
        assert_eq!(answer.state(), state, "{lead_id}: {}", answer.body);
        answer.assert_five_keys();
        let told = service.simulator.messages(lead_id).len();
        assert_eq!(told, usize::from(state == "completed"), "{lead_id}");
    }
    let parties = service.count("select count(*) from core.parties").await;
    assert_eq!(parties, 1);
    let details = service.count("select count(*) from ops.lead_details").await;
    assert_eq!(
        details,
        service.count("select count(*) from ops.leads").await
    );
    service.stop().await;
}

#[tokio::test]
async fn an_answer_of_the_crm_that_is_no_lead_is_recorded() {
    let service = Service::start_with(&[UNDETERRED]).await;
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let deep_inside = format!(r#"{{"data":{{"id":"deep","attributes":{{"x":{deep}}}}}}}"#);
    let large = format!(
        r#"{{"data":{{"id":"large","x":"{}"}}}}"#,
        "y".repeat(5 << 20)
    );
    let cases = [
        ("empty", String::new(), "retrying", "c2s_unreadable"),
        (
            "html",
            "<html></html>".to_owned(),
            "retrying",
            "c2s_unreadable",
        ),
        ("null", "null".to_owned(), "retrying", "c2s_unreadable"),
        ("list", "[]".to_owned(), "retrying", "c2s_unreadable"),
        ("object", "{}".to_owned(), "retrying", "c2s_unreadable"),
        (
            "data-null",
            r#"{"data":null}"#.to_owned(),
            "retrying",
            "c2s_unreadable",
        ),
        (
            "attributes-null",
            r#"{"data":{"id":"attributes-null","attributes":null}}"#.to_owned(),
            "retrying",
            "c2s_unreadable",
        ),
        (
            "another",
            r#"{"data":{"id":"x","attributes":{}}}"#.to_owned(),
            "retrying",
            "c2s_unreadable",
        ),
        ("nested", deep, "retrying", "c2s_unreadable"),
        ("deep", deep_inside, "retrying", "c2s_unreadable"),
        ("large", large, "failed", "c2s_too_large"),
    ];
    for (lead_id, body, state, reason) in cases {
        let rule = FaultRule::always(Upstream::C2s, Fault::Body(200, body));
        service
            .simulator
            .fault(rule.operation(Operation::Lead).key(lead_id));
        let answer = service.process(lead_id).await;
        assert_eq!(answer.state(), state, "{lead_id}: {}", answer.body);
        answer.assert_five_keys();
        assert_eq!(
            service.reason_of(lead_id).await.as_deref(),
            Some(reason),
            "{lead_id}"
        );
    }
    assert_eq!(service.simulator.calls().paid(), 0);
    service.stop().await;
}

/// Answers everything with these bytes, as a CRM that is broken.
async fn answering(body: &'static [u8]) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 4_096];
            let read = stream.read(&mut request).await.unwrap();
            assert!(read > 0, "a request came");
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                body.len()
            );
            stream
                .write_all(&[head.as_bytes(), body].concat())
                .await
                .unwrap();
        }
    });
    Ok(address)
}

#[tokio::test]
async fn a_crm_that_sends_no_utf8_is_recorded() {
    let crm = answering(
        b"{\"data\":{\"id\":\"a01\",\"attributes\":{\"customer\":{\"name\":\"\xff\xfe\"}}}}",
    )
    .await
    .unwrap();
    let service = Service::start_with(&[("C2S_BASE_URL", &format!("http://{crm}"))]).await;
    let answer = service.process("a01").await;
    assert_eq!((answer.status, answer.state()), (202, "retrying"));
    assert_eq!(
        service.reason_of("a01").await.as_deref(),
        Some("c2s_unreadable")
    );
    service.stop().await;
}

/// The providers too may send what no column takes.
#[tokio::test]
async fn an_odd_profile_is_stored_as_far_as_it_can_be() {
    let service = Service::start().await;
    let odd = [
        ("/DadosBasicos/nomeMae", json!("MAE\u{0} INVENTADA")),
        ("/DadosBasicos/nomePai", json!(megabyte())),
        ("/DadosBasicos/dataNascimento", json!("31/02/1980")),
        ("/DadosBasicos/sexo", json!({"x": 1})),
        ("/DadosBasicos/escolaridade", json!("\u{0}\u{1}")),
        (
            "/DadosEconomicos/renda",
            json!("99999999999999999999999999,99"),
        ),
        ("/DadosEconomicos/score", json!([])),
        ("/enderecos/0/logradouro", json!("RUA\u{0}DO NUL")),
        ("/enderecos/0/logradouroNumero", json!(123)),
        ("/enderecos/0/cep", json!(1_001_000)),
        ("/enderecos", json!("none")),
        (
            "/telefones",
            json!([null, 1, {"telefone": 11_987_654_321_u64}, {"telefone": "x"}]),
        ),
        ("/emails", json!({"email": "a@example.com"})),
        ("/empresas", json!([{"cnpj": "\u{0}"}, {"cnpj": 1}])),
        ("/registroGeral", json!("x")),
    ];
    for (number, (place, value)) in (0..).zip(odd) {
        let Newcomer { lead_id, person } = newcomer(&service.simulator, number);
        let mut profile = rust_c2s_api::simulator::Simulator::profile_of(&person);
        *profile.pointer_mut(place).unwrap_or(&mut Value::Null) = value;
        service.simulator.put_profile(&person.cpf, profile);
        let answer = service.process(&lead_id).await;
        assert!(answer.says_done(), "{place}: {}", answer.body);
        assert!(
            service.only_message(&lead_id).chars().count() < 5_000,
            "{place}"
        );
    }
    service.stop().await;
}
