//! Diretrix: who stands behind a phone or an e-mail, and one person by CPF.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use axum::{Extension, Router};
use http::HeaderMap;
use http::header::AUTHORIZATION;
use serde_json::{Value, json};

use super::Inner;
use super::calls::{Operation, Upstream};
use super::exchange::Answer;
use super::people::{Person, Sex};
use super::random::text_number;
use super::serving::Connection;
use super::state::Memory;

pub(super) fn routes() -> Router<Arc<Inner>> {
    Router::new()
        .route(
            "/diretrix/Consultas/Pessoa/Telefone/{digits}",
            get(by_phone),
        )
        .route("/diretrix/Consultas/Pessoa/Email/{email}", get(by_email))
        .route("/diretrix/Consultas/Pessoa/{cpf}", get(by_cpf))
}

impl Inner {
    fn diretrix_authorized(&self, headers: &HeaderMap) -> bool {
        let pair = format!(
            "{}:{}",
            self.options.diretrix_user, self.options.diretrix_pass
        );
        let expected = format!("Basic {}", base64(pair.as_bytes()));
        headers
            .get(AUTHORIZATION)
            .is_some_and(|value| value.as_bytes() == expected.as_bytes())
    }
}

/// Standard base64 with padding; a crate for one header is not worth it.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let group = (0..3).fold(0_usize, |group, at| {
            group << 8 | usize::from(chunk.get(at).copied().unwrap_or(0))
        });
        for position in 0..4 {
            let symbol = char::from(ALPHABET[group >> (18 - 6 * position) & 63]);
            text.push(if position <= chunk.len() { symbol } else { '=' });
        }
    }
    text
}

fn unauthorized() -> Answer {
    Answer::text(401, "Unauthorized")
}

/// Nobody known: an empty list, a 400 or a 404; which one depends on the contact alone.
fn nobody(contact: &str) -> Answer {
    match text_number(contact) % 3 {
        0 => Answer::json(200, &json!([])),
        1 => Answer::json(400, &json!({"message": "Nenhum registro"})),
        _ => Answer::text(404, "Not Found"),
    }
}

fn people_behind(memory: &Memory, contact: &str) -> Answer {
    let known = memory.contact(contact);
    if known.is_empty() {
        return nobody(contact);
    }
    Answer::json(200, &json!(known))
}

async fn by_phone(
    State(simulator): State<Arc<Inner>>,
    Extension(connection): Extension<Connection>,
    Path(digits): Path<String>,
    headers: HeaderMap,
) -> Response {
    let authorized = simulator.diretrix_authorized(&headers);
    let exchange = simulator.receive(
        Upstream::Diretrix,
        Operation::Phone,
        &digits,
        authorized,
        &connection,
    );
    exchange
        .answer(unauthorized(), |memory| people_behind(memory, &digits))
        .await
}

async fn by_email(
    State(simulator): State<Arc<Inner>>,
    Extension(connection): Extension<Connection>,
    Path(email): Path<String>,
    headers: HeaderMap,
) -> Response {
    let authorized = simulator.diretrix_authorized(&headers);
    let exchange = simulator.receive(
        Upstream::Diretrix,
        Operation::Email,
        &email,
        authorized,
        &connection,
    );
    exchange
        .answer(unauthorized(), |memory| people_behind(memory, &email))
        .await
}

async fn by_cpf(
    State(simulator): State<Arc<Inner>>,
    Extension(connection): Extension<Connection>,
    Path(cpf): Path<String>,
    headers: HeaderMap,
) -> Response {
    let authorized = simulator.diretrix_authorized(&headers);
    let exchange = simulator.receive(
        Upstream::Diretrix,
        Operation::Cpf,
        &cpf,
        authorized,
        &connection,
    );
    let find = |memory: &mut Memory| match memory
        .person(&cpf)
        .filter(|person| person.known_to_diretrix)
    {
        Some(person) => Answer::json(200, &whole_person(person)),
        None => nobody(&cpf),
    };
    exchange.answer(unauthorized(), find).await
}

fn whole_person(person: &Person) -> Value {
    let phones: Value = person
        .phones
        .iter()
        .zip(1..)
        .map(|(phone, ranking)| {
            let (area_code, number) = phone.split_at(2);
            json!({"numero": number, "ddd": area_code, "operadora": null, "tipo": "CELULAR", "ranking": ranking})
        })
        .collect();
    let emails: Value = person
        .emails
        .iter()
        .zip(1..)
        .map(|(email, ranking)| json!({"endereco": email, "ranking": ranking}))
        .collect();
    let addresses: Value = person
        .addresses
        .iter()
        .zip(1..)
        .map(|(address, ranking)| {
            json!({
                "logadouro": address.street, "numero": address.number, "bairro": address.district,
                "cidade": address.city, "uf": address.state, "cep": address.zip_code,
                "complemento": null, "ranking": ranking, "logadouroTipo": "RUA",
            })
        })
        .collect();
    let sex = person
        .sex
        .map(|sex| if sex == Sex::Female { "F" } else { "M" });
    json!({
        "nome": person.provider_name(), "cpf": person.cpf, "rg": "000000001", "rgOrgaoEmissor": "SSP",
        "dataNascimento": person.birth.format("%d/%m/%Y").to_string(), "idade": "45", "signo": "Capricórnio",
        "sexo": sex, "mae": person.mother, "telefones": phones, "emails": emails, "enderecos": addresses,
    })
}
