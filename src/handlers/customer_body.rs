//! People, as the answers tell of them. A value nobody knows is `null`, never a guess.

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::models::{FreeText, Money, PersonName, Phone, Sex};
use crate::services::customer_lookup::{Candidate, Candidates, Customer, Finances, Found, Source};
use crate::storage::{CustomerAddress, CustomerEmail, CustomerPhone, StoredCustomer};

/// Who answers.
const SOURCE: &str = "rust-c2s-api";

/// One person, or those who may be meant; `type` says which.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub(super) enum CustomerAnswer {
    /// One person.
    Customer(Box<CustomerBody>),
    /// Several, or a name's.
    Candidates(CandidatesBody),
}

/// One person.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CustomerBody {
    /// Always `rust-c2s-api`.
    source: &'static str,
    /// Always `customer`.
    #[serde(rename = "type")]
    kind: &'static str,
    personal_info: PersonalInfo,
    contact_info: ContactInfo,
    /// Those that hold, the best first.
    addresses: Vec<AddressBody>,
    /// `null` when nothing is known, of a minor, and of whose age nobody knows.
    #[schema(required = true)]
    financial_info: Option<FinancialInfo>,
    /// Always `null`.
    #[schema(required = true)]
    interests: Option<String>,
    /// `null` when `financial_info` is, and when nothing of it is known.
    #[schema(required = true)]
    wealth_assessment: Option<WealthAssessment>,
    metadata: Metadata,
}

/// Who the person is.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PersonalInfo {
    /// Eleven digits.
    #[schema(required = true, format = "cpf")]
    cpf: Option<String>,
    #[schema(required = true)]
    name: Option<String>,
    #[schema(required = true)]
    birth_date: Option<NaiveDate>,
    /// `F` or `M`, as the registry has it.
    #[schema(required = true)]
    gender: Option<&'static str>,
    #[schema(required = true)]
    mother_name: Option<String>,
    #[schema(required = true)]
    father_name: Option<String>,
    /// In the provider's words.
    #[schema(required = true)]
    marital_status: Option<String>,
    #[schema(required = true)]
    rg: Option<String>,
    #[schema(required = true)]
    voter_id: Option<String>,
}

/// How the person is reached, the best first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ContactInfo {
    emails: Vec<EmailBody>,
    phones: Vec<PhoneBody>,
}

/// An e-mail.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EmailBody {
    /// In lower case.
    #[schema(format = "email")]
    email: String,
    /// `null` as long as no source says it.
    #[schema(required = true)]
    is_valid: Option<bool>,
    /// Who said so.
    source: String,
}

/// A phone.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PhoneBody {
    /// National digits, without 55.
    #[schema(format = "br-phone")]
    phone: String,
    /// The area code.
    ddd: String,
    #[schema(required = true)]
    operator: Option<String>,
    /// In the provider's words, such as `CELULAR`.
    #[schema(required = true)]
    #[serde(rename = "type")]
    kind: Option<String>,
    /// Whether the source says that it is in use.
    #[schema(required = true)]
    is_valid: Option<bool>,
    /// Who said so.
    source: String,
}

/// An address.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AddressBody {
    /// With its kind, as in `R EXEMPLO`.
    #[schema(required = true)]
    street: Option<String>,
    #[schema(required = true)]
    number: Option<String>,
    #[schema(required = true)]
    complement: Option<String>,
    #[schema(required = true)]
    neighborhood: Option<String>,
    #[schema(required = true)]
    city: Option<String>,
    /// Two capitals.
    #[schema(required = true)]
    state: Option<String>,
    /// Eight digits.
    #[schema(required = true)]
    cep: Option<String>,
    /// Who said so.
    #[schema(required = true)]
    source: Option<String>,
}

/// What is known of the finances.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FinancialInfo {
    /// Per month, in centavos.
    #[schema(required = true)]
    income_centavos: Option<i64>,
    /// In the provider's words.
    #[schema(required = true)]
    income_band: Option<String>,
    /// 0 to 1000.
    #[schema(required = true)]
    credit_score: Option<u16>,
    /// In the provider's words.
    #[schema(required = true)]
    credit_risk: Option<String>,
}

/// What is known of the wealth.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct WealthAssessment {
    /// In the provider's words.
    purchasing_power: String,
}

/// Where an answer comes from.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Metadata {
    /// Whether a provider has told of the person.
    enriched: bool,
    /// Out of `local_db`, `diretrix`, `work_api`: the latter two when they were asked just now.
    sources: Vec<&'static str>,
    /// When the answer was put together.
    #[schema(format = "date-time")]
    timestamp: String,
    /// Of Work API, asked just now.
    modules_consulted: Vec<&'static str>,
}

/// People who may be meant: nobody of them is chosen.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CandidatesBody {
    /// Always `rust-c2s-api`.
    source: &'static str,
    /// Always `candidates`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// Of a name the best first, of a contact in the order of their names.
    candidates: Vec<CandidateBody>,
    /// Whether there are more than are told.
    truncated: bool,
    /// To be sent as `cursor`; `null` on the last page.
    #[schema(required = true)]
    next_cursor: Option<String>,
    metadata: Metadata,
}

/// Somebody who may be meant.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CandidateBody {
    /// For `/api/v1/customers/{uuid}`; `null` of somebody who is not stored.
    #[schema(required = true)]
    id: Option<Uuid>,
    #[schema(required = true)]
    name: Option<String>,
    /// Masked.
    #[schema(required = true)]
    cpf: Option<String>,
    /// How well the name answers the search, 1 to 100; `null` of a contact's people.
    #[schema(required = true)]
    score: Option<u8>,
}

/// A stored person.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct StoredCustomerBody {
    customer: IdentifiedCustomer,
    emails: Vec<EmailBody>,
    phones: Vec<PhoneBody>,
    addresses: Vec<AddressBody>,
    /// `null` of whom no provider has told.
    #[schema(required = true)]
    enrichment: Option<EnrichmentBody>,
}

/// Who the stored person is.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct IdentifiedCustomer {
    id: Uuid,
    #[serde(flatten)]
    personal_info: PersonalInfo,
    #[schema(format = "date-time")]
    created_at: String,
    #[schema(format = "date-time")]
    updated_at: String,
}

/// What Work API told of the person.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EnrichmentBody {
    /// Always `work_api`.
    provider: &'static str,
    /// When it was told.
    #[schema(format = "date-time")]
    enriched_at: String,
    /// Until when it is used without asking again.
    #[schema(required = true, format = "date-time")]
    expires_at: Option<String>,
    /// How complete it is.
    #[schema(required = true)]
    completeness_percent: Option<i32>,
    #[schema(required = true)]
    financial_info: Option<FinancialInfo>,
    #[schema(required = true)]
    wealth_assessment: Option<WealthAssessment>,
}

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
            source: SOURCE,
            kind: "customer",
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
            source: SOURCE,
            kind: "candidates",
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
            provider: "work_api",
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
            gender: person.sex.map(Sex::as_str),
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
            sources: sources.iter().map(|source| source.as_str()).collect(),
            timestamp: instant(at),
            modules_consulted: asked_work_api.then_some("cpf").into_iter().collect(),
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
