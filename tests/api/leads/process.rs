//! `GET /api/v1/leads/process`: what cannot be used is refused, with the five keys.

use rust_c2s_api::models::Cpf;
use rust_c2s_api::simulator::{Operation, Situation, Upstream};

use super::{key, suppress};
use crate::support::Service;
use crate::support::evidence::{Newcomer, newcomer};

#[tokio::test]
async fn what_cannot_be_used_is_a_400_that_names_the_field() {
    let service = Service::start().await;
    let long = format!("id={}", "a".repeat(10_240));
    let cases = [
        ("", "id"),
        ("id=", "id"),
        ("ID=a01", "id"),
        ("id=a%2Fb", "id"),
        ("id=a%20b", "id"),
        ("id=%C3%A7", "id"),
        ("id=..%2F..%2Fa", "id"),
        ("id=' or 1=1--", "id"),
        ("id=a01&id=a01", "id"),
        ("id=a01&id=a02", "id"),
        (long.as_str(), "id"),
        ("id=a01%00", "query"),
        ("id=%ff%fe", "query"),
        ("id=%c3%28", "query"),
        ("id=a01&wait=soon", "wait"),
        ("id=a01&wait=2.5", "wait"),
        ("id=a01&wait=", "wait"),
        ("id=a01&wait=1&wait=2", "wait"),
        ("id=a01&dry_run=1", "dry_run"),
        ("id=a01&dry_run=true&dry_run=true", "dry_run"),
        ("id=a01&force=yes", "force"),
    ];
    for (query, field) in cases {
        let answer = service.get(&format!("/api/v1/leads/process?{query}")).await;
        let body = &answer.body;
        assert_eq!(answer.status, 400, "{query}: {body}");
        answer.assert_five_keys();
        assert_eq!(body["success"], false, "{query}");
        assert_eq!(body["field"], field, "{query}: {body}");
        assert_eq!(body["status"], 400, "{query}");
        assert_eq!(body["detail"], body["error"], "{query}");
        assert_eq!(answer.headers["content-type"], "application/problem+json");
        let request_id = answer.headers["x-request-id"].to_str().unwrap();
        assert_eq!(body["request_id"], request_id, "{query}");
        let malformed = field == "id" || field == "query";
        let lead_id = if malformed { "" } else { "a01" };
        assert_eq!(body["lead_id"], lead_id, "{query}");
    }
    assert_eq!(
        service.simulator.calls().all().len(),
        0,
        "nothing was called"
    );
    assert_eq!(service.count("select count(*) from ops.leads").await, 0);
    service.stop().await;
}

#[tokio::test]
async fn a_lead_that_the_crm_does_not_know_is_a_404() {
    let service = Service::start().await;
    for lead_id in [
        "a",
        "ffffffffffffffffffffffffffffffff",
        "-_-",
        &"z".repeat(64),
    ] {
        let answer = service.process(lead_id).await;
        assert_eq!((answer.status, answer.state()), (404, "lead_missing"));
        answer.assert_five_keys();
        assert_eq!(answer.body["lead_id"], lead_id);
        assert_eq!(answer.body["success"], false);
        assert_eq!(answer.body["detail"], answer.body["message"]);
        assert_eq!(answer.headers["content-type"], "application/problem+json");
    }
    assert_eq!(service.simulator.calls().paid(), 0);
    service.stop().await;
}

#[tokio::test]
async fn other_routes_and_methods_are_told_so() {
    let service = Service::start().await;
    let trigger = format!("/api/v1/leads/process?id={}", Situation::Plain.lead_id());
    for method in ["POST", "PUT", "DELETE", "PATCH", "FROBNICATE"] {
        let answer = service.send(method, &trigger).await;
        assert_eq!(answer.status, 405, "{method}: {}", answer.body);
        answer.assert_five_keys();
        assert!(answer.headers.contains_key("allow"), "{method}");
    }
    for path in [
        "/",
        "/api/v1/leads/process/",
        "/api/v2",
        "/api/v1/leads/x/y/z",
        "/%00",
        "/..%2f",
    ] {
        let answer = service.get(path).await;
        assert_eq!(answer.status, 404, "{path}: {}", answer.body);
        assert_eq!(answer.body["status"], 404, "{path}");
    }
    let head = service.head(&trigger).await;
    assert_eq!(head, 405, "a look at the headers must not start a paid run");
    assert_eq!(service.get("/health").await.body["status"], "healthy");
    assert_eq!(service.get("/ready").await.status, 200);
    let calls = service.simulator.calls();
    assert_eq!(calls.count(Upstream::C2s, Operation::Lead), 0);
    service.stop().await;
}

/// From memory, and from the database where another process ran the lead.
#[tokio::test]
async fn a_repeat_names_nobody_who_objected_since() {
    let service = Service::start().await;
    let twin = service.second_instance().await;
    let Newcomer { lead_id, person } = newcomer(&service.simulator, 1);
    let first = service.process(&lead_id).await;
    assert_eq!(first.cpfs(), [person.cpf.as_str()], "{}", first.body);
    let repeated = service.process(&lead_id).await;
    assert_eq!(repeated.cpfs(), [person.cpf.as_str()], "{}", repeated.body);
    let hash = key().of_cpf(&Cpf::parse(&person.cpf).unwrap());
    suppress(&service, "cpf", hash.as_bytes()).await;

    for process in [&service, &twin] {
        let answer = process.process(&lead_id).await;
        answer.assert_five_keys();
        assert_eq!(
            (answer.status, answer.state()),
            (200, "suppressed"),
            "{}",
            answer.body
        );
        assert_eq!(answer.body["duplicate_request"], true);
        assert_eq!(answer.body["success"], false);
        assert_eq!(answer.cpfs(), Vec::<&str>::new());
        assert_eq!(answer.body["entities_stored"], 0);
        assert_eq!(answer.body.get("message_sent"), None);
    }
    twin.stop().await;
    service.stop().await;
}
