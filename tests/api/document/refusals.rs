//! Each example of a refusal that a caller can provoke is answered as printed: a few ways to go wrong
//! are tried, until one is refused in the printed words.

use std::time::Duration;

use rust_c2s_api::simulator::{Fault, FaultRule, Upstream};
use rust_c2s_api::storage::test_database::TestDatabase;
use serde_json::{Value, json};
use uuid::Uuid;

use super::operations::{Operation, Request, operations, with};
use super::{ALL, assert_documented_problem, key_without, keys, send, service};
use crate::support::database_link::{DatabaseLink, Link};
use crate::support::{Raw, Service};

/// What is not provoked here: our defects and time. Each has its tests elsewhere.
const NOT_PROVOKED: [u16; 2] = [408, 500];
/// What no single request provokes: how often somebody asked, and who is away.
const NOT_BY_A_REQUEST: [u16; 2] = [429, 503];

/// The lead of the examples.
const LEAD: &str = "00000000000000000000000000000a02";

/// Valid, and of nobody whom the simulator knows.
const NOBODYS_CPF: &str = "11144477735";
const NOBODYS_UUID: &str = "01990f2e-7d6c-7c3a-9b1d-2f4e6a8c0e12";

/// The review of the examples.
const REVIEW: &str = "0199c2a4-5b7e-7d10-8f3a-6c1e9b2d4f50";

/// The printed problem.
struct Refusal {
    operation: Operation,
    status: u16,
    printed: Value,
}

fn refusals() -> Vec<Refusal> {
    let mut refusals = Vec::new();
    for operation in operations() {
        for (status, response) in &operation.responses {
            let status: u16 = status.parse().unwrap();
            if status < 400 || NOT_PROVOKED.contains(&status) {
                continue;
            }
            let printed = response["content"]["application/problem+json"]["example"].clone();
            refusals.push(Refusal {
                operation: operation.clone(),
                status,
                printed,
            });
        }
    }
    refusals
}

impl Refusal {
    /// The ways to provoke it: a request, and the key it is sent with.
    fn ways(&self) -> Vec<(Request, Option<String>)> {
        let example = self.operation.example();
        let all = |requests: Vec<Request>| {
            let keyed = requests.into_iter().map(|one| (one, Some(ALL.to_owned())));
            keyed.collect()
        };
        match self.status {
            401 => vec![(example, None)],
            403 => {
                let scope = self.operation.scope.clone().unwrap_or_default();
                vec![(example, Some(key_without(&scope)))]
            }
            413 => {
                let mut request = example;
                request.body = Some(vec![b' '; 1024 * 1024 + 1]);
                all(vec![request])
            }
            415 => {
                let mut request = example;
                request.body.get_or_insert_with(|| b"{}".to_vec());
                request.content_type = "text/plain";
                all(vec![request])
            }
            // The review of the examples was decided otherwise.
            409 => all(vec![example]),
            // Without a key: whoever may read the metrics is not counted.
            429 => vec![(example, None)],
            503 => {
                let mut request = example;
                request.replace("{uuid}", NOBODYS_UUID);
                // A lead of its own: what joins a run of this process is refused in other words.
                request.replace(LEAD, &self.nobodys_lead());
                all(vec![request])
            }
            _ => all(self.bad_requests()),
        }
    }

    /// The id of a lead that neither the CRM nor, before this is tried, the service knows.
    fn nobodys_lead(&self) -> String {
        format!("nobodys-{}-{}", self.operation.id, self.status)
    }

    /// The example's request with one thing wrong.
    fn bad_requests(&self) -> Vec<Request> {
        let operation = &self.operation;
        let mut requests = vec![];
        for parameter in &operation.parameters {
            let lead = self.nobodys_lead();
            let wrong = ["a%2Fb", NOBODYS_CPF, &lead, NOBODYS_UUID];
            requests.extend(wrong.map(|value| with(operation, parameter, value)));
        }
        let mut no_text = operation.example();
        no_text.query = vec![("x".to_owned(), "%FF".to_owned())];
        requests.push(no_text);
        let mut bare = operation.example();
        bare.query.clear();
        if operation.takes_body {
            let body = bare.body.replace(b"{}".to_vec());
            let body = body.unwrap_or_else(|| b"{}".to_vec());
            let with_body = |body| Request {
                body: Some(body),
                ..operation.example()
            };
            requests.push(with_body(body[..body.len() - 1].to_vec()));
            let body = serde_json::from_slice(&body).unwrap();
            let bodies = self.bad_bodies(&body).into_iter();
            requests.extend(bodies.map(|body| with_body(body.to_string().into_bytes())));
        }
        requests.push(bare);
        requests
    }

    /// The body with one member that cannot be used, or that names nobody.
    fn bad_bodies(&self, body: &Value) -> Vec<Value> {
        let field = self.printed["field"].as_str().unwrap_or_default();
        let wrong = [json!(7), json!("x"), json!([]), json!({})];
        let in_field = wrong.into_iter().map(|value| (field, value));
        let of_nobody = [
            ("lead_id", json!(self.nobodys_lead())),
            ("cpf", json!(NOBODYS_CPF)),
        ];
        let changes = in_field.chain(of_nobody);
        let changed = changes.map(|(path, value)| {
            let mut body = body.clone();
            put(&mut body, path, value);
            body
        });
        changed.collect()
    }

    /// All that is printed is said, but for the request's id; of the lead that this request names.
    fn is_answered_by(&self, answer: &Raw, request: &Request) -> bool {
        let (mut said, mut printed) = (answer.json(), self.printed.clone());
        for problem in [&mut said, &mut printed] {
            problem["request_id"] = json!("a request's");
        }
        if printed["lead_id"] == LEAD && request.names(&self.nobodys_lead()) {
            printed["lead_id"] = json!(self.nobodys_lead());
        }
        answer.status == self.status && said == printed
    }
}

/// Puts a value at a path such as `contact_info.phones[0].phone`.
fn put(body: &mut Value, path: &str, value: Value) {
    let mut at = body;
    for part in path.split('.') {
        let (name, index) = part.split_once('[').unwrap_or((part, ""));
        at = &mut at[name];
        if let Ok(index) = index.trim_end_matches(']').parse::<usize>() {
            let items = at.as_array_mut().unwrap();
            items.resize(items.len().max(index + 1), json!({}));
            at = &mut items[index];
        }
    }
    *at = value;
}

/// Somebody turned down all candidates of the review that the examples name.
async fn decide_otherwise(service: &Service) {
    sqlx::query(
        "with of_lead as (
             insert into ops.leads (lead_id, source, state, finished_at)
             values ('decided', 'make', 'failed', now()) returning lead_id)
         insert into ops.reviews (review_id, lead_id, candidates, decision, decided_by, decided_at)
         select $1, lead_id, '[]', 'reject', 'ops', now() from of_lead",
    )
    .bind(Uuid::try_parse(REVIEW).unwrap())
    .execute(service.pool())
    .await
    .unwrap();
}

async fn provoke(service: &Service, refusal: &Refusal) -> Result<(), String> {
    let mut heard = Vec::new();
    for (request, key) in refusal.ways() {
        let answer = send(service, &request, key.as_deref()).await;
        if refusal.is_answered_by(&answer, &request) {
            assert_documented_problem(&refusal.operation, &answer, &refusal.operation.name());
            return Ok(());
        }
        heard.push(format!("{} {}", answer.status, answer.text));
    }
    heard.sort();
    heard.dedup();
    Err(format!(
        "{} {}: never {}; heard {}",
        refusal.operation.name(),
        refusal.status,
        refusal.printed,
        heard.join(" · ")
    ))
}

/// Provokes each of these, and counts them.
async fn provoke_all(service: &Service, refusals: &[Refusal]) -> usize {
    let provoked = refusals.iter().map(|refusal| provoke(service, refusal));
    let provoked = futures::future::join_all(provoked).await.into_iter();
    let never: Vec<String> = provoked.filter_map(Result::err).collect();
    assert!(never.is_empty(), "{}", never.join("\n"));
    refusals.len()
}

#[tokio::test]
async fn each_refusal_is_answered_as_printed() {
    let service = service().await;
    decide_otherwise(&service).await;
    let mut refusals = refusals();
    refusals.retain(|refusal| !NOT_BY_A_REQUEST.contains(&refusal.status));
    // One after the other: what one runs must not change what another is told.
    let mut provoked = 0;
    for refusal in refusals {
        provoked += provoke_all(&service, &[refusal]).await;
    }
    println!("{provoked} examples of refusals were provoked");
    assert!(provoked >= 60, "only {provoked}");
    service.stop().await;
}

#[tokio::test]
async fn whoever_asks_too_often_is_answered_as_printed() {
    let mut refusals = refusals();
    refusals.retain(|refusal| refusal.status == 429);
    let limits = [("RATE_LIMIT_PER_SEC", "1"), ("RATE_LIMIT_BURST", "1")];
    let keys = keys();
    let service = Service::start_with(&[&limits[..], &[("API_KEYS", &keys)]].concat()).await;
    for refusal in &refusals {
        let mut answered = provoke(&service, refusal).await;
        // A second may have passed since the request before.
        for _ in 0..5 {
            if answered.is_err() {
                answered = provoke(&service, refusal).await;
            }
        }
        assert_eq!(answered, Ok(()));
    }
    assert!(refusals.len() >= 12, "only {}", refusals.len());
    service.stop().await;
}

#[tokio::test]
async fn what_waits_for_others_is_answered_as_printed() {
    let mut refusals = refusals();
    refusals.retain(|refusal| refusal.status == 503);
    let at_once = |refusal: &Refusal| {
        refusal.printed["detail"]
            .as_str()
            .unwrap()
            .contains("looked up:")
    };
    let (looked_up, unreachable): (Vec<_>, Vec<_>) = refusals.into_iter().partition(at_once);
    let database = TestDatabase::create().await.unwrap();
    let link = DatabaseLink::to(&database).await;
    let (url, keys) = (link.url(), keys());
    let set = [
        ("API_KEYS", keys.as_str()),
        ("DB_URL", &url),
        ("PROCESS_WAIT_SECS", "0"),
    ];
    let service = Service::start_on(database, &set).await;
    let slow = FaultRule::always(Upstream::WorkApi, Fault::Slow(Duration::from_secs(2)));
    service.simulator.fault(slow);
    let mut provoked = provoke_all(&service, &looked_up).await;
    link.set(Link::Cut);
    provoked += provoke_all(&service, &unreachable).await;
    assert!(provoked >= 12, "only {provoked}");
    link.set(Link::Up);
    service.stop().await;
}
