//! Text folded to words: capitals without accents.

use deunicode::deunicode_char;

use super::names;
use super::words::{Suffix, is_title};

/// As many words of a name count; nobody has more, and comparing two names takes the product.
const MOST_WORDS: usize = 20;
/// As many letters of a word count.
const MOST_LETTERS: usize = 40;
/// A sign that joins two people in one field: "João & Maria", "João/Maria".
pub(super) const SIGN: &str = "&";

/// The words of a name in order, given name first: "Silva, Joao" is turned round, "Joao Silva,
/// Filho" is not, and "Joao Silva, Maria Silva" are two people. Titles before it are dropped.
pub(super) fn words_of(name: &str) -> Vec<String> {
    let mut words = match name.split_once(',') {
        Some((before, after)) => around_a_comma(folded_words(before), folded_words(after)),
        None => folded_words(name),
    };
    let of_a_person = |word: &String| !is_title(word);
    let titles = words.iter().position(of_a_person).unwrap_or(words.len());
    words.drain(..titles);
    words.truncate(MOST_WORDS);
    words
}

fn around_a_comma(before: Vec<String>, after: Vec<String>) -> Vec<String> {
    let begins_with_given_name = |words: &[String]| {
        let first = words.iter().find(|word| !is_title(word));
        first.is_some_and(|word| names::is_given(names::canonical(word).unwrap_or(word)))
    };
    if after.iter().all(|word| Suffix::parse(word).is_some()) {
        [before, after].concat()
    } else if begins_with_given_name(&before) && begins_with_given_name(&after) {
        [before, vec![SIGN.to_owned()], after].concat()
    } else {
        [after, before].concat()
    }
}

/// The words of a text: letters without accents, in capitals; apostrophes, marks and what is not seen
/// vanish, signs that join people become [`SIGN`], everything else parts words.
pub(super) fn folded_words(text: &str) -> Vec<String> {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\'' | '’' | '‘' | '`' | '´' => {}
            c if is_invisible(c) => {}
            '&' | '+' | '/' | '|' | ';' => {
                folded.push(' ');
                folded.push_str(SIGN);
                folded.push(' ');
            }
            c if c.is_alphabetic() => {
                let letters = deunicode_char(c).unwrap_or_default().chars();
                folded.extend(letters.filter(char::is_ascii_alphabetic));
            }
            _ => folded.push(' '),
        }
    }
    folded.make_ascii_uppercase();
    let words = folded.split_ascii_whitespace();
    words.map(|word| cut(word).to_owned()).collect()
}

fn cut(word: &str) -> &str {
    word.get(..MOST_LETTERS).unwrap_or(word)
}

/// Accents that stand alone, soft hyphens, joiners, direction marks and variation selectors.
const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{AD}'
            | '\u{300}'..='\u{36F}'
            | '\u{61C}'
            | '\u{180E}'
            | '\u{1AB0}'..='\u{1AFF}'
            | '\u{1DC0}'..='\u{1DFF}'
            | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{2069}'
            | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}'
    )
}
