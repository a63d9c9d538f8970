//! Diretrix' list of people: `[{"nome": …, "cpf": …}]`.

use serde_json::Value;

use crate::lookups::answer::{Entry, merged};
use crate::models::{Cnpj, ContactPeople, Cpf, PersonName};
use crate::upstream::{UpstreamErrorKind, parse_value, text_at};

/// Reads the people. One whose CPF cannot be one shares the contact, and nothing can be asked about them. A list in which no entry has a `cpf` at all has another
/// shape than Diretrix' and is not read as "nobody".
///
/// # Errors
/// [`UpstreamErrorKind::Unreadable`] when the body is no list of people.
pub(super) fn candidates(body: &[u8]) -> Result<ContactPeople, UpstreamErrorKind> {
    let root = parse_value(body)?;
    let entries = root
        .as_array()
        .ok_or(UpstreamErrorKind::Unreadable("it is not a list"))?;
    let without_cpf = |entry: &Value| entry.get("cpf").is_none();
    if !entries.is_empty() && entries.iter().all(without_cpf) {
        return Err(UpstreamErrorKind::Unreadable("its entries have no cpf"));
    }
    let people = merged(entries.iter().filter_map(person));
    let unusable = people.without_cpf.len();
    if unusable > 0 {
        tracing::warn!(unusable, "diretrix named people without a valid CPF");
    }
    Ok(people)
}

/// An entry; `None` when it is a company's, or nothing at all.
fn person(entry: &Value) -> Option<Entry> {
    let document = text_at(entry, "cpf");
    let name = text_at(entry, "nome").and_then(|name| PersonName::parse(&name).ok());
    let is_company = document
        .as_ref()
        .is_some_and(|text| Cnpj::parse(text).is_ok());
    let cpf = document.as_ref().and_then(|text| Cpf::parse(text).ok());
    let is_somebody = document.is_some() || name.is_some();
    (is_somebody && !is_company).then_some(Entry { cpf, name })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const UM: &str = "52998224725";
    const DOIS: &str = "11144477735";
    /// A CPF with two leading zeros.
    const ZEROS: &str = "00123456797";

    fn read(body: &str) -> Result<Vec<(String, Option<String>)>, UpstreamErrorKind> {
        let text = |name: PersonName| name.as_str().to_owned();
        let read = candidates(body.as_bytes())?;
        let pairs = read.people.into_iter();
        Ok(pairs.map(|c| (c.cpf.into(), c.name.map(text))).collect())
    }

    fn person(cpf: &str, name: Option<&str>) -> (String, Option<String>) {
        (cpf.to_owned(), name.map(str::to_owned))
    }

    #[rstest]
    #[case(
        include_str!("../../../tests/fixtures/diretrix/phone_two_people.json"),
        vec![person(DOIS, Some("PESSOA EXEMPLO DOIS")), person(UM, Some("PESSOA EXEMPLO UM"))]
    )]
    #[case(
        include_str!("../../../tests/fixtures/diretrix/odd_entries.json"),
        vec![
            person(ZEROS, None),
            person(DOIS, None),
            person(UM, Some("PESSOA EXEMPLO UM DA SILVA")),
        ]
    )]
    #[case("[]", vec![])]
    #[case(r#"[{"nome":"A","cpf":"52998224724"},{"nome":"B","cpf":"11222333000181"}]"#, vec![])]
    #[case(r#"[{"nome":"A","cpf":null}]"#, vec![])]
    fn reads_people(#[case] body: &str, #[case] people: Vec<(String, Option<String>)>) {
        assert_eq!(read(body), Ok(people));
    }

    #[rstest]
    #[case::wrong_digit(
        r#"[{"nome":"A","cpf":"52998224724"},{"nome":"B","cpf":"52998224725"}]"#,
        1
    )]
    #[case::none(r#"[{"nome":"A","cpf":null},{"nome":"A","cpf":""}]"#, 2)]
    #[case::a_company(r#"[{"nome":"B","cpf":"11222333000181"}]"#, 0)]
    #[case::without_a_name(r#"[{"nome":"","cpf":"52998224724"}]"#, 1)]
    #[case::nobody(r#"[{"nome":"","cpf":""}]"#, 0)]
    fn who_has_no_cpf_shares_the_contact(#[case] body: &str, #[case] without_cpf: usize) {
        let read = candidates(body.as_bytes()).map(|people| people.without_cpf.len());
        assert_eq!(read, Ok(without_cpf));
    }

    #[rstest]
    #[case("{}")]
    #[case("null")]
    #[case("")]
    #[case(r#"{"nome":"A","cpf":"52998224725"}"#)]
    #[case(r#"[{"documento":"52998224725"}]"#)]
    #[case("[1, 2]")]
    #[case(r#"[{"nome":"A","cpf":"5299822"#)]
    fn refuses_what_is_no_list_of_people(#[case] body: &str) {
        assert!(matches!(read(body), Err(UpstreamErrorKind::Unreadable(_))));
    }
}
