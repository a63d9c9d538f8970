//! The sections of the message, each only when it has content.

use super::{MessageInput, day, finances, shortened};
use crate::models::{Address, CompanyTie, FreeText, MessageField, ProfilePhone, Sex, clean};

/// Entries shown of a list (API.md "The message").
const MOST_EMAILS: usize = 3;
const MOST_PHONES: usize = 3;
const MOST_ADDRESSES: usize = 2;
const MOST_COMPANIES: usize = 3;

/// Longest value in the provider's words, and longest address, in characters.
const LONGEST_WORDS: usize = 80;
const LONGEST_ADDRESS: usize = 240;

/// The sections with content, in the order of the message.
pub(super) fn all(input: &MessageInput<'_>) -> impl Iterator<Item = String> {
    let shown = |field| input.options.fields.contains(&field);
    let financial = shown(MessageField::Financial).then(|| finances::section(input));
    let emails = shown(MessageField::Emails).then(|| emails(input));
    let phones = shown(MessageField::Phones).then(|| phones(input));
    let addresses = shown(MessageField::Addresses).then(|| addresses(input));
    let companies = shown(MessageField::Companies).then(|| companies(input));
    let optional = [financial, emails, phones, addresses, companies];
    std::iter::once(personal(input)).chain(optional.into_iter().flatten().flatten())
}

/// A heading and its lines; `None` without lines.
pub(super) fn section(heading: &str, lines: &[String]) -> Option<String> {
    (!lines.is_empty()).then(|| format!("{heading}\n{}", lines.join("\n")))
}

/// A labelled value in the provider's words, if there is one.
pub(super) fn labelled(label: &str, words: Option<&FreeText>) -> Option<String> {
    let words = shortened(words?.as_str(), LONGEST_WORDS);
    Some(format!("{label}: {words}"))
}

fn personal(input: &MessageInput<'_>) -> String {
    let profile = input.profile;
    let mut text = format!(
        "✅ DADOS PESSOAIS\nNome: {}\nCPF: {}",
        profile.name.as_str(),
        profile.cpf.formatted()
    );
    if input.options.fields.contains(&MessageField::Personal) {
        let mother = profile.mother_name.as_ref();
        let lines = [
            birth(input),
            profile.sex.map(|sex| format!("Sexo: {}", sex_word(sex))),
            mother.map(|mother| format!("Mãe: {}", mother.as_str())),
        ];
        for line in lines.into_iter().flatten() {
            text.push('\n');
            text.push_str(&line);
        }
    }
    text
}

/// The day of birth; none for a day that is still to come. Without the age: a birthday would make
/// another message of it, and post it again.
fn birth(input: &MessageInput<'_>) -> Option<String> {
    let born = input.profile.birth_date?;
    (born <= input.today).then(|| format!("Data Nascimento: {}", day(born)))
}

const fn sex_word(sex: Sex) -> &'static str {
    match sex {
        Sex::Female => "Feminino",
        Sex::Male => "Masculino",
    }
}

fn emails(input: &MessageInput<'_>) -> Option<String> {
    let emails = input.profile.emails.iter();
    let emails = emails.map(|entry| entry.email.as_str().to_owned());
    list("📧 EMAILS", emails.collect(), MOST_EMAILS)
}

fn phones(input: &MessageInput<'_>) -> Option<String> {
    let line = |entry: &ProfilePhone| {
        let mark = if entry.whatsapp {
            " (WhatsApp ✅)"
        } else {
            ""
        };
        format!("{}{mark}", entry.phone.formatted())
    };
    let phones = input.profile.phones.iter().map(line);
    list("📱 TELEFONES", phones.collect(), MOST_PHONES)
}

fn addresses(input: &MessageInput<'_>) -> Option<String> {
    let addresses = input.profile.addresses.iter().filter_map(address_line);
    list("🏠 ENDEREÇOS", addresses.collect(), MOST_ADDRESSES)
}

/// `R EXEMPLO, 100, APTO 101 - BAIRRO - CIDADE/SP - CEP 01000-000`, without what is not known.
fn address_line(address: &Address) -> Option<String> {
    let words = |part: &Option<FreeText>| {
        let part = part.as_ref()?;
        Some(shortened(part.as_str(), LONGEST_WORDS))
    };
    let joined = |parts: &[Option<String>], with: &str| {
        let known: Vec<&str> = parts.iter().flatten().map(String::as_str).collect();
        (!known.is_empty()).then(|| known.join(with))
    };
    let street = joined(&[words(&address.street_type), words(&address.street)], " ");
    let door = [street, words(&address.number), words(&address.complement)];
    let place = [words(&address.city), address.state.clone()];
    let zip_code = address.zip_code.as_deref().map(|zip| match zip.len() {
        8 if zip.is_ascii() => format!("CEP {}-{}", &zip[..5], &zip[5..]),
        _ => format!("CEP {zip}"),
    });
    let parts = [
        joined(&door, ", "),
        words(&address.neighborhood),
        joined(&place, "/"),
        zip_code,
    ];
    let line = clean(&joined(&parts, " - ")?);
    (!line.is_empty()).then(|| shortened(&line, LONGEST_ADDRESS))
}

fn companies(input: &MessageInput<'_>) -> Option<String> {
    let line = |tie: &CompanyTie| {
        let relation = tie.relation.as_ref().map(|relation| {
            let words = shortened(relation.as_str(), LONGEST_WORDS);
            format!(" ({words})")
        });
        format!("{}{}", tie.cnpj.formatted(), relation.unwrap_or_default())
    };
    let companies = input.profile.companies.iter().map(line);
    list("🏢 EMPRESAS", companies.collect(), MOST_COMPANIES)
}

/// The first entries of a list, and how many more there are.
fn list(heading: &str, entries: Vec<String>, most: usize) -> Option<String> {
    let more = entries.len().saturating_sub(most);
    let shown = entries.into_iter().take(most);
    let mut lines: Vec<String> = shown.map(|entry| format!("• {entry}")).collect();
    if more > 0 {
        lines.push(format!("… e mais {more}"));
    }
    section(heading, &lines)
}
