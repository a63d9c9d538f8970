//! The OpenAPI document, built from the routes: what a handler says of itself, and here what holds
//! for all of them.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use std::sync::{Arc, LazyLock};
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Operation, Parameter, PathItem};
use utoipa::openapi::request_body::RequestBody;
use utoipa::openapi::response::{Response as Described, ResponseBuilder};
use utoipa::openapi::schema::{Object, Schema, SchemaType, Type};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{Components, RefOr};
use utoipa::{OpenApi, openapi};

use super::access::{KEY_NEEDED, is_counted, scope_of};
use super::extract::UNREADABLE_QUERY;
use super::lead_state::StateWord;
use super::problem_examples::ProblemExamples;
use crate::config::Scope;
use crate::errors::{AppError, LeadProblem, Problem};

/// Where the document is.
pub(super) const DOCUMENT: &str = "/api-docs/openapi.json";

/// The tag of what runs leads and tells of them.
pub(super) const LEADS: &str = "leads";
/// The tag of what decides who a doubtful lead is.
pub(super) const REVIEWS: &str = "reviews";
/// The tag of what looks people up.
pub(super) const CUSTOMERS: &str = "customers";
/// The tag of what operators and machines ask.
pub(super) const OPERATION: &str = "operation";

const BEARER: &str = "bearer";
const API_KEY: &str = "api_key";

#[derive(OpenApi)]
#[openapi(
    info(
        title = "rust-c2s-api",
        description = "Tells a real-estate broker who a Contact2Sale lead is, within seconds.\n\n\
            Every error is `application/problem+json` (RFC 9457). Unknown parameters and members \
            are ignored; a parameter given twice is refused.",
        license(name = "MIT", identifier = "MIT")
    ),
    servers((url = "/", description = "This service.")),
    tags(
        (name = LEADS, description = "Runs leads and tells how they stand."),
        (name = REVIEWS, description = "Doubtful identities, which a person decides."),
        (name = CUSTOMERS, description = "Looks people up."),
        (name = OPERATION, description = "How the service is.")
    ),
    components(schemas(Problem, LeadProblem, StateWord))
)]
struct Base;

/// The document before the routes are added to it.
pub(super) fn base() -> openapi::OpenApi {
    let mut document = Base::openapi();
    let components = document.components.get_or_insert_with(Components::new);
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some(
            "A key of API_KEYS. The scope an operation needs is listed with it.",
        ));
    components.add_security_scheme(BEARER, SecurityScheme::Http(bearer.build()));
    let header =
        ApiKeyValue::with_description("X-API-Key", "The same key, in a header of its own.");
    components.add_security_scheme(API_KEY, SecurityScheme::ApiKey(ApiKey::Header(header)));
    document
}

/// Adds what holds for every operation: who may call it, the problems that any of them may answer,
/// and body and example of each problem.
pub(super) fn complete(document: &mut openapi::OpenApi) {
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in operations(item) {
            complete_operation(operation, method, path);
        }
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    let operations = [
        ("GET", &mut item.get),
        ("POST", &mut item.post),
        ("PUT", &mut item.put),
        ("PATCH", &mut item.patch),
        ("DELETE", &mut item.delete),
    ];
    let mut given = operations.into_iter();
    std::iter::from_fn(move || {
        given.find_map(|(method, operation)| Some((method, operation.as_mut()?)))
    })
}

fn complete_operation(operation: &mut Operation, method: &str, path: &str) {
    let scope = scope_of(method, path);
    operation.security = Some(scope.map_or_else(Vec::new, |scope| {
        let needs = |scheme| SecurityRequirement::new(scheme, [scope.as_str()]);
        vec![needs(BEARER), needs(API_KEY)]
    }));
    let mut common = vec![
        UNREADABLE_QUERY,
        AppError::TookTooLong,
        AppError::BodyTooLarge,
        AppError::Internal(Arc::new(std::fmt::Error)),
    ];
    if let Some(scope) = scope {
        common.push(KEY_NEEDED);
        common.push(AppError::Forbidden(scope.as_str()));
    }
    let counted = is_counted(method, path);
    if counted {
        let retry_after = std::time::Duration::from_secs(1);
        common.push(AppError::TooManyRequests { retry_after });
    }
    if operation.request_body.is_some() {
        common.push(AppError::UnsupportedMediaType);
    }
    for parameter in operation.parameters.iter_mut().flatten() {
        if let RefOr::T(parameter) = parameter {
            as_in_an_address(parameter);
        }
    }
    if let Some(RefOr::T(body)) = &mut operation.request_body {
        without_null(body);
    }
    let problems = ProblemExamples::of(operation, path);
    let responses = &mut operation.responses.responses;
    for error in common {
        let described = ResponseBuilder::new().description(error.to_string());
        let status = error.status().as_str().to_owned();
        responses.entry(status).or_insert(described.build().into());
    }
    for (status, response) in responses {
        let status = status.parse::<StatusCode>().unwrap_or_default();
        if let RefOr::T(response) = response {
            if !status.is_success() {
                problems.add_to(response, status);
            }
            // Whoever may read the metrics is not counted; all who are turned away are.
            let is_turned_away = matches!(status.as_u16(), 401 | 403 | 429);
            let tells_standing = counted && (scope != Some(Scope::Metrics) || is_turned_away);
            // A batch is accepted for the queue: nobody waits for it.
            let is_waited_for = status != StatusCode::ACCEPTED || problems.are_about_one_lead();
            add_headers(response, status, tells_standing, is_waited_for);
        }
    }
}

/// A parameter that may be missing is of type `Option`, which utoipa shows as a type or null. But in
/// an address there is no null: there it would be the word. And its bounds are those it states, not
/// those of the integer that we read it into.
fn as_in_an_address(parameter: &mut Parameter) {
    let Some(RefOr::T(Schema::Object(schema))) = &mut parameter.schema else {
        return;
    };
    if let SchemaType::Array(types) = &schema.schema_type {
        let mut kept = types.iter().filter(|one| **one != Type::Null);
        if let (Some(only), None) = (kept.next(), kept.next()) {
            schema.schema_type = SchemaType::Type(only.clone());
        }
    }
    if schema.schema_type == SchemaType::Type(Type::Integer) {
        schema.format = None;
    }
}

/// A body that may be missing is of type `Option`, which utoipa shows as the body or null. But null is
/// a body, and none that we take.
fn without_null(body: &mut RequestBody) {
    for content in body.content.values_mut() {
        if let RefOr::T(content) = content
            && let Some(RefOr::T(Schema::OneOf(choice))) = &mut content.schema
            && let Some(only) = choice.items.iter().find(|one| matches!(one, RefOr::Ref(_)))
            && choice.items.len() == 2
        {
            content.schema = Some(only.clone());
        }
    }
}

/// The headers that a caller may act on.
fn add_headers(
    response: &mut Described,
    status: StatusCode,
    tells_standing: bool,
    is_waited_for: bool,
) {
    let mut add = |name: &str, about: &str, is_number: bool| {
        let kind = if is_number {
            Type::Integer
        } else {
            Type::String
        };
        let header = HeaderBuilder::new()
            .schema(Some(Object::with_type(kind)))
            .description(Some(about));
        let header = header.build().into();
        response.headers.entry(name.to_owned()).or_insert(header);
    };
    add(
        "X-Request-Id",
        "By this the operator finds the request in the log.",
        false,
    );
    if tells_standing {
        let policy = "How many requests a caller may make at once (q), and within how many seconds \
            that many more (w).";
        add("RateLimit-Policy", policy, false);
        let standing = "How many requests are left at once (r), and after how many seconds without \
            one all are (t).";
        add("RateLimit", standing, false);
    }
    if is_waited_for && matches!(status.as_u16(), 202 | 429 | 503) {
        add("Retry-After", "Seconds after which to ask again.", true);
    }
    if status == StatusCode::UNAUTHORIZED {
        add("WWW-Authenticate", "`Bearer`.", false);
    }
}

/// The document, as it is served and committed.
#[must_use]
pub fn document() -> &'static str {
    static WRITTEN: LazyLock<String> = LazyLock::new(|| {
        let (_, document) = super::documented_routes().split_for_parts();
        // Maps with text as keys are always written.
        document.to_pretty_json().unwrap_or_default() + "\n"
    });
    &WRITTEN
}

/// The OpenAPI document.
///
/// What you read. `/docs` shows it to a browser.
#[utoipa::path(
    get,
    path = DOCUMENT,
    operation_id = "openapi_document",
    tag = OPERATION,
    responses((status = 200, description = "OpenAPI 3.1.", body = Object,
        example = json!({"openapi": "3.1.0"})))
)]
pub(super) async fn openapi_document() -> Response {
    ([(CONTENT_TYPE, "application/json")], document()).into_response()
}

#[cfg(test)]
#[path = "openapi_tests.rs"]
mod tests;
