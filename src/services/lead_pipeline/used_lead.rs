//! A lead with what was given of it in place of what the CRM has.

use crate::identity;
use crate::models::{Contact, Cpf, GivenLead, KeyedHash, Lead, PersonName, Phone, PrivacyKey};

/// A lead as a run uses it.
pub(super) struct UsedLead {
    /// As the CRM has it.
    pub(super) in_crm: Lead,
    /// With the given details in place of the CRM's.
    pub(super) used: Lead,
    /// The given name, if it can tell people apart.
    pub(super) given_name: Option<PersonName>,
    /// The given CPF.
    pub(super) given_cpf: Option<Cpf>,
    /// All given phones; the first is looked up.
    given_phones: Vec<Phone>,
}

impl UsedLead {
    pub(super) fn of(in_crm: Lead, given: Option<&GivenLead>) -> Self {
        let mut used = in_crm.clone();
        let given = given.cloned().unwrap_or_default();
        let given_name = given.name.filter(identity::can_tell_apart);
        if let Some(name) = &given_name {
            used.name = Some(name.clone());
        }
        if let Some(phone) = given.phones.first() {
            used.phone = Contact::Usable(phone.clone());
        }
        if let Some(email) = given.email {
            used.email = Contact::Usable(email);
        }
        Self {
            in_crm,
            used,
            given_name,
            given_cpf: given.cpf,
            given_phones: given.phones,
        }
    }

    /// Changes when the details that are used do.
    pub(super) fn fingerprint(&self, key: &PrivacyKey) -> KeyedHash {
        let lead = &self.used;
        let name = lead.name.as_ref().map_or("", |name| name.as_str());
        let phone = lead.phone.usable().map_or("", |phone| phone.national());
        let email = lead.email.usable().map_or("", |email| email.as_str());
        match &self.given_cpf {
            None => key.hash("contact", &[name, phone, email]),
            Some(cpf) => key.hash("contact", &[name, phone, email, cpf.digits()]),
        }
    }

    /// Hashes of the contacts that are asked for: phone, e-mail.
    pub(super) fn contact_hashes(&self, key: &PrivacyKey) -> [Option<KeyedHash>; 2] {
        let phone = self.used.phone.usable().map(|phone| key.of_phone(phone));
        let email = self.used.email.usable().map(|email| key.of_email(email));
        [phone, email]
    }

    /// Hashes of all that names a person: the contacts of the CRM, those given, and the given CPF.
    pub(super) fn hashes(&self, key: &PrivacyKey) -> Vec<KeyedHash> {
        let of = |lead: &Lead| {
            let phone = lead.phone.usable().map(|phone| key.of_phone(phone));
            let email = lead.email.usable().map(|email| key.of_email(email));
            [phone, email]
        };
        let contacts = [of(&self.in_crm), of(&self.used)];
        let mut hashes: Vec<KeyedHash> = contacts.into_iter().flatten().flatten().collect();
        hashes.extend(self.given_phones.iter().map(|phone| key.of_phone(phone)));
        hashes.extend(self.given_cpf.as_ref().map(|cpf| key.of_cpf(cpf)));
        hashes.dedup();
        hashes
    }
}
