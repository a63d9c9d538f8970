//! Work API's profile, read field by field: no field but the name can fail the whole.

use std::collections::HashSet;
use std::hash::Hash;

use deunicode::deunicode;
use serde_json::Value;

use crate::models::{
    Address, Cnpj, CompanyTie, Cpf, Email, FreeText, PersonName, Phone, Profile, ProfileEmail,
    ProfilePhone, RegistrationStatus, Sex, digits_of, parse_day,
};
use crate::upstream::{items_at, money_at, text_at, text_of};

/// How many entries of a list are read. Real answers have a few dozen; more is somebody's mistake.
const LONGEST_LIST: usize = 200;

/// Reads the profile; `None` when it has no readable name. `basics` is its `DadosBasicos`.
pub(super) fn read(root: &Value, basics: &Value, cpf: &Cpf) -> Option<Profile> {
    let none = &Value::Null;
    let economics = root.get("DadosEconomicos").unwrap_or(none);
    let purchasing = economics.get("poderAquisitivo").unwrap_or(none);
    let (credit_score, credit_risk) = credit(economics.get("score").unwrap_or(none));
    let below = |key, field| free_text(root.get(key).unwrap_or(none), field);
    Some(Profile {
        cpf: cpf.clone(),
        name: name(basics, "nome")?,
        birth_date: parse_day(&text_at(basics, "dataNascimento").unwrap_or_default()),
        sex: Sex::parse(&text_at(basics, "sexo").unwrap_or_default()),
        mother_name: name(basics, "nomeMae"),
        father_name: name(basics, "nomePai"),
        rg: below("registroGeral", "numero"),
        voter_id: below("tituloEleitor", "tituloEleitorNumero"),
        marital_status: free_text(basics, "estadoCivil"),
        education: free_text(basics, "escolaridade"),
        nationality: free_text(basics, "nacionalidade"),
        deceased: is_deceased(basics.get("obito").unwrap_or(none)),
        registration_status: registration_status(basics),
        income: money_at(economics, "renda"),
        purchasing_power: free_text(purchasing, "poderAquisitivoDescricao"),
        income_band: free_text(purchasing, "faixaPoderAquisitivo"),
        credit_score,
        credit_risk,
        occupation: below("profissao", "cboDescricao"),
        companies: companies(root),
        emails: emails(root),
        phones: phones(root),
        addresses: addresses(root),
    })
}

fn name(value: &Value, key: &str) -> Option<PersonName> {
    PersonName::parse(&text_at(value, key)?).ok()
}

fn free_text(value: &Value, key: &str) -> Option<FreeText> {
    FreeText::parse(&text_at(value, key)?)
}

/// `SIM` or `NÃO`, as a text or a flag.
fn yes_or_no(value: &Value) -> Option<bool> {
    match folded(&text_of(value)?).as_str() {
        "SIM" | "S" | "TRUE" | "1" => Some(true),
        "NAO" | "N" | "NO" | "FALSE" | "0" => Some(false),
        _ => None,
    }
}

fn yes_or_no_at(value: &Value, key: &str) -> Option<bool> {
    yes_or_no(value.get(key)?)
}

/// Upper case without accents.
fn folded(text: &str) -> String {
    deunicode(text.trim()).to_uppercase()
}

/// `{obito: "SIM", dataObito}`, or `obito` itself a text. A day of death tells it too.
fn is_deceased(death: &Value) -> bool {
    let said = yes_or_no(death).or_else(|| yes_or_no_at(death, "obito"));
    let day = text_at(death, "dataObito").and_then(|day| parse_day(&day));
    said == Some(true) || day.is_some()
}

fn registration_status(basics: &Value) -> Option<RegistrationStatus> {
    let status = basics.get("situacaoCadastral")?;
    Some(RegistrationStatus {
        description: free_text(status, "descricaoSituacaoCadastral")?,
        since: text_at(status, "dataSituacaoCadastral").and_then(|day| parse_day(&day)),
    })
}

/// Score and risk of the same model: CSB, or CSBA where CSB says nothing.
fn credit(score: &Value) -> (Option<u16>, Option<FreeText>) {
    let models = [
        ("scoreCSB", "scoreCSBFaixaRisco"),
        ("scoreCSBA", "scoreCSBAFaixaRisco"),
    ];
    let mut read = models.map(|(points, risk)| (points_at(score, points), free_text(score, risk)));
    let best = usize::from(read[0].0.is_none() && (read[1].0.is_some() || read[0].1.is_none()));
    std::mem::take(&mut read[best])
}

fn points_at(score: &Value, key: &str) -> Option<u16> {
    let points: u16 = text_at(score, key)?.parse().ok()?;
    (points <= 1_000).then_some(points)
}

/// The digits under a key; a number gets back the leading zeros it lost.
fn digits_at(value: &Value, key: &str, length: usize) -> Option<String> {
    let digits = digits_of(&text_at(value, key)?);
    if value.get(key)?.is_number() {
        Some(format!("{digits:0>length$}"))
    } else {
        Some(digits)
    }
}

fn entries<'a>(root: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    items_at(root, key).iter().take(LONGEST_LIST)
}

fn companies(root: &Value) -> Vec<CompanyTie> {
    let ties = entries(root, "empresas").filter_map(|entry| {
        Some(CompanyTie {
            cnpj: Cnpj::parse(&digits_at(entry, "cnpj", 14)?).ok()?,
            relation: free_text(entry, "relacao").or_else(|| free_text(entry, "tipoRelacao")),
        })
    });
    first_of_each(ties.collect(), |tie| tie.cnpj.clone())
}

fn emails(root: &Value) -> Vec<ProfileEmail> {
    let usable = |entry: &&Value| yes_or_no_at(entry, "blacklist") != Some(true);
    let emails = entries(root, "emails").filter(usable).filter_map(|entry| {
        Some(ProfileEmail {
            email: Email::parse(&text_at(entry, "email")?).ok()?,
            priority: free_text(entry, "prioridade"),
            quality: free_text(entry, "qualidade"),
            personal: yes_or_no_at(entry, "emailPessoal"),
        })
    });
    let mut emails: Vec<ProfileEmail> = emails.collect();
    emails.sort_by_key(|email| {
        (
            rank(
                email.priority.as_ref(),
                &["MUITO ALTA", "ALTA", "MEDIA", "BAIXA"],
            ),
            rank(email.quality.as_ref(), &["OTIMO", "BOM", "REGULAR", "RUIM"]),
        )
    });
    first_of_each(emails, |email| email.email.clone())
}

/// The place of a label in a list from best to worst; unknown labels come last.
fn rank(label: Option<&FreeText>, best_first: &[&str]) -> usize {
    let label = label.map(|label| folded(label.as_str()));
    best_first
        .iter()
        .position(|known| label.as_deref() == Some(*known))
        .unwrap_or(best_first.len())
}

fn phones(root: &Value) -> Vec<ProfilePhone> {
    let phones = entries(root, "telefones").filter_map(|entry| {
        Some(ProfilePhone {
            phone: Phone::parse(&text_at(entry, "telefone")?).ok()?,
            whatsapp: yes_or_no_at(entry, "whatsapp") == Some(true),
            active: text_at(entry, "status").and_then(|status| is_active(&status)),
            kind: free_text(entry, "tipo"),
            operator: free_text(entry, "operadora"),
        })
    });
    let mut phones: Vec<ProfilePhone> = phones.collect();
    phones.sort_by_key(|phone| {
        let inactive = match phone.active {
            Some(true) => 0,
            None => 1,
            Some(false) => 2,
        };
        (!phone.whatsapp, inactive, !phone.phone.is_mobile())
    });
    first_of_each(phones, |phone| phone.phone.clone())
}

/// `ATIVO`, or `NO` for a number out of use (UPSTREAMS.md §3).
fn is_active(status: &str) -> Option<bool> {
    match folded(status).as_str() {
        "ATIVO" => Some(true),
        "NO" | "INATIVO" => Some(false),
        _ => None,
    }
}

fn addresses(root: &Value) -> Vec<Address> {
    let addresses = entries(root, "enderecos").filter_map(|entry| {
        let address = Address {
            street_type: free_text(entry, "tipoLogradouro"),
            street: free_text(entry, "logradouro"),
            number: free_text(entry, "logradouroNumero").filter(is_house_number),
            complement: free_text(entry, "complemento"),
            neighborhood: free_text(entry, "bairro"),
            city: free_text(entry, "cidade"),
            state: text_at(entry, "uf").and_then(|state| state_of(&state)),
            zip_code: digits_at(entry, "cep", 8).filter(|cep| cep.len() == 8),
        };
        let says_where =
            address.street.is_some() || address.city.is_some() || address.zip_code.is_some();
        says_where.then_some(address)
    });
    let texts = |text: &Option<FreeText>| text.as_ref().map(|text| folded(text.as_str()));
    first_of_each(addresses.collect(), |address| {
        (
            [&address.street_type, &address.street, &address.number].map(texts),
            [&address.complement, &address.neighborhood, &address.city].map(texts),
            address.state.clone(),
            address.zip_code.clone(),
        )
    })
}

/// Not so `S/N`, "sem número".
fn is_house_number(number: &FreeText) -> bool {
    let letters = number.as_str().chars().filter(char::is_ascii_alphanumeric);
    !letters.collect::<String>().eq_ignore_ascii_case("SN")
}

fn state_of(text: &str) -> Option<String> {
    let two_letters = text.len() == 2 && text.bytes().all(|b| b.is_ascii_alphabetic());
    two_letters.then(|| text.to_ascii_uppercase())
}

/// The items without those whose key an earlier one has.
fn first_of_each<T, K: Eq + Hash>(items: Vec<T>, key: impl Fn(&T) -> K) -> Vec<T> {
    let mut seen = HashSet::new();
    let mut items = items;
    items.retain(|item| seen.insert(key(item)));
    items
}

#[cfg(test)]
mod tests;
