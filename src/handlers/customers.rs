//! Who somebody is: by CPF, e-mail, phone or name, and as stored.

use axum::Extension;
use axum::extract::{FromRequestParts, RawPathParams, State};
use http::request::Parts;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Caller;
use super::customer_body::{CustomerAnswer, StoredCustomerBody};
use super::customer_examples as examples;
use super::extract::{Page, Parameters};
use super::json::{JsonAnswer, JsonBody};
use super::openapi;
use super::state::AppState;
use crate::errors::AppError;
use crate::services::access_log::Look;
use crate::services::customer_lookup::{
    self, CustomerKey, Found, GivenKeys, KeyProblem, LookupFailure,
};

/// When to ask again for somebody who is still being looked up, and after our database was away.
const ASK_AGAIN: std::time::Duration = std::time::Duration::from_secs(5);

const NO_KEY: &str = "names nobody: send at least one of cpf, email, phone and name";

/// Looks a person up.
///
/// The database first, then the providers; what they answer is stored, so that the next call is
/// answered from the database. Of several keys the first counts, in the order cpf, email, phone,
/// name. A name never selects a person, and neither does a contact of several people: then the
/// answer is of `type` `candidates`.
#[utoipa::path(
    get,
    path = "/api/v1/contributor/customer",
    operation_id = "find_customer",
    tag = openapi::CUSTOMERS,
    params(
        ("cpf" = Option<String>, Query, format = "cpf", example = "488.819.328-22",
            description = "With or without punctuation."),
        ("email" = Option<String>, Query, format = "email", description = "In any case."),
        ("phone" = Option<String>, Query, format = "br-phone",
            description = "In any spelling, with or without 55."),
        ("name" = Option<String>, Query, format = "person-name",
            description = "A name, or parts of one, at most 200 characters; accents and case do not count."),
        ("limit" = Option<i64>, Query, minimum = 1, maximum = 100, example = 20,
            description = "Of candidates: how many at most, 20 if not given."),
        ("cursor" = Option<String>, Query, format = "person-cursor",
            description = "Of candidates: `next_cursor` of the page before.")
    ),
    responses(
        (status = 200, description = "Who it is, or who may be meant.", body = CustomerAnswer,
            examples(
                ("customer" = (value = json!(examples::customer()))),
                ("candidates" = (value = json!(examples::candidates())))
            )),
        (status = 400, description = "query: names nobody: send at least one of cpf, email, phone and name"),
        (status = 404, description = "nobody is known by this key"),
        (status = 503, description = "the person is still being looked up: ask again")
    )
)]
pub(super) async fn find_customer(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    parameters: Parameters,
) -> Result<JsonAnswer<CustomerAnswer>, AppError> {
    let given = GivenKeys {
        cpf: parameters.single("cpf")?,
        email: parameters.single("email")?,
        phone: parameters.single("phone")?,
        name: parameters.single("name")?,
    };
    let page = parameters.page()?;
    let key = given.choose().map_err(|problem| match problem {
        KeyProblem::None => no_key("query"),
        KeyProblem::Unusable { field, wrong } => AppError::BadRequest { field, wrong },
    })?;
    answer(&state, &caller, "customer", key, page).await
}

/// Who is looked up.
#[derive(Deserialize, ToSchema)]
pub(super) struct EnrichRequest {
    /// With or without punctuation.
    #[schema(format = "cpf", example = "488.819.328-22")]
    cpf: Option<String>,
    /// In any case.
    #[schema(format = "email")]
    email: Option<String>,
    /// In any spelling, with or without 55.
    #[schema(format = "br-phone")]
    phone: Option<String>,
    /// A name, or parts of one, at most 200 characters.
    #[schema(format = "person-name")]
    name: Option<String>,
}

/// Looks a person up, by a body.
///
/// As `GET /api/v1/contributor/customer`, so that nobody's CPF stands in an address. Of candidates
/// there are 20 if `limit` does not say otherwise.
#[utoipa::path(
    post,
    path = "/api/v1/enrich",
    operation_id = "enrich",
    tag = openapi::CUSTOMERS,
    params(
        ("limit" = Option<i64>, Query, minimum = 1, maximum = 100, example = 20,
            description = "Of candidates: how many at most, 20 if not given."),
        ("cursor" = Option<String>, Query, format = "person-cursor",
            description = "Of candidates: `next_cursor` of the page before.")
    ),
    request_body(content = EnrichRequest, example = json!({"cpf": "488.819.328-22"})),
    responses(
        (status = 200, description = "Who it is, or who may be meant.", body = CustomerAnswer,
            examples(
                ("customer" = (value = json!(examples::customer()))),
                ("candidates" = (value = json!(examples::candidates())))
            )),
        (status = 400, description = "body: names nobody: send at least one of cpf, email, phone and name"),
        (status = 404, description = "nobody is known by this key"),
        (status = 422, description = "cpf: is no CPF: send 11 digits, with or without dots and dash, \
            whose check digits hold"),
        (status = 503, description = "the person is still being looked up: ask again")
    )
)]
pub(super) async fn enrich(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    parameters: Parameters,
    JsonBody(given): JsonBody<EnrichRequest>,
) -> Result<JsonAnswer<CustomerAnswer>, AppError> {
    let page = parameters.page()?;
    let given = GivenKeys {
        cpf: given.cpf.as_deref(),
        email: given.email.as_deref(),
        phone: given.phone.as_deref(),
        name: given.name.as_deref(),
    };
    let key = given.choose().map_err(|problem| match problem {
        KeyProblem::None => no_key("body"),
        KeyProblem::Unusable { field, wrong } => AppError::unprocessable(field, wrong),
    })?;
    answer(&state, &caller, "enrich", key, page).await
}

/// A stored person.
///
/// Nothing is asked of anybody: what is stored is told, however old.
#[utoipa::path(
    get,
    path = "/api/v1/customers/{uuid}",
    operation_id = "read_customer",
    tag = openapi::CUSTOMERS,
    params(("uuid" = Uuid, Path, description = "The `id` of a candidate.")),
    responses(
        (status = 200, description = "What is stored.", body = StoredCustomerBody,
            example = json!(examples::stored())),
        (status = 400, description = "uuid: is no UUID: send the id of a candidate"),
        (status = 404, description = "nobody is known by this key"),
        (status = 503, description = "the database cannot be reached, so nothing was looked up")
    )
)]
pub(super) async fn read_customer(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    PartyInPath(party_id): PartyInPath,
) -> Result<JsonAnswer<StoredCustomerBody>, AppError> {
    let stored = state.calls.customers.stored(party_id).await;
    let stored = stored.map_err(unfound)?;
    record(&state, &caller, "stored_customer", &[party_id]).await?;
    Ok(JsonAnswer((&stored).into()))
}

/// The party whose id stands in the path, as `{uuid}`.
#[derive(Debug)]
pub(super) struct PartyInPath(Uuid);

impl<S: Send + Sync> FromRequestParts<S> for PartyInPath {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, AppError> {
        let wrong = || AppError::BadRequest {
            field: "uuid",
            wrong: "is no UUID: send the id of a candidate",
        };
        let parameters = RawPathParams::from_request_parts(parts, state).await;
        let parameters = parameters.map_err(|_| wrong())?;
        let uuid = parameters.iter().find(|(name, _)| *name == "uuid");
        let uuid = uuid.and_then(|(_, value)| Uuid::try_parse(value).ok());
        uuid.map(Self).ok_or_else(wrong)
    }
}

async fn answer(
    state: &AppState,
    caller: &Caller,
    action: &'static str,
    key: CustomerKey,
    page: Page,
) -> Result<JsonAnswer<CustomerAnswer>, AppError> {
    let page = customer_lookup::Page {
        limit: u16::from(page.limit),
        cursor: page.cursor,
    };
    let found = state.calls.customers.find(key, page).await;
    let found = found.map_err(unfound)?;
    match &found {
        Found::Customer(customer) => {
            record(state, caller, action, &[customer.person.party_id]).await?;
        }
        Found::Candidates(candidates) => {
            let ids = candidates.people.iter().map(|person| person.party_id);
            record_candidates(state, caller, action, &ids.collect::<Vec<_>>()).await?;
        }
    }
    Ok(JsonAnswer((&found).into()))
}

/// A row for each who is stored, and one without a person for all the others, or for nobody.
async fn record_candidates(
    state: &AppState,
    caller: &Caller,
    action: &'static str,
    candidates: &[Option<Uuid>],
) -> Result<(), AppError> {
    let stored: Vec<Uuid> = candidates.iter().copied().flatten().collect();
    record(state, caller, action, &stored).await?;
    if !stored.is_empty() && stored.len() < candidates.len() {
        record(state, caller, action, &[]).await?;
    }
    Ok(())
}

pub(super) async fn record(
    state: &AppState,
    caller: &Caller,
    action: &'static str,
    party_ids: &[Uuid],
) -> Result<(), AppError> {
    let look = Look {
        actor: caller.actor(),
        action,
        party_ids,
        lead_id: None,
    };
    state.record(&look).await
}

const fn no_key(field: &'static str) -> AppError {
    AppError::BadRequest {
        field,
        wrong: NO_KEY,
    }
}

/// What a caller is told of whom nobody answers.
pub(super) fn unfound(failure: LookupFailure) -> AppError {
    match failure {
        LookupFailure::Nobody => AppError::NotFound("nobody is known by this key"),
        LookupFailure::NotInContract => {
            AppError::NotFound("the contract with Work API does not include this module")
        }
        LookupFailure::UnusableCursor => Page::UNKNOWN_CURSOR,
        LookupFailure::ProviderUnreachable { retry_after, .. } => AppError::Unavailable {
            detail: failure.to_string(),
            retry_after,
        },
        LookupFailure::StillLooking | LookupFailure::DatabaseUnavailable => AppError::Unavailable {
            detail: failure.to_string(),
            retry_after: ASK_AGAIN,
        },
        LookupFailure::Internal(cause) => AppError::Internal(cause),
    }
}
