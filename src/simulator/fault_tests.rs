//! Every fault can be seen by a client that knows nothing of the simulator.
#![expect(clippy::unwrap_used, reason = "tests")]
#![expect(
    clippy::disallowed_methods,
    reason = "a raw client: it shares nothing with the one that sends for the service"
)]

use std::io::ErrorKind;

use rstest::rstest;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::tests::Client;
use super::*;

/// Long enough for an answer over loopback, short enough to wait for one that never comes.
const PATIENCE: Duration = Duration::from_millis(400);

fn plain() -> String {
    Situation::Plain.lead_id()
}

#[tokio::test]
async fn a_status_comes_with_retry_after_as_often_as_told() {
    let client = Client::start().await;
    let rule = FaultRule::always(Upstream::C2s, Fault::Status(503, Some(7)));
    client
        .simulator
        .fault(rule.operation(Operation::Lead).key(&plain()).times(2));
    let other = client
        .lead(&Situation::NoName.lead_id())
        .send()
        .await
        .unwrap();
    assert_eq!(other.status(), 200);
    for _ in 0..2 {
        let refused = client.lead(&plain()).send().await.unwrap();
        assert_eq!(refused.status(), 503);
        assert_eq!(refused.headers()["retry-after"], "7");
    }
    assert_eq!(client.lead(&plain()).send().await.unwrap().status(), 200);
    client
        .simulator
        .fault(FaultRule::always(Upstream::C2s, Fault::Status(500, None)));
    assert_eq!(client.lead(&plain()).send().await.unwrap().status(), 500);
    client.simulator.clear_faults();
    assert_eq!(client.lead(&plain()).send().await.unwrap().status(), 200);
}

#[rstest]
#[case(Fault::Hang, 0)]
#[case(Fault::StoredThenHang, 1)]
#[tokio::test]
async fn a_hanging_call_times_out(#[case] fault: Fault, #[case] stored: usize) {
    let client = Client::start().await;
    client
        .simulator
        .fault(FaultRule::always(Upstream::C2s, fault).operation(Operation::CreateMessage));
    let error = client
        .create_message(&plain(), "olá")
        .timeout(PATIENCE)
        .send()
        .await
        .unwrap_err();
    assert!(error.is_timeout(), "{error:?}");
    assert_eq!(client.simulator.messages(&plain()).len(), stored);
}

#[tokio::test]
async fn a_dripping_answer_has_a_head_and_no_end() {
    let client = Client::start().await;
    client
        .simulator
        .fault(FaultRule::always(Upstream::WorkApi, Fault::Drip));
    let response = client
        .work_api("cpf", "1")
        .timeout(PATIENCE)
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(client.simulator.in_flight(Upstream::WorkApi), 1);
    let error = response.bytes().await.unwrap_err();
    assert!(error.is_timeout(), "{error:?}");
}

#[rstest]
#[case(Fault::Reset, 0)]
#[case(Fault::StoredThenReset, 1)]
#[tokio::test]
async fn a_reset_is_a_reset_of_the_socket(#[case] fault: Fault, #[case] stored: usize) {
    let client = Client::start().await;
    client
        .simulator
        .fault(FaultRule::always(Upstream::C2s, fault));
    let mut socket = TcpStream::connect(client.simulator.addr()).await.unwrap();
    let token = &client.simulator.options().c2s_token;
    let request = format!(
        "POST /c2s/integration/leads/{}/create_message HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n\
         content-length: 12\r\n\r\n{{\"body\":\"x\"}}",
        plain()
    );
    socket.write_all(request.as_bytes()).await.unwrap();
    let error = socket.read(&mut [0; 64]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    assert_eq!(client.simulator.messages(&plain()).len(), stored);
}

#[tokio::test]
async fn a_truncated_answer_breaks_off_after_its_head() {
    let client = Client::start().await;
    client
        .simulator
        .fault(FaultRule::always(Upstream::C2s, Fault::Truncated));
    let response = client.create_message(&plain(), "olá").send().await.unwrap();
    assert_eq!(response.status(), 201);
    let announced = response.content_length().unwrap();
    assert!(announced > 10);
    let error = response.bytes().await.unwrap_err();
    assert!(error.is_body() || error.is_decode(), "{error:?}");
    assert_eq!(client.simulator.messages(&plain()).len(), 1);
}

#[tokio::test]
async fn garbage_is_no_json() {
    let client = Client::start().await;
    client
        .simulator
        .fault(FaultRule::always(Upstream::WorkApi, Fault::Garbage));
    let response = client.work_api("cpf", "1").send().await.unwrap();
    assert_eq!(response.status(), 200);
    let body = response.bytes().await.unwrap();
    assert!(serde_json::from_slice::<Value>(&body).is_err());
}

#[rstest]
#[case(Fault::InBand(403), "reason", json!("Token vencido ou inválido"))]
#[case(Fault::InBand(404), "reason", json!("Document not found."))]
#[case(Fault::InBand(429), "message", json!("not enough credits"))]
#[case(Fault::InBand(500), "erro", json!("Erro simulado"))]
#[case(Fault::ModuleNotInContract, "reason", json!("Módulo X inexistente para a rota."))]
#[tokio::test]
async fn an_in_band_fault_is_http_200(
    #[case] fault: Fault,
    #[case] key: &str,
    #[case] text: Value,
) {
    let client = Client::start().await;
    client
        .simulator
        .fault(FaultRule::always(Upstream::WorkApi, fault));
    let response = client.work_api("cpf", "1").send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.json::<Value>().await.unwrap()[key], text);
}

#[tokio::test]
async fn a_slow_answer_is_late_and_right_and_a_scripted_one_as_scripted() {
    let client = Client::start().await;
    let slow = FaultRule::always(Upstream::C2s, Fault::Slow(PATIENCE)).times(1);
    client.simulator.fault(slow);
    let impatient = client
        .lead(&plain())
        .timeout(PATIENCE / 4)
        .send()
        .await
        .unwrap_err();
    assert!(impatient.is_timeout());
    client
        .simulator
        .fault(FaultRule::always(Upstream::C2s, Fault::Slow(PATIENCE)));
    let started = std::time::Instant::now();
    assert_eq!(client.lead(&plain()).send().await.unwrap().status(), 200);
    assert!(started.elapsed() >= PATIENCE);
    client.simulator.clear_faults();
    client.simulator.fault(FaultRule::always(
        Upstream::C2s,
        Fault::Body(418, "{\"data\":7}".to_owned()),
    ));
    let scripted = client.lead(&plain()).send().await.unwrap();
    assert_eq!(scripted.status(), 418);
    assert_eq!(scripted.text().await.unwrap(), "{\"data\":7}");
}

#[tokio::test]
async fn calls_at_the_same_time_are_counted_as_such() {
    let client = Client::start().await;
    client
        .simulator
        .fault(FaultRule::always(Upstream::C2s, Fault::Slow(PATIENCE)));
    let id = plain();
    let three = futures::future::join_all((0..3).map(|_| client.lead(&id).send())).await;
    assert!(
        three
            .into_iter()
            .all(|answer| answer.is_ok_and(|answer| answer.status() == 200))
    );
    assert_eq!(client.simulator.calls().most_in_flight(Upstream::C2s), 3);
    assert_eq!(client.simulator.in_flight(Upstream::C2s), 0);
}

#[tokio::test]
async fn a_hang_ends_with_the_simulator() {
    let client = Client::start().await;
    client
        .simulator
        .fault(FaultRule::always(Upstream::C2s, Fault::Hang));
    let hanging = tokio::spawn(client.lead(&plain()).send());
    while client.simulator.in_flight(Upstream::C2s) == 0 {
        tokio::task::yield_now().await;
    }
    client.simulator.stop().await;
    assert!(hanging.await.unwrap().is_err());
}

#[tokio::test]
async fn it_tells_how_often_a_lead_was_asked_for_even_one_that_it_does_not_know() {
    let client = Client::start().await;
    let unknown = "no-such-lead";
    for asked in 0..3 {
        let url = format!("http://{}/_sim/asked/{unknown}", client.simulator.addr());
        let told: Value = client
            .http
            .get(url)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        assert_eq!(told, json!({"lead_id": unknown, "asked": asked}));
        client.lead(&plain()).send().await.unwrap();
        assert_eq!(client.lead(unknown).send().await.unwrap().status(), 404);
    }
}

#[tokio::test]
async fn everything_can_be_done_over_http() {
    let client = Client::start().await;
    let url = |path: &str| format!("http://{}/_sim/{path}", client.simulator.addr());
    let rule = json!({"upstream": "c2s", "operation": "lead", "fault": {"status": [502, null]}, "times": 1});
    let posted = client
        .http
        .post(url("faults"))
        .json(&rule)
        .send()
        .await
        .unwrap();
    assert_eq!(posted.status(), 201);
    assert_eq!(client.lead(&plain()).send().await.unwrap().status(), 502);
    let slow = json!({"upstream": "work_api", "fault": {"slow": 60_000}});
    assert_eq!(
        client
            .http
            .post(url("faults"))
            .json(&slow)
            .send()
            .await
            .unwrap()
            .status(),
        201
    );
    let unknown = json!({"upstream": "c2s", "fault": "no_such_fault"});
    assert_eq!(
        client
            .http
            .post(url("faults"))
            .json(&unknown)
            .send()
            .await
            .unwrap()
            .status(),
        422
    );
    assert_eq!(
        client
            .http
            .delete(url("faults"))
            .send()
            .await
            .unwrap()
            .status(),
        204
    );
    assert_eq!(
        client
            .work_api("cpf", "1")
            .timeout(PATIENCE)
            .send()
            .await
            .unwrap()
            .status(),
        200
    );
    let lead = SimulatedLead::new("by-http")
        .name("Pessoa Exemplo")
        .into_json();
    assert_eq!(
        client
            .http
            .post(url("leads"))
            .json(&lead)
            .send()
            .await
            .unwrap()
            .status(),
        201
    );
    assert_eq!(
        client
            .create_message("by-http", "olá")
            .send()
            .await
            .unwrap()
            .status(),
        201
    );
    let get = async |path: &str| {
        client
            .http
            .get(url(path))
            .send()
            .await
            .unwrap()
            .json::<Value>()
            .await
            .unwrap()
    };
    assert_eq!(get("messages/by-http").await[0]["body"], "olá");
    assert_eq!(get("leads").await[0]["situation"], "plain");
    let state = get("state").await;
    assert_eq!(state["messages"], json!({"by-http": 1}));
    assert_eq!(state["paid_calls"], 1);
    assert!(client.simulator.calls().unexpected().is_empty());
}
