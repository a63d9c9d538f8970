//! `POST /api/v1/leads`: a lead, with what its caller knows of it.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{RawQuery, State};
use serde::Deserialize;
use utoipa::ToSchema;

use super::access::Caller;
use super::extract::{NO_LEAD_ID, refuse_run_members, wait_in};
use super::json::{JsonBody, JsonText, Members};
use super::lead_refusal::refused;
use super::openapi;
use super::process_answer::{LeadAnswer, Masking, Rendered, render};
use super::state::AppState;
use crate::errors::AppError;
use crate::models::{Cpf, Email, GivenLead, LeadId, LeadSource, NameError, PersonName, Phone};
use crate::services::lead_processing::{LeadRequest, RunWhen};
use crate::telemetry::RequestSummary;

/// The most phones that a caller may give.
const MOST_PHONES: usize = 20;

/// A lead, with what its caller knows of it. What is null, blank or left out is taken from Contact2Sale.
#[derive(Deserialize, ToSchema)]
#[schema(as = GivenLead)]
pub(super) struct GiveLeadRequest {
    /// The lead's `id` in Contact2Sale.
    #[schema(
        format = "lead-id",
        min_length = 1,
        max_length = 64,
        pattern = "^[A-Za-z0-9_-]{1,64}$"
    )]
    lead_id: String,
    /// Who it is.
    #[schema(value_type = Option<GivenPerson>)]
    personal_info: Option<Members<GivenPerson>>,
    /// How to reach them.
    #[schema(value_type = Option<GivenContacts>)]
    contact_info: Option<Members<GivenContacts>>,
    /// Not taken here.
    #[schema(ignore)]
    dry_run: Option<bool>,
    /// Not taken here.
    #[schema(ignore)]
    force: Option<bool>,
}

/// The lead that a body names, whatever else it holds.
#[derive(Deserialize)]
struct NamedLead {
    lead_id: String,
}

/// Who a lead is, as its caller says.
#[derive(Default, Deserialize, ToSchema)]
pub(super) struct GivenPerson {
    /// Takes the place of the CRM's, unless it is no person's name.
    #[schema(max_length = 200)]
    name: Option<String>,
    /// With a name it is looked up and must bear that name; without one it only forbids another.
    #[schema(format = "cpf")]
    cpf: Option<String>,
    /// Takes the place of the CRM's.
    #[schema(format = "email")]
    email: Option<String>,
}

/// How to reach a lead, as its caller says.
#[derive(Default, Deserialize, ToSchema)]
pub(super) struct GivenContacts {
    /// The first takes the place of the CRM's.
    #[schema(max_items = 20, value_type = Option<Vec<GivenPhone>>)]
    phones: Option<Vec<Members<GivenPhone>>>,
}

/// A phone.
#[derive(Deserialize, ToSchema)]
pub(super) struct GivenPhone {
    /// A Brazilian number in any spelling, with or without 55.
    #[schema(format = "br-phone")]
    phone: Option<String>,
}

/// Enriches a lead that is given in the body.
///
/// As the trigger, also when the lead ended a moment ago. What is given is stored with the lead, and used by
/// later runs too until other details are given.
#[utoipa::path(
    post,
    path = "/api/v1/leads",
    operation_id = "give_lead",
    tag = openapi::LEADS,
    params(("wait" = Option<i64>, Query, example = 25, description = "As for the trigger.")),
    request_body(content = GiveLeadRequest, example = json!({
        "lead_id": "00000000000000000000000000000a02",
        "personal_info": {"name": null, "cpf": "488.819.328-22", "email": null},
        "contact_info": {"phones": []}
    })),
    responses(
        (status = 200, description = "The lead reached an end; `state` says which.",
            body = LeadAnswer, example = json!({
                "success": true,
                "message": "Successfully processed and enriched lead. Stored 1 entities in database.",
                "lead_id": "00000000000000000000000000000a02",
                "cpfs_processed": ["48881932822"],
                "entities_stored": 1,
                "state": "completed",
                "message_sent": true
            })),
        (status = 202, description = "Accepted, and not done: the lead reaches its end without \
            another call.", body = LeadAnswer, example = json!({
                "success": true,
                "message": "Still processing: ask again",
                "lead_id": "00000000000000000000000000000a02",
                "cpfs_processed": [],
                "entities_stored": 0,
                "state": "processing",
                "status_url": "/api/v1/leads/00000000000000000000000000000a02"
            })),
        (status = 400, description = "body: is no JSON in UTF-8, or nested too deeply"),
        (status = 404, description = "Contact2Sale does not know this lead"),
        (status = 422, description = "personal_info.cpf: is no CPF: its check digits are wrong"),
        (status = 503, description = "the database cannot be reached; nothing was accepted: ask again")
    )
)]
pub(super) async fn give_lead(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Extension(summary): Extension<Arc<RequestSummary>>,
    RawQuery(query): RawQuery,
    text: JsonText,
) -> Result<Rendered, AppError> {
    let named = text.glimpse::<NamedLead>();
    if let Some(Ok(lead_id)) = named.map(|named| LeadId::parse(&named.lead_id)) {
        summary.set_lead_id(lead_id);
    }
    let wait = wait_in(query.as_deref().unwrap_or_default())?;
    let JsonBody(body) = text.read::<GiveLeadRequest>()?;
    refuse_run_members(body.dry_run, body.force)?;
    let lead_id = LeadId::parse(&body.lead_id);
    let lead_id = lead_id.map_err(|_| AppError::unprocessable("lead_id", NO_LEAD_ID))?;
    let given = given(body)?;
    let request = LeadRequest {
        caller: Some(caller.named("lead_give")),
        given: (!given.is_empty()).then_some(given),
        ..LeadRequest::of(lead_id, RunWhen::Always(LeadSource::Api))
    };
    let wait = wait.unwrap_or(state.process_wait);
    let answer = state.calls.leads.process.call((request, wait)).await;
    let answer = answer.map_err(refused)?;
    summary.set_outcome(answer.state);
    summary.add_times(answer.upstream_ms, answer.database_ms);
    Ok(render(&answer, Masking::Full))
}

/// What is given, or the path of what cannot be used. A blank text is none.
fn given(body: GiveLeadRequest) -> Result<GivenLead, AppError> {
    let Members(person) = body.personal_info.unwrap_or_default();
    let Members(contacts) = body.contact_info.unwrap_or_default();
    let phones = contacts.phones.unwrap_or_default();
    if phones.len() > MOST_PHONES {
        let wrong = "are more than 20: send the first ones";
        return Err(AppError::unprocessable("contact_info.phones", wrong));
    }
    Ok(GivenLead {
        name: given_name(person.name.as_deref())?,
        cpf: usable(person.cpf, Cpf::parse).map_err(|_| {
            let wrong = "is no CPF: its check digits are wrong";
            AppError::unprocessable("personal_info.cpf", wrong)
        })?,
        email: usable(person.email, Email::parse)
            .map_err(|_| AppError::unprocessable("personal_info.email", "is no e-mail address"))?,
        phones: given_phones(phones)?,
    })
}

/// A name without letters is none.
fn given_name(text: Option<&str>) -> Result<Option<PersonName>, AppError> {
    let Some(text) = text else { return Ok(None) };
    match PersonName::parse(text) {
        _ if text.chars().count() > 200 => Err(NameError::TooLong),
        Err(NameError::Absent | NameError::NoLetter) => Ok(None),
        parsed => parsed.map(Some),
    }
    .map_err(|_| AppError::unprocessable("personal_info.name", "is longer than 200 characters"))
}

fn given_phones(phones: Vec<Members<GivenPhone>>) -> Result<Vec<Phone>, AppError> {
    let phones = phones.into_iter().enumerate();
    let phones = phones.map(|(place, Members(given))| {
        usable(given.phone, Phone::parse).map_err(|_| {
            let path = format!("contact_info.phones[{place}].phone");
            AppError::unprocessable(path, "is no Brazilian phone with its area code")
        })
    });
    let phones = phones.collect::<Result<Vec<_>, _>>()?;
    Ok(phones.into_iter().flatten().collect())
}

fn usable<T, E>(
    text: Option<String>,
    parse: impl Fn(&str) -> Result<T, E>,
) -> Result<Option<T>, E> {
    let text = text.filter(|text| !text.trim().is_empty());
    text.map(|text| parse(&text)).transpose()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    fn read(person: &serde_json::Value, phones: &serde_json::Value) -> Result<GivenLead, String> {
        let body = json!({
            "lead_id": "a1", "personal_info": person, "contact_info": {"phones": phones},
        });
        given(serde_json::from_value(body).unwrap()).map_err(|error| error.to_string())
    }

    #[test]
    fn every_spelling_is_one() {
        let person = json!({
            "name": " Pessoa  Exemplo ", "cpf": "529.982.247-25", "email": "PESSOA@Example.com",
        });
        let phones = json!([{"phone": "+55 (11) 90000-0012"}, {"phone": null}, {}, {"phone": " "}]);
        let given = read(&person, &phones).unwrap();
        assert_eq!(given.name.unwrap().as_str(), "Pessoa Exemplo");
        assert_eq!(given.cpf.unwrap().digits(), "52998224725");
        assert_eq!(given.email.unwrap().as_str(), "pessoa@example.com");
        let national: Vec<_> = given.phones.iter().map(Phone::national).collect();
        assert_eq!(national, ["11900000012"]);
    }

    #[rstest]
    #[case::nothing(json!(null), json!(null))]
    #[case::nulls(json!({"name": null, "cpf": null, "email": null}), json!([]))]
    #[case::blank(json!({"name": " ", "cpf": "", "email": "\t"}), json!([{"phone": ""}]))]
    #[case::no_name(json!({"name": "123"}), json!([]))]
    fn nothing_is_given(#[case] person: serde_json::Value, #[case] phones: serde_json::Value) {
        assert!(read(&person, &phones).unwrap().is_empty());
    }

    #[rstest]
    #[case::check_digits(json!({"cpf": "52998224724"}), json!([]), "personal_info.cpf: ")]
    #[case::cnpj(json!({"cpf": "11222333000181"}), json!([]), "personal_info.cpf: ")]
    #[case::email(json!({"email": "pessoa"}), json!([]), "personal_info.email: ")]
    #[case::name(json!({"name": "a".repeat(201)}), json!([]), "personal_info.name: ")]
    #[case::second_phone(json!({}), json!([{"phone": "11900000012"}, {"phone": "123"}]), "contact_info.phones[1].phone: ")]
    #[case::phones(json!({}), json!(vec![json!({"phone": "11900000012"}); 21]), "contact_info.phones: ")]
    fn what_cannot_be_used_is_named(
        #[case] person: serde_json::Value,
        #[case] phones: serde_json::Value,
        #[case] start: &str,
    ) {
        let said = read(&person, &phones).unwrap_err();
        assert!(said.starts_with(start), "{said}");
    }
}
