//! The many: one simple lead for each person who has no part in a named situation.

use serde_json::{Value, json};

use super::cast::{Cast, candidate, falls_on, first_name, odd_shapes};
use super::leads::SimulatedLead;
use super::people::Person;
use super::random::text_number;
use super::situations::Situation;
use super::spellings::PhoneSpelling;
use super::world::WorldLead;

/// Ids of the bulk begin at `0000000000000000000000000000b001`.
const FIRST_BULK_ID: usize = 0xb001;

impl Cast {
    /// A person and a lead that leads to him or her, in varying spellings.
    pub(super) fn stage_bulk(&mut self) {
        let mut person = self.generator.person();
        let id = format!(
            "{:032x}",
            FIRST_BULK_ID + self.leads.len() - Situation::ALL.len()
        );
        person.known_to_work_api = !falls_on(&id, 40, 7);
        let situation = match text_number(&id) % 10 {
            _ if !person.known_to_work_api => Situation::ProfileMissing,
            0 => Situation::NullEmail,
            1 => Situation::NullPhone,
            _ => Situation::Plain,
        };
        self.share_contacts(&person);
        let spelling = PhoneSpelling::ALL[self.generator.random.index(PhoneSpelling::ALL.len())];
        let phone = (situation != Situation::NullPhone).then(|| spelling.write(person.phone()));
        let email = (situation != Situation::NullEmail).then(|| person.email().to_owned());
        let lead = SimulatedLead::new(&id)
            .name(name_on_form(&id, &person))
            .phone(phone.clone().map_or(Value::Null, Value::from))
            .email(email.clone().map_or(Value::Null, Value::from));
        self.leads.push(WorldLead {
            json: vary(&id, lead).into_json(),
            id,
            situation,
            lookup_phone: phone.map(|_| person.phone().to_owned()),
            lookup_email: email,
            cpf: person.known_to_work_api.then(|| person.cpf.clone()),
        });
        let email = person.email().to_owned();
        self.admit(person);
        self.settle_answers(&email);
    }

    /// Every fourth phone is also known for one or two earlier people, the second of whom has no name
    /// at Diretrix.
    fn share_contacts(&mut self, person: &Person) {
        if !self.generator.random.percent(25) {
            return;
        }
        for with_name in [true, false] {
            let other = &self.people[self.generator.random.index(self.people.len())];
            if first_name(&other.name) == first_name(&person.name) || !other.known_to_diretrix {
                continue;
            }
            let mut shared = candidate(other);
            if !with_name {
                shared.nome = String::new();
            }
            let answers = self.contacts.entry(person.phone().to_owned()).or_default();
            if answers.iter().all(|answer| answer.cpf != shared.cpf) {
                answers.push(shared);
            }
        }
    }

    /// Shuffles the phone's answer; every tenth e-mail is known without a name.
    fn settle_answers(&mut self, email: &str) {
        let phone = self
            .people
            .last()
            .map(|person| person.phone().to_owned())
            .unwrap_or_default();
        if let Some(answers) = self.contacts.get_mut(&phone) {
            self.generator.random.shuffle(answers);
        }
        let with_phone = self
            .leads
            .last()
            .is_some_and(|lead| lead.lookup_phone.is_some());
        if with_phone && self.generator.random.percent(10) {
            for answer in self.contacts.get_mut(email).into_iter().flatten() {
                answer.nome = String::new();
            }
        }
    }
}

/// The name as people type it: in full, in small letters, in capitals, or first and last name only.
fn name_on_form(id: &str, person: &Person) -> String {
    match text_number(id) / 16 % 6 {
        0 => person.name.to_lowercase(),
        1 => person.name.to_uppercase(),
        2 => {
            let last = person.name.split(' ').next_back().unwrap_or_default();
            format!("{} {last}", first_name(&person.name))
        }
        _ => person.name.clone(),
    }
}

fn vary(id: &str, lead: SimulatedLead) -> SimulatedLead {
    match text_number(id) / 128 % 8 {
        0 => lead.attribute("product", Value::Null),
        1 => lead.product("price", json!(450_000.5)),
        2 => lead.attribute("tags", json!(["Etiqueta solta"])),
        3 => lead.attribute("description", Value::Null).without("seller"),
        4 => odd_shapes(lead),
        _ => lead,
    }
}
