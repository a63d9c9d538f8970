//! Work API's answers in the vendor's shape.

use axum::Extension;
use axum::extract::{FromRequestParts, RawPathParams, State};
use http::request::Parts;
use serde_json::Value;

use super::Caller;
use super::customer_examples as examples;
use super::customers::{record, unfound};
use super::extract::Parameters;
use super::json::JsonAnswer;
use super::openapi;
use super::state::AppState;
use crate::errors::AppError;
use crate::models::Cpf;
use crate::services::customer_lookup::NO_CPF;

/// The only module of the contract.
const MODULE: &str = "cpf";

/// All modules of a CPF.
///
/// What Work API says of a CPF, in its own shape, reduced to what may be kept; from the database
/// while it is fresh. The contract includes the module `cpf` alone, so this answers the same.
#[utoipa::path(
    get,
    path = "/api/v1/work/modules/all",
    operation_id = "read_all_work_modules",
    tag = openapi::CUSTOMERS,
    params(("documento" = String, Query, format = "cpf", example = "488.819.328-22",
        description = "A CPF, with or without punctuation.")),
    responses(
        (status = 200, description = "The vendor's object.", body = Object,
            example = json!(examples::vendor())),
        (status = 400, description = "documento: is missing: send a CPF"),
        (status = 404, description = "nobody is known by this key"),
        (status = 503, description = "the person is still being looked up: ask again")
    )
)]
pub(super) async fn all_modules(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    parameters: Parameters,
) -> Result<JsonAnswer<Value>, AppError> {
    answer(&state, &caller, &parameters).await
}

/// One module of a CPF.
///
/// As `all`. A module that is not in the contract is 404, and nothing is asked.
#[utoipa::path(
    get,
    path = "/api/v1/work/modules/{module}",
    operation_id = "read_work_module",
    tag = openapi::CUSTOMERS,
    params(
        ("module" = String, Path, example = "cpf", description = "The module: `cpf`."),
        ("documento" = String, Query, format = "cpf", example = "488.819.328-22",
            description = "A CPF, with or without punctuation.")
    ),
    responses(
        (status = 200, description = "The vendor's object.", body = Object,
            example = json!(examples::vendor())),
        (status = 400, description = "documento: is missing: send a CPF"),
        (status = 404, description = "the contract with Work API does not include this module"),
        (status = 503, description = "the person is still being looked up: ask again")
    )
)]
pub(super) async fn one_module(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    ModuleInPath: ModuleInPath,
    parameters: Parameters,
) -> Result<JsonAnswer<Value>, AppError> {
    answer(&state, &caller, &parameters).await
}

/// The module in the path, as `{module}`: the one of the contract.
#[derive(Debug)]
pub(super) struct ModuleInPath;

impl<S: Send + Sync> FromRequestParts<S> for ModuleInPath {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, AppError> {
        let parameters = RawPathParams::from_request_parts(parts, state).await;
        let parameters = parameters.map_err(|_| AppError::BadRequest {
            field: "module",
            wrong: "is not UTF-8 when decoded",
        })?;
        let mut modules = parameters.iter().filter(|(name, _)| *name == "module");
        let is_known = modules.any(|(_, module)| module == MODULE);
        let unknown = "the contract with Work API does not include this module";
        is_known.then_some(Self).ok_or(AppError::NotFound(unknown))
    }
}

async fn answer(
    state: &AppState,
    caller: &Caller,
    parameters: &Parameters,
) -> Result<JsonAnswer<Value>, AppError> {
    let document = |wrong| AppError::BadRequest {
        field: "documento",
        wrong,
    };
    let given = parameters.single("documento")?;
    let given = given.ok_or_else(|| document("is missing: send a CPF"))?;
    let cpf = Cpf::parse(given).map_err(|_| document(NO_CPF))?;
    let told = state.calls.customers.vendor_answer(cpf).await;
    let told = told.map_err(unfound)?;
    record(state, caller, "work_module", &[told.party_id]).await?;
    Ok(JsonAnswer(told.payload))
}
