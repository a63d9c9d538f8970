//! The words of what was typed into a name field, which may be more than a name: a phone, an address, a
//! place, a profession beside it.

use super::fold::{SIGN, around_a_comma, folded_words, is_first_name, without_titles};
use super::names;
use super::not_names::{is_of_company, is_placeholder, is_profession, is_relative};
use super::words::{Suffix, is_particle};

/// So many signs that may part a name from what follows are looked at.
const MOST_SEPARATORS: usize = 8;

/// What is left of a name field once everything that is no name is cut out.
pub(super) struct TypedWords {
    pub(super) words: Vec<String>,
    /// Whether something was cut out.
    pub(super) noisy: bool,
}

impl TypedWords {
    pub(super) fn of(text: &str) -> Self {
        let letters = text.chars().filter(|c| c.is_alphabetic()).count();
        let digits = text.chars().filter(|c| c.is_numeric()).count();
        let text = without_addresses(text);
        let words = parted(&text).unwrap_or_else(|| name_words(&text));
        let has_placeholder = || folded_words(&text).iter().any(|word| is_placeholder(word));
        let noisy = text.contains(' ') && has_placeholder();
        Self {
            words,
            noisy: noisy || digits > letters,
        }
    }
}

/// Without e-mail addresses, and without the "(a)" of "Sr(a)".
fn without_addresses(text: &str) -> String {
    let plain = text.split_whitespace().filter(|token| !token.contains('@'));
    let plain: Vec<&str> = plain.collect();
    plain.join(" ").replace("(a)", "")
}

/// The words of a part of the text, without placeholders and titles.
fn name_words(text: &str) -> Vec<String> {
    let mut words = folded_words(text);
    let all = words.len();
    words.retain(|word| !is_placeholder(word));
    if words.len() < all {
        let begin = words.iter().position(|word| !is_particle(word));
        words.drain(..begin.unwrap_or(words.len()));
    }
    without_titles(words)
}

/// The words when a sign parts a name from what follows it: a given name, after a comma one with a
/// further word, stands before the sign. `None` without such a sign.
fn parted(text: &str) -> Option<Vec<String>> {
    let signs = text.char_indices().filter(|(at, c)| parts(text, *at, *c));
    signs.take(MOST_SEPARATORS).find_map(|(at, sign)| {
        let before = name_words(&text[..at]);
        let after = name_words(&text[at + sign.len_utf8()..]);
        let last = before.last()?;
        let is_given = is_first_name(&before[0]);
        let is_turned = || after.first().is_some_and(|first| is_first_name(first));
        let is_rare = !is_given && !is_surname(&before[0]) && is_surname(last) && !is_turned();
        let full = (is_given || is_rare) && before.len() > 1;
        match sign {
            ',' if !full => Some(around_a_comma(before, after)),
            '.' if !full || !is_surname(last) || is_first_name(last) => None,
            _ if !is_given && !full => None,
            _ => Some(with_what_follows(before, sign, after)),
        }
    })
}

/// Whether a sign may end a name: a hyphen only with space beside it, a full stop before one.
fn parts(text: &str, at: usize, sign: char) -> bool {
    let space_before = text[..at].ends_with(' ');
    let space_after = text[at + sign.len_utf8()..].starts_with(' ');
    match sign {
        ',' | '(' | '|' | '–' | '—' => true,
        '-' | '_' => space_before || space_after,
        '.' => space_after,
        _ => false,
    }
}

/// A name with what follows it: a suffix, a surname or a company's word belongs to it, somebody else's
/// name makes two people, a place or a remark is dropped; in brackets a rare name is likelier.
fn with_what_follows(name: Vec<String>, sign: char, after: Vec<String>) -> Vec<String> {
    let ends_with_surname = after.len() > 1 && after.last().is_some_and(|last| is_surname(last));
    let may_be_somebody = sign == '('
        && !after.first().is_some_and(|first| begins_a_place(first))
        && after.iter().any(|word| may_be_name(word));
    let begins_with_surname = after.first().is_some_and(|first| is_surname(first));
    let is_suffix = after.iter().all(|word| Suffix::parse(word).is_some());
    if after.iter().all(|word| name.contains(word)) {
        name
    } else if names_somebody(&after) {
        [name, vec![SIGN.to_owned()], after].concat()
    } else if is_suffix || begins_with_surname || after.iter().any(|word| is_of_company(word)) {
        [name, after].concat()
    } else if ends_with_surname || may_be_somebody {
        [name, vec![SIGN.to_owned()], after].concat()
    } else {
        name
    }
}

fn is_surname(word: &str) -> bool {
    names::is_surname(names::canonical(word).unwrap_or(word))
}

/// Whether it is a longer word that is in no list, which may be a rare name.
fn may_be_name(word: &str) -> bool {
    let is_listed = is_particle(word) || is_profession(word) || names::is_nickname(word);
    word.len() > 2 && !is_listed
}

/// Whether the name of a district or a town begins so.
fn begins_a_place(word: &str) -> bool {
    let words = [
        "BAIRRO", "CENTRO", "CIDADE", "JARDIM", "PARQUE", "VILA", "ZONA",
    ];
    is_saint(word) || words.contains(&word)
}

fn is_saint(word: &str) -> bool {
    matches!(word, "SAO" | "SANTO" | "SANTA")
}

/// Whether a given name or a relative is among words; a saint is a place.
fn names_somebody(words: &[String]) -> bool {
    let of_saint = |at: usize| at > 0 && is_saint(&words[at - 1]);
    let mut each = words.iter().enumerate();
    each.any(|(at, word)| is_relative(word) || (is_first_name(word) && !of_saint(at)))
}
