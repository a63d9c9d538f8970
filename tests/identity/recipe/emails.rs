//! E-mail addresses, all in domains that are nobody's.

use super::people::{self, Person};
use super::random::Random;
use super::spellings::fold;

/// Of the person's name.
pub(super) fn own_email(random: &mut Random, person: &Person) -> String {
    let letters = |text: &str| -> String {
        fold(text)
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .collect()
    };
    let (given, last) = (
        letters(&person.given),
        letters(people::bare_surname(person.last())),
    );
    let number = random.below(90) + 10;
    let local = match random.below(3) {
        0 => format!("{given}.{last}{number}"),
        1 => format!("{}{last}{number}", given.get(..1).unwrap_or_default()),
        _ => format!("{given}_{last}"),
    };
    format!("{local}@{}", random.pick(&["example.com", "example.org"]))
}

/// A local part that tells nothing.
pub(super) fn neutral_email(random: &mut Random) -> String {
    const WORDS: &[&str] = &[
        "flor",
        "estrela",
        "nuvem",
        "pipoca",
        "girassol",
        "trovao",
        "cafe",
        "azul",
        "beijaflor",
    ];
    let (word, number) = (random.pick(WORDS), random.below(9_000) + 1_000);
    format!(
        "{word}{number}@{}",
        random.pick(&["example.com", "example.org"])
    )
}
