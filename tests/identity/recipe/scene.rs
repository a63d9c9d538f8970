//! A scene: who sends the lead, what is typed, and who is on the contacts. The truth follows from
//! it and is never set by hand: it is the sender, when the sender is among the candidates.

use super::emails::{neutral_email, own_email};
use super::people::{self, Person};
use super::random::Random;
use super::spellings::provider;
use crate::labelled::{
    Answered, Careful, Failed, LabelledLead, LabelledProfile, Listed, Lookup, TypedLead,
};

/// What asking for one contact came to.
enum Side {
    NotAsked,
    Failed,
    Of(Vec<Person>),
}

pub(super) struct Scene {
    pub(super) random: Random,
    /// Number of the lead within its situation: some situations alternate.
    pub(super) turn: usize,
    cpfs: Vec<String>,
    typed: Option<String>,
    sender: Person,
    by_phone: Side,
    by_email: Side,
    rejected: Vec<String>,
}

impl Scene {
    pub(super) fn new(random: Random, turn: usize) -> Self {
        Self {
            random,
            turn,
            cpfs: Vec::new(),
            typed: None,
            sender: Person::default(),
            by_phone: Side::NotAsked,
            by_email: Side::NotAsked,
            rejected: Vec::new(),
        }
    }

    /// Somebody, registered.
    pub(super) fn person(&mut self) -> Person {
        let person = people::draw(&mut self.random);
        self.register(person)
    }

    /// Somebody with a given name of this list.
    pub(super) fn person_called(&mut self, given: &str, woman: bool) -> Person {
        let mut person = people::draw(&mut self.random);
        person.given = given.to_owned();
        person.woman = woman;
        person.second = person
            .second
            .map(|_| people::second_name(&mut self.random, woman, &[given]));
        self.register(person)
    }

    /// Somebody with other given names, and other surnames, than these.
    pub(super) fn stranger(&mut self, to: &[&Person]) -> Person {
        let mut person = people::draw_other(&mut self.random, to);
        let mut taken: Vec<String> = to.iter().flat_map(|p| p.surnames.clone()).collect();
        for place in 0..person.surnames.len() {
            person.surnames[place] = people::other_surname(&mut self.random, &taken);
            taken.push(person.surnames[place].clone());
        }
        self.register(person)
    }

    /// Husband, wife or child of the first: other given names, in most cases the last surname.
    pub(super) fn relative(&mut self, of: &Person, others: &[&Person]) -> Person {
        let mut avoid = others.to_vec();
        avoid.push(of);
        let mut person = self.stranger(&avoid);
        if self.random.percent(70) {
            person.surnames.pop();
            person.surnames.push(of.last().to_owned());
        }
        self.register(person)
    }

    /// Gives a CPF if there is none yet, and the spellings of the providers.
    pub(super) fn register(&mut self, mut person: Person) -> Person {
        while person.cpf.is_empty() {
            let cpf = people::draw_cpf(&mut self.random);
            let one_digit = cpf.bytes().all(|digit| cpf.starts_with(char::from(digit)));
            if !one_digit && !self.cpfs.contains(&cpf) {
                self.cpfs.push(cpf.clone());
                person.cpf = cpf;
            }
        }
        let name = person.full();
        let listed = provider(&mut self.random, &name);
        person.in_profile = if self.random.percent(80) {
            listed.clone()
        } else {
            provider(&mut self.random, &name)
        };
        person.listed = Some(listed);
        person
    }

    /// Another person with that name.
    pub(super) fn namesake(&mut self, of: &Person) -> Person {
        let mut person = of.clone();
        person.cpf = String::new();
        self.register(person)
    }

    /// Up to `most` people who share a contact with the first and cannot be taken for them.
    pub(super) fn bystanders(&mut self, most: u64, of: &Person, others: &[&Person]) -> Vec<Person> {
        let count = self.random.below(most + 1);
        self.crowd(count, of, others)
    }

    /// Exactly so many of them.
    pub(super) fn crowd(&mut self, count: u64, of: &Person, others: &[&Person]) -> Vec<Person> {
        let mut crowd: Vec<Person> = Vec::new();
        for _ in 0..count {
            let kin = self.random.percent(60);
            let mut avoid = others.to_vec();
            avoid.extend(crowd.iter());
            let mut person = if kin {
                self.relative(of, &avoid)
            } else {
                avoid.push(of);
                self.stranger(&avoid)
            };
            person.cpf_known = self.random.percent(90);
            crowd.push(person);
        }
        crowd
    }

    /// Who sends the lead, and what they type.
    pub(super) fn sends(&mut self, sender: &Person, typed: &str) {
        self.sender = sender.clone();
        self.typed = Some(typed.to_owned());
    }

    /// The same without a name.
    pub(super) fn sends_no_name(&mut self, sender: &Person) {
        self.sender = sender.clone();
        self.typed = None;
    }

    /// One contact says something, more often the phone; of the other one nothing is known, or the
    /// lead has none.
    pub(super) fn on_one(&mut self, people: Vec<Person>) {
        let other = if self.random.percent(50) {
            Side::NotAsked
        } else {
            Side::Of(Vec::new())
        };
        (self.by_phone, self.by_email) = if self.random.percent(70) {
            (Side::Of(people), other)
        } else {
            (other, Side::Of(people))
        };
    }

    /// That person alone or beside up to two others on one contact.
    pub(super) fn on_one_with_bystanders(&mut self, person: &Person) {
        let mut people = self.bystanders(2, person, &[]);
        people.push(person.clone());
        self.on_one(people);
    }

    /// Both contacts say something.
    pub(super) fn on_both(&mut self, by_phone: Vec<Person>, by_email: Vec<Person>) {
        self.by_phone = Side::Of(by_phone);
        self.by_email = Side::Of(by_email);
    }

    /// The phone says nothing, because the call failed; or the e-mail.
    pub(super) fn on_one_other_fails(&mut self, people: Vec<Person>) {
        (self.by_phone, self.by_email) = if self.random.percent(50) {
            (Side::Of(people), Side::Failed)
        } else {
            (Side::Failed, Side::Of(people))
        };
    }

    /// A person turned this one down for these contacts before.
    pub(super) fn reject(&mut self, person: &Person) {
        self.rejected.push(person.cpf.clone());
    }

    /// The lead with its labels.
    pub(super) fn finish(mut self, id: String, situation: &str, careful: Careful) -> LabelledLead {
        let phone = asked(&self.by_phone).then(|| self.phone());
        let email = asked(&self.by_email).then(|| self.lead_email(careful));
        let profiles = self.profiles(phone.as_deref(), email.as_deref());
        let truth = profiles
            .iter()
            .find(|profile| profile.cpf == self.sender.cpf)
            .map(|profile| profile.cpf.clone());
        let (by_phone, by_email) = (
            std::mem::replace(&mut self.by_phone, Side::NotAsked),
            std::mem::replace(&mut self.by_email, Side::NotAsked),
        );
        LabelledLead {
            id,
            situation: situation.to_owned(),
            by_phone: self.lookup(by_phone),
            by_email: self.lookup(by_email),
            lead: TypedLead {
                name: self.typed,
                phone,
                email,
            },
            profiles,
            truth,
            careful,
        }
    }

    fn lookup(&mut self, side: Side) -> Option<Lookup> {
        let mut people = match side {
            Side::NotAsked => return None,
            Side::Failed => return Some(Lookup::Failed(Failed { failed: true })),
            Side::Of(people) => people,
        };
        self.random.shuffle(&mut people);
        let mut answer = Answered::default();
        for person in people {
            if self.rejected.contains(&person.cpf) {
                answer.rejected.push(person.cpf.clone());
            }
            if person.cpf_known {
                answer.people.push(Listed {
                    cpf: person.cpf,
                    name: person.listed,
                });
            } else {
                answer.without_cpf.push(person.listed);
            }
        }
        Some(Lookup::Answered(answer))
    }

    fn profiles(&mut self, phone: Option<&str>, email: Option<&str>) -> Vec<LabelledProfile> {
        let mut known: Vec<Person> = Vec::new();
        for person in of(&self.by_phone).iter().chain(of(&self.by_email)) {
            if person.cpf_known && known.iter().all(|other| other.cpf != person.cpf) {
                known.push(person.clone());
            }
        }
        self.random.shuffle(&mut known);
        let mut profiles = Vec::new();
        for person in known {
            let on = |side: &Side| of(side).iter().any(|other| other.cpf == person.cpf);
            let (on_phone, on_email) = (on(&self.by_phone), on(&self.by_email));
            let mut phones: Vec<String> = (0..self.random.below(3)).map(|_| self.phone()).collect();
            let mut emails: Vec<String> = (0..self.random.below(2))
                .map(|_| own_email(&mut self.random, &person))
                .collect();
            phones.extend(
                phone
                    .filter(|_| on_phone && self.random.percent(80))
                    .map(str::to_owned),
            );
            emails.extend(
                email
                    .filter(|_| on_email && self.random.percent(80))
                    .map(str::to_owned),
            );
            self.random.shuffle(&mut phones);
            profiles.push(LabelledProfile {
                cpf: person.cpf,
                name: person.in_profile,
                deceased: person.deceased,
                phones,
                emails,
            });
        }
        profiles
    }

    fn phone(&mut self) -> String {
        format!("119{:08}", 60_000_000 + self.random.below(39_999_999))
    }

    /// The local part tells the sender's name only where it can tip no scale: on an accepted lead
    /// of theirs, or where they are nobody known.
    fn lead_email(&mut self, careful: Careful) -> String {
        let with_sender = |side: &Side| of(side).iter().any(|person| person.cpf == self.sender.cpf);
        let on_email = with_sender(&self.by_email) || of(&self.by_email).is_empty();
        let stranger = !with_sender(&self.by_phone) && !with_sender(&self.by_email);
        let may_tell = match careful {
            Careful::Accept => on_email,
            Careful::Review => false,
            Careful::Nobody => stranger && on_email,
        };
        if may_tell && self.random.percent(60) {
            own_email(&mut self.random, &self.sender.clone())
        } else {
            neutral_email(&mut self.random)
        }
    }
}

fn asked(side: &Side) -> bool {
    !matches!(side, Side::NotAsked)
}

fn of(side: &Side) -> &[Person] {
    match side {
        Side::Of(people) => people,
        Side::NotAsked | Side::Failed => &[],
    }
}
