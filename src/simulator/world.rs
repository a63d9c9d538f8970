//! The invented world: people, the leads they left, and who is known by which contact.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use super::SimulatorError;
use super::cast::Cast;
use super::people::Person;
use super::profiles;
use super::situations::Situation;

/// One entry of a Diretrix answer, as it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Candidate {
    /// Capitals without accents; may be empty.
    pub nome: String,
    /// May lack its leading zeros.
    pub cpf: String,
}

/// A lead of the world, with what a service should make of it.
#[derive(Clone, Debug, PartialEq)]
pub struct WorldLead {
    /// 32 lower-case hex digits.
    pub id: String,
    /// What the lead shows.
    pub situation: Situation,
    /// `{id, type, internal_id, attributes}` as C2S sends it at the start.
    pub json: Value,
    /// The national digits that Diretrix should be asked for; `None`: no phone, or a malformed one.
    pub lookup_phone: Option<String>,
    /// The e-mail (lower case) that Diretrix should be asked for; `None`: none, or a malformed one.
    pub lookup_email: Option<String>,
    /// CPF of the person to be accepted and enriched; `None`: nobody should be.
    pub cpf: Option<String>,
}

/// The people and leads of one seed: the same, byte for byte, for the same seed and number of people.
#[derive(Clone, Debug, PartialEq)]
pub struct World {
    pub(super) people: Vec<Person>,
    pub(super) leads: Vec<WorldLead>,
    /// By national digits or lower-case e-mail.
    pub(super) contacts: BTreeMap<String, Vec<Candidate>>,
    /// CPFs by national digits, as `modulo=phone` knows them.
    pub(super) work_phones: BTreeMap<String, Vec<Candidate>>,
}

impl World {
    /// Invents a world.
    ///
    /// # Errors
    /// [`SimulatorError::TooFewPeople`] when the named situations need more people.
    pub fn generate(seed: u64, people: usize) -> Result<Self, SimulatorError> {
        let mut cast = Cast::new(seed);
        for situation in Situation::ALL {
            cast.stage(*situation);
        }
        let least = cast.people.len();
        if people < least {
            return Err(SimulatorError::TooFewPeople {
                asked: people,
                least,
            });
        }
        while cast.people.len() < people {
            cast.stage_bulk();
        }
        Ok(Self {
            people: cast.people,
            leads: cast.leads,
            contacts: cast.contacts,
            work_phones: cast.work_phones,
        })
    }

    /// Everybody, those of the named situations first.
    #[must_use]
    pub fn people(&self) -> &[Person] {
        &self.people
    }

    /// Every lead; the first ones are those of [`Situation::ALL`], in that order.
    #[must_use]
    pub fn leads(&self) -> &[WorldLead] {
        &self.leads
    }

    /// The lead that shows a situation.
    #[must_use]
    pub fn lead(&self, situation: Situation) -> &WorldLead {
        &self.leads[situation as usize]
    }

    /// The person with this CPF (11 digits).
    #[must_use]
    pub fn person(&self, cpf: &str) -> Option<&Person> {
        self.people.iter().find(|person| person.cpf == cpf)
    }

    /// Values of the fields that must never be stored, logged or sent (API.md, PRIVACY): race,
    /// health, benefits, relatives, neighbours, purchases and the rest of what is dropped.
    #[must_use]
    pub fn forbidden_values(&self) -> Vec<String> {
        let mut values = BTreeSet::new();
        for person in &self.people {
            profiles::collect_forbidden(person, &mut values);
        }
        values.into_iter().collect()
    }

    /// Names, CPFs, phones and e-mails of everybody, in the spellings that can occur: none of them
    /// may be in a log.
    #[must_use]
    pub fn personal_values(&self) -> Vec<String> {
        let mut values: BTreeSet<String> = self
            .people
            .iter()
            .flat_map(Person::personal_values)
            .collect();
        for lead in &self.leads {
            let customer = &lead.json["attributes"]["customer"];
            for key in ["name", "phone", "email"] {
                if let Some(text) = customer[key]
                    .as_str()
                    .filter(|text| text.len() > 9 || text.contains(' '))
                {
                    values.insert(text.trim().to_owned());
                }
            }
        }
        values.into_iter().collect()
    }
}
