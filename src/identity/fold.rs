//! Text folded to words: capitals without accents.

use deunicode::deunicode_char;

use super::names;
use super::not_names::is_of_company;
use super::words::{Suffix, is_title};

/// As many words of a name count, from both ends; nobody has more, and comparing two names takes the
/// product. The last ones stay, for a suffix is among them.
const MOST_WORDS: usize = 40;
/// As many letters of a word count.
const MOST_LETTERS: usize = 40;
/// A sign that joins two people in one field: "João & Maria", "João/Maria".
pub(super) const SIGN: &str = "&";

/// The words of a register's name in order, given name first: "Silva, Joao" is turned round, "Joao
/// Silva, Filho" is not, and "Joao Silva, Maria Silva" are two people. Titles before it are dropped.
pub(super) fn words_of(name: &str) -> Vec<String> {
    let words = match name.split_once(',') {
        Some((before, after)) => around_a_comma(folded_words(before), folded_words(after)),
        None => folded_words(name),
    };
    without_titles(words)
}

/// The words on both sides of a comma, in the order of a name.
pub(super) fn around_a_comma(before: Vec<String>, after: Vec<String>) -> Vec<String> {
    let begins_with_given_name = |words: &[String]| {
        let first = words.iter().find(|word| !is_title(word));
        first.is_some_and(|word| is_first_name(word))
    };
    if after.iter().all(|word| Suffix::parse(word).is_some()) {
        [before, after].concat()
    } else if begins_with_given_name(&before) && begins_with_given_name(&after) {
        [before, vec![SIGN.to_owned()], after].concat()
    } else {
        [after, before].concat()
    }
}

/// Whether a folded word is a given name.
pub(super) fn is_first_name(word: &str) -> bool {
    names::is_first_name(names::canonical(word).unwrap_or(word))
}

/// A name's words without the titles before it, of which a "D." before a given name is one (Dona, Dom).
pub(super) fn without_titles(mut words: Vec<String>) -> Vec<String> {
    let of_a_person = |word: &String| !is_title(word);
    let titles = words.iter().position(of_a_person).unwrap_or(words.len());
    words.drain(..titles);
    if matches!(words.as_slice(), [first, second, ..] if first == "D" && is_first_name(second)) {
        words.remove(0);
    }
    words
}

/// The words of a text: letters without accents, in capitals; apostrophes, marks and what is not seen
/// vanish, signs that join people become [`SIGN`], "2º" is a numeral, everything else parts words.
pub(super) fn folded_words(text: &str) -> Vec<String> {
    let mut folded = String::with_capacity(text.len());
    for token in text.split_whitespace() {
        match numeral(token) {
            Some(numeral) => folded.push_str(numeral),
            None => fold(token, &mut folded),
        }
        folded.push(' ');
    }
    folded.make_ascii_uppercase();
    let words = folded.split_ascii_whitespace();
    let mut words: Vec<String> = words.map(|word| cut(word).to_owned()).collect();
    if words.len() > MOST_WORDS {
        words.drain(MOST_WORDS / 2..words.len() - MOST_WORDS / 2);
    }
    join_letters(&mut words);
    words
}

fn fold(token: &str, folded: &mut String) {
    let mut previous = ' ';
    for c in token.chars().flat_map(char::to_lowercase) {
        match c {
            // raised letters end an abbreviation: "Dr.ª", "Fº"
            'ª' | 'º' | '°' => {
                if previous == '.' {
                    folded.pop();
                }
                if folded.ends_with(|last: char| last.is_ascii_alphabetic()) {
                    folded.push(if c == 'ª' { 'a' } else { 'o' });
                }
            }
            c if vanishes(c) => {}
            '&' | '+' | '/' | '\\' | '|' | ';' | '•' | '·' | '●' => {
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
        previous = c;
    }
}

/// "2º" and the like, as they follow a name: the second of it.
fn numeral(token: &str) -> Option<&'static str> {
    let token = token.trim_matches(|c: char| !c.is_alphanumeric() && c != '°');
    let number = token.strip_suffix(['º', '°', 'ª', 'o', 'O', 'a', 'A'])?;
    match number {
        "2" => Some("II"),
        "3" => Some("III"),
        "4" => Some("IV"),
        _ => None,
    }
}

/// Joins single letters at the end that are a suffix or a company's form together: "J. R.", "L.T.D.A.".
fn join_letters(words: &mut Vec<String>) {
    let letters = words
        .iter()
        .rev()
        .take_while(|word| word.len() == 1)
        .count();
    let first = words.len() - letters;
    let joined = (first.max(1)..words.len()).find_map(|at| {
        let word = words[at..].concat();
        let is_word = Suffix::parse(&word).is_some() || is_of_company(&word);
        (word.len() > 1 && is_word).then_some((at, word))
    });
    if let Some((at, word)) = joined {
        words.truncate(at);
        words.push(word);
    }
}

fn cut(word: &str) -> &str {
    word.get(..MOST_LETTERS).unwrap_or(word)
}

/// Apostrophes, accents that stand alone, soft hyphens, joiners, direction marks and variation selectors.
const fn vanishes(c: char) -> bool {
    matches!(
        c,
        '\'' | '’' | '‘' | '`' | '´' | '~' | '^' | '¨' | '˜' | 'ˆ' | '¸'
            | '\u{AD}'
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
