//! The labelled set of leads (`tests/fixtures/identity/`), and the recipe that makes it.
#![expect(clippy::unwrap_used, reason = "tests")]

mod generated;
mod judge;
mod labelled;
mod recipe;
mod report;

use std::collections::BTreeMap;
use std::fs;

use generated::{agrees, package_file};
use labelled::{Answered, Careful, LabelledLead, Lookup};

const SEED: u64 = 20_261_128;
const PER_SITUATION: usize = 20;

/// A file of the set, as the package knows it.
fn fixture(name: &str) -> String {
    format!("tests/fixtures/identity/{name}")
}

fn read_fixture(name: &str) -> String {
    fs::read_to_string(package_file(&fixture(name))).unwrap()
}

fn the_set() -> Vec<LabelledLead> {
    labelled::read(&read_fixture("leads.jsonl")).unwrap()
}

#[test]
fn the_set_is_what_the_recipe_makes() {
    let made = labelled::write(&recipe::leads(SEED, PER_SITUATION)).unwrap();
    agrees(&fixture("leads.jsonl"), &made);
}

#[test]
fn the_set_is_as_documented() {
    let leads = the_set();
    assert!(leads.len() >= 500, "{} leads", leads.len());
    let mut situations: BTreeMap<&str, Careful> = BTreeMap::new();
    for lead in &leads {
        let careful = situations.entry(&lead.situation).or_insert(lead.careful);
        assert_eq!(*careful, lead.careful, "{}", lead.id);
        check_labels(lead);
        check_contents(lead);
    }
    assert!(situations.len() >= 25, "{} situations", situations.len());
    let drawn: BTreeMap<&str, Careful> = recipe::situations().collect();
    assert_eq!(situations, drawn);
    assert_eq!(situations, documented(&read_fixture("RECIPE.md")));
}

#[test]
fn another_seed_makes_other_leads() {
    let (one, other) = (recipe::leads(1, 3), recipe::leads(2, 3));
    assert_eq!(one, recipe::leads(1, 3));
    for (one, other) in one.iter().zip(&other) {
        assert_eq!(one.id, other.id);
        assert_ne!(one, other);
    }
}

/// A lead that looks as one that is accepted looks is sent by the person it would be given to:
/// otherwise no rule could be right on both.
#[test]
fn no_lead_looks_like_an_accepted_one_and_is_not() {
    let unseen = [3, 4, 5].map(|seed| recipe::leads(seed, PER_SITUATION));
    for lead in unseen.iter().flatten().chain(&the_set()) {
        let typed = lead.lead.name.as_deref().unwrap_or_default();
        let fitting: Vec<&str> = lead
            .profiles
            .iter()
            .filter(|profile| listed(lead, &profile.cpf).is_some_and(|name| agree(typed, name)))
            .filter(|profile| !profile.deceased && !is_estate(&profile.name))
            .filter(|profile| agree(typed, &profile.name))
            .filter(|profile| !is_rejected(lead, &profile.cpf))
            .map(|profile| profile.cpf.as_str())
            .collect();
        if let [only] = fitting[..] {
            assert_eq!(lead.truth.as_deref(), Some(only), "{}", lead.id);
        }
    }
}

/// Situation and verdict of every row of the table: | `situation` | … | verdict | why |.
fn documented(recipe: &str) -> BTreeMap<&str, Careful> {
    let rows = recipe.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let verdict = serde_json::from_str(&format!("\"{}\"", cells[4])).unwrap();
        (cells[0].trim_matches('`'), verdict)
    })
    .collect()
}

fn answers(lead: &LabelledLead) -> impl Iterator<Item = &Answered> {
    let sides = [&lead.by_phone, &lead.by_email];
    sides.into_iter().flatten().filter_map(|side| match side {
        Lookup::Answered(answer) => Some(answer),
        Lookup::Failed(_) => None,
    })
}

fn listed<'a>(lead: &'a LabelledLead, cpf: &str) -> Option<&'a str> {
    let mut people = answers(lead).flat_map(|answer| &answer.people);
    people.find(|person| person.cpf == cpf)?.name.as_deref()
}

fn is_rejected(lead: &LabelledLead, cpf: &str) -> bool {
    answers(lead).any(|answer| answer.rejected.iter().any(|other| other == cpf))
}

/// What the dead left is registered under their CPF.
fn is_estate(name: &str) -> bool {
    words(name).last().is_some_and(|word| word == "ESPOLIO")
}

fn check_labels(lead: &LabelledLead) {
    let id = &lead.id;
    assert!(id.starts_with(&format!("{}-", lead.situation)), "{id}");
    assert_eq!(lead.by_phone.is_some(), lead.lead.phone.is_some(), "{id}");
    assert_eq!(lead.by_email.is_some(), lead.lead.email.is_some(), "{id}");
    let mut candidates: Vec<&str> = answers(lead)
        .flat_map(|answer| &answer.people)
        .map(|person| person.cpf.as_str())
        .collect();
    candidates.sort_unstable();
    candidates.dedup();
    let mut profiles: Vec<&str> = lead.profiles.iter().map(|p| p.cpf.as_str()).collect();
    profiles.sort_unstable();
    assert_eq!(candidates, profiles, "{id}: one profile per candidate");
    if let Some(truth) = lead.truth.as_deref() {
        assert!(candidates.contains(&truth), "{id}");
    }
    if lead.careful == Careful::Accept {
        assert!(lead.truth.is_some(), "{id}");
    }
}

fn check_contents(lead: &LabelledLead) {
    let id = &lead.id;
    let people = || answers(lead).flat_map(|answer| &answer.people);
    let without_cpf = answers(lead).flat_map(|answer| answer.without_cpf.iter().flatten());
    let names = lead
        .lead
        .name
        .iter()
        .chain(people().filter_map(|person| person.name.as_ref()))
        .chain(without_cpf)
        .chain(lead.profiles.iter().map(|profile| &profile.name));
    for name in names {
        let length = name.chars().count();
        assert!((1..=200).contains(&length), "{id}: {length} characters");
    }
    let rejected = answers(lead).flat_map(|answer| &answer.rejected);
    for cpf in people().map(|person| &person.cpf).chain(rejected) {
        assert!(is_cpf(cpf), "{id}: check digits");
    }
    let phones = lead.profiles.iter().flat_map(|profile| &profile.phones);
    for phone in lead.lead.phone.iter().chain(phones) {
        let digits = phone.len() == 11 && phone.bytes().all(|digit| digit.is_ascii_digit());
        assert!(digits && phone.starts_with("119"), "{id}: {phone}");
    }
    let emails = lead.profiles.iter().flat_map(|profile| &profile.emails);
    for email in lead.lead.email.iter().chain(emails) {
        let (local, domain) = email.split_once('@').unwrap();
        let ours = matches!(domain, "example.com" | "example.org");
        assert!(
            ours && !local.is_empty() && local.is_ascii(),
            "{id}: {email}"
        );
    }
}

fn is_cpf(text: &str) -> bool {
    let digits: Vec<u32> = text
        .chars()
        .filter_map(|digit| digit.to_digit(10))
        .collect();
    let check = |length: usize| {
        let weights = (2..).take(length);
        let sum: u32 = digits[..length]
            .iter()
            .rev()
            .zip(weights)
            .map(|(a, b)| a * b)
            .sum();
        sum * 10 % 11 % 10
    };
    let one_digit = digits.iter().all(|digit| *digit == digits[0]);
    digits.len() == 11 && !one_digit && check(9) == digits[9] && check(10) == digits[10]
}

const SUFFIXES: [&str; 5] = ["FILHO", "JUNIOR", "NETO", "SOBRINHO", "SEGUNDO"];

/// The same first name and suffix, a surname of both, and words left over on one side at most.
fn agree(one: &str, other: &str) -> bool {
    let (one, other) = (words(one), words(other));
    let (Some(first), Some(other_first)) = (one.first(), other.first()) else {
        return false;
    };
    let missing = |from: &[String], words: &[String]| from.iter().any(|word| !words.contains(word));
    let suffix = |words: &[String]| {
        words
            .iter()
            .find(|word| SUFFIXES.contains(&word.as_str()))
            .cloned()
    };
    first == other_first
        && suffix(&one) == suffix(&other)
        && one[1..].iter().any(|word| other[1..].contains(word))
        && !(missing(&one, &other) && missing(&other, &one))
}

fn words(name: &str) -> Vec<String> {
    const ACCENTS: &str = "ÁAÀAÂAÃAÉEÊEÍIÓOÔOÕOÚUÜUÇC";
    let bare = |letter: char| {
        let mut found = ACCENTS.chars().skip_while(move |accent| *accent != letter);
        if letter.is_ascii() {
            letter
        } else {
            found.nth(1).unwrap_or(letter)
        }
    };
    let capitals: String = name.to_uppercase().chars().map(bare).collect();
    let words = capitals.split(|letter: char| !letter.is_alphabetic());
    let mut words: Vec<String> = words
        .filter(|word| !matches!(*word, "" | "DA" | "DE" | "DO" | "DOS" | "DAS" | "E"))
        .map(|word| {
            if word == "JR" {
                "JUNIOR".to_owned()
            } else {
                word.to_owned()
            }
        })
        .collect();
    if let Some(suffix) = short_suffix(&words) {
        if words.pop().is_some_and(|last| last == "R") {
            words.pop();
        }
        words.push(suffix.to_owned());
    }
    words
}

/// The suffix that the end of a name is short for. Of "2º" the letter is left.
fn short_suffix(words: &[String]) -> Option<&'static str> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        [_, .., "F" | "Fº"] => Some("FILHO"),
        [_, .., "JNR"] | [_, .., "J", "R"] => Some("JUNIOR"),
        [_, .., "NTO"] => Some("NETO"),
        [_, .., "º"] => Some("SEGUNDO"),
        [_, .., last] if last.len() >= 3 => {
            SUFFIXES.into_iter().find(|suffix| suffix.starts_with(last))
        }
        _ => None,
    }
}
