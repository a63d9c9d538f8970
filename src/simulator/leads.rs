//! A lead in C2S's shape, to start from and to make as odd as a test needs.

use serde_json::{Value, json};

use super::random::text_number;

/// A lead with every field that C2S sends; its customer has no name, phone or e-mail until given.
///
/// ```
/// use rust_c2s_api::simulator::SimulatedLead;
/// let lead = SimulatedLead::new("lead-1").name("Pessoa Exemplo").phone("11987654321").attribute("tags", "odd".into());
/// assert_eq!(lead.into_json()["attributes"]["tags"], "odd");
/// ```
#[derive(Clone, Debug)]
pub struct SimulatedLead(Value);

impl SimulatedLead {
    /// A full lead whose contacts are null.
    #[must_use]
    pub fn new(id: &str) -> Self {
        let number = text_number(id) % 9_000_000;
        let mut attributes = parties_of_the_lead(number);
        let rest = circumstances(number);
        if let (Some(all), Value::Object(more)) = (attributes.as_object_mut(), rest) {
            all.extend(more);
        }
        Self(json!({
            "id": id,
            "type": "lead",
            "internal_id": 1_000_000 + number,
            "attributes": attributes,
        }))
    }

    /// The customer's name; a text, or `Value::Null`, or anything odd.
    #[must_use]
    pub fn name(self, name: impl Into<Value>) -> Self {
        self.customer("name", name.into())
    }

    /// The customer's phone as written into the form.
    #[must_use]
    pub fn phone(self, phone: impl Into<Value>) -> Self {
        self.customer("phone", phone.into())
    }

    /// The customer's e-mail as written into the form.
    #[must_use]
    pub fn email(self, email: impl Into<Value>) -> Self {
        self.customer("email", email.into())
    }

    /// Replaces, or adds, one key below `attributes`.
    #[must_use]
    pub fn attribute(mut self, key: &str, value: Value) -> Self {
        self.0["attributes"][key] = value;
        self
    }

    /// Takes one key away from `attributes`.
    #[must_use]
    pub fn without(mut self, key: &str) -> Self {
        if let Some(attributes) = self.0["attributes"].as_object_mut() {
            attributes.remove(key);
        }
        self
    }

    /// Replaces one key of the product.
    #[must_use]
    pub fn product(mut self, key: &str, value: Value) -> Self {
        self.0["attributes"]["product"][key] = value;
        self
    }

    /// `{id, type, internal_id, attributes}`, without the envelope `data`.
    #[must_use]
    pub fn into_json(self) -> Value {
        self.0
    }

    fn customer(mut self, key: &str, value: Value) -> Self {
        self.0["attributes"]["customer"][key] = value;
        self
    }
}

impl From<SimulatedLead> for Value {
    fn from(lead: SimulatedLead) -> Self {
        lead.into_json()
    }
}

fn parties_of_the_lead(number: u64) -> Value {
    let id = |kind: u64| format!("{:032x}", kind * 0x1_0000_0000 + number);
    json!({
        "description": format!("Lead sintético: interesse no imóvel EX-{:03}.", number % 1000),
        "observation": null,
        "customer": {
            "id": id(0xc),
            "name": null,
            "email": null,
            "phone": null,
            "phone2": null,
            "phone_global": null,
            "neighbourhood": "Bairro Exemplo",
        },
        "seller": {
            "id": id(0x5),
            "name": "Corretor Exemplo",
            "email": "corretor@example.com",
            "phone": "5511900000099",
            "company": "Imobiliária Exemplo",
            "external_id": null,
        },
        "product": {
            "id": id(0xd),
            "description": "Apartamento Exemplo 3 quartos",
            "prop_ref": format!("EX-{:03}", number % 1000),
            "price": "R$ 500.000",
            "brand": null, "model": null, "version": null, "year": null,
            "color": null, "km": null, "license_plate": null,
            "neighbourhood": "Bairro Exemplo",
            "city": "Cidade Exemplo",
            "real_estate_detail": {
                "negotiation_name": "Compra", "area": "100", "rooms": "3", "suites": "1",
                "bathrooms": "2", "garage": "2", "location": null,
            },
        },
        "tags": [{"id": id(0xe), "name": "Etiqueta Exemplo"}],
    })
}

fn circumstances(number: u64) -> Value {
    let minute = number % 60;
    let created = format!("2025-01-15T13:{minute:02}:00.000Z");
    let updated = format!("2025-01-15T14:{minute:02}:00.000Z");
    json!({
        "lead_source": {"id": 1, "name": "Site Exemplo"},
        "channel": {"id": 1, "name": "Internet"},
        "lead_status": {"id": 1, "alias": "novo", "name": "Novo"},
        "funnel_status": {"id": 1, "alias": "novo", "name": "Novo"},
        "log": [{"created_at": created, "body": "Lead criado (exemplo)"}],
        "messages": [{"created_at": updated, "message": "Mensagem de exemplo", "sender": "Corretor Exemplo"}],
        "archive_details": {"archived": false},
        "done_details": {"done": false},
        "created_at": created,
        "updated_at": updated,
        "last_activity_date": updated,
        "read_at": null,
        "replied_at": null,
    })
}
