//! Work API's envelope: errors come as HTTP 200 with the status in the body.

use deunicode::deunicode;
use serde_json::Value;

use super::{FetchedProfile, profile};
use crate::lookups::answer::{Entry, merged};
use crate::models::{AllowedPayload, Cnpj, ContactPeople, Cpf, PersonName};
use crate::upstream::{UpstreamErrorKind, is_absent, object_at, parse_object, text_at, text_of};

/// What a readable body says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Reading<T> {
    /// The thing asked for.
    Success(T),
    /// There is none.
    Absent,
}

/// Reads the answer of module `cpf`.
///
/// # Errors
/// The kind of failure: refused, an error in the body, unreadable, or another person.
pub(super) fn profile(
    body: &[u8],
    asked: &Cpf,
) -> Result<Reading<FetchedProfile>, UpstreamErrorKind> {
    let Reading::Success(root) = envelope(body)? else {
        return Ok(Reading::Absent);
    };
    let basics = object_at(&root, "DadosBasicos")
        .ok_or(UpstreamErrorKind::Unreadable("there is no DadosBasicos"))?;
    if !is_absent(basics, "cpf") && cpf_of(basics, "cpf").as_ref() != Some(asked) {
        return Err(UpstreamErrorKind::WrongPerson);
    }
    let profile = profile::read(&root, basics, asked)
        .ok_or(UpstreamErrorKind::Unreadable("the profile has no name"))?;
    Ok(Reading::Success(FetchedProfile {
        profile,
        payload: AllowedPayload::of(&root),
    }))
}

/// Reads the answer of module `phone`: `{"msg": [{"cpf_cnpj": …, "nome": …}]}`. Companies are
/// dropped; when nobody is left, there is nobody.
///
/// # Errors
/// The kind of failure: refused, an error in the body, or unreadable.
pub(super) fn candidates(body: &[u8]) -> Result<Reading<ContactPeople>, UpstreamErrorKind> {
    let Reading::Success(root) = envelope(body)? else {
        return Ok(Reading::Absent);
    };
    let entries = root
        .get("msg")
        .and_then(Value::as_array)
        .ok_or(UpstreamErrorKind::Unreadable("there is no list of people"))?;
    let people = merged(entries.iter().filter_map(person));
    Ok(if people.is_empty() {
        Reading::Absent
    } else {
        Reading::Success(people)
    })
}

/// An entry; `None` when it is a company's, or nothing at all.
fn person(entry: &Value) -> Option<Entry> {
    let cpf = cpf_of(entry, "cpf_cnpj");
    let name = text_at(entry, "nome").and_then(|name| PersonName::parse(&name).ok());
    let document = text_at(entry, "cpf_cnpj");
    let is_company = document
        .as_ref()
        .is_some_and(|text| Cnpj::parse(text).is_ok());
    let is_somebody = document.is_some() || name.is_some();
    (is_somebody && (cpf.is_some() || !is_company)).then_some(Entry { cpf, name })
}

/// The CPF under a key, also zero-padded to 14 digits, or a number without its leading zeros.
fn cpf_of(value: &Value, key: &str) -> Option<Cpf> {
    let text = text_at(value, key)?;
    let text = if value.get(key)?.is_number() {
        format!("{text:0>11}")
    } else {
        text
    };
    Cpf::parse_cpf_or_cnpj(&text).ok()
}

/// The body, if it tells of a success, or that nothing was found.
fn envelope(body: &[u8]) -> Result<Reading<Value>, UpstreamErrorKind> {
    let root = parse_object(body)?;
    if has_error(&root) {
        return Err(UpstreamErrorKind::Reported);
    }
    for key in ["code", "status"] {
        match in_band(&root, key) {
            None | Some(Ok(200)) => {}
            Some(Ok(404)) => return Ok(Reading::Absent),
            Some(Ok(status)) => return Err(kind_of(status, key, &root)),
            Some(Err(kind)) => return Err(kind),
        }
    }
    Ok(Reading::Success(root))
}

fn has_error(root: &Value) -> bool {
    !is_absent(root, "erro") && root.get("erro") != Some(&Value::Bool(false))
}

/// The number under `status` or `code`, given as number or text.
fn in_band(root: &Value, key: &str) -> Option<Result<u16, UpstreamErrorKind>> {
    if is_absent(root, key) {
        return None;
    }
    let number = root.get(key).and_then(text_of);
    let number = number.and_then(|text| text.trim().parse().ok());
    Some(number.ok_or(UpstreamErrorKind::Reported))
}

fn kind_of(status: u16, key: &str, root: &Value) -> UpstreamErrorKind {
    match status {
        403 if is_about_module(root) => UpstreamErrorKind::NotInContract,
        401 | 403 => UpstreamErrorKind::Denied,
        429 if key == "code" => UpstreamErrorKind::NoCredits,
        429 => UpstreamErrorKind::RateLimited,
        500..=599 => UpstreamErrorKind::Unavailable(status),
        _ => UpstreamErrorKind::Reported,
    }
}

/// Whether a 403 says "Módulo X inexistente para a rota." and not something about the token.
fn is_about_module(root: &Value) -> bool {
    let reason = text_at(root, "reason").unwrap_or_default();
    deunicode(&reason).to_lowercase().contains("modulo")
}

#[cfg(test)]
mod tests;
