//! What it tells of the calls it received: when each began, and whether its answer was handed over.
#![expect(clippy::unwrap_used, reason = "tests")]
#![expect(
    clippy::disallowed_methods,
    reason = "a raw client: it shares nothing with the one that sends for the service"
)]

use rstest::rstest;
use serde_json::Value;

use super::tests::{Client, loopback, small};
use super::*;

fn plain() -> String {
    Situation::Plain.lead_id()
}

#[tokio::test]
async fn an_answered_call_tells_when_it_was_answered() {
    let client = Client::start().await;
    client.lead(&plain()).send().await.unwrap();
    let calls = client.simulator.calls();
    let [call] = calls.all() else {
        unreachable!("one call was made")
    };
    assert!(call.answered_at.unwrap() >= call.at);
    assert_eq!(client.simulator.in_flight(Upstream::C2s), 0);
}

#[rstest]
#[case::silence(Fault::Hang)]
#[case::drip(Fault::Drip)]
#[case::reset(Fault::Reset)]
#[case::broken_off(Fault::Truncated)]
#[case::done_but_silent(Fault::StoredThenHang)]
#[tokio::test]
async fn a_call_without_its_whole_answer_stays_unanswered(#[case] fault: Fault) {
    let client = Client::start().await;
    client
        .simulator
        .fault(FaultRule::always(Upstream::C2s, fault));
    let call = client.lead(&plain()).timeout(Duration::from_millis(300));
    let whole = async { call.send().await?.bytes().await };
    assert!(whole.await.is_err());
    while client.simulator.in_flight(Upstream::C2s) > 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(client.simulator.calls().all()[0].answered_at, None);
}

#[tokio::test]
async fn who_leaves_on_the_way_back_left_a_message_behind() {
    let slow = SimulatorOptions {
        latency: Latency {
            c2s: Duration::from_secs(1),
            ..Latency::default()
        },
        ..small()
    };
    let client = Client {
        simulator: Simulator::start(loopback(), slow).await.unwrap(),
        http: reqwest::Client::builder().no_proxy().build().unwrap(),
    };
    let leaving = client.create_message(&plain(), "olá").send();
    let stored = async {
        while client.simulator.messages(&plain()).is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::select! {
        answer = leaving => assert!(answer.is_err(), "answered before it could be left"),
        () = stored => {}
    }
    assert_eq!(client.simulator.calls().all()[0].answered_at, None);
}

#[tokio::test]
async fn calls_and_their_clock_are_told_over_http() {
    let client = Client::start().await;
    let get = async |path: &str| -> Value {
        let url = format!("http://{}/_sim/{path}", client.simulator.addr());
        client
            .http
            .get(url)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap()
    };
    client.lead(&plain()).send().await.unwrap();
    let now = get("now").await["now_ms"].as_f64().unwrap();
    let told = get("calls").await;
    assert_eq!(told.as_array().unwrap().len(), 1);
    let call = &told[0];
    assert_eq!(call["upstream"], "c2s");
    assert_eq!(call["operation"], "lead");
    assert_eq!(call["key"], plain());
    assert_eq!(call["authorized"], true);
    let at = |name: &str| call[name].as_f64().unwrap();
    assert!(0.0 < at("started_ms") && at("started_ms") <= at("answered_ms"));
    assert!(at("answered_ms") <= now);
}
