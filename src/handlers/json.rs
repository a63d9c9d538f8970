//! JSON: the bodies that are read and those that are written.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, StatusCode};
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::errors::AppError;

const JSON: &str = "application/json";

/// The name of the body itself, where a field is named.
const BODY: &str = "body";

const AN_OBJECT: &str = "an object";

/// A JSON body of an answer.
#[derive(Debug)]
pub(super) struct JsonAnswer<T>(pub(super) T);

impl<T: Serialize> IntoResponse for JsonAnswer<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(written) => {
                let mut response = Response::new(Body::from(written));
                let kind = HeaderValue::from_static(JSON);
                response.headers_mut().insert(CONTENT_TYPE, kind);
                response
            }
            Err(error) => AppError::internal(error).into_response(),
        }
    }
}

/// A JSON body that must be there. 400 when it is no JSON, 415 when it does not say that it is,
/// 422 with the path when a field of it cannot be used. Unknown members are ignored.
#[derive(Debug)]
pub(super) struct JsonBody<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for JsonBody<T> {
    type Rejection = AppError;

    async fn from_request(request: Request, state: &S) -> Result<Self, AppError> {
        JsonText::from_request(request, state).await?.read()
    }
}

/// As [`JsonBody`], but it may be missing or blank.
#[derive(Debug)]
pub(super) struct OptionalJson<T>(pub(super) Option<T>);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for OptionalJson<T> {
    type Rejection = AppError;

    async fn from_request(request: Request, state: &S) -> Result<Self, AppError> {
        let text = JsonText::from_request(request, state).await?;
        text.0.map(|body| parse(&body)).transpose().map(Self)
    }
}

/// A JSON body before it is read: `None` when it is missing or blank.
pub(super) struct JsonText(Option<Bytes>);

impl<S: Send + Sync> FromRequest<S> for JsonText {
    type Rejection = AppError;

    async fn from_request(request: Request, state: &S) -> Result<Self, AppError> {
        let says_json = is_json(request.headers());
        let body = whole_body(request, state).await?;
        if body.iter().all(u8::is_ascii_whitespace) {
            return Ok(Self(None));
        }
        if !says_json {
            return Err(AppError::UnsupportedMediaType);
        }
        Ok(Self(Some(body)))
    }
}

/// Members of a body that nobody has to send, whatever it says it is; `None` where they cannot be read.
pub(super) struct Glimpsed<T>(pub(super) Option<T>);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Glimpsed<T> {
    type Rejection = AppError;

    async fn from_request(request: Request, state: &S) -> Result<Self, AppError> {
        let body = whole_body(request, state).await?;
        Ok(Self(JsonText(Some(body)).glimpse()))
    }
}

async fn whole_body<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, AppError> {
    let body = Bytes::from_request(request, state).await;
    body.map_err(|unread| {
        let status = unread.into_response().status();
        if status == StatusCode::PAYLOAD_TOO_LARGE {
            return AppError::BodyTooLarge;
        }
        let wrong = "could not be read to its end";
        AppError::BadRequest { field: BODY, wrong }
    })
}

impl JsonText {
    /// Reads it, as [`JsonBody`] does.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<JsonBody<T>, AppError> {
        let wrong = "is missing: send JSON";
        let missing = AppError::BadRequest { field: BODY, wrong };
        parse(self.0.as_ref().ok_or(missing)?).map(JsonBody)
    }

    /// Some members of it, also of a body that cannot be used otherwise; `None` when one is missing or given twice.
    pub(super) fn glimpse<T: DeserializeOwned>(&self) -> Option<T> {
        let read = serde_json::from_slice(self.0.as_ref()?);
        read.ok().map(|Members(read)| read)
    }
}

/// An object. serde alone would take a list for a struct, its items for the members in their order.
#[derive(Debug, Default)]
pub(super) struct Members<T>(pub(super) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Members<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersOnly(PhantomData))
    }
}

struct MembersOnly<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for MembersOnly<T> {
    type Value = Members<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(AN_OBJECT)
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Members<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(members)).map(Members)
    }
}

/// `application/json`, or what is JSON by its suffix; in UTF-8, as all JSON is.
fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    let Some(kind) = kind else { return false };
    let mut parts = kind.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default().to_ascii_lowercase();
    let in_utf8 = parts.all(|parameter| {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        !name.eq_ignore_ascii_case("charset")
            || value.trim_matches('"').eq_ignore_ascii_case("utf-8")
    });
    let json =
        essence == JSON || (essence.starts_with("application/") && essence.ends_with("+json"));
    json && in_utf8
}

/// Reads a body.
fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, AppError> {
    let no_json = |wrong| AppError::BadRequest { field: BODY, wrong };
    // Whether it is JSON is asked first: what is cut off is 400, whatever its beginning says.
    let value: Value = serde_json::from_slice(body)
        .map_err(|_| no_json("is no JSON in UTF-8, or nested too deeply"))?;
    if holds_nul(&value) {
        return Err(no_json("holds a NUL character (\\u0000)"));
    }
    let mut reader = serde_json::Deserializer::from_slice(body);
    let read = serde_path_to_error::deserialize(&mut reader);
    read.map(|Members(read)| read).map_err(|error| {
        // A known string with half a surrogate pair: the text is no Unicode.
        if !error.inner().is_data() {
            return no_json("holds text that is no Unicode");
        }
        let path = error.path().to_string();
        unusable(&path, &error.inner().to_string())
    })
}

fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(holds_nul),
        Value::Object(members) => members
            .iter()
            .any(|(name, value)| name.contains('\0') || holds_nul(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// What serde says of a field, without what the caller sent: of its text only the names of fields
/// and what was expected are ours.
fn unusable(path: &str, said: &str) -> AppError {
    let path = if path == "." { "" } else { path };
    let member = |start: &str| {
        let (name, _) = said.strip_prefix(start)?.split_once('`')?;
        let dot = if path.is_empty() { "" } else { "." };
        Some(format!("{path}{dot}{name}"))
    };
    if let Some(field) = member("missing field `") {
        return AppError::unprocessable(field, "is missing");
    }
    if let Some(field) = member("duplicate field `") {
        return AppError::unprocessable(field, "is given more than once: send it once");
    }
    let expected = said.rsplit_once(", expected ").map(|(_, expected)| {
        let (expected, _) = expected.rsplit_once(" at line ").unwrap_or((expected, ""));
        in_words_of_json(expected)
    });
    let wrong = expected
        .flatten()
        .map_or(Cow::from("cannot be used"), |expected| {
            format!("is not what is expected: send {expected}").into()
        });
    let field = if path.is_empty() { BODY } else { path };
    AppError::unprocessable(field, wrong)
}

/// What serde expected, in words of JSON; `None` of what only a reader of our source knows.
fn in_words_of_json(expected: &str) -> Option<&'static str> {
    match expected {
        "a string" => Some("a string"),
        "a boolean" => Some("a boolean"),
        "a sequence" => Some("a list"),
        "a JSON number" => Some("a whole number"),
        AN_OBJECT => Some(AN_OBJECT),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use rstest::rstest;
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only read, to see what is refused")]
    struct Given {
        name: String,
        force: Option<bool>,
        #[serde(default)]
        phones: Vec<Members<GivenPhone>>,
        person: Option<Members<GivenPerson>>,
    }

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only read, to see what is refused")]
    struct GivenPerson {
        email: Option<String>,
    }

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only read, to see what is refused")]
    struct GivenPhone {
        phone: String,
    }

    async fn read(kind: Option<&str>, body: &[u8]) -> Result<(), (u16, String)> {
        let mut request = Request::builder().method("POST");
        if let Some(kind) = kind {
            request = request.header(CONTENT_TYPE, kind);
        }
        let request = request.body(Body::from(body.to_owned())).unwrap();
        let read = JsonBody::<Given>::from_request(request, &()).await;
        match read {
            Ok(_) => Ok(()),
            Err(error) => Err((error.status().as_u16(), error.to_string())),
        }
    }

    #[rstest]
    #[case::plain("{\"name\":\"a\"}")]
    #[case::unknown_member("{\"name\":\"a\",\"why\":[1]}")]
    #[case::absent("{\"name\":\"a\",\"force\":null}")]
    #[case::spaces(" {\"name\" : \"a\"}\n")]
    #[tokio::test]
    async fn a_body_is_read(#[case] body: &str) {
        assert_eq!(read(Some(JSON), body.as_bytes()).await, Ok(()));
    }

    #[rstest]
    #[case::nothing(b"", 400, "body: is missing")]
    #[case::blank(b" \n", 400, "body: is missing")]
    #[case::cut_off(b"{\"name\":\"a\"", 400, "body: is no JSON")]
    #[case::cut_off_after_a_bad_field(b"{\"name\":1,", 400, "body: is no JSON")]
    #[case::more_than_one(b"{\"name\":\"a\"}{}", 400, "body: is no JSON")]
    #[case::not_utf8(b"{\"name\":\"\xff\"}", 400, "body: is no JSON")]
    #[case::half_a_surrogate(b"{\"name\":\"\\ud800\"}", 400, "body: is no JSON")]
    #[case::raw_nul(b"{\"name\":\"a\0\"}", 400, "body: is no JSON")]
    #[case::nul(b"{\"name\":\"a\\u0000\"}", 400, "body: holds a NUL")]
    #[case::nul_where_nobody_looks(
        b"{\"name\":\"a\",\"x\":[\"\\u0000\"]}",
        400,
        "body: holds a NUL"
    )]
    #[case::list(
        b"[\"a\",null,[],null]",
        422,
        "body: is not what is expected: send an object"
    )]
    #[case::text(b"\"planted\"", 422, "body: is not what is expected: send an object")]
    #[case::list_for_an_object(
        b"{\"name\":\"a\",\"person\":[\"planted\"]}",
        422,
        "person: is not what is expected: send an object"
    )]
    #[case::list_in_a_list(
        b"{\"name\":\"a\",\"phones\":[{\"phone\":\"1\"},[\"planted\"]]}",
        422,
        "phones[1]: is not what is expected: send an object"
    )]
    #[case::object_for_a_list(
        b"{\"name\":\"a\",\"phones\":{\"phone\":\"planted\"}}",
        422,
        "phones: is not what is expected: send a list"
    )]
    #[case::no_name(b"{}", 422, "name: is missing")]
    #[case::number(b"{\"name\":5}", 422, "name: is not what is expected: send a string")]
    #[case::null(
        b"{\"name\":null}",
        422,
        "name: is not what is expected: send a string"
    )]
    #[case::word(
        b"{\"name\":\"a\",\"force\":\"planted, expected planted\"}",
        422,
        "force: is not what is expected: send a boolean"
    )]
    #[case::twice(
        b"{\"name\":\"a\",\"name\":\"b\"}",
        422,
        "name: is given more than once"
    )]
    #[case::inside(
        b"{\"name\":\"a\",\"phones\":[{\"phone\":\"1\"},{\"phone\":2}]}",
        422,
        "phones[1].phone: is not what is expected: send a string"
    )]
    #[case::missing_inside(
        b"{\"name\":\"a\",\"phones\":[{}]}",
        422,
        "phones[0].phone: is missing"
    )]
    #[tokio::test]
    async fn what_cannot_be_used_is_named(
        #[case] body: &[u8],
        #[case] status: u16,
        #[case] start: &str,
    ) {
        let (said_status, said) = read(Some(JSON), body).await.unwrap_err();
        assert_eq!(said_status, status, "{said}");
        assert!(said.starts_with(start), "{said}");
        assert!(!said.contains("planted"), "{said}");
    }

    #[rstest]
    #[case::none(None, false)]
    #[case::json(Some("application/json"), true)]
    #[case::charset(Some("Application/JSON; charset=\"UTF-8\""), true)]
    #[case::suffix(Some("application/merge-patch+json"), true)]
    #[case::latin(Some("application/json; charset=latin1"), false)]
    #[case::form(Some("application/x-www-form-urlencoded"), false)]
    #[case::text(Some("text/plain"), false)]
    #[case::empty(Some(""), false)]
    #[tokio::test]
    async fn a_body_says_that_it_is_json(#[case] kind: Option<&str>, #[case] taken: bool) {
        let read = read(kind, b"{\"name\":\"a\"}").await;
        let status = read.err().map(|(status, _)| status);
        assert_eq!(status, if taken { None } else { Some(415) });
    }

    #[test]
    fn deep_nesting_is_no_way_to_bring_us_down() {
        let deep = "[".repeat(100_000);
        assert!(parse::<Value>(deep.as_bytes()).is_err());
    }
}
