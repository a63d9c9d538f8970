//! Each example of a refusal that a caller can provoke is answered as printed: a few ways to go wrong
//! are tried, until one is refused in the printed words.

use serde_json::{Value, json};

use super::operations::{Operation, Request, operations, with};
use super::{ALL, key_without, send, service};
use crate::support::{Raw, Service};

/// What no caller can provoke by a request: our defects, our database, our upstreams, time, and how often
/// he asked. Each has its tests elsewhere.
const NOT_BY_A_REQUEST: [u16; 4] = [408, 429, 500, 503];

/// Valid, and of nobody whom the simulator knows.
const NOBODYS_CPF: &str = "11144477735";
const NOBODYS_UUID: &str = "01990f2e-7d6c-7c3a-9b1d-2f4e6a8c0e12";

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
            if status < 400 || NOT_BY_A_REQUEST.contains(&status) {
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
            _ => all(self.bad_requests()),
        }
    }

    /// The id of a lead that neither the CRM nor, before this operation is tried, the service knows.
    fn nobodys_lead(&self) -> String {
        format!("nobodys-{}", self.operation.id)
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

    fn is_answered_by(&self, answer: &Raw) -> bool {
        let said = answer.json();
        let names = ["type", "title", "status", "detail", "error", "field"];
        answer.status == self.status && names.iter().all(|name| said[name] == self.printed[name])
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

async fn provoke(service: &Service, refusal: &Refusal) -> Result<(), String> {
    let mut heard = Vec::new();
    for (request, key) in refusal.ways() {
        let answer = send(service, &request, key.as_deref()).await;
        if refusal.is_answered_by(&answer) {
            answer.assert_problem(&refusal.operation.name());
            return Ok(());
        }
        heard.push(format!("{} {}", answer.status, answer.json()["detail"]));
    }
    heard.sort();
    heard.dedup();
    Err(format!(
        "{} {}: never {}; heard {}",
        refusal.operation.name(),
        refusal.status,
        refusal.printed["detail"],
        heard.join(" · ")
    ))
}

#[tokio::test]
async fn each_refusal_is_answered_as_printed() {
    let service = service().await;
    let (mut provoked, mut never) = (0, Vec::new());
    for refusal in refusals() {
        match provoke(&service, &refusal).await {
            Ok(()) => provoked += 1,
            Err(said) => never.push(said),
        }
    }
    println!("{provoked} examples of refusals were provoked");
    assert!(never.is_empty(), "{}", never.join("\n"));
    assert!(provoked >= 60, "only {provoked}");
    service.stop().await;
}
