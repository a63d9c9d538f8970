//! What is known of names in Brazil: which there are, how frequent they are, how else they are
//! written, and what people are called for short. All words are folded: capitals without accents.

mod further;
mod given;
mod surnames;
#[cfg(test)]
mod tests;
mod variants;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::word_set::{WordSet, set_of};

/// How many of 100,000 people bear a name that the tables do not count: fewer than the rarest that
/// they do.
const UNCOUNTED: u32 = 10;
/// Shares are of so many people.
const OF_PEOPLE: f64 = 100_000.0;
/// The least letters of which one may be a slip: of fewer, one off makes another name.
const SHORTEST_WITH_A_SLIP: usize = 4;
/// The least letters of each of two given names that are written as one.
const SHORTEST_GLUED: usize = 3;

static TABLES: LazyLock<Tables> = LazyLock::new(Tables::load);

/// The lists of this module by word; shares by the canonical spelling, all spellings of it together.
struct Tables {
    given: FxHashMap<&'static str, u32>,
    surnames: FxHashMap<&'static str, u32>,
    /// Given names that are not counted.
    further: WordSet,
    /// The canonical spelling of every word that has several.
    spellings: FxHashMap<&'static str, &'static str>,
    nicknames: FxHashMap<&'static str, Vec<&'static str>>,
}

impl Tables {
    fn load() -> Self {
        let spellings: FxHashMap<_, _> = groups(variants::SPELLINGS)
            .flat_map(|(first, others)| {
                let others = others.map(move |word| (word, first));
                std::iter::once((first, first)).chain(others)
            })
            .collect();
        let canonical = |word| spellings.get(word).copied().unwrap_or(word);
        let nicknames: FxHashMap<_, Vec<_>> = groups(variants::NICKNAMES)
            .map(|(nickname, names)| (nickname, names.map(canonical).collect()))
            .collect();
        let shares = |list: &'static str| {
            let mut shares = FxHashMap::default();
            for (word, share) in counted(list) {
                *shares.entry(canonical(word)).or_insert(0) += share;
            }
            shares
        };
        let mut given = shares(given::GIVEN_NAMES);
        for name in nicknames.values().flatten() {
            given.entry(name).or_insert(UNCOUNTED);
        }
        Self {
            given,
            surnames: shares(surnames::SURNAMES),
            further: set_of(further::FURTHER_NAMES),
            spellings,
            nicknames,
        }
    }
}

/// The first word of each line, and those that follow it.
fn groups(
    list: &'static str,
) -> impl Iterator<Item = (&'static str, impl Iterator<Item = &'static str>)> {
    list.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        words.next().map(|first| (first, words))
    })
}

fn counted(list: &'static str) -> impl Iterator<Item = (&'static str, u32)> {
    list.split_whitespace().filter_map(|entry| {
        let (name, share) = entry.split_once(':')?;
        Some((name, share.parse().ok()?))
    })
}

/// The one spelling by which names that are said alike are compared (LUIZ and LUIS); `None` when the
/// word has no other spelling.
pub(super) fn canonical(word: &str) -> Option<&'static str> {
    TABLES.spellings.get(word).copied()
}

/// Whether a word, in its canonical spelling, is a given name that is counted.
pub(super) fn is_given(canonical: &str) -> bool {
    TABLES.given.contains_key(canonical)
}

/// Whether a word, in its canonical spelling, is a given name, counted or not.
pub(super) fn is_first_name(canonical: &str) -> bool {
    is_given(canonical) || TABLES.further.contains(canonical)
}

/// Whether more people have a word, in its canonical spelling, as their surname than as a given name.
pub(super) fn is_mostly_surname(canonical: &str) -> bool {
    let of_given = TABLES.given.get(canonical);
    TABLES.surnames.get(canonical) > of_given && !TABLES.further.contains(canonical)
}

/// The surname in a word that a particle is glued to (DASILVA), if it is no name itself.
pub(super) fn without_particle(word: &str) -> Option<&'static str> {
    let surname = |particle| {
        let rest = word.strip_prefix(particle)?;
        let (surname, _) = TABLES
            .surnames
            .get_key_value(canonical(rest).unwrap_or(rest))?;
        Some(*surname)
    };
    let particles = ["DOS", "DAS", "DO", "DA", "DE"];
    particles
        .into_iter()
        .find_map(surname)
        .filter(|_| !is_known(word))
}

/// Two given names written as one (JOAOPAULO), if that is no name itself.
pub(super) fn two_given_names(word: &str) -> Option<(&str, &str)> {
    if is_known(word) {
        return None;
    }
    let given =
        |part: &str| part.len() >= SHORTEST_GLUED && is_given(canonical(part).unwrap_or(part));
    let splits = (1..word.len()).filter_map(|at| word.split_at_checked(at));
    splits
        .into_iter()
        .find(|(one, other)| given(one) && given(other))
}

/// Whether a word, in its canonical spelling, is a surname that is counted.
pub(super) fn is_surname(canonical: &str) -> bool {
    TABLES.surnames.contains_key(canonical)
}

/// Whether a word, in its canonical spelling, is a name that people have: then it is no slip.
pub(super) fn is_known(canonical: &str) -> bool {
    is_first_name(canonical)
        || is_surname(canonical)
        || TABLES.spellings.contains_key(canonical)
        || is_nickname(canonical)
}

/// Whether somebody is called so for short.
pub(super) fn is_nickname(word: &str) -> bool {
    TABLES.nicknames.contains_key(word)
}

/// Whether somebody of this given name, in its canonical spelling, is called so for short.
pub(super) fn is_nickname_of(nickname: &str, name: &str) -> bool {
    let names = TABLES.nicknames.get(nickname);
    names.is_some_and(|names| names.contains(&name))
}

/// The part of the people, 0 to 1, who bear a given name (canonical spelling).
pub(super) fn share_of_given(canonical: &str) -> f64 {
    share(TABLES.given.get(canonical))
}

/// The part of the people, 0 to 1, who bear a word (canonical spelling) among their further names.
pub(super) fn share_of_further(canonical: &str) -> f64 {
    let of_given = TABLES.given.get(canonical);
    share(TABLES.surnames.get(canonical).max(of_given))
}

fn share(people: Option<&u32>) -> f64 {
    f64::from(people.copied().unwrap_or(UNCOUNTED)) / OF_PEOPLE
}

/// The given names, in their canonical spelling, of which a spelling is one letter off.
pub(super) fn given_names_near(word: &str) -> BTreeSet<&'static str> {
    let spelled = TABLES.spellings.iter().map(|(word, name)| (*word, *name));
    let plain = TABLES.given.keys().chain(&TABLES.further);
    let plain = plain.map(|name| (*name, *name));
    spelled
        .chain(plain)
        .filter(|(spelling, name)| is_first_name(name) && one_letter_apart(spelling, word))
        .map(|(_, name)| name)
        .collect()
}

/// Whether two folded words of four letters or more differ by one letter that is missing, too much or
/// another, or by two neighbours that changed places (a Damerau-Levenshtein distance of 1).
pub(super) fn one_letter_apart(one: &str, other: &str) -> bool {
    let (mut one, mut other) = (one.as_bytes(), other.as_bytes());
    if one.len().min(other.len()) < SHORTEST_WITH_A_SLIP || one.len().abs_diff(other.len()) > 1 {
        return false;
    }
    while let ([a, rest @ ..], [b, others @ ..]) = (one, other)
        && a == b
    {
        (one, other) = (rest, others);
    }
    while let ([rest @ .., a], [others @ .., b]) = (one, other)
        && a == b
    {
        (one, other) = (rest, others);
    }
    match (one, other) {
        ([_], [_]) | ([_], []) | ([], [_]) => true,
        ([a, b], [c, d]) => a == d && b == c,
        _ => false,
    }
}

/// Whether a letter of which two words differ makes another name rather than a slip: the first one (TELMA,
/// SELMA), or the vowel at the end, another one (MARIO, MARIA) or one more (ALAN, ALANA).
pub(super) fn is_another_form(one: &str, other: &str) -> bool {
    let stem = |word| str::strip_suffix(word, ['A', 'E', 'I', 'O', 'U', 'Y']);
    let (of_one, of_other) = (stem(one), stem(other));
    one.as_bytes().first() != other.as_bytes().first()
        || of_one == Some(other)
        || of_other == Some(one)
        || (of_one.is_some() && of_one == of_other)
}

/// Whether two words are one but for letters that are written once or twice (VILAS, VILLAS).
pub(super) fn are_one_but_for_doubling(one: &str, other: &str) -> bool {
    let single = |word: &str| {
        let mut letters = word.as_bytes().to_vec();
        letters.dedup();
        letters
    };
    single(one) == single(other)
}
