//! The simulator's own surface, for when it runs as a process of its own.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Json, Router};
use http::{Method, StatusCode, Uri};
use serde_json::{Value, json};

use super::calls::{Operation, Upstream};
use super::exchange::Answer;
use super::faults::FaultRule;
use super::serving::Connection;
use super::{Inner, locked};

pub(super) fn routes() -> Router<Arc<Inner>> {
    Router::new()
        .route("/_sim/state", get(state))
        .route("/_sim/messages/{lead_id}", get(messages))
        .route("/_sim/asked/{lead_id}", get(asked))
        .route("/_sim/calls", get(calls))
        .route("/_sim/now", get(now))
        .route("/_sim/leads", get(leads).post(put_lead))
        .route("/_sim/people", get(people))
        .route("/_sim/faults", post(add_fault).delete(clear_faults))
}

async fn state(State(simulator): State<Arc<Inner>>) -> Json<Value> {
    let calls = simulator.calls.snapshot();
    let counts: Vec<Value> = calls
        .counts()
        .into_iter()
        .map(|((upstream, operation), count)| json!({"upstream": upstream, "operation": operation, "count": count}))
        .collect();
    let at_once: Value = [Upstream::C2s, Upstream::Diretrix, Upstream::WorkApi]
        .into_iter()
        .map(|upstream| json!({"upstream": upstream, "most_in_flight": calls.most_in_flight(upstream)}))
        .collect();
    let messages = locked(&simulator.memory).message_counts();
    Json(
        json!({"calls": counts, "paid_calls": calls.paid(), "at_once": at_once, "messages": messages}),
    )
}

async fn messages(State(simulator): State<Arc<Inner>>, Path(lead_id): Path<String>) -> Json<Value> {
    Json(json!(locked(&simulator.memory).messages(&lead_id)))
}

/// How often the CRM was asked for a lead, known or not: whoever chose the id knows who asked.
async fn asked(State(simulator): State<Arc<Inner>>, Path(lead_id): Path<String>) -> Json<Value> {
    let calls = simulator.calls.snapshot();
    let asked = calls.keys(Upstream::C2s, Operation::Lead).into_iter();
    let asked = asked.filter(|key| *key == lead_id).count();
    Json(json!({"lead_id": lead_id, "asked": asked}))
}

/// Every call, with its times in milliseconds since the simulator started, see `now`.
async fn calls(State(simulator): State<Arc<Inner>>) -> Json<Value> {
    let calls = simulator.calls.snapshot();
    let calls = calls.all().iter().map(|call| {
        json!({
            "upstream": call.upstream, "operation": call.operation, "key": call.key,
            "authorized": call.authorized, "started_ms": milliseconds(call.at),
            "answered_ms": call.answered_at.map(milliseconds),
        })
    });
    Json(calls.collect())
}

/// The clock of `calls`, so that a caller can relate its own doings to them.
async fn now(State(simulator): State<Arc<Inner>>) -> Json<Value> {
    Json(json!({"now_ms": milliseconds(simulator.calls.now())}))
}

fn milliseconds(since_start: Duration) -> f64 {
    since_start.as_secs_f64() * 1_000.0
}

async fn leads(State(simulator): State<Arc<Inner>>) -> Json<Value> {
    let leads = simulator.world.leads.iter();
    Json(leads.map(|lead| json!({"id": lead.id, "situation": lead.situation, "about": lead.situation.about()})).collect())
}

/// How each person can be looked up.
async fn people(State(simulator): State<Arc<Inner>>) -> Json<Value> {
    let people = simulator.world.people().iter();
    Json(people.map(|person| json!({"cpf": person.cpf, "name": person.name, "phones": person.phones, "emails": person.emails})).collect())
}

async fn put_lead(State(simulator): State<Arc<Inner>>, Json(lead): Json<Value>) -> Response {
    match locked(&simulator.memory).put_lead(lead) {
        Ok(id) => (StatusCode::CREATED, Json(json!({"id": id}))).into_response(),
        Err(error) => (StatusCode::UNPROCESSABLE_ENTITY, error.to_string()).into_response(),
    }
}

async fn add_fault(State(simulator): State<Arc<Inner>>, Json(rule): Json<FaultRule>) -> StatusCode {
    locked(&simulator.faults).add(rule);
    StatusCode::CREATED
}

async fn clear_faults(State(simulator): State<Arc<Inner>>) -> StatusCode {
    locked(&simulator.faults).clear();
    StatusCode::NO_CONTENT
}

/// A path or method that no upstream has: remembered, so that a test can assert there was none.
pub(super) async fn unexpected(
    State(simulator): State<Arc<Inner>>,
    Extension(connection): Extension<Connection>,
    method: Method,
    uri: Uri,
) -> Response {
    let upstream = match uri.path() {
        path if path.starts_with("/diretrix/") => Upstream::Diretrix,
        path if path.starts_with("/work/") => Upstream::WorkApi,
        _ => Upstream::C2s,
    };
    let key = format!("{method} {}", uri.path());
    let exchange = simulator.receive(upstream, Operation::Unexpected, &key, true, &connection);
    let unknown = || Answer::text(404, "no such path in the simulator");
    exchange.answer(unknown(), |_| unknown()).await
}
