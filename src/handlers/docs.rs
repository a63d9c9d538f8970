//! `/docs`: the OpenAPI document for a browser, by Swagger UI. Every file is in the binary.

use std::sync::{Arc, LazyLock};

use axum::extract::RawPathParams;
use axum::response::{IntoResponse, Redirect, Response};
use http::header::CONTENT_TYPE;
use utoipa_swagger_ui::Config;

use super::openapi::DOCUMENT;
use crate::errors::AppError;

/// The page, without and with the slash that its relative links need, and its files.
pub(super) const ROUTES: [&str; 3] = ["/docs", "/docs/", "/docs/{*file}"];

/// Whether this is the path of the page or of one of its files.
pub(super) fn is_page(path: &str) -> bool {
    path == "/docs" || path.starts_with("/docs/")
}

/// To the page.
pub(super) async fn redirect() -> Redirect {
    Redirect::permanent("/docs/")
}

/// The page, or one of its files.
pub(super) async fn file(path: RawPathParams) -> Result<Response, AppError> {
    // Unless told otherwise the page sends the document to a validator on the internet.
    static CONFIG: LazyLock<Arc<Config<'static>>> =
        LazyLock::new(|| Arc::new(Config::from(DOCUMENT).validator_url("none")));
    let name = path.iter().next().map_or("", |(_, name)| name);
    let found = utoipa_swagger_ui::serve(name, Arc::clone(&CONFIG));
    // It fails only at files of its own.
    let file = found.unwrap_or_default().ok_or(AppError::NoSuchRoute)?;
    let kind = [(CONTENT_TYPE, file.content_type)];
    Ok((kind, file.bytes.into_owned()).into_response())
}
