//! Names made comparable: the words of a name, and what each is.

use std::collections::BTreeSet;

use super::fold::words_of;
use super::names;
use super::words::{AND, Suffix, is_particle};
use crate::models::PersonName;

/// Surnames that are given as second names, mostly of a devotion: Francisco de Assis, Maria das Neves.
/// Common knowledge, like the lists of `names`.
const DEVOTIONAL: [&str; 17] = [
    "ANJOS",
    "ASSIS",
    "BAPTISTA",
    "BATISTA",
    "CHAGAS",
    "CRUZ",
    "EVANGELISTA",
    "GUADALUPE",
    "JESUS",
    "LUZ",
    "NEVES",
    "PAIXAO",
    "PENHA",
    "ROSARIO",
    "SANTISSIMA",
    "TRINDADE",
    "XAVIER",
];

/// A folded word of a name.
#[derive(Debug, Clone)]
pub(super) struct Word {
    text: String,
    /// The spelling that all that are said alike have in common, if there are several, without a particle
    /// that is glued to it.
    canonical: Option<&'static str>,
}

impl Word {
    pub(super) fn new(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            canonical: names::canonical(text).or_else(|| names::without_particle(text)),
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

    /// Whether it is given as a second name: a given name, or one of a devotion.
    fn is_second_name(&self) -> bool {
        self.is_first_name() || DEVOTIONAL.contains(&self.text())
    }

    /// Whether it is a given name, counted or not.
    pub(super) fn is_first_name(&self) -> bool {
        names::is_first_name(self.canonical())
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

    /// One is the other's initial, or short for it, and no name itself (AP, APARECIDA).
    pub(super) fn is_short_for_either(&self, other: &Self) -> bool {
        let is_short = |short: &Self, long: &Self| {
            short.text.len() > 1 && long.text.starts_with(&short.text) && !short.is_known_name()
        };
        self.is_initial_of_either(other) || is_short(self, other) || is_short(other, self)
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

    /// A first name in one word that is two ("Joaopaulo") is parted; the last word may be a suffix cut off.
    pub(super) fn from_words(words: &[String]) -> Option<Self> {
        // no name begins with "e": there it is an initial
        let initial = |at, word: &str| at == 0 && word == AND;
        let mut words = words
            .iter()
            .enumerate()
            .filter(|(at, word)| !is_particle(word) || initial(*at, word))
            .map(|(_, word)| word.as_str());
        let first = words.next()?;
        let two = names::two_given_names(first);
        let (mut further, mut suffixes) = (Vec::new(), BTreeSet::new());
        further.extend(two.map(|(_, second)| Word::new(second)));
        let mut words = words.peekable();
        while let Some(word) = words.next() {
            let is_last = words.peek().is_none();
            let suffix = if is_last {
                Suffix::parse_last(word)
            } else {
                Suffix::parse(word)
            };
            match suffix {
                Some(suffix) => {
                    suffixes.insert(suffix);
                }
                None => further.push(Word::new(word)),
            }
        }
        Some(Self {
            first: Word::new(two.map_or(first, |(first, _)| first)),
            further,
            suffixes,
        })
    }

    /// Whether it has a first name and a further one, both in full: less agrees with no register.
    pub(super) fn has_surname(&self) -> bool {
        !self.first.is_initial() && self.further.iter().any(|word| !word.is_initial())
    }

    /// Whether it has the same suffix as the other name and nothing else beside the first name: then that is
    /// the surname.
    pub(super) fn has_only_suffix_of(&self, other: &Self) -> bool {
        let only = |name: &Self| name.further.is_empty() && !name.suffixes.is_empty();
        only(self) && only(other) && self.suffixes == other.suffixes
    }

    /// Whether a register has all its words, in their order.
    pub(super) fn is_within(&self, register: &Self) -> bool {
        let mut held = register.further.iter();
        self.first.is_same(&register.first)
            && self
                .further
                .iter()
                .all(|word| held.any(|one| one.is_same(word)))
    }

    /// Whether one of this register name's further words is a surname: a given name ("Ana Paula"), also a
    /// devotional one ("Maria de Jesus"), is one only at the end, where a register has the family's name.
    pub(super) fn is_surname(&self, word: &Word) -> bool {
        let is_last = || self.further.last().is_some_and(|last| last.is_same(word));
        !word.is_second_name() || is_last()
    }

    /// The same, where nothing else tells: in the middle only a surname that is counted.
    pub(super) fn is_known_surname(&self, word: &Word) -> bool {
        let is_last = || self.further.last().is_some_and(|last| last.is_same(word));
        is_last() || (names::is_surname(word.canonical()) && !word.is_second_name())
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
