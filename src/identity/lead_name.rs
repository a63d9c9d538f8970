//! The usable name of a lead, or what is usable of it.

use super::Reason;
use super::fold::{SIGN, is_first_name, without_titles};
use super::name::{ComparableName, TypedName, Word};
use super::names;
use super::not_names::{is_of_company, is_profession, is_relative};
use super::typed::TypedWords;
use super::words::{AND, is_particle};
use crate::models::PersonName;

/// Words beside [`SIGN`] that join two people in one field.
const JOINERS: [&str; 3] = ["AND", "COM", "OU"];

/// What a lead typed, once it names somebody.
#[derive(Debug, Clone)]
pub(super) struct LeadName {
    first: TypedName,
    other: Option<TypedName>,
    /// Everything as one name, where an "e" may also stand between two surnames.
    whole: Option<TypedName>,
    /// Why it accepts nobody, if it names more than one person.
    pub(super) unsure: Option<Reason>,
}

impl LeadName {
    /// `None` when what was typed is no person's name: an e-mail, a phone, a placeholder ("Cliente",
    /// "Lead …"), a company, one initial (API.md "Identity": a lead without a usable name). A name beside
    /// one of these is a name; that of a company may be another person's.
    pub(super) fn of(name: Option<&PersonName>) -> Option<Self> {
        let TypedWords { words, noisy } = TypedWords::of(name?.as_str());
        if is_company(&words) {
            return Self::of_company(words);
        }
        if !name_somebody(&words, noisy) {
            return None;
        }
        let whole = ComparableName::from_words(&words).map(TypedName::new);
        match join(&words) {
            None => Some(Self::of_one(whole?)),
            Some(at) => Self::of_two(&words, at, whole?),
        }
    }

    const fn of_one(first: TypedName) -> Self {
        Self {
            first,
            other: None,
            whole: None,
            unsure: None,
        }
    }

    /// A company that bears a person's name: it may be anybody's who works there.
    fn of_company(mut words: Vec<String>) -> Option<Self> {
        words.retain(|word| !is_of_company(word) && !is_profession(word));
        let begin = words.iter().position(|word| !is_particle(word))?;
        let names_person = is_first_name(&words[begin]);
        let name = ComparableName::from_words(&words[begin..]).filter(|_| names_person)?;
        Some(Self {
            unsure: Some(Reason::NoUsableName),
            ..Self::of_one(TypedName::new(name))
        })
    }

    /// Two people, joined by the word at this place: "João e Maria Silva".
    fn of_two(words: &[String], at: usize, whole: TypedName) -> Option<Self> {
        let mut one = ComparableName::from_words(&words[..at])?;
        let other = without_titles(words[at + 1..].to_vec());
        let other = ComparableName::from_words(&other);
        if one.further.iter().all(Word::is_given_name) {
            let surnames = other.iter().flat_map(|other| &other.further);
            let surnames = surnames.filter(|word| !word.is_given_name());
            one.further.extend(surnames.cloned());
        }
        Some(Self {
            first: TypedName::new(one),
            other: other.map(TypedName::new),
            whole: Some(whole).filter(|_| words[at] == AND),
            unsure: Some(Reason::TwoNamesInOne),
        })
    }

    /// The one person's name that it is; `None` when it may name another one too.
    pub(super) fn into_only(self) -> Option<TypedName> {
        Some(self.first).filter(|_| self.unsure.is_none())
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &TypedName> {
        std::iter::once(&self.first).chain(&self.other)
    }

    /// What was typed as one name, if a register has all its words in this order.
    pub(super) fn whole_as_in(&self, register: &ComparableName) -> Option<&TypedName> {
        let whole = self.whole.as_ref()?;
        whole.name.is_within(register).then_some(whole)
    }

    /// Whether the lead typed nothing but initials.
    pub(super) fn has_initials_only(&self) -> bool {
        let name = &self.first.name;
        name.first.is_initial() && name.further.iter().all(Word::is_initial)
    }

    /// Whether the lead left no suffix, which a son may have left out.
    pub(super) fn has_no_suffix(&self) -> bool {
        self.names().all(|typed| typed.name.suffixes.is_empty())
    }
}

/// Where two people are joined: by a sign, by a relative, or by an "e" before a given name, or before a
/// word that may be one, as the tables do not know the rare ones ("Maria Costa e Silva" is one person).
fn join(words: &[String]) -> Option<usize> {
    (1..words.len()).find(|&at| {
        let word = words[at].as_str();
        let next = words[at + 1..].iter().find(|word| !is_particle(word));
        match word {
            SIGN => next.is_some(),
            AND => and_joins(&words[..at], &words[at + 1..]),
            "Y" => next.is_some_and(|next| is_first_name(next)),
            _ => is_relative(word) || (JOINERS.contains(&word) && next.is_some()),
        }
    })
}

fn and_joins(before: &[String], after: &[String]) -> bool {
    let article = usize::from(after.len() > 1 && matches!(after[0].as_str(), "O" | "A"));
    let after = without_titles(after[article..].to_vec());
    let mut words = after.iter().filter(|word| !is_particle(word));
    let Some(next) = words.next().map(|word| Word::new(word)) else {
        return false;
    };
    let is_alone = words.next().is_none();
    let follows_given_name = || before.last().is_some_and(|last| is_first_name(last));
    if is_relative(next.text()) || is_first_name(next.text()) {
        return true;
    }
    let is_surname = next.is_initial() || names::is_surname(next.canonical());
    !is_surname && (!is_alone || follows_given_name())
}

/// Whether a company's word is among words, or its form at the end: `S A` also behind somebody's full
/// name, `ME` only without a given name, as a person's company has it.
fn is_company(words: &[String]) -> bool {
    let ends_with = |ending: &[&str]| {
        let last = words.iter().rev().map(String::as_str);
        words.len() > ending.len() && last.take(ending.len()).eq(ending.iter().rev().copied())
    };
    let of_person = words.first().is_some_and(|first| is_first_name(first));
    let full = words.iter().skip(1).any(|word| word.len() > 1);
    let shares = ends_with(&["S", "A"]) || ends_with(&["S", SIGN, "A"]);
    (shares && (full || !of_person))
        || (ends_with(&["ME"]) && !of_person)
        || words
            .iter()
            .any(|word| is_of_company(word) || is_profession(word))
}

/// Whether words name somebody: some two letters differ, and beside what is no name, there is a given name
/// or two words that may be one.
fn name_somebody(words: &[String], noisy: bool) -> bool {
    let plain = || words.iter().filter(|word| !is_particle(word));
    let one_letter = |word: &String| {
        let mut letters = word.bytes();
        let first = letters.next();
        letters.all(|letter| Some(letter) == first)
    };
    if plain().all(one_letter) {
        let initials =
            plain().all(|word| word.len() == 1) && !words.iter().any(|word| word == SIGN);
        return initials && plain().any(|word| Some(word) != plain().next());
    }
    let is_given = |word: &String| is_first_name(word) || names::is_nickname(word);
    !noisy || plain().any(is_given) || plain().filter(|word| word.len() > 1).count() > 1
}
