//! Puts the people and leads of the world together, a situation at a time.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::documents::invent_cnpj;
use super::leads::SimulatedLead;
use super::people::{PeopleGenerator, Person, bad_address};
use super::random::text_number;
use super::situations::Situation;
use super::spellings::PhoneSpelling;
use super::world::{Candidate, WorldLead};

/// The world while it is being invented.
pub(super) struct Cast {
    pub(super) generator: PeopleGenerator,
    pub(super) people: Vec<Person>,
    pub(super) leads: Vec<WorldLead>,
    pub(super) contacts: BTreeMap<String, Vec<Candidate>>,
    pub(super) work_phones: BTreeMap<String, Vec<Candidate>>,
}

impl Cast {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            generator: PeopleGenerator::new(seed),
            people: Vec::new(),
            leads: Vec::new(),
            contacts: BTreeMap::new(),
            work_phones: BTreeMap::new(),
        }
    }

    /// Invents who and what the situation needs, and its lead.
    pub(super) fn stage(&mut self, situation: Situation) {
        match situation {
            Situation::Namesake | Situation::TwoPeople => self.stage_two_people(situation),
            Situation::Suffix | Situation::FatherAndSon => self.stage_suffix(situation),
            Situation::SharedPhone => self.stage_shared_phone(),
            Situation::BadContacts => self.stage_bad_contacts(),
            _ => self.stage_one_person(situation),
        }
    }

    fn stage_one_person(&mut self, situation: Situation) {
        let person = self.person_for(situation);
        self.admit(person.clone());
        let accepted = !matches!(
            situation,
            Situation::UnknownContact | Situation::ProfileMissing | Situation::Deceased
        );
        let (name, phone, email) = contacts_for(situation, &person);
        let json = shape_for(
            situation,
            lead_of(situation, name, phone.clone(), email.clone()),
        );
        self.leads.push(WorldLead {
            id: situation.lead_id(),
            situation,
            json: json.into_json(),
            lookup_phone: phone.is_string().then(|| person.phone().to_owned()),
            lookup_email: email.is_string().then(|| person.email().to_owned()),
            cpf: accepted.then_some(person.cpf),
        });
    }

    /// A person with the traits that the situation is about.
    fn person_for(&mut self, situation: Situation) -> Person {
        let mut person = self.generator.person();
        match situation {
            Situation::UnknownContact => {
                person.known_to_diretrix = false;
                person.known_to_work_phone = false;
                person.known_to_work_api = false;
            }
            Situation::ProfileMissing => person.known_to_work_api = false,
            Situation::WorkPhoneOnly => person.known_to_diretrix = false,
            Situation::Deceased => person.deceased = true,
            // A minor until 2033, whenever the test runs.
            Situation::Minor => {
                person.birth = NaiveDate::from_ymd_opt(2015, 3, 10).unwrap_or_default();
            }
            Situation::LongLists => self.lengthen(&mut person),
            Situation::EstimatedIncome => {
                person.income_centavos = Some(543_210);
                person.style = 0;
            }
            Situation::NoContacts => person.contacts_in_profile = false,
            Situation::NoFinances => person.income_centavos = None,
            Situation::UnknownSex => person.sex = None,
            Situation::BadAddress => {
                person.addresses = vec![bad_address(), self.generator.address()];
            }
            Situation::PhoneAreaCode55 | Situation::PhoneAreaCode55CountryCode => {
                person.phones = vec![self.generator.phone("55")];
            }
            _ => {}
        }
        person
    }

    fn lengthen(&mut self, person: &mut Person) {
        for _ in 0..7 {
            person.phones.push(self.generator.phone("11"));
            person.emails.push(self.generator.email_like(&person.name));
            person.addresses.push(self.generator.address());
            person
                .companies
                .push(invent_cnpj(&mut self.generator.random));
        }
    }

    fn stage_two_people(&mut self, situation: Situation) {
        let phone_owner = self.generator.person();
        let mut email_owner = self.generator.person();
        if situation == Situation::Namesake {
            email_owner.name.clone_from(&phone_owner.name);
        } else {
            self.differ_in_first_name(&mut email_owner, &phone_owner);
        }
        let lead = lead_of(
            situation,
            phone_owner.name.clone().into(),
            phone_owner.phone().into(),
            email_owner.email().into(),
        );
        self.leads.push(WorldLead {
            id: situation.lead_id(),
            situation,
            json: lead.into_json(),
            lookup_phone: Some(phone_owner.phone().to_owned()),
            lookup_email: Some(email_owner.email().to_owned()),
            cpf: (situation == Situation::TwoPeople).then(|| phone_owner.cpf.clone()),
        });
        self.admit(phone_owner);
        self.admit(email_owner);
    }

    fn stage_suffix(&mut self, situation: Situation) {
        let mut son = self.generator.person();
        let shared_name = son.name.clone();
        son.name = format!("{shared_name} Filho");
        let both = situation == Situation::FatherAndSon;
        let lead_name = if both {
            son.name.clone()
        } else {
            shared_name.clone()
        };
        let lead = lead_of(situation, lead_name.into(), son.phone().into(), Value::Null);
        self.leads.push(WorldLead {
            id: situation.lead_id(),
            situation,
            json: lead.into_json(),
            lookup_phone: Some(son.phone().to_owned()),
            lookup_email: None,
            cpf: both.then(|| son.cpf.clone()),
        });
        if both {
            let mut father = self.generator.person();
            father.name = shared_name;
            father.phones.clone_from(&son.phones);
            self.admit(father);
        }
        self.admit(son);
    }

    fn stage_shared_phone(&mut self) {
        let situation = Situation::SharedPhone;
        let owner = self.generator.person();
        let lead = lead_of(
            situation,
            owner.name.clone().into(),
            owner.phone().into(),
            Value::Null,
        );
        self.leads.push(WorldLead {
            id: situation.lead_id(),
            situation,
            json: lead.into_json(),
            lookup_phone: Some(owner.phone().to_owned()),
            lookup_email: None,
            cpf: None,
        });
        for _ in 0..4 {
            let mut other = self.generator.person();
            self.differ_in_first_name(&mut other, &owner);
            other.phones.clone_from(&owner.phones);
            self.admit(other);
        }
        self.admit(owner);
    }

    fn stage_bad_contacts(&mut self) {
        let situation = Situation::BadContacts;
        let person = self.generator.person();
        let lead = lead_of(
            situation,
            person.name.clone().into(),
            "1234".into(),
            "sem-arroba.example.com".into(),
        );
        self.leads.push(WorldLead {
            id: situation.lead_id(),
            situation,
            json: lead.into_json(),
            lookup_phone: None,
            lookup_email: None,
            cpf: None,
        });
        self.admit(person);
    }

    /// Draws again until the first names differ, so that nobody fits by chance.
    pub(super) fn differ_in_first_name(&mut self, other: &mut Person, person: &Person) {
        while first_name(&other.name) == first_name(&person.name) {
            *other = self.generator.person();
        }
    }

    /// Takes a person into the world, and into the answers by contact of those who know him or her.
    pub(super) fn admit(&mut self, person: Person) {
        if person.known_to_diretrix {
            for contact in person.phones.iter().chain(&person.emails) {
                self.contacts
                    .entry(contact.clone())
                    .or_default()
                    .push(candidate(&person));
            }
        }
        if person.known_to_work_phone {
            for phone in &person.phones {
                self.work_phones
                    .entry(phone.clone())
                    .or_default()
                    .push(candidate(&person));
            }
        }
        self.people.push(person);
    }
}

/// The entry of a Diretrix answer: every second CPF with leading zeros has lost them.
pub(super) fn candidate(person: &Person) -> Candidate {
    let shorten = person.style.is_multiple_of(2);
    let cpf = if shorten {
        person.cpf.trim_start_matches('0')
    } else {
        &person.cpf
    };
    Candidate {
        nome: person.provider_name(),
        cpf: cpf.to_owned(),
    }
}

pub(super) fn first_name(name: &str) -> &str {
    name.split(' ').next().unwrap_or_default()
}

fn lead_of(situation: Situation, name: Value, phone: Value, email: Value) -> SimulatedLead {
    SimulatedLead::new(&situation.lead_id())
        .name(name)
        .phone(phone)
        .email(email)
}

/// Name, phone and e-mail as the lead of the situation writes them.
fn contacts_for(situation: Situation, person: &Person) -> (Value, Value, Value) {
    let name = match situation {
        Situation::NoName => "Unknown".to_owned(),
        Situation::ClientName => "Cliente".to_owned(),
        Situation::FirstNameOnly => first_name(&person.name).to_owned(),
        _ => person.name.clone(),
    };
    let (spelling, with_email) = match situation {
        Situation::PhoneDoubleCountryCode => (PhoneSpelling::DoubleCountryCode, false),
        Situation::PhoneFormatted => (PhoneSpelling::Formatted, false),
        Situation::PhoneTrunkZero => (PhoneSpelling::TrunkZero, false),
        Situation::PhoneMissingNinthDigit => (PhoneSpelling::MissingNinthDigit, false),
        Situation::PhoneAreaCode55 => (PhoneSpelling::National, false),
        Situation::PhoneAreaCode55CountryCode => (PhoneSpelling::CountryCode, false),
        Situation::NullEmail | Situation::OddShapes => (PhoneSpelling::CountryCode, false),
        _ => (PhoneSpelling::CountryCode, true),
    };
    let phone = match situation {
        Situation::NullPhone | Situation::NullProduct => Value::Null,
        _ => spelling.write(person.phone()).into(),
    };
    let email = match situation {
        Situation::CapitalEmail => format!(" {} ", person.email().to_uppercase()).into(),
        _ if with_email => person.email().into(),
        _ => Value::Null,
    };
    (name.into(), phone, email)
}

/// Odd shapes around the contacts.
fn shape_for(situation: Situation, lead: SimulatedLead) -> SimulatedLead {
    match situation {
        Situation::OddShapes => odd_shapes(lead),
        Situation::NullProduct => [
            "product",
            "seller",
            "tags",
            "log",
            "messages",
            "lead_source",
            "updated_at",
        ]
        .into_iter()
        .fold(lead, |lead, key| lead.attribute(key, Value::Null)),
        _ => lead,
    }
}

pub(super) fn odd_shapes(lead: SimulatedLead) -> SimulatedLead {
    lead.without("seller")
        .without("messages")
        .attribute("description", Value::Null)
        .attribute("tags", json!(["Etiqueta solta", "Outra"]))
        .attribute(
            "log",
            json!([{"created_at": "2025-01-15 13:00:00", "description": "Lead criado (exemplo)"}]),
        )
        .attribute("created_at", "2025-01-15 13:00:00".into())
        .attribute("updated_at", "2025-01-15 13:01:00.500 +0000".into())
        .product("price", json!(500_000))
}

/// Whether the `nth` oddity out of `every` falls on this lead.
pub(super) fn falls_on(lead_id: &str, every: u64, nth: u64) -> bool {
    text_number(lead_id) % every == nth
}
