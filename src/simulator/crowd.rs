//! A crowd of any size: invented people of whom each can be drawn alone, for a database to be filled with.

use chrono::{Days, NaiveDate};
use deunicode::deunicode;
use uuid::Uuid;

use super::crowd_names::{MEN, RARE_ENDINGS, SUFFIXES, SURNAMES, SYLLABLES, WOMEN};
use super::documents::cpf_of;
use super::people::Sex;
use super::random::{Random, text_number};

/// The ids of a crowd's people begin with it.
const MARK: u128 = 0x5EED_5EED << 96;
/// Version 8 and the variant of RFC 9562: an id of our own making.
const CUSTOM: u128 = (0x8000 << 64) | (0x8000 << 48);

/// Multipliers without a common factor with 10, 2 and 3: multiplied by them, neighbouring numbers
/// end far from each other, and no two at the same place.
const SPREAD_CPF: u64 = 387_420_489;
const SPREAD_PHONE: u64 = 40_353_607;
const CPFS: u64 = 1_000_000_000;
const PHONES: u64 = 30_000_000;

/// Invented people, each the same for the same seed and number.
#[derive(Debug)]
pub struct Crowd {
    seed: u16,
    women: Ranked,
    men: Ranked,
    surnames: Ranked,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrowdPerson {
    /// A version 8 UUID that says that the person is invented, and grows with the number.
    pub id: Uuid,
    /// 11 digits, valid check digits; nobody else's among the crowd of the seed.
    pub cpf: String,
    /// In capitals, as registries write it; with accents one time in four.
    pub name: String,
    /// As the registry has it.
    pub sex: Sex,
    /// Date of birth.
    pub birth: NaiveDate,
    /// The mother's name, written as the person's.
    pub mother: String,
    /// National digits, `(11) 9xxxx-xxxx`; nobody else's among the crowd of the seed.
    pub phone: String,
    /// Lower case, `@example.com`; nobody else's among the crowd of the seed.
    pub email: String,
}

impl Crowd {
    /// The most people of one seed.
    pub const MOST: u64 = 10_000_000;

    /// The crowd of a seed.
    #[must_use]
    pub fn new(seed: u16) -> Self {
        Self {
            seed,
            women: Ranked::new(WOMEN, 2),
            men: Ranked::new(MEN, 2),
            surnames: Ranked::new(SURNAMES, 1),
        }
    }

    /// The id of the person with this number; those of other seeds and of everybody else lie
    /// outside of the first one's and the last one's.
    #[must_use]
    pub fn id(&self, number: u64) -> Uuid {
        let seed = u128::from(self.seed) << 80;
        Uuid::from_u128(MARK | seed | CUSTOM | u128::from(number))
    }

    /// The person with this number, below [`Crowd::MOST`].
    #[must_use]
    pub fn person(&self, number: u64) -> CrowdPerson {
        let mut random = Random::new((u64::from(self.seed) << 48) ^ number);
        let female = random.percent(51);
        let accents = random.percent(25);
        let written = |name: String| {
            let name = if accents { name } else { deunicode(&name) };
            name.to_uppercase()
        };
        let name = self.name(&mut random, female);
        let email = email_of(&name, number);
        let mother = self.name(&mut random, true);
        CrowdPerson {
            id: self.id(number),
            cpf: self.cpf(number),
            sex: if female { Sex::Female } else { Sex::Male },
            birth: NaiveDate::default() - Days::new(random.below(11_000))
                + Days::new(random.below(13_000)),
            mother: written(mother),
            phone: self.phone(number),
            email,
            name: written(name),
        }
    }

    /// Two to five parts, particles not counted: given names, surnames, at times a man's suffix.
    fn name(&self, random: &mut Random, female: bool) -> String {
        let given = if female { &self.women } else { &self.men };
        let mut parts = vec![given.draw(random)];
        if random.percent(28) {
            parts.push(given.draw(random));
        }
        let surnames = match random.below(100) {
            0..25 => 1,
            25..78 => 2,
            _ => 3,
        };
        for _ in 0..surnames {
            let surname = self.surnames.draw(random);
            if random.percent(35) {
                parts.push(particle(&surname).to_owned());
            }
            parts.push(surname);
        }
        if !female && surnames < 3 && random.percent(6) {
            parts.push(random.pick(SUFFIXES).to_owned());
        }
        parts.join(" ")
    }

    fn cpf(&self, number: u64) -> String {
        let offset = u64::from(self.seed) * 15_485_863;
        // Not zero, nor any other place that is passed over: nobody starts at one, so that whoever
        // comes to one is alone on the way from there.
        let mut place = number + 1;
        loop {
            place = (place * SPREAD_CPF + offset) % CPFS;
            // No CPF has one digit alone.
            if !place.is_multiple_of(111_111_111) {
                return cpf_of(place);
            }
        }
    }

    fn phone(&self, number: u64) -> String {
        let place = (number * SPREAD_PHONE + u64::from(self.seed) * 7_919) % PHONES;
        format!("119{}", 60_000_000 + place)
    }
}

/// Words in the order of their frequency, drawn by Zipf's law: the n-th one about 1/n as often as
/// the first. A few in a hundred are not among them but put together by chance, each as rare as rare names are.
#[derive(Debug)]
struct Ranked {
    words: Vec<&'static str>,
    /// Weight of a word and of all before it.
    up_to: Vec<u64>,
}

impl Ranked {
    /// `flat`: how much the most common ones are drawn together.
    fn new(words: &'static str, flat: u64) -> Self {
        let words: Vec<_> = words.split(' ').collect();
        let weights = (flat..).map(|rank| 1_000_000 / (rank + 1));
        let up_to = words.iter().zip(weights).scan(0, |sum, (_, weight)| {
            *sum += weight;
            Some(*sum)
        });
        Self {
            up_to: up_to.collect(),
            words,
        }
    }

    fn draw(&self, random: &mut Random) -> String {
        if random.percent(3) {
            return rare_word(random);
        }
        let drawn = random.below(self.up_to.last().copied().unwrap_or(1));
        let at = self.up_to.partition_point(|up_to| *up_to <= drawn);
        self.words[at].to_owned()
    }
}

fn rare_word(random: &mut Random) -> String {
    let syllables = 1 + random.below(3);
    let mut word: String = (0..syllables).map(|_| random.pick(SYLLABLES)).collect();
    word.push_str(random.pick(RARE_ENDINGS));
    word
}

/// The same surname always has the same one.
fn particle(surname: &str) -> &'static str {
    match surname {
        "Silva" | "Costa" | "Rocha" | "Cruz" => "da",
        "Santos" | "Reis" => "dos",
        _ => ["de", "da", "do", "de"][usize::from(text_number(surname).to_le_bytes()[0] % 4)],
    }
}

fn email_of(name: &str, number: u64) -> String {
    let plain = deunicode(name).to_lowercase();
    let first = plain.split(' ').next().unwrap_or_default();
    let last = plain.split(' ').next_back().unwrap_or_default();
    format!("{first}.{last}.{number}@example.com")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::models::{Cpf, Email, PersonName, Phone};

    #[test]
    fn everybody_is_the_same_each_time_and_somebody_else_by_another_seed() {
        let (crowd, other) = (Crowd::new(1), Crowd::new(2));
        for number in [0, 1, 77, Crowd::MOST - 1] {
            assert_eq!(crowd.person(number), Crowd::new(1).person(number));
            assert_ne!(crowd.person(number).cpf, other.person(number).cpf);
            assert_ne!(crowd.id(number), other.id(number));
        }
    }

    #[test]
    fn documents_and_contacts_are_valid_and_nobody_elses() {
        let crowd = Crowd::new(7);
        let people: Vec<_> = (0..20_000).map(|number| crowd.person(number)).collect();
        let mut seen = BTreeSet::new();
        for person in &people {
            assert!(PersonName::parse(&person.name).is_ok());
            assert!(Email::parse(&person.email).is_ok());
            assert!(Cpf::parse(&person.cpf).is_ok_and(|cpf| seen.insert(cpf)));
        }
        let phones: BTreeSet<_> = people.iter().map(|person| &person.phone).collect();
        assert_eq!(phones.len(), people.len());
        let emails: BTreeSet<_> = people.iter().map(|person| &person.email).collect();
        assert_eq!(emails.len(), people.len());
        assert!(people.windows(2).all(|pair| pair[0].id < pair[1].id));
        // The first hundred stand for all: reading a phone compiles the numbering plan.
        assert!(
            people[..100]
                .iter()
                .all(|person| Phone::parse(&person.phone).is_ok())
        );
    }

    #[test]
    fn a_cpf_of_one_digit_is_passed_over() {
        let number = 387_424_398;
        assert_eq!((number + 1) * SPREAD_CPF % CPFS, 111_111_111);
        assert!(Cpf::parse(&Crowd::new(0).cpf(number)).is_ok());
    }

    #[test]
    fn common_names_are_common_and_most_are_rare() {
        let crowd = Crowd::new(1);
        let names: Vec<_> = (0..10_000)
            .map(|number| crowd.person(number).name)
            .collect();
        let with = |word: &str| {
            names
                .iter()
                .filter(|name| name.split(' ').any(|w| w == word))
                .count()
        };
        assert!((1_000..3_000).contains(&with("SILVA")), "{}", with("SILVA"));
        assert!((200..1_200).contains(&with("MARIA")), "{}", with("MARIA"));
        assert!(with("FILHO") > 20);
        let words: BTreeSet<_> = names.iter().flat_map(|name| name.split(' ')).collect();
        assert!(words.len() > 1_500, "{}", words.len());
        assert!(
            names
                .iter()
                .all(|name| (2..=9).contains(&name.split(' ').count()))
        );
        assert!(names.iter().any(|name| !name.is_ascii()));
    }
}
