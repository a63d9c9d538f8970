//! Whom the contacts belong to.

use std::collections::{BTreeMap, BTreeSet};

use super::name::ComparableName;
use super::{Asked, Evidence, Named};
use crate::models::{ContactAgreement, Cpf, MatchedBy, PersonName};

/// Everything the providers say of one CPF.
pub(super) struct Person<'a> {
    pub(super) cpf: &'a Cpf,
    /// By their text, in alphabetical order, so that no answer's order shows through.
    names: BTreeMap<&'a str, &'a PersonName>,
    /// The contacts the person has.
    holds: Ties,
    /// Those of them for which nobody turned the person down.
    pub(super) claims: Ties,
}

/// One contact, the other, both or none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Ties {
    pub(super) phone: bool,
    pub(super) email: bool,
}

/// All that is known of the two contacts.
pub(super) struct People<'a> {
    persons: Vec<Person<'a>>,
    phone: Contact<'a>,
    email: Contact<'a>,
    /// How many people claim both contacts.
    pub(super) common: usize,
}

/// One contact and those who share it.
#[derive(Default)]
pub(super) struct Contact<'a> {
    /// How many people with a CPF have it.
    with_cpf: usize,
    pub(super) without_cpf: &'a [Option<PersonName>],
}

impl Ties {
    pub(super) const fn both(self) -> bool {
        self.phone && self.email
    }

    const fn any(self) -> bool {
        self.phone || self.email
    }
}

impl Contact<'_> {
    /// How many people share it, as far as the provider tells them apart.
    pub(super) const fn sharers(&self) -> usize {
        self.with_cpf + self.without_cpf.len()
    }
}

impl<'a> People<'a> {
    pub(super) fn of(evidence: &Evidence<'a>) -> Self {
        let (phone, email) = (named(evidence.by_phone), named(evidence.by_email));
        let mut people = BTreeMap::new();
        collect(&mut people, phone, |ties| &mut ties.phone);
        collect(&mut people, email, |ties| &mut ties.email);
        let persons: Vec<Person<'a>> = people.into_values().collect();
        let count = |has: fn(&Person<'_>) -> bool| persons.iter().filter(|one| has(one)).count();
        Self {
            phone: Contact {
                with_cpf: count(|person| person.holds.phone),
                without_cpf: phone.without_cpf,
            },
            email: Contact {
                with_cpf: count(|person| person.holds.email),
                without_cpf: email.without_cpf,
            },
            common: count(|person| person.claims.both()),
            persons,
        }
    }

    /// Those who may be the lead: who were not turned down for every contact that they have.
    pub(super) fn claimants(&self) -> impl Iterator<Item = &Person<'a>> {
        self.persons.iter().filter(|person| person.claims.any())
    }

    /// Whether somebody was turned down for a contact.
    pub(super) fn is_somebody_rejected(&self) -> bool {
        let rejected = |person: &Person<'_>| person.claims != person.holds;
        self.persons.iter().any(rejected)
    }

    /// Those without a CPF, each with the contact that they share.
    pub(super) fn without_cpf(&self) -> impl Iterator<Item = (Ties, Option<&'a PersonName>)> {
        let of = |contact: &Contact<'a>, ties: Ties| {
            let people = contact.without_cpf.iter();
            people.map(move |name| (ties, name.as_ref()))
        };
        let (by_phone, by_email) = (
            Ties {
                phone: true,
                email: false,
            },
            Ties {
                phone: false,
                email: true,
            },
        );
        of(&self.phone, by_phone).chain(of(&self.email, by_email))
    }

    /// The contact by which a person is found, or the first of them, and the other one.
    pub(super) const fn contacts_of(&self, person: &Person<'_>) -> (&Contact<'a>, &Contact<'a>) {
        if person.claims.phone {
            (&self.phone, &self.email)
        } else {
            (&self.email, &self.phone)
        }
    }

    /// What the contacts say of each other, if this is the person.
    pub(super) fn agreement(&self, person: &Person<'_>) -> ContactAgreement {
        if person.claims.both() {
            return ContactAgreement::SamePerson;
        }
        let (_, other) = self.contacts_of(person);
        let own = usize::from(person.holds.both());
        let named = other.without_cpf.iter().any(Option::is_some);
        if other.with_cpf > own || named {
            ContactAgreement::DifferentPeople
        } else {
            ContactAgreement::OneContact
        }
    }
}

impl Person<'_> {
    /// A name a provider holds.
    pub(super) fn name(&self) -> Option<&PersonName> {
        self.names.values().next().copied()
    }

    /// All names that can be compared.
    pub(super) fn comparable_names(&self) -> Vec<ComparableName> {
        let names = self.names.values();
        names.filter_map(|name| ComparableName::of(name)).collect()
    }

    pub(super) const fn matched_by(&self) -> MatchedBy {
        match self.claims {
            Ties {
                phone: true,
                email: true,
            } => MatchedBy::Both,
            Ties { phone: true, .. } => MatchedBy::Phone,
            Ties { phone: false, .. } => MatchedBy::Email,
        }
    }
}

fn named(asked: Asked<'_>) -> Named<'_> {
    match asked {
        Asked::NotAsked | Asked::Failed => Named::default(),
        Asked::Answered(named) => named,
    }
}

/// Adds the people of a contact, each once, in the order of their CPFs.
fn collect<'a>(
    people: &mut BTreeMap<&'a Cpf, Person<'a>>,
    named: Named<'a>,
    contact: fn(&mut Ties) -> &mut bool,
) {
    let rejected: BTreeSet<&Cpf> = named.rejected.iter().collect();
    for candidate in named.people {
        let person = people.entry(&candidate.cpf).or_insert_with(|| Person {
            cpf: &candidate.cpf,
            names: BTreeMap::new(),
            holds: Ties::default(),
            claims: Ties::default(),
        });
        if let Some(name) = &candidate.name {
            person.names.insert(name.as_str(), name);
        }
        *contact(&mut person.holds) = true;
        *contact(&mut person.claims) = !rejected.contains(&candidate.cpf);
    }
}
