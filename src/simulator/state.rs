//! What the three systems remember: leads, messages, and who is known by which contact.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Duration, SecondsFormat};
use serde::Serialize;
use serde_json::{Value, json};

use super::SimulatorError;
use super::cast::candidate;
use super::people::Person;
use super::world::{Candidate, World};

/// 2025-01-16T00:00:00Z: the simulator's own clock starts here and moves a second per change, so
/// that runs repeat exactly.
const CLOCK_START: i64 = 1_736_985_600;

/// A message as C2S took it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReceivedMessage {
    /// Which message it is over all leads, from 1.
    pub number: u64,
    /// The text exactly as it was sent.
    pub body: String,
    /// The text as the lead shows it: every third message has its white space changed.
    pub shown: String,
    /// Whether the predecessor's extra key `leadId` came with it.
    pub with_lead_id: bool,
}

pub(super) struct StoredLead {
    pub(super) json: Value,
    pub(super) created: i64,
    pub(super) updated: i64,
}

/// The memory of the three systems.
pub(super) struct Memory {
    pub(super) leads: BTreeMap<String, StoredLead>,
    messages: BTreeMap<String, Vec<ReceivedMessage>>,
    people: HashMap<String, Person>,
    contacts: HashMap<String, Vec<Candidate>>,
    work_phones: HashMap<String, Vec<Candidate>>,
    scripted_profiles: HashMap<String, Value>,
    scripted_work_phones: HashMap<String, Value>,
    changes: i64,
    message_count: u64,
    created_leads: u64,
}

impl Memory {
    pub(super) fn new(world: &World) -> Self {
        let mut memory = Self {
            leads: BTreeMap::new(),
            messages: BTreeMap::new(),
            people: world
                .people
                .iter()
                .map(|person| (person.cpf.clone(), person.clone()))
                .collect(),
            contacts: world.contacts.clone().into_iter().collect(),
            work_phones: world.work_phones.clone().into_iter().collect(),
            scripted_profiles: HashMap::new(),
            scripted_work_phones: HashMap::new(),
            changes: 0,
            message_count: 0,
            created_leads: 0,
        };
        for lead in &world.leads {
            memory.store_lead(lead.id.clone(), lead.json.clone());
        }
        memory
    }

    /// Takes a lead with or without the envelope `data`; answers its id.
    pub(super) fn put_lead(&mut self, mut lead: Value) -> Result<String, SimulatorError> {
        if let Some(inner) = lead.get_mut("data") {
            lead = inner.take();
        }
        let id = lead
            .get("id")
            .and_then(Value::as_str)
            .ok_or(SimulatorError::LeadWithoutId)?
            .to_owned();
        self.store_lead(id.clone(), lead);
        Ok(id)
    }

    fn store_lead(&mut self, id: String, json: Value) {
        self.changes += 1;
        let created = self
            .leads
            .get(&id)
            .map_or(self.changes, |lead| lead.created);
        self.leads.insert(
            id,
            StoredLead {
                json,
                created,
                updated: self.changes,
            },
        );
    }

    /// A lead that came in by `POST /integration/leads`. Every third id is a number.
    pub(super) fn create_lead(&mut self, attributes: &Value) -> (u64, String) {
        self.created_leads += 1;
        let number = self.created_leads;
        let id = if number.is_multiple_of(3) {
            (9_000_000 + number).to_string()
        } else {
            format!("{:032x}", 0xe000_0000_u64 + number)
        };
        self.store_lead(
            id.clone(),
            json!({"id": id, "type": "lead", "internal_id": number, "attributes": attributes}),
        );
        (number, id)
    }

    /// Stores a message; `false` when the lead is unknown.
    pub(super) fn store_message(&mut self, lead_id: &str, body: &str, with_lead_id: bool) -> bool {
        let Some(lead) = self.leads.get_mut(lead_id) else {
            return false;
        };
        self.changes += 1;
        self.message_count += 1;
        let shown = if self.message_count.is_multiple_of(3) {
            squeeze(body)
        } else {
            body.to_owned()
        };
        lead.updated = self.changes;
        show_in_lead(&mut lead.json, &shown, &timestamp(self.changes));
        self.messages
            .entry(lead_id.to_owned())
            .or_default()
            .push(ReceivedMessage {
                number: self.message_count,
                body: body.to_owned(),
                shown,
                with_lead_id,
            });
        true
    }

    pub(super) fn messages(&self, lead_id: &str) -> Vec<ReceivedMessage> {
        self.messages.get(lead_id).cloned().unwrap_or_default()
    }

    pub(super) fn message_counts(&self) -> BTreeMap<String, usize> {
        self.messages
            .iter()
            .map(|(lead_id, messages)| (lead_id.clone(), messages.len()))
            .collect()
    }

    pub(super) fn put_person(&mut self, person: Person) {
        if person.known_to_diretrix {
            for contact in person.phones.iter().chain(&person.emails) {
                self.contacts
                    .entry(contact.to_lowercase())
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
        self.people.insert(person.cpf.clone(), person);
    }

    pub(super) fn put_contact_answer(&mut self, contact: &str, candidates: Vec<Candidate>) {
        self.contacts.insert(contact.to_lowercase(), candidates);
    }

    pub(super) fn put_work_phone_answer(&mut self, phone: &str, answer: Value) {
        self.scripted_work_phones.insert(phone.to_owned(), answer);
    }

    pub(super) fn put_profile(&mut self, cpf: &str, answer: Value) {
        self.scripted_profiles.insert(cpf.to_owned(), answer);
    }

    pub(super) fn contact(&self, contact: &str) -> &[Candidate] {
        self.contacts
            .get(&contact.to_lowercase())
            .map_or(&[], Vec::as_slice)
    }

    pub(super) fn work_phone(&self, phone: &str) -> &[Candidate] {
        self.work_phones.get(phone).map_or(&[], Vec::as_slice)
    }

    pub(super) fn scripted_work_phone(&self, phone: &str) -> Option<&Value> {
        self.scripted_work_phones.get(phone)
    }

    pub(super) fn scripted_profile(&self, cpf: &str) -> Option<&Value> {
        self.scripted_profiles.get(cpf)
    }

    pub(super) fn person(&self, cpf: &str) -> Option<&Person> {
        self.people.get(cpf)
    }
}

/// RFC 3339 on the simulator's own clock.
fn timestamp(changes: i64) -> String {
    let start = DateTime::from_timestamp(CLOCK_START, 0).unwrap_or_default();
    (start + Duration::seconds(changes)).to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// What C2S is said to do to white space: blank lines go, runs of spaces shrink to one.
fn squeeze(body: &str) -> String {
    let lines = body
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join("\n")
}

fn show_in_lead(lead: &mut Value, shown: &str, now: &str) {
    let Some(attributes) = lead.get_mut("attributes").and_then(Value::as_object_mut) else {
        return;
    };
    let message = json!({"created_at": now, "message": shown, "sender": "Integração"});
    match attributes.get_mut("messages") {
        Some(Value::Array(messages)) => messages.push(message),
        _ => {
            attributes.insert("messages".to_owned(), json!([message]));
        }
    }
    attributes.insert("updated_at".to_owned(), now.into());
    attributes.insert("last_activity_date".to_owned(), now.into());
}
