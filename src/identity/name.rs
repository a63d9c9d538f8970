//! Names made comparable: the words of a name, and what each is.

use std::collections::BTreeSet;

use super::fold::{SIGN, words_of};
use super::names;
use super::words::{AND, Suffix, is_particle, name_nobody};
use crate::models::PersonName;

/// A folded word of a name.
#[derive(Debug, Clone)]
pub(super) struct Word {
    text: String,
    /// The spelling that all that are said alike have in common, if there are several.
    canonical: Option<&'static str>,
}

impl Word {
    fn new(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            canonical: names::canonical(text),
        }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The spelling to compare and to look up by.
    pub(super) fn canonical(&self) -> &str {
        self.canonical.unwrap_or(&self.text)
    }

    pub(super) fn is_initial(&self) -> bool {
        self.text.len() == 1
    }

    pub(super) fn is_given_name(&self) -> bool {
        names::is_given(self.canonical())
    }

    pub(super) fn is_known_name(&self) -> bool {
        names::is_known(self.canonical())
    }

    /// The same name, in whatever spelling.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.canonical() == other.canonical()
    }

    /// One is the other's initial.
    pub(super) fn is_initial_of_either(&self, other: &Self) -> bool {
        (self.is_initial() && other.text.starts_with(&self.text))
            || (other.is_initial() && self.text.starts_with(&other.text))
    }

    /// These two words written as one: `D AVILA` and `DAVILA`.
    pub(super) fn is_joined(&self, front: &Self, back: &Self) -> bool {
        let (front, back) = (front.text.as_str(), back.text.as_str());
        let same_text = self.text.strip_prefix(front) == Some(back);
        same_text
            || self
                .canonical
                .is_some_and(|name| names::canonical(&[front, back].concat()) == Some(name))
    }
}

/// A name as words: accents, case, particles and punctuation folded away, suffixes apart.
#[derive(Debug, Clone)]
pub(super) struct ComparableName {
    pub(super) first: Word,
    pub(super) further: Vec<Word>,
    pub(super) suffixes: BTreeSet<Suffix>,
}

impl ComparableName {
    /// The words of a name. `None` when nothing but particles and titles is left.
    pub(super) fn of(name: &PersonName) -> Option<Self> {
        Self::from_words(&words_of(name.as_str()))
    }

    fn from_words(words: &[String]) -> Option<Self> {
        // no name begins with "e": there it is an initial
        let initial = |at, word: &str| at == 0 && word == AND;
        let mut words = words
            .iter()
            .enumerate()
            .filter(|(at, word)| !is_particle(word) || initial(*at, word))
            .map(|(_, word)| word);
        let first = Word::new(words.next()?);
        let (mut further, mut suffixes) = (Vec::new(), BTreeSet::new());
        for word in words {
            match Suffix::parse(word) {
                Some(suffix) => {
                    suffixes.insert(suffix);
                }
                None => further.push(Word::new(word)),
            }
        }
        Some(Self {
            first,
            further,
            suffixes,
        })
    }

    /// Whether it has a first name and a further one, both in full: less agrees with no register.
    pub(super) fn has_surname(&self) -> bool {
        !self.first.is_initial() && self.further.iter().any(|word| !word.is_initial())
    }

    /// Whether one of this register name's further words is a surname: a given name ("Ana Paula") is
    /// one only at the end, where a register has the family's name.
    pub(super) fn is_surname(&self, word: &Word) -> bool {
        let is_last = || self.further.last().is_some_and(|last| last.is_same(word));
        !word.is_given_name() || is_last()
    }
}

/// A name that a person typed, or that is read as if one had.
#[derive(Debug, Clone)]
pub(super) struct TypedName {
    pub(super) name: ComparableName,
    /// When the first name is no known name: those that it may have been meant to be.
    pub(super) meant: BTreeSet<&'static str>,
}

impl TypedName {
    pub(super) fn new(name: ComparableName) -> Self {
        let meant = if name.first.is_known_name() {
            BTreeSet::new()
        } else {
            names::given_names_near(name.first.text())
        };
        Self { name, meant }
    }
}

/// The usable name of a lead.
#[derive(Debug, Clone)]
pub(super) enum LeadName {
    Of(TypedName),
    /// Two people in one field: "João e Maria Silva".
    OfTwo(TypedName, TypedName),
}

impl LeadName {
    /// `None` when what was typed is no person's name: an e-mail, a phone, a placeholder ("Cliente",
    /// "Lead …"), a company, initials only (API.md "Identity": a lead without a usable name).
    pub(super) fn of(name: Option<&PersonName>) -> Option<Self> {
        let text = name?.as_str();
        let letters = text.chars().filter(|c| c.is_alphabetic()).count();
        let digits = text.chars().filter(|c| c.is_numeric()).count();
        let words = words_of(text);
        if text.contains('@') || digits > letters || name_nobody(&words) {
            return None;
        }
        let whole = || {
            Some(Self::Of(TypedName::new(ComparableName::from_words(
                &words,
            )?)))
        };
        Self::of_two(&words).or_else(whole)
    }

    /// Two people: joined by a sign, or by an "e" before a given name ("Maria Costa e Silva" is one),
    /// of which the tables may not know the rare ones.
    fn of_two(words: &[String]) -> Option<Self> {
        let is_given = |word: &String| Word::new(word).is_given_name();
        let at = (1..words.len().saturating_sub(1)).find(|&at| {
            let next = Word::new(&words[at + 1]);
            let may_be_given = || !next.is_initial() && !names::is_surname(next.canonical());
            let before_surname = || words[..at].iter().all(is_given) && at + 2 < words.len();
            let begins_a_name = || next.is_given_name() || (may_be_given() && before_surname());
            words[at] == SIGN || (words[at] == AND && begins_a_name())
        })?;
        let mut one = ComparableName::from_words(&words[..at])?;
        let other = ComparableName::from_words(&words[at + 1..])?;
        if one.further.iter().all(Word::is_given_name) {
            let surnames = other.further.iter().filter(|word| !word.is_given_name());
            one.further.extend(surnames.cloned());
        }
        Some(Self::OfTwo(TypedName::new(one), TypedName::new(other)))
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &TypedName> {
        let (one, other) = match self {
            Self::Of(one) => (one, None),
            Self::OfTwo(one, other) => (one, Some(other)),
        };
        std::iter::once(one).chain(other)
    }

    pub(super) const fn is_of_two(&self) -> bool {
        matches!(self, Self::OfTwo(..))
    }

    /// Whether the lead left no suffix, which a son may have left out.
    pub(super) fn has_no_suffix(&self) -> bool {
        self.names().all(|typed| typed.name.suffixes.is_empty())
    }
}
