//! What callers send in path and query, parsed: what cannot be used is a 400 that names the field.

use std::time::Duration;

use axum::extract::{FromRequestParts, MatchedPath, RawPathParams};
use http::request::Parts;
use percent_encoding::percent_decode_str;
use serde::Deserialize;

use crate::errors::AppError;
use crate::models::LeadId;

/// The longest a caller may wait, in seconds (API.md).
const LONGEST_WAIT: u64 = 25;

/// Items of a list when `limit` is not given, and the most there are (API.md "Endpoints").
const DEFAULT_LIMIT: u8 = 20;
const LARGEST_LIMIT: u8 = 100;

/// No cursor of ours is longer, in bytes.
const LONGEST_CURSOR: usize = 1_000;

/// A query that is no text.
pub(super) const UNREADABLE_QUERY: AppError = AppError::BadRequest {
    field: "query",
    wrong: "is not UTF-8 when decoded",
};

/// The query of the trigger.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ProcessQuery {
    /// `id`.
    pub(super) lead_id: LeadId,
    /// `wait`, clamped; `None` when not given.
    pub(super) wait: Option<Duration>,
    /// `dry_run`.
    pub(super) is_dry_run: bool,
    /// `force`.
    pub(super) force: bool,
}

impl ProcessQuery {
    pub(super) fn parse(query: &str) -> Result<Self, AppError> {
        let parameters = Parameters::parse(query)?;
        let id = parameters.single("id")?.ok_or(AppError::BadRequest {
            field: "id",
            wrong: "is missing: send the lead's id, as in ?id=…",
        })?;
        let lead_id = parse_lead_id("id", id)?;
        let wait = parameters.single("wait")?.map(parse_wait).transpose()?;
        Ok(Self {
            lead_id,
            wait,
            is_dry_run: parameters.flag("dry_run")?,
            force: parameters.flag("force")?,
        })
    }
}

/// What is wrong with a text that is no lead id.
pub(super) const NO_LEAD_ID: &str = "is no lead id: 1 to 64 of A–Z a–z 0–9 - _";

/// The lead whose id stands in the path, as `{id}` or `{lead_id}`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct LeadInPath(pub(super) LeadId);

impl<S: Send + Sync> FromRequestParts<S> for LeadInPath {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, AppError> {
        let parameters = RawPathParams::from_request_parts(parts, state).await;
        let route = parts.extensions.get::<MatchedPath>();
        let is_lead_id = route.is_some_and(|route| route.as_str().contains("{lead_id}"));
        let field = if is_lead_id { "lead_id" } else { "id" };
        let parameters = parameters.map_err(|_| AppError::BadRequest {
            field,
            wrong: "is not UTF-8 when decoded",
        })?;
        let id = parameters.iter().find(|(name, _)| *name == field);
        parse_lead_id(field, id.map_or("", |(_, value)| value)).map(Self)
    }
}

fn parse_lead_id(field: &'static str, text: &str) -> Result<LeadId, AppError> {
    LeadId::parse(text).map_err(|_| AppError::BadRequest {
        field,
        wrong: NO_LEAD_ID,
    })
}

/// What only a trigger by GET and a replay take. Ignored elsewhere, they would run a lead for money, and tell its broker,
/// that was to be looked at.
const ONLY_ELSEWHERE: &str =
    "is not taken here: send it to GET /api/v1/leads/process, or in the body of a replay";

/// The `wait` of a query, clamped, where nothing else is taken.
pub(super) fn wait_in(query: &str) -> Result<Option<Duration>, AppError> {
    let parameters = Parameters::parse(query)?;
    parameters.refuse_run_flags()?;
    parameters.single("wait")?.map(parse_wait).transpose()
}

/// `dry_run` and `force` in a body of a route that needs no body: whatever else is sent is not looked at.
#[derive(Deserialize)]
pub(super) struct RunMembers {
    dry_run: Option<bool>,
    force: Option<bool>,
}

impl RunMembers {
    /// Refuses what is not taken.
    pub(super) fn refuse(&self) -> Result<(), AppError> {
        let is_set = |member: Option<bool>| member == Some(true);
        not_taken(is_set(self.dry_run), is_set(self.force)).map_err(|field| AppError::BadRequest {
            field,
            wrong: ONLY_ELSEWHERE,
        })
    }
}

/// `dry_run` and `force` of a body, where they are not taken.
pub(super) fn refuse_run_members(
    dry_run: Option<bool>,
    force: Option<bool>,
) -> Result<(), AppError> {
    not_taken(dry_run == Some(true), force == Some(true))
        .map_err(|field| AppError::unprocessable(field, ONLY_ELSEWHERE))
}

/// Of what is set, the name that is not taken.
const fn not_taken(dry_run: bool, force: bool) -> Result<(), &'static str> {
    match (dry_run, force) {
        (true, _) => Err("dry_run"),
        (_, true) => Err("force"),
        (false, false) => Ok(()),
    }
}

impl<S: Sync> FromRequestParts<S> for ProcessQuery {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, AppError> {
        Self::parse(parts.uri.query().unwrap_or_default())
    }
}

/// The lead a query names, if it can be read: for answers given before the query is.
pub(super) fn lead_named_in(query: &str) -> Option<LeadId> {
    let parameters = Parameters::parse(query).ok()?;
    LeadId::parse(parameters.single("id").ok()??).ok()
}

/// The decoded parameters of a query, in order. Unknown ones are ignored. Without a `Debug`: they may name somebody.
pub(super) struct Parameters(Vec<(String, String)>);

impl<S: Sync> FromRequestParts<S> for Parameters {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, AppError> {
        Self::parse(parts.uri.query().unwrap_or_default())
    }
}

/// The part of a list that is asked for. Without a `Debug`: a caller may write anything as a cursor.
pub(super) struct Page {
    /// `limit`: the most items to answer.
    pub(super) limit: u8,
    /// `cursor`: where to go on, as the page before said; whoever makes the list reads it.
    pub(super) cursor: Option<String>,
}

impl Page {
    /// A cursor that the list does not understand.
    pub(super) const UNKNOWN_CURSOR: AppError = AppError::BadRequest {
        field: "cursor",
        wrong: "is no cursor of this list: send next_cursor of the page before",
    };
}

impl Parameters {
    pub(super) fn parse(query: &str) -> Result<Self, AppError> {
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        let decoded = pairs.map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((decode(name)?, decode(value)?))
        });
        decoded.collect::<Result<_, _>>().map(Self)
    }

    /// `limit`, 1 to 100, and `cursor`.
    pub(super) fn page(&self) -> Result<Page, AppError> {
        let limit = match self.single("limit")? {
            None => DEFAULT_LIMIT,
            Some(text) => parse_limit(text).ok_or(AppError::BadRequest {
                field: "limit",
                wrong: "is no whole number from 1 to 100",
            })?,
        };
        let cursor = self.single("cursor")?.map(str::to_owned);
        if cursor
            .as_ref()
            .is_some_and(|cursor| cursor.len() > LONGEST_CURSOR)
        {
            return Err(Page::UNKNOWN_CURSOR);
        }
        Ok(Page { limit, cursor })
    }

    /// A parameter that is `true` or `false`, the latter when it is not given.
    pub(super) fn flag(&self, name: &'static str) -> Result<bool, AppError> {
        match self.single(name)? {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(AppError::BadRequest {
                field: name,
                wrong: "must be true or false",
            }),
        }
    }

    /// `dry_run` and `force`, where they are not taken.
    pub(super) fn refuse_run_flags(&self) -> Result<(), AppError> {
        not_taken(self.flag("dry_run")?, self.flag("force")?).map_err(|field| {
            let wrong = ONLY_ELSEWHERE;
            AppError::BadRequest { field, wrong }
        })
    }

    /// The value of a parameter that may be given once.
    pub(super) fn single(&self, name: &'static str) -> Result<Option<&str>, AppError> {
        let mut values = self.0.iter().filter(|(known, _)| known == name);
        let first = values.next().map(|(_, value)| value.as_str());
        if values.next().is_some() {
            let wrong = "is given more than once: send it once";
            return Err(AppError::BadRequest { field: name, wrong });
        }
        Ok(first)
    }
}

fn decode(text: &str) -> Result<String, AppError> {
    let spaced = text.replace('+', " ");
    let decoded = percent_decode_str(&spaced).decode_utf8();
    let decoded = decoded.map_err(|_| UNREADABLE_QUERY)?;
    if decoded.contains('\0') {
        let wrong = "holds a NUL character (%00)";
        return Err(AppError::BadRequest {
            field: "query",
            wrong,
        });
    }
    Ok(decoded.into_owned())
}

fn parse_limit(text: &str) -> Option<u8> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    let limit: u8 = text.parse().ok().filter(|_| is_number)?;
    (1..=LARGEST_LIMIT).contains(&limit).then_some(limit)
}

fn parse_wait(text: &str) -> Result<Duration, AppError> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let wrong = "is no whole number of seconds: send 0 to 25";
        return Err(AppError::BadRequest {
            field: "wait",
            wrong,
        });
    }
    if text.starts_with('-') {
        return Ok(Duration::ZERO);
    }
    // A number too large to be read is more than the longest wait.
    let secs = digits.parse::<u64>().unwrap_or(LONGEST_WAIT);
    Ok(Duration::from_secs(secs.min(LONGEST_WAIT)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn read(query: &str) -> Result<(String, Option<u64>), String> {
        let query = ProcessQuery::parse(query).map_err(|error| error.to_string())?;
        Ok((
            query.lead_id.to_string(),
            query.wait.map(|wait| wait.as_secs()),
        ))
    }

    #[rstest]
    #[case::plain("id=a1", "a1", None)]
    #[case::unknown_ignored("utm=x&id=a1&x=%C3%A7", "a1", None)]
    #[case::encoded("i%64=a%31", "a1", None)]
    #[case::wait("id=a1&wait=10", "a1", Some(10))]
    #[case::long_wait("id=a1&wait=100", "a1", Some(25))]
    #[case::huge_wait("wait=99999999999999999999999&id=a1", "a1", Some(25))]
    #[case::negative_wait("id=a1&wait=-3", "a1", Some(0))]
    #[case::not_dry("id=a1&dry_run=false&force=false", "a1", None)]
    fn a_query_is_read(#[case] query: &str, #[case] id: &str, #[case] wait: Option<u64>) {
        assert_eq!(read(query), Ok((id.to_owned(), wait)));
    }

    #[rstest]
    #[case::neither("", Ok((20, None)))]
    #[case::both("limit=100&cursor=a.b&x=1", Ok((100, Some("a.b"))))]
    #[case::one("limit=1", Ok((1, None)))]
    #[case::none("limit=0", Err("limit"))]
    #[case::more("limit=101", Err("limit"))]
    #[case::far_more("limit=99999999999", Err("limit"))]
    #[case::signed("limit=%2B5", Err("limit"))]
    #[case::empty("limit=", Err("limit"))]
    #[case::twice("limit=5&limit=5", Err("limit"))]
    #[case::two_cursors("cursor=a&cursor=b", Err("cursor"))]
    #[case::long_cursor(&format!("cursor={}", "a".repeat(1_001)), Err("cursor"))]
    fn a_page_is_read(#[case] query: &str, #[case] expected: Result<(u8, Option<&str>), &str>) {
        let page = Parameters::parse(query).and_then(|parameters| parameters.page());
        let read = page.map(|page| (page.limit, page.cursor));
        let expected = expected.map(|(limit, cursor)| (limit, cursor.map(str::to_owned)));
        let read = read.map_err(|error| error.to_string());
        match (read, expected) {
            (Err(said), Err(field)) => assert!(said.starts_with(field), "{said}"),
            (read, expected) => assert_eq!(read, expected.map_err(str::to_owned)),
        }
    }

    proptest! {
        #[test]
        fn any_query_is_read_or_refused(query in ".*") {
            let read = ProcessQuery::parse(&query);
            let longest = Duration::from_secs(LONGEST_WAIT);
            prop_assert!(read.is_err() || read.is_ok_and(|q| q.wait.is_none_or(|w| w <= longest)));
        }
    }

    #[rstest]
    #[case::nothing("", "id: is missing")]
    #[case::empty("id=", "id: is no lead id")]
    #[case::malformed("id=a/b", "id: is no lead id")]
    #[case::plus("id=a+b", "id: is no lead id")]
    #[case::bad_percent("id=%zz", "id: is no lead id")]
    #[case::twice("id=a&id=a", "id: is given more than once")]
    #[case::wait_word("id=a&wait=soon", "wait: is no whole number")]
    #[case::wait_fraction("id=a&wait=2.5", "wait: is no whole number")]
    #[case::wait_empty("id=a&wait=", "wait: is no whole number")]
    #[case::wait_minus("id=a&wait=-", "wait: is no whole number")]
    #[case::invalid_utf8("id=%ff", "query: is not UTF-8")]
    #[case::invalid_name("id=a&%c3=1", "query: is not UTF-8")]
    #[case::nul("id=a%00", "query: holds a NUL")]
    #[case::force_other("id=a&force=yes", "force: must be true or false")]
    #[case::dry_run_twice("id=a&dry_run=true&dry_run=true", "dry_run: is given more than once")]
    #[case::dry_run_other("id=a&dry_run=1", "dry_run: must be true or false")]
    fn what_cannot_be_used_is_named(#[case] query: &str, #[case] expected: &str) {
        let said = read(query);
        assert!(
            said.as_ref().is_err_and(|said| said.starts_with(expected)),
            "{said:?}"
        );
    }
}
