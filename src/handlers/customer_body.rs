//! People, as the answers tell of them. A value nobody knows is `null`, never a guess. None of these types has a
//! `Debug`, so that nobody can be logged by mistake.

mod made;
mod words;

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use words::{
    CandidatesKind, CustomerKind, GenderWord, ModuleWord, SourceWord, StoredBy, ThisService,
};

/// One person, or those who may be meant; `type` says which.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[schema(discriminator(property_name = "type", mapping(
    ("customer" = "#/components/schemas/CustomerBody"),
    ("candidates" = "#/components/schemas/CandidatesBody")
)))]
pub(super) enum CustomerAnswer {
    /// One person.
    Customer(Box<CustomerBody>),
    /// Several, or a name's.
    Candidates(CandidatesBody),
}

/// One person.
#[derive(Serialize, ToSchema)]
pub(super) struct CustomerBody {
    #[schema(inline)]
    source: ThisService,
    #[serde(rename = "type")]
    #[schema(inline)]
    kind: CustomerKind,
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
#[derive(Serialize, ToSchema)]
pub(super) struct PersonalInfo {
    /// Eleven digits.
    #[schema(required = true, format = "cpf")]
    cpf: Option<String>,
    #[schema(required = true)]
    name: Option<String>,
    #[schema(required = true)]
    birth_date: Option<NaiveDate>,
    /// `F` or `M`, as the registry has it.
    #[schema(required = true, inline)]
    gender: Option<GenderWord>,
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
#[derive(Serialize, ToSchema)]
pub(super) struct ContactInfo {
    emails: Vec<EmailBody>,
    phones: Vec<PhoneBody>,
}

/// An e-mail.
#[derive(Serialize, ToSchema)]
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
#[derive(Serialize, ToSchema)]
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
#[derive(Serialize, ToSchema)]
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
#[derive(Serialize, ToSchema)]
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
#[derive(Serialize, ToSchema)]
pub(super) struct WealthAssessment {
    /// In the provider's words.
    purchasing_power: String,
}

/// Where an answer comes from.
#[derive(Serialize, ToSchema)]
pub(super) struct Metadata {
    /// Whether a provider has told of the person.
    enriched: bool,
    /// Out of `local_db`, `diretrix`, `work_api`: the latter two when they were asked just now.
    #[schema(inline)]
    sources: Vec<SourceWord>,
    /// When the answer was put together.
    #[schema(format = "date-time")]
    timestamp: String,
    /// Of Work API, asked just now.
    #[schema(inline)]
    modules_consulted: Vec<ModuleWord>,
}

/// People who may be meant: nobody of them is chosen.
#[derive(Serialize, ToSchema)]
pub(super) struct CandidatesBody {
    #[schema(inline)]
    source: ThisService,
    #[serde(rename = "type")]
    #[schema(inline)]
    kind: CandidatesKind,
    /// Of a name the best first, of a contact first those who are stored, in the order of their names.
    candidates: Vec<CandidateBody>,
    /// Whether there are more than are told.
    truncated: bool,
    /// To be sent as `cursor`; `null` on the last page, and where those of a name are `truncated`: they were not all
    /// ranked, so that more of the name has to be said, or a higher `limit`.
    #[schema(required = true)]
    next_cursor: Option<String>,
    metadata: Metadata,
}

/// Somebody who may be meant.
#[derive(Serialize, ToSchema)]
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
    #[schema(required = true, minimum = 1, maximum = 100)]
    score: Option<u8>,
}

/// A stored person.
#[derive(Serialize, ToSchema)]
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
#[derive(Serialize, ToSchema)]
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
#[derive(Serialize, ToSchema)]
pub(super) struct EnrichmentBody {
    #[schema(inline)]
    provider: StoredBy,
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
