//! The people of the world, and how one is drawn.

use super::names;
use super::random::Random;
use super::spellings::{distance, fold};

/// A living or dead person with the name of the registry.
#[derive(Debug, Clone, Default)]
pub(super) struct Person {
    pub(super) woman: bool,
    pub(super) given: String,
    pub(super) second: Option<String>,
    /// Each with its particle, if any: `da Silva`.
    pub(super) surnames: Vec<String>,
    pub(super) suffix: Option<&'static str>,
    /// Check digits are valid. Two people of a scene never share one.
    pub(super) cpf: String,
    /// The provider of contacts knows the CPF.
    pub(super) cpf_known: bool,
    /// How the provider of contacts writes the name.
    pub(super) listed: Option<String>,
    /// How the provider of profiles writes it.
    pub(super) in_profile: String,
    pub(super) deceased: bool,
}

impl Person {
    /// The whole name.
    pub(super) fn full(&self) -> String {
        let middle = self.second.as_deref();
        let surnames = self.surnames.iter().map(String::as_str);
        let words = std::iter::once(self.given.as_str())
            .chain(middle)
            .chain(surnames)
            .chain(self.suffix);
        words.collect::<Vec<_>>().join(" ")
    }

    /// First name and last surname, without the suffix.
    pub(super) fn short(&self) -> String {
        format!("{} {}", self.given, self.last())
    }

    /// The last surname.
    pub(super) fn last(&self) -> &str {
        self.surnames.last().map_or("", String::as_str)
    }

    /// All surnames.
    pub(super) fn family(&self) -> String {
        self.surnames.join(" ")
    }

    /// The given names.
    pub(super) fn givens(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.given.as_str()).chain(self.second.as_deref())
    }
}

/// The surname without its particle.
pub(super) fn bare_surname(surname: &str) -> &str {
    surname.rsplit(' ').next().unwrap_or(surname)
}

/// Somebody with a first name, in a third of the cases a second one, and up to three surnames.
pub(super) fn draw(random: &mut Random) -> Person {
    let woman = random.percent(50);
    let rare = random.percent(25);
    let given = random.pick(match (woman, rare) {
        (true, false) => names::WOMEN,
        (true, true) => names::RARE_WOMEN,
        (false, false) => names::MEN,
        (false, true) => names::RARE_MEN,
    });
    let mut person = Person {
        woman,
        given: given.to_owned(),
        cpf_known: true,
        ..Person::default()
    };
    if random.percent(35) {
        person.second = Some(second_name(random, woman, &[given]));
    }
    let surnames = match random.below(100) {
        0..30 => 1,
        30..85 => 2,
        _ => 3,
    };
    for _ in 0..surnames {
        let surname = other_surname(random, &person.surnames);
        person.surnames.push(surname);
    }
    person
}

/// A second given name that is none of those.
pub(super) fn second_name(random: &mut Random, woman: bool, taken: &[&str]) -> String {
    let from = if woman {
        names::SECOND_WOMEN
    } else {
        names::SECOND_MEN
    };
    loop {
        let drawn = random.pick(from);
        if taken.iter().all(|name| are_far(name, drawn)) {
            return drawn.to_owned();
        }
    }
}

/// A surname that nobody takes for one of those.
pub(super) fn other_surname(random: &mut Random, taken: &[String]) -> String {
    loop {
        let rare = random.percent(30);
        let (particle, surname) = random.pick(if rare {
            names::RARE_SURNAMES
        } else {
            names::SURNAMES
        });
        let far = |other: &String| distance(&fold(bare_surname(other)), &fold(surname)) > 2;
        if taken.iter().all(far) {
            let with = !particle.is_empty() && random.percent(60);
            return if with {
                format!("{particle} {surname}")
            } else {
                surname.to_owned()
            };
        }
    }
}

/// Somebody whose given names nobody takes for one of these people's.
pub(super) fn draw_other(random: &mut Random, than: &[&Person]) -> Person {
    loop {
        let drawn = draw(random);
        let mut taken = than.iter().flat_map(|person| person.givens());
        if taken.all(|name| drawn.givens().all(|own| are_far(name, own))) {
            return drawn;
        }
    }
}

/// Three letters or more apart, with another beginning.
pub(super) fn are_far(one: &str, other: &str) -> bool {
    let (one, other) = (fold(one), fold(other));
    let begins_alike = one.chars().zip(other.chars()).take(3).all(|(a, b)| a == b);
    distance(&one, &other) > 2 && !begins_alike
}

/// A CPF with valid check digits. Whose it may be in the real world, nobody looked up.
pub(super) fn draw_cpf(random: &mut Random) -> String {
    let mut digits: Vec<u64> = (0..9).map(|_| random.below(10)).collect();
    for _ in 0..2 {
        let weights = (2..=digits.len() as u64 + 1).rev();
        let sum: u64 = digits.iter().zip(weights).map(|(a, b)| a * b).sum();
        digits.push(sum * 10 % 11 % 10);
    }
    digits.iter().map(u64::to_string).collect()
}
