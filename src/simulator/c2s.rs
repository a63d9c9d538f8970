//! Contact2Sale, the CRM: leads, messages, new leads.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, RawQuery, State};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Extension, Router};
use http::HeaderMap;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Inner;
use super::calls::{Operation, Upstream};
use super::exchange::Answer;
use super::serving::Connection;
use super::state::{Memory, StoredLead};

/// The most leads that one page holds.
const LARGEST_PAGE: usize = 50;

pub(super) fn routes() -> Router<Arc<Inner>> {
    Router::new()
        .route("/c2s/integration/leads", get(list_leads).post(create_lead))
        .route("/c2s/integration/leads/{id}", get(show_lead))
        .route(
            "/c2s/integration/leads/{id}/create_message",
            post(create_message),
        )
}

impl Inner {
    /// `Authorization: Bearer`; C2S also takes `Authentication: Bearer`.
    fn c2s_authorized(&self, headers: &HeaderMap) -> bool {
        let expected = format!("Bearer {}", self.options.c2s_token);
        ["authorization", "authentication"].iter().any(|name| {
            headers
                .get(*name)
                .is_some_and(|value| value.as_bytes() == expected.as_bytes())
        })
    }
}

fn not_authorized() -> Answer {
    Answer::json(403, &json!({"error": "not_authorized"}))
}

fn lead_not_found() -> Answer {
    Answer::text(404, "Lead not found")
}

async fn show_lead(
    State(simulator): State<Arc<Inner>>,
    Extension(connection): Extension<Connection>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let authorized = simulator.c2s_authorized(&headers);
    let exchange = simulator.receive(Upstream::C2s, Operation::Lead, &id, authorized, &connection);
    let find = |memory: &mut Memory| match memory.leads.get(&id) {
        Some(lead) => Answer::json(200, &json!({"data": lead.json})),
        None => lead_not_found(),
    };
    exchange.answer(not_authorized(), find).await
}

#[derive(Debug, Deserialize)]
struct ListQuery {
    page: Option<usize>,
    perpage: Option<usize>,
    sort: Option<String>,
}

async fn list_leads(
    State(simulator): State<Arc<Inner>>,
    Extension(connection): Extension<Connection>,
    Query(query): Query<ListQuery>,
    RawQuery(raw): RawQuery,
    headers: HeaderMap,
) -> Response {
    let authorized = simulator.c2s_authorized(&headers);
    let key = raw.unwrap_or_default();
    let exchange = simulator.receive(
        Upstream::C2s,
        Operation::Leads,
        &key,
        authorized,
        &connection,
    );
    exchange
        .answer(not_authorized(), |memory| page_of_leads(memory, &query))
        .await
}

/// The time filters are not applied: they are reported unreliable (UPSTREAMS.md §1).
fn page_of_leads(memory: &Memory, query: &ListQuery) -> Answer {
    let page = query.page.unwrap_or(1).max(1);
    let per_page = query.perpage.unwrap_or(LARGEST_PAGE).clamp(1, LARGEST_PAGE);
    let mut leads: Vec<&StoredLead> = memory.leads.values().collect();
    match query.sort.as_deref() {
        Some("created_at") => leads.sort_by_key(|lead| lead.created),
        Some("updated_at") => leads.sort_by_key(|lead| lead.updated),
        Some("-updated_at") => leads.sort_by_key(|lead| -lead.updated),
        _ => leads.sort_by_key(|lead| -lead.created),
    }
    let total = leads.len();
    let shown = leads
        .into_iter()
        .skip((page - 1).saturating_mul(per_page))
        .take(per_page);
    let data: Value = shown.map(|lead| lead.json.clone()).collect();
    let meta = json!({"total": total, "page": page, "perpage": per_page});
    Answer::json(200, &json!({"data": data, "meta": meta}))
}

async fn create_message(
    State(simulator): State<Arc<Inner>>,
    Extension(connection): Extension<Connection>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let authorized = simulator.c2s_authorized(&headers);
    let exchange = simulator.receive(
        Upstream::C2s,
        Operation::CreateMessage,
        &id,
        authorized,
        &connection,
    );
    exchange
        .answer(not_authorized(), |memory| store_message(memory, &id, &body))
        .await
}

fn store_message(memory: &mut Memory, lead_id: &str, body: &[u8]) -> Answer {
    let Ok(message) = serde_json::from_slice::<Value>(body) else {
        return Answer::json(400, &json!({"message": "invalid json"}));
    };
    let Some(text) = message["body"]
        .as_str()
        .filter(|text| !text.trim().is_empty())
    else {
        return Answer::json(422, &json!({"msg": "body can't be blank"}));
    };
    if memory.store_message(lead_id, text, message.get("leadId").is_some()) {
        Answer::json(201, &json!({"success": true, "message": "Message created"}))
    } else {
        lead_not_found()
    }
}

async fn create_lead(
    State(simulator): State<Arc<Inner>>,
    Extension(connection): Extension<Connection>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let authorized = simulator.c2s_authorized(&headers);
    let exchange = simulator.receive(
        Upstream::C2s,
        Operation::CreateLead,
        "",
        authorized,
        &connection,
    );
    exchange
        .answer(not_authorized(), |memory| store_lead(memory, &body))
        .await
}

fn store_lead(memory: &mut Memory, body: &[u8]) -> Answer {
    let request = serde_json::from_slice::<Value>(body).unwrap_or_default();
    let given = &request["data"]["attributes"];
    if !given.is_object() {
        return Answer::json(400, &json!({"message": "param_data_not_found"}));
    }
    if given["phone"].is_null() && given["email"].is_null() {
        return Answer::json(423, &json!({"message": "phone or email required"}));
    }
    let attributes = json!({
        "description": given["description"],
        "customer": {"name": given["name"], "phone": given["phone"], "email": given["email"]},
        "product": {"description": given["product"]},
        "lead_source": {"id": 2, "name": given["source"]},
        "tags": [], "log": [], "messages": [],
        "created_at": "2025-01-16T00:00:00.000Z",
        "updated_at": "2025-01-16T00:00:00.000Z",
    });
    let (number, id) = memory.create_lead(&attributes);
    match number % 3 {
        1 => Answer::json(201, &json!({"data": {"id": id, "type": "lead"}})),
        2 => Answer::json(201, &json!({"id": id})),
        _ => Answer::json(201, &json!({"lead_id": 9_000_000 + number})),
    }
}
