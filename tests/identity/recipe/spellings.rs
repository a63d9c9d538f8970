//! How names are written: by providers, and by people on a phone.

use super::random::Random;

/// Small letters without accents: enough for the letters of this world.
pub(super) fn fold(text: &str) -> String {
    text.replace('ß', "ss")
        .chars()
        .flat_map(char::to_lowercase)
        .map(bare)
        .collect()
}

fn bare(letter: char) -> char {
    match letter {
        'á' | 'à' | 'â' | 'ã' | 'ä' => 'a',
        'é' | 'è' | 'ê' => 'e',
        'í' | 'ï' => 'i',
        'ó' | 'ô' | 'õ' | 'ö' | 'ø' => 'o',
        'ú' | 'ü' => 'u',
        'ç' => 'c',
        'ñ' => 'n',

        '’' => '\'',
        other => other,
    }
}

/// As a provider writes: capitals, mostly without accents.
pub(super) fn provider(random: &mut Random, name: &str) -> String {
    match random.below(100) {
        0..82 => fold(name).to_uppercase(),
        82..94 => name.to_uppercase(),
        _ => name.to_owned(),
    }
}

/// As somebody types who takes no special care.
pub(super) fn typed(random: &mut Random, name: &str) -> String {
    match random.below(100) {
        0..45 => name.to_owned(),
        45..65 => fold(name),
        65..80 => capitalised(&fold(name)),
        80..90 => name.to_lowercase(),
        _ => fold(name).to_uppercase(),
    }
}

/// `joao da silva` → `Joao Da Silva`.
pub(super) fn capitalised(text: &str) -> String {
    let words = text.split(' ').map(|word| {
        let mut letters = word.chars();
        letters.next().map_or_else(String::new, |first| {
            first.to_uppercase().chain(letters).collect::<String>()
        })
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Every letter large or small as it happens, blanks where none belong.
pub(super) fn chaos(random: &mut Random, name: &str) -> String {
    let mut text = String::new();
    for letter in name.chars() {
        if random.percent(50) {
            text.extend(letter.to_uppercase());
        } else {
            text.extend(letter.to_lowercase());
        }
        if letter == ' ' && random.percent(20) {
            text.push_str("  ");
        }
    }
    if random.percent(25) {
        format!(" {text} ")
    } else {
        text
    }
}

/// Accents as marks of their own behind the letter, as some phones send them.
pub(super) fn decomposed(name: &str) -> String {
    let mut text = String::new();
    for letter in name.chars() {
        let mark = match letter {
            'á' | 'é' | 'í' | 'ó' | 'ú' | 'Á' | 'É' | 'Í' | 'Ó' | 'Ú' => '\u{301}',
            'â' | 'ê' | 'ô' => '\u{302}',
            'ã' | 'õ' => '\u{303}',
            'ç' => '\u{327}',
            other => {
                text.push(other);
                continue;
            }
        };
        text.push(if letter.is_uppercase() {
            bare_capital(letter)
        } else {
            bare(letter)
        });
        text.push(mark);
    }
    text
}

fn bare_capital(letter: char) -> char {
    let small = letter.to_lowercase().next().unwrap_or(letter);
    bare(small).to_ascii_uppercase()
}

/// One letter of the word wrong, inside: left out, twice, or the neighbour's key.
pub(super) fn slip(random: &mut Random, word: &str) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    let place = 2 + random.index(letters.len().saturating_sub(4));
    match random.below(3) {
        0 => {
            letters.remove(place);
        }
        1 => letters.insert(place, letters[place]),
        _ => letters[place] = neighbour(letters[place]),
    }
    letters.into_iter().collect()
}

/// The key to the right of a letter's key.
fn neighbour(letter: char) -> char {
    const KEYS: &str = "qwertyuiopasdfghjklçzxcvbnmb";
    let letter = bare(letter);
    KEYS.chars()
        .skip_while(|key| *key != letter)
        .nth(1)
        .unwrap_or('x')
}

/// How many letters two words are apart (insert, drop, replace).
pub(super) fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (line, letter) in a.chars().enumerate() {
        let mut before = row[0];
        row[0] = line + 1;
        for (column, other) in b.iter().enumerate() {
            let replaced = before + usize::from(letter != *other);
            before = row[column + 1];
            row[column + 1] = replaced.min(before + 1).min(row[column] + 1);
        }
    }
    row[b.len()]
}
