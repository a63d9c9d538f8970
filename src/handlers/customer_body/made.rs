//! From what is known of people to the bodies that tell of them.

use chrono::{DateTime, SecondsFormat, Utc};

use super::words::{CandidatesKind, CustomerKind, GenderWord, ModuleWord, StoredBy, ThisService};
use super::{
    AddressBody, CandidateBody, CandidatesBody, ContactInfo, CustomerAnswer, CustomerBody,
    EmailBody, EnrichmentBody, FinancialInfo, IdentifiedCustomer, Metadata, PersonalInfo,
    PhoneBody, StoredCustomerBody, WealthAssessment,
};
use crate::models::{FreeText, Money, PersonName, Phone};
use crate::services::customer_lookup::{Candidate, Candidates, Customer, Finances, Found, Source};
use crate::storage::{CustomerAddress, CustomerEmail, CustomerPhone, StoredCustomer};

impl From<&Found> for CustomerAnswer {
    fn from(found: &Found) -> Self {
        match found {
            Found::Customer(customer) => Self::Customer(Box::new(customer.as_ref().into())),
            Found::Candidates(candidates) => Self::Candidates(candidates.into()),
        }
    }
}

impl From<&Customer> for CustomerBody {
    fn from(customer: &Customer) -> Self {
        let person = &customer.person;
        Self {
            source: ThisService::Name,
            kind: CustomerKind::Customer,
            personal_info: person.into(),
            contact_info: ContactInfo {
                emails: all(&person.emails),
                phones: all(&person.phones),
            },
            addresses: all(&person.addresses),
            financial_info: customer.finances.as_ref().map(FinancialInfo::from),
            interests: None,
            wealth_assessment: customer.finances.as_ref().and_then(wealth),
            metadata: Metadata::new(
                person.enrichment.is_some(),
                &customer.sources,
                customer.answered_at,
            ),
        }
    }
}

impl From<&Candidates> for CandidatesBody {
    fn from(found: &Candidates) -> Self {
        Self {
            source: ThisService::Name,
            kind: CandidatesKind::Candidates,
            candidates: all(&found.people),
            truncated: found.truncated,
            next_cursor: found.next_cursor.clone(),
            metadata: Metadata::new(false, &found.sources, found.answered_at),
        }
    }
}

impl From<&Customer> for StoredCustomerBody {
    fn from(customer: &Customer) -> Self {
        let person = &customer.person;
        let enrichment = person.enrichment.as_ref().map(|told| EnrichmentBody {
            provider: StoredBy::WorkApi,
            enriched_at: instant(told.enriched_at),
            expires_at: told.expires_at.map(instant),
            completeness_percent: told.completeness_percent,
            financial_info: customer.finances.as_ref().map(FinancialInfo::from),
            wealth_assessment: customer.finances.as_ref().and_then(wealth),
        });
        Self {
            customer: IdentifiedCustomer {
                id: person.party_id,
                personal_info: person.into(),
                created_at: instant(person.created_at),
                updated_at: instant(person.updated_at),
            },
            emails: all(&person.emails),
            phones: all(&person.phones),
            addresses: all(&person.addresses),
            enrichment,
        }
    }
}

impl From<&StoredCustomer> for PersonalInfo {
    fn from(person: &StoredCustomer) -> Self {
        let profile = person.enrichment.as_ref().map(|told| &told.profile);
        Self {
            cpf: person.cpf.as_ref().map(|cpf| cpf.digits().to_owned()),
            name: name(person.name.as_ref()),
            birth_date: person.birth_date,
            gender: person.sex.map(GenderWord::from),
            mother_name: name(person.mother_name.as_ref()),
            father_name: name(person.father_name.as_ref()),
            marital_status: text(person.marital_status.as_ref()),
            rg: text(person.rg.as_ref()),
            voter_id: profile.and_then(|profile| text(profile.voter_id.as_ref())),
        }
    }
}

impl From<&CustomerEmail> for EmailBody {
    fn from(known: &CustomerEmail) -> Self {
        Self {
            email: known.email.as_str().to_owned(),
            is_valid: None,
            source: known.source.clone(),
        }
    }
}

impl From<&CustomerPhone> for PhoneBody {
    fn from(known: &CustomerPhone) -> Self {
        let phone: &Phone = &known.phone;
        Self {
            phone: phone.national().to_owned(),
            ddd: phone.area_code().to_owned(),
            operator: text(known.operator.as_ref()),
            kind: text(known.kind.as_ref()),
            is_valid: known.active,
            source: known.source.clone(),
        }
    }
}

impl From<&CustomerAddress> for AddressBody {
    fn from(known: &CustomerAddress) -> Self {
        let address = &known.address;
        let street = [&address.street_type, &address.street].into_iter();
        let street: Vec<&str> = street.flatten().map(FreeText::as_str).collect();
        Self {
            street: address.street.as_ref().map(|_| street.join(" ")),
            number: text(address.number.as_ref()),
            complement: text(address.complement.as_ref()),
            neighborhood: text(address.neighborhood.as_ref()),
            city: text(address.city.as_ref()),
            state: address.state.clone(),
            cep: address.zip_code.clone(),
            source: known.source.clone(),
        }
    }
}

impl From<&Finances> for FinancialInfo {
    fn from(finances: &Finances) -> Self {
        Self {
            income_centavos: finances.income.map(Money::centavos),
            income_band: text(finances.income_band.as_ref()),
            credit_score: finances.credit_score,
            credit_risk: text(finances.credit_risk.as_ref()),
        }
    }
}

impl From<&Candidate> for CandidateBody {
    fn from(candidate: &Candidate) -> Self {
        Self {
            id: candidate.party_id,
            name: name(candidate.name.as_ref()),
            cpf: candidate.masked_cpf.clone(),
            score: candidate.score,
        }
    }
}

impl Metadata {
    fn new(enriched: bool, sources: &[Source], at: DateTime<Utc>) -> Self {
        let asked_work_api = sources.contains(&Source::WorkApi);
        Self {
            enriched,
            sources: all(sources),
            timestamp: instant(at),
            modules_consulted: asked_work_api
                .then_some(ModuleWord::Cpf)
                .into_iter()
                .collect(),
        }
    }
}

fn wealth(finances: &Finances) -> Option<WealthAssessment> {
    let purchasing_power = text(finances.purchasing_power.as_ref())?;
    Some(WealthAssessment { purchasing_power })
}

fn all<'a, T, B: From<&'a T>>(known: &'a [T]) -> Vec<B> {
    known.iter().map(B::from).collect()
}

fn name(name: Option<&PersonName>) -> Option<String> {
    name.map(|name| name.as_str().to_owned())
}

fn text(text: Option<&FreeText>) -> Option<String> {
    text.map(|text| text.as_str().to_owned())
}

fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}
