//! Work API: CPF → profile, phone → people; its errors come as HTTP 200 with the status in the body.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use axum::{Extension, Router};
use serde_json::{Value, json};

use super::calls::{Operation, Upstream};
use super::documents::invent_cnpj;
use super::exchange::Answer;
use super::random::{Random, text_number};
use super::serving::Connection;
use super::state::Memory;
use super::{Inner, profiles};

pub(super) fn routes() -> Router<Arc<Inner>> {
    Router::new().route("/work/api", get(query))
}

/// The vendor's own words for an error in the body (UPSTREAMS.md §3).
pub(super) fn in_band(status: u16) -> Value {
    match status {
        403 => {
            json!({"status": 403, "statusMsg": "Forbidden", "reason": "Token vencido ou inválido"})
        }
        404 => json!({"status": 404, "statusMsg": "Not found", "reason": "Document not found."}),
        429 => json!({"code": 429, "message": "not enough credits", "required": 1, "remaining": 0}),
        other => json!({"status": other, "erro": "Erro simulado"}),
    }
}

pub(super) fn module_refused(module: &str) -> Value {
    let reason = format!("Módulo {module} inexistente para a rota.");
    json!({"status": 403, "statusMsg": "Forbidden", "reason": reason})
}

async fn query(
    State(simulator): State<Arc<Inner>>,
    Extension(connection): Extension<Connection>,
    Query(parameters): Query<HashMap<String, String>>,
) -> Response {
    let parameter = |name: &str| parameters.get(name).cloned().unwrap_or_default();
    let (module, asked) = (parameter("modulo"), parameter("consulta"));
    let authorized = parameter("token") == simulator.options.work_api_token;
    let (operation, key) = match module.as_str() {
        "cpf" => (Operation::Cpf, &asked),
        "phone" => (Operation::Phone, &asked),
        _ => (Operation::OtherModule, &module),
    };
    let exchange = simulator.receive(Upstream::WorkApi, operation, key, authorized, &connection);
    let find = |memory: &mut Memory| match operation {
        Operation::Cpf => Answer::json(200, &profile(memory, &asked)),
        Operation::Phone => Answer::json(200, &people_behind(memory, &asked)),
        _ => Answer::json(200, &module_refused(&module)),
    };
    exchange
        .answer(Answer::json(200, &in_band(403)), find)
        .await
}

fn profile(memory: &Memory, cpf: &str) -> Value {
    if let Some(scripted) = memory.scripted_profile(cpf) {
        return scripted.clone();
    }
    match memory.person(cpf).filter(|person| person.known_to_work_api) {
        Some(person) => profiles::answer(person),
        None => in_band(404),
    }
}

/// CPFs padded to 14 digits; a company among them for every second known phone.
fn people_behind(memory: &Memory, phone: &str) -> Value {
    if let Some(scripted) = memory.scripted_work_phone(phone) {
        return scripted.clone();
    }
    let mut entries: Vec<Value> = memory
        .work_phone(phone)
        .iter()
        .map(|known| json!({"cpf_cnpj": format!("{:0>14}", known.cpf), "nome": known.nome}))
        .collect();
    let number = text_number(phone);
    if !entries.is_empty() && number.is_multiple_of(2) {
        let cnpj = invent_cnpj(&mut Random::new(number));
        entries.insert(
            0,
            json!({"cpf_cnpj": cnpj, "nome": "EMPRESA INVENTADA LTDA"}),
        );
    }
    json!({"msg": entries})
}
