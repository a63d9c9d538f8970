//! What is known of names in Brazil: which there are, how frequent they are, how else they are
//! written, and what people are called for short. All words are folded: capitals without accents.

mod given;
mod surnames;
#[cfg(test)]
mod tests;
mod variants;

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

/// How many of 100,000 people bear a name that the tables do not count: fewer than the rarest that
/// they do.
const UNCOUNTED: u32 = 10;
/// Shares are of so many people.
const OF_PEOPLE: f64 = 100_000.0;
/// The least letters of which one may be a slip: of fewer, one off makes another name.
const SHORTEST_WITH_A_SLIP: usize = 4;

static TABLES: LazyLock<Tables> = LazyLock::new(Tables::load);

/// The lists of this module by word; shares by the canonical spelling, all spellings of it together.
struct Tables {
    given: HashMap<&'static str, u32>,
    surnames: HashMap<&'static str, u32>,
    /// The canonical spelling of every word that has several.
    spellings: HashMap<&'static str, &'static str>,
    nicknames: HashMap<&'static str, Vec<&'static str>>,
}

impl Tables {
    fn load() -> Self {
        let spellings: HashMap<_, _> = groups(variants::SPELLINGS)
            .flat_map(|(first, others)| {
                let others = others.map(move |word| (word, first));
                std::iter::once((first, first)).chain(others)
            })
            .collect();
        let canonical = |word| spellings.get(word).copied().unwrap_or(word);
        let nicknames: HashMap<_, Vec<_>> = groups(variants::NICKNAMES)
            .map(|(nickname, names)| (nickname, names.map(canonical).collect()))
            .collect();
        let shares = |list: &'static str| {
            let mut shares = HashMap::new();
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

/// Whether a word, in its canonical spelling, is a surname that is counted.
pub(super) fn is_surname(canonical: &str) -> bool {
    TABLES.surnames.contains_key(canonical)
}

/// Whether a word, in its canonical spelling, is a name that people have: then it is no slip.
pub(super) fn is_known(canonical: &str) -> bool {
    is_given(canonical)
        || is_surname(canonical)
        || TABLES.spellings.contains_key(canonical)
        || TABLES.nicknames.contains_key(canonical)
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
    let plain = TABLES.given.keys().map(|name| (*name, *name));
    spelled
        .chain(plain)
        .filter(|(spelling, name)| is_given(name) && one_letter_apart(spelling, word))
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

/// Whether two words are one but for the vowel at the end: the form of the other sex (MARIO, MARIA) or
/// another name (LUCIANA, LUCIANE), seldom a slip.
pub(super) fn differ_by_the_last_vowel(one: &str, other: &str) -> bool {
    let stem = |word: &'_ str| word.strip_suffix(['A', 'E', 'I', 'O']).map(str::len);
    let (Some(length), Some(other_length)) = (stem(one), stem(other)) else {
        return false;
    };
    length == other_length && one[..length] == other[..length]
}
