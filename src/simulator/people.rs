//! The invented people: who they are, and how each of them is known to the providers.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use deunicode::deunicode;

use super::documents::{formatted_cpf, invent_cnpj, invent_cpf};
use super::names::{FEMALE_NAMES, LAST_NAMES, MALE_NAMES, PARTICLES, STREETS};
use super::random::{Random, text_number};

/// First digits of the people's CPFs; 8 and 9 are left to their relatives and neighbours.
const FIRST_DIGITS: [u32; 8] = [0, 1, 2, 3, 4, 5, 6, 7];

/// Sex as the registry knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sex {
    /// `F - FEMININO` at Work API.
    Female,
    /// `M - MASCULINO` at Work API.
    Male,
}

/// An address in the provider's spelling, good or bad.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// `R`, `AV`.
    pub street_type: String,
    /// Street without its type.
    pub street: String,
    /// House number, `S/N` at times.
    pub number: String,
    /// `APTO 101`, or empty.
    pub complement: String,
    /// Neighbourhood.
    pub district: String,
    /// City.
    pub city: String,
    /// Two capitals, unless the address is a bad one.
    pub state: String,
    /// CEP, 8 digits, unless the address is a bad one.
    pub zip_code: String,
}

/// An invented person. All fields are open: a test changes what it needs and puts the person into
/// the simulator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// 11 digits, valid check digits.
    pub cpf: String,
    /// Full name with accents; the providers write it as [`Person::provider_name`].
    pub name: String,
    /// `None`: Work API says "SEM INFORMAÇÃO".
    pub sex: Option<Sex>,
    /// Date of birth.
    pub birth: NaiveDate,
    /// Mother's name, capitals.
    pub mother: String,
    /// Father's name, capitals; `None` is spelled in one of the vendor's three ways of saying nothing.
    pub father: Option<String>,
    /// National digits, DDD included, without 55.
    pub phones: Vec<String>,
    /// Lower case, all `@example.com`.
    pub emails: Vec<String>,
    /// Addresses in the order of the answer.
    pub addresses: Vec<Address>,
    /// CNPJs of the person's companies.
    pub companies: Vec<String>,
    /// Monthly income in centavos; `None`: no financial section at all.
    pub income_centavos: Option<u64>,
    /// Dead since 15/06/2020.
    pub deceased: bool,
    /// Diretrix finds the person by the contacts above.
    pub known_to_diretrix: bool,
    /// Work API `modulo=phone` finds the person by the phones above.
    pub known_to_work_phone: bool,
    /// Work API `modulo=cpf` has a profile; otherwise it answers the in-band 404.
    pub known_to_work_api: bool,
    /// Work API's profile lists the phones and e-mails.
    pub contacts_in_profile: bool,
    /// Chooses among the vendor's spellings: form of dates, of absence, of `status`, of the income.
    pub style: u64,
}

impl Person {
    /// A person outside the generated world, the same for the same `number` (below 10 million),
    /// whose CPF, phone and e-mail no generated person has.
    #[must_use]
    pub fn invented(number: u64) -> Self {
        let mut generator = PeopleGenerator::new(number ^ 0x0BAD_5EED_0000_0000);
        let mut person = generator.person();
        person.phones = vec![format!("1199{:07}", number % 10_000_000)];
        person.emails = vec![format!("pessoa.inventada.{number}@example.com")];
        person
    }

    /// The name as providers write it: capitals, no accents.
    #[must_use]
    pub fn provider_name(&self) -> String {
        deunicode(&self.name).to_uppercase()
    }

    /// The first phone, national digits; empty if the person has none.
    #[must_use]
    pub fn phone(&self) -> &str {
        self.phones.first().map_or("", String::as_str)
    }

    /// The first e-mail; empty if the person has none.
    #[must_use]
    pub fn email(&self) -> &str {
        self.emails.first().map_or("", String::as_str)
    }

    /// Everything that identifies the person, in every spelling that the simulator sends or a
    /// service may make of it.
    pub(super) fn personal_values(&self) -> Vec<String> {
        let mut values = vec![
            self.name.clone(),
            self.name.to_lowercase(),
            self.provider_name(),
            self.mother.clone(),
            self.cpf.clone(),
            formatted_cpf(&self.cpf),
            self.cpf.trim_start_matches('0').to_owned(),
        ];
        values.extend(self.father.clone());
        for phone in &self.phones {
            values.push(phone.clone());
            values.extend(super::spellings::display_forms(phone));
        }
        for email in &self.emails {
            values.push(email.clone());
            values.push(email.to_uppercase());
            values.push(email.replace('@', "%40"));
        }
        values
    }
}

/// Draws people whose names, CPFs and contacts are unique among the drawn.
#[derive(Clone, Debug)]
pub(super) struct PeopleGenerator {
    pub(super) random: Random,
    taken: BTreeSet<String>,
    drawn: u64,
}

impl PeopleGenerator {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            random: Random::new(seed),
            taken: BTreeSet::new(),
            drawn: 0,
        }
    }

    pub(super) fn person(&mut self) -> Person {
        self.drawn += 1;
        let sex = if self.random.percent(50) {
            Sex::Female
        } else {
            Sex::Male
        };
        let (name, email) = self.name_and_email(sex);
        let birth = self.birth();
        Person {
            cpf: self.unique(|random| invent_cpf(random, &FIRST_DIGITS)),
            mother: self.parent(FEMALE_NAMES),
            father: self.random.percent(70).then(|| self.parent(MALE_NAMES)),
            sex: Some(sex),
            birth,
            phones: vec![self.phone("11")],
            emails: vec![email],
            addresses: self.addresses(),
            companies: self.companies(),
            income_centavos: Some(150_000 + self.random.below(1_500_000)),
            deceased: false,
            known_to_diretrix: true,
            known_to_work_phone: true,
            known_to_work_api: true,
            contacts_in_profile: true,
            style: self.random.next(),
            name,
        }
    }

    /// A mobile number of today's form that nobody else has: `(11) 96…–98…`. Its old form without
    /// the ninth digit begins with 6, 7 or 8, as old mobiles did; 99… is left to [`Person::invented`].
    pub(super) fn phone(&mut self, area_code: &str) -> String {
        self.unique(|random| {
            let lead = 6 + random.below(3);
            format!("{area_code}9{lead}{:07}", random.below(10_000_000))
        })
    }

    /// One more e-mail of a person.
    pub(super) fn email_like(&mut self, name: &str) -> String {
        self.drawn += 1;
        email_of(name, self.drawn)
    }

    pub(super) fn address(&mut self) -> Address {
        let with_flat = self.random.percent(50);
        let street_type = if self.random.percent(70) { "R" } else { "AV" };
        Address {
            street_type: street_type.to_owned(),
            street: self.random.pick(STREETS).to_owned(),
            number: (10 + self.random.below(2_000)).to_string(),
            complement: if with_flat {
                format!("APTO {}", 11 + self.random.below(200))
            } else {
                String::new()
            },
            district: format!("BAIRRO EXEMPLO {}", 1 + self.random.below(9)),
            city: "CIDADE EXEMPLO".to_owned(),
            state: "SP".to_owned(),
            zip_code: format!("0100{:04}", self.random.below(10_000)),
        }
    }

    /// Draws until something comes that was not drawn before.
    fn unique(&mut self, mut draw: impl FnMut(&mut Random) -> String) -> String {
        loop {
            let drawn = draw(&mut self.random);
            if self.taken.insert(drawn.clone()) {
                return drawn;
            }
        }
    }

    fn name_and_email(&mut self, sex: Sex) -> (String, String) {
        let first_names = match sex {
            Sex::Female => FEMALE_NAMES,
            Sex::Male => MALE_NAMES,
        };
        let name = self.unique(|random| {
            let first = random.pick(first_names);
            let middle = random.pick(LAST_NAMES);
            let mut last = random.pick(LAST_NAMES);
            while last == middle {
                last = random.pick(LAST_NAMES);
            }
            if random.percent(20) {
                format!("{first} {middle} {} {last}", random.pick(PARTICLES))
            } else {
                format!("{first} {middle} {last}")
            }
        });
        let email = email_of(&name, self.drawn);
        (name, email)
    }

    fn parent(&mut self, first_names: &[&str]) -> String {
        let first = self.random.pick(first_names);
        let middle = self.random.pick(LAST_NAMES);
        let last = self.random.pick(LAST_NAMES);
        deunicode(&format!("{first} {middle} {last}")).to_uppercase()
    }

    fn birth(&mut self) -> NaiveDate {
        let days_after_1950 = self.random.below(18_000);
        NaiveDate::from_ymd_opt(1950, 1, 1).unwrap_or_default() + chrono::Days::new(days_after_1950)
    }

    fn addresses(&mut self) -> Vec<Address> {
        let mut addresses = vec![self.address()];
        if self.random.percent(40) {
            addresses.push(self.address());
        }
        if self.random.percent(20) {
            addresses.push(shared_address());
        }
        if self.random.percent(8) {
            addresses.push(bad_address());
        }
        addresses
    }

    fn companies(&mut self) -> Vec<String> {
        if self.random.percent(30) {
            vec![invent_cnpj(&mut self.random)]
        } else {
            Vec::new()
        }
    }
}

/// The address of a block of flats in which many of the people live: one row for all of them.
fn shared_address() -> Address {
    Address {
        street_type: "AV".to_owned(),
        street: "DO CONDOMINIO INVENTADO".to_owned(),
        number: "1000".to_owned(),
        complement: String::new(),
        district: "BAIRRO EXEMPLO".to_owned(),
        city: "CIDADE EXEMPLO".to_owned(),
        state: "SP".to_owned(),
        zip_code: "01001000".to_owned(),
    }
}

/// CEP, state and number that no column takes as they are.
pub(super) fn bad_address() -> Address {
    Address {
        street_type: String::new(),
        street: "DO CADASTRO RUIM".to_owned(),
        number: "S/N".to_owned(),
        complement: "SEM INFORMAÇÃO".to_owned(),
        district: String::new(),
        city: "CIDADE EXEMPLO".to_owned(),
        state: "XX9".to_owned(),
        zip_code: "0100-00".to_owned(),
    }
}

fn email_of(name: &str, number: u64) -> String {
    let plain = deunicode(name).to_lowercase();
    let first = plain.split(' ').next().unwrap_or_default();
    let last = plain.split(' ').next_back().unwrap_or_default();
    let separator = if text_number(name).is_multiple_of(2) {
        "."
    } else {
        "_"
    };
    format!("{first}{separator}{last}{number}@example.com")
}
