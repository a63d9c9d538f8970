//! `/api/v1/leads` beside the trigger and the replay, which have files of their own.

mod batch;
mod dry_run;
mod force;
mod give;
mod give_refused;
mod list;
mod named;
mod process;
mod replay;
mod show;

use serde_json::{Value, json};

use crate::support::{Answer, Service};

/// Posts JSON.
pub(crate) async fn post(service: &Service, path: &str, body: &Value) -> Answer {
    post_text(service, path, &body.to_string()).await
}

/// Posts what says that it is JSON.
pub(crate) async fn post_text(service: &Service, path: &str, body: &str) -> Answer {
    let json = [("content-type", "application/json")];
    service.post_with(path, &json, body).await
}

/// `POST /leads` with nothing but what is given.
pub(crate) async fn give(service: &Service, lead_id: &str, person: Value, phone: Value) -> Answer {
    let body = json!({
        "lead_id": lead_id,
        "personal_info": person,
        "contact_info": {"phones": [{"phone": phone}]},
    });
    post(service, "/api/v1/leads", &body).await
}

/// The looks that are recorded, as `actor action lead`.
pub(crate) async fn looks(service: &Service) -> Vec<String> {
    sqlx::query_scalar(
        "select concat_ws(' ', actor, action, lead_id) from ops.access_log order by access_id",
    )
    .fetch_all(service.pool())
    .await
    .unwrap()
}

/// Somebody objected: whose contact or CPF hashes to this under the key of the tests.
pub(crate) async fn suppress(service: &Service, kind: &str, hash: &[u8]) {
    sqlx::query(
        "insert into ops.suppressions (key_hash, kind, reason) values ($1, $2, 'objection')",
    )
    .bind(hash)
    .bind(kind)
    .execute(service.pool())
    .await
    .unwrap();
}

pub(crate) fn key() -> rust_c2s_api::models::PrivacyKey {
    rust_c2s_api::models::PrivacyKey::new(b"a key for invented people").unwrap()
}
