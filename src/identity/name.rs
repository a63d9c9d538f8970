//! Names made comparable, and what two of them say of each other.

use std::collections::BTreeSet;

use deunicode::deunicode_char;

use super::Reason;
use super::words::{Suffix, is_given_name, is_particle, name_nobody};
use crate::models::PersonName;

/// A name as a set of words: accents, case, particles and punctuation folded away, suffixes apart.
#[derive(Clone)]
pub(super) struct ComparableName {
    first: String,
    further: Vec<String>,
    suffixes: BTreeSet<Suffix>,
}

/// What two names say of each other, from nearest to furthest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Likeness {
    /// First name and a surname agree, nothing contradicts.
    Agrees,
    /// Nothing contradicts, but no surname is shared, or the first name is an initial.
    FirstNameOnly,
    /// They are not of one person, for this reason.
    Differs(Reason),
}

impl ComparableName {
    /// The words of a name. `None` when nothing but particles is left.
    pub(super) fn of(name: &PersonName) -> Option<Self> {
        Self::from_words(&words_of(name.as_str()))
    }

    /// The words of the name a lead typed. `None` when it is no person's name: a placeholder
    /// ("Cliente", "Lead …"), a company, initials only.
    pub(super) fn of_lead(name: Option<&PersonName>) -> Option<Self> {
        let words = words_of(name?.as_str());
        let folded: Vec<&str> = words.iter().map(String::as_str).collect();
        if name_nobody(&folded) {
            return None;
        }
        Self::from_words(&words)
    }

    fn from_words(words: &[String]) -> Option<Self> {
        let mut words = words.iter().filter(|word| !is_particle(word));
        let first = words.next()?.clone();
        let (mut further, mut suffixes) = (Vec::new(), BTreeSet::new());
        for word in words {
            match Suffix::parse(word) {
                Some(suffix) => {
                    suffixes.insert(suffix);
                }
                None => further.push(word.clone()),
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
        self.first.len() > 1 && self.further.iter().any(|word| word.len() > 1)
    }

    /// Compares a typed name (`self`) with one of a register.
    ///
    /// Order matters little: "Silva Joao" is "JOAO DA SILVA", unless the typed name begins with a
    /// frequent given name ("Carlos Roberto" is not "ROBERTO CARLOS"). Words that only one of the
    /// two has are fine; words that each has and the other lacks contradict.
    pub(super) fn compare(&self, register: &Self) -> Likeness {
        let Some(lead_rest) = self.without_first_of(register) else {
            return Likeness::Differs(Reason::FirstNameDiffers);
        };
        if self.suffixes != register.suffixes {
            return Likeness::Differs(Reason::SuffixDiffers);
        }
        let Some(shared) = shared_words(&lead_rest, &register.further) else {
            return Likeness::Differs(Reason::FurtherNameDiffers);
        };
        let whole_first_name = self.first.len() > 1 && register.first.len() > 1;
        if whole_first_name && shared.iter().any(|word| register.is_surname(word)) {
            Likeness::Agrees
        } else {
            Likeness::FirstNameOnly
        }
    }

    /// The words beside the other's first name; `None` when this name does not have it.
    fn without_first_of(&self, register: &Self) -> Option<Vec<&str>> {
        let further = self.further.iter().map(String::as_str);
        if may_be_one_word(&self.first, &register.first) {
            return Some(further.collect());
        }
        let at = self
            .further
            .iter()
            .position(|word| *word == register.first)?;
        let surname_first = !is_given_name(&self.first) && register.further.contains(&self.first);
        surname_first.then(|| {
            let others = further.enumerate().filter(|(i, _)| *i != at);
            std::iter::once(self.first.as_str())
                .chain(others.map(|(_, word)| word))
                .collect()
        })
    }

    /// Whether one of this register name's further words is a surname: a frequent given name is
    /// one only at the end, where a register has the family's name.
    fn is_surname(&self, word: &str) -> bool {
        !is_given_name(word) || self.further.last().is_some_and(|last| last == word)
    }
}

/// The words that both lists have in full; `None` when each has a word that the other lacks. An
/// initial stands for one word that begins with it.
fn shared_words<'a>(one: &[&'a str], other: &[String]) -> Option<Vec<&'a str>> {
    let mut other: Vec<&str> = other.iter().map(String::as_str).collect();
    let (mut shared, mut rest) = (Vec::new(), Vec::new());
    for &word in one {
        match other.iter().position(|w| *w == word) {
            Some(at) => {
                other.swap_remove(at);
                if word.len() > 1 {
                    shared.push(word);
                }
            }
            None => rest.push(word),
        }
    }
    rest.retain(
        |word| match other.iter().position(|w| may_be_one_word(word, w)) {
            Some(at) => {
                other.swap_remove(at);
                false
            }
            None => true,
        },
    );
    (rest.is_empty() || other.is_empty()).then_some(shared)
}

/// Whether two words are equal, or one is the other's initial.
fn may_be_one_word(one: &str, other: &str) -> bool {
    one == other
        || (one.len() == 1 && other.starts_with(one))
        || (other.len() == 1 && one.starts_with(other))
}

/// The words of a name in capitals without accents, given name first: "Silva, Joao" is turned
/// round, "Joao Silva, Filho" is not.
fn words_of(name: &str) -> Vec<String> {
    let Some((before, after)) = name.split_once(',') else {
        return folded_words(name);
    };
    let (before, after) = (folded_words(before), folded_words(after));
    if after.iter().all(|word| Suffix::parse(word).is_some()) {
        [before, after].concat()
    } else {
        [after, before].concat()
    }
}

fn folded_words(text: &str) -> Vec<String> {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\'' | '’' | '‘' | '`' | '´' | '\u{300}'..='\u{36F}' => {}
            c if c.is_alphabetic() => {
                let letters = deunicode_char(c).unwrap_or_default().chars();
                folded.extend(letters.filter(char::is_ascii_alphabetic));
            }
            _ => folded.push(' '),
        }
    }
    folded.make_ascii_uppercase();
    folded.split_whitespace().map(str::to_owned).collect()
}
