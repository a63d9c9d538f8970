//! What was given of a lead, as the database takes and gives it.

use serde::Deserialize;
use serde_json::{Value, json};
use sqlx::PgExecutor;

use super::StorageError;
use super::retry::in_time;
use crate::models::{Cpf, Email, GivenLead, LeadId, PersonName, Phone};

#[derive(Deserialize)]
struct GivenRow {
    name: Option<PersonName>,
    cpf: Option<String>,
    email: Option<String>,
    phones: Vec<String>,
}

/// What was given of a lead; `None` when nothing was.
///
/// # Errors
/// [`StorageError`].
pub async fn read_given_lead(
    exec: impl PgExecutor<'_>,
    lead_id: &LeadId,
) -> Result<Option<GivenLead>, StorageError> {
    let given = sqlx::query_scalar!("select ops.given_details($1)", lead_id.as_str());
    let given = in_time(async { Ok(given.fetch_one(exec).await?) }).await?;
    read_given(given)
}

pub(super) fn given_json(given: &GivenLead) -> Value {
    json!({
        "name": given.name.as_ref().map(PersonName::as_str),
        "cpf": given.cpf.as_ref().map(Cpf::digits),
        "email": given.email.as_ref().map(Email::as_str),
        "phones": given.phones.iter().map(Phone::national).collect::<Vec<_>>(),
    })
}

pub(super) fn read_given(value: Option<Value>) -> Result<Option<GivenLead>, StorageError> {
    let Some(value) = value else { return Ok(None) };
    let row: GivenRow = serde_json::from_value(value)
        .map_err(|_| StorageError::Corrupt("details given of a lead"))?;
    // They could be read when they were stored. Should a newer numbering plan not know a phone any more, the
    // lead runs without it, and does not keep others from being claimed.
    Ok(Some(GivenLead {
        name: row.name,
        cpf: row.cpf.and_then(|digits| Cpf::parse(&digits).ok()),
        email: row.email.and_then(|email| Email::parse(&email).ok()),
        phones: row
            .phones
            .iter()
            .filter_map(|phone| Phone::parse(phone).ok())
            .collect(),
    }))
}
