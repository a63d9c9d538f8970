//! Each example of a success, asked for as the document prints the request, answers as printed.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::operations::{Operation, Request, encoded, operations};
use super::{ALL, assert_documented_headers, keys, send};
use crate::support::Service;
use rust_c2s_api::simulator::{Simulator, SimulatorOptions};
use rust_c2s_api::storage::test_database::TestDatabase;

/// The lead of the examples.
const LEAD: &str = "00000000000000000000000000000a02";
/// The lead of the examples of reviews, and the review that they print.
const DOUBTFUL_LEAD: &str = "00000000000000000000000000000a04";
const REVIEW: &str = "0199c2a4-5b7e-7d10-8f3a-6c1e9b2d4f50";
/// Tell of a review, or decide it.
const OF_A_DOUBT: [&str; 2] = ["list_reviews", "decide_review"];
/// What changes with each build or moment: the document prints a piece of it.
const EXCERPTS: [&str; 2] = ["openapi_document", "metrics"];
/// Tell of a lead that ran, or run it again.
const AFTER_A_RUN: [&str; 4] = ["replay_lead", "show_lead", "list_leads", "read_customer"];

/// One example: of which operation, its status, its name if it has one, and what it shows.
struct Example {
    operation: Operation,
    status: u16,
    name: String,
    shown: Value,
}

fn examples() -> Vec<Example> {
    let mut examples = Vec::new();
    for operation in operations() {
        for (status, response) in &operation.responses {
            let status: u16 = status.parse().unwrap();
            let content = response["content"].as_object().into_iter().flatten();
            for (_, content) in content.filter(|_| status < 400) {
                let named = content["examples"].as_object().into_iter().flatten();
                let named = named.map(|(name, example)| (name.clone(), example["value"].clone()));
                let unnamed = content.get("example").cloned();
                for (name, shown) in named.chain(unnamed.map(|one| (String::new(), one))) {
                    examples.push(Example {
                        operation: operation.clone(),
                        status,
                        name,
                        shown,
                    });
                }
            }
        }
    }
    examples
}

/// As the demo: its people, and nothing costs anything.
async fn demo_like() -> Service {
    let address = "127.0.0.1:0".parse().unwrap();
    let simulator = Simulator::start(address, SimulatorOptions::default());
    let simulator = simulator.await.unwrap();
    let keys = keys();
    let free = [
        ("API_KEYS", keys.as_str()),
        ("PRICE_DIRETRIX_CENTAVOS", "0"),
        ("PRICE_WORK_API_CENTAVOS", "0"),
    ];
    let database = TestDatabase::create().await.unwrap();
    Service::start_beside(simulator, database, &free).await
}

impl Example {
    /// The request of the document; what it cannot say, such as an id of this database, is filled in.
    async fn request(&self, service: &Service) -> Request {
        let mut request = self.operation.example();
        let mut wait = self.operation.parameters.iter();
        if let Some(wait) = wait.find(|one| one.name == "wait")
            && self.status == 202
        {
            request.set(wait, "0");
        }
        if self.name == "candidates" {
            let name = self.shown["candidates"][0]["name"].as_str().unwrap();
            if request.body.is_some() {
                request.body = Some(json!({"name": name}).to_string().into_bytes());
            } else {
                request.query = vec![("name".to_owned(), encoded(name))];
            }
        }
        for parameter in &self.operation.parameters {
            if parameter.name == "uuid" {
                let party = sqlx::query_scalar::<_, Uuid>("select id from core.parties");
                let party = party.fetch_one(service.pool()).await.unwrap();
                request.set(parameter, &party.to_string());
            }
        }
        if self.operation.id == "decide_review" {
            let review = sqlx::query_scalar::<_, Uuid>("select review_id from ops.reviews");
            let review = review.fetch_one(service.pool()).await.unwrap();
            request.replace(&encoded(REVIEW), &review.to_string());
        }
        request
    }

    /// The lead that has to run before, and its end.
    fn needs_a_run(&self) -> Option<(&'static str, &'static str)> {
        let id = self.operation.id.as_str();
        if OF_A_DOUBT.contains(&id) {
            return Some((DOUBTFUL_LEAD, "review"));
        }
        let needs = AFTER_A_RUN.contains(&id) || self.name == "candidates";
        needs.then_some((LEAD, "completed"))
    }
}

/// Without what is new each time: instants, uuids, durations, the day in a message.
fn lasting(value: &Value) -> Value {
    match value {
        Value::String(text) if Uuid::try_parse(text).is_ok() => json!("a uuid"),
        Value::String(text) if chrono::DateTime::parse_from_rfc3339(text).is_ok() => {
            json!("an instant")
        }
        // The last line of a message: the day it was fetched, and a reference.
        Value::String(text) => json!(text.split("\nFonte: ").next()),
        Value::Array(items) => items.iter().map(lasting).collect(),
        Value::Object(members) => {
            let lasting = members.iter().map(|(name, value)| {
                let is_duration = name.ends_with("_ms") && value.is_u64();
                let value = match value {
                    _ if is_duration => json!(0),
                    Value::String(_) if name == "decided_by" => json!("the name of a key"),
                    other => lasting(other),
                };
                (name.clone(), value)
            });
            Value::Object(lasting.collect::<Map<_, _>>())
        }
        other => other.clone(),
    }
}

#[tokio::test]
async fn each_success_is_answered_as_printed() {
    let mut ran = 0;
    let mut differ = Vec::new();
    for example in examples() {
        let service = demo_like().await;
        if let Some((lead, end)) = example.needs_a_run() {
            let uri = format!("/api/v1/leads/process?id={lead}");
            let run = service.get_with(&uri, &[("x-api-key", ALL)]).await;
            assert_eq!(run.state(), end, "{:?}", run.body);
        }
        let request = example.request(&service).await;
        let answer = send(&service, &request, Some(ALL)).await;
        let at = format!(
            "{} {} {}",
            example.operation.name(),
            example.status,
            example.name
        );
        if answer.status == example.status {
            assert_documented_headers(&example.operation, &answer, &at);
        }
        let same = if EXCERPTS.contains(&example.operation.id.as_str()) {
            let mut members = example.shown.as_object().into_iter().flatten();
            let said = answer.json();
            members.all(|(name, value)| said[name] == *value)
                && example
                    .shown
                    .as_str()
                    .is_none_or(|text| answer.text.contains(text))
        } else {
            lasting(&answer.json()) == lasting(&example.shown)
        };
        if !same || answer.status != example.status {
            differ.push(format!(
                "{at}\nprinted  {}\nanswered {} {}",
                example.shown, answer.status, answer.text
            ));
        }
        ran += 1;
        service.stop().await;
    }
    println!("{ran} examples of success were asked for");
    assert!(differ.is_empty(), "{}", differ.join("\n\n"));
    assert!(ran >= 20, "only {ran} examples");
}
