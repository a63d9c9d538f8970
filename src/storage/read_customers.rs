//! A stored person, read as a customer.

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;
use sqlx::PgPool;
use uuid::Uuid;

use super::StorageError;
use super::find_people::readable_cpf;
use super::retry::again_if_dead;
use crate::models::{
    Address, Cpf, Email, FreeText, PersonContact, PersonName, Phone, Profile, Sex,
};

/// A stored person with all that may be shown. Unknown is `None`; a stored value that cannot be read
/// as what it should be is left out. Its `Debug` shows the row's id alone.
#[derive(Clone, PartialEq)]
pub struct StoredCustomer {
    /// The person's row.
    pub party_id: Uuid,
    /// The CPF.
    pub cpf: Option<Cpf>,
    /// Full name.
    pub name: Option<PersonName>,
    /// Day of birth.
    pub birth_date: Option<NaiveDate>,
    /// As the registry has it.
    pub sex: Option<Sex>,
    /// The mother's name.
    pub mother_name: Option<PersonName>,
    /// The father's name.
    pub father_name: Option<PersonName>,
    /// Identity card number.
    pub rg: Option<FreeText>,
    /// In the provider's words.
    pub marital_status: Option<FreeText>,
    /// E-mails, the best first.
    pub emails: Vec<CustomerEmail>,
    /// Phones, the best first.
    pub phones: Vec<CustomerPhone>,
    /// Addresses, the best first.
    pub addresses: Vec<CustomerAddress>,
    /// What Work API said, if it was asked.
    pub enrichment: Option<CustomerEnrichment>,
    /// When the person was first stored.
    pub created_at: DateTime<Utc>,
    /// When the person's row last changed.
    pub updated_at: DateTime<Utc>,
}

impl fmt::Debug for StoredCustomer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredCustomer")
            .field("party_id", &self.party_id)
            .finish_non_exhaustive()
    }
}

/// An e-mail of a stored person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerEmail {
    /// The address.
    pub email: Email,
    /// Who said so: `work_api`, `diretrix`, `c2s`.
    pub source: String,
}

/// A phone of a stored person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerPhone {
    /// The number.
    pub phone: Phone,
    /// Whether its source says that it is in use.
    pub active: Option<bool>,
    /// The source's type label, such as `CELULAR`.
    pub kind: Option<FreeText>,
    /// The operator.
    pub operator: Option<FreeText>,
    /// Who said so.
    pub source: String,
}

/// An address of a stored person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerAddress {
    /// The place.
    pub address: Address,
    /// Who said so, where that is known.
    pub source: Option<String>,
}

/// What Work API said of a stored person.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomerEnrichment {
    /// The profile as it was read then.
    pub profile: Profile,
    /// How complete it is, in percent.
    pub completeness_percent: Option<i32>,
    /// When it was said.
    pub enriched_at: DateTime<Utc>,
    /// Until when it is used without asking again.
    pub expires_at: Option<DateTime<Utc>>,
}

/// A stored person; `None` when there is none of this id, also when it is a company
/// or the CPF cannot be read.
///
/// # Errors
/// [`StorageError`].
pub async fn read_customer(
    pool: &PgPool,
    party_id: Uuid,
) -> Result<Option<StoredCustomer>, StorageError> {
    let Some(row) = read_party(pool, party_id).await? else {
        return Ok(None);
    };
    let Ok(cpf) = readable_cpf(row.id, row.cpf_cnpj.as_deref()) else {
        return Ok(None);
    };
    let (emails, phones) = read_contacts(pool, party_id).await?;
    let addresses = read_addresses(pool, party_id).await?;
    row.read(cpf, emails, phones, addresses).map(Some)
}

/// The allow-listed part of what Work API said of a stored person, in the vendor's shape.
///
/// # Errors
/// [`StorageError`].
pub async fn read_payload(pool: &PgPool, party_id: Uuid) -> Result<Option<Value>, StorageError> {
    again_if_dead(|| async move {
        let payload = sqlx::query_scalar!(
            "select raw_payload from core.party_enrichments where party_id = $1 and provider = 'work_api'",
            party_id,
        );
        Ok(payload.fetch_optional(pool).await?)
    })
    .await
}

struct PartyRow {
    id: Uuid,
    cpf_cnpj: Option<String>,
    full_name: String,
    birth_date: Option<NaiveDate>,
    sex: Option<String>,
    mother_name: Option<String>,
    father_name: Option<String>,
    rg: Option<String>,
    marital_status: Option<String>,
    normalized_data: Option<Value>,
    completeness_percent: Option<i32>,
    enriched_at: Option<DateTime<Utc>>,
    expires_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl PartyRow {
    fn read(
        self,
        cpf: Option<Cpf>,
        emails: Vec<CustomerEmail>,
        phones: Vec<CustomerPhone>,
        addresses: Vec<CustomerAddress>,
    ) -> Result<StoredCustomer, StorageError> {
        let name = |text: Option<String>| PersonName::parse(text.as_deref()?).ok();
        let text = |text: Option<String>| FreeText::parse(text.as_deref()?);
        let enrichment = match (self.normalized_data, self.enriched_at) {
            (Some(data), Some(enriched_at)) => Some(CustomerEnrichment {
                profile: serde_json::from_value(data)
                    .map_err(|_| StorageError::Corrupt("profile"))?,
                completeness_percent: self.completeness_percent,
                enriched_at,
                expires_at: self.expires_at,
            }),
            _ => None,
        };
        Ok(StoredCustomer {
            party_id: self.id,
            cpf,
            name: name(Some(self.full_name)),
            birth_date: self.birth_date,
            sex: self.sex.as_deref().and_then(Sex::parse),
            mother_name: name(self.mother_name),
            father_name: name(self.father_name),
            rg: text(self.rg),
            marital_status: text(self.marital_status),
            emails,
            phones,
            addresses,
            enrichment,
            created_at: self.created_at,
            updated_at: self.updated_at,
        })
    }
}

async fn read_party(pool: &PgPool, party_id: Uuid) -> Result<Option<PartyRow>, StorageError> {
    again_if_dead(|| async move {
        let row = sqlx::query_as!(
            PartyRow,
            r#"select p.id, p.cpf_cnpj, p.full_name, p.birth_date, p.sex, p.mother_name, p.father_name, p.rg,
                      q.marital_status as "marital_status?", e.normalized_data as "normalized_data?",
                      (e.quality_score * 100)::integer as completeness_percent,
                      e.enriched_at as "enriched_at?", e.expires_at as "expires_at?", p.created_at, p.updated_at
               from core.parties p
               left join core.people q on q.party_id = p.id
               left join core.party_enrichments e on e.party_id = p.id and e.provider = 'work_api'
               where p.id = $1 and p.party_type = 'person'"#,
            party_id,
        )
        .fetch_optional(pool)
        .await?;
        Ok(row)
    })
    .await
}

async fn read_contacts(
    pool: &PgPool,
    party_id: Uuid,
) -> Result<(Vec<CustomerEmail>, Vec<CustomerPhone>), StorageError> {
    let rows = again_if_dead(|| async move {
        let rows = sqlx::query!(
            r#"select c.kind as "kind!", c.value_normalized as "value!", c.metadata, c.source
               from core.party_contacts c
               where c.party_id = $1 and c.valid_to is null
               order by c.is_primary desc, c.confidence desc nulls last, c.contact_id"#,
            party_id,
        );
        Ok(rows.fetch_all(pool).await?)
    })
    .await?;
    let (mut emails, mut phones) = (Vec::new(), Vec::new());
    for row in rows {
        let label = |key: &str| FreeText::parse(row.metadata.get(key)?.as_str()?);
        match PersonContact::parse(&row.kind, &row.value) {
            Some(PersonContact::Email(email)) => emails.push(CustomerEmail {
                email,
                source: row.source,
            }),
            Some(PersonContact::Phone(phone)) => phones.push(CustomerPhone {
                phone,
                active: row.metadata.get("active").and_then(Value::as_bool),
                kind: label("type"),
                operator: label("operator"),
                source: row.source,
            }),
            None => {}
        }
    }
    Ok((emails, phones))
}

async fn read_addresses(
    pool: &PgPool,
    party_id: Uuid,
) -> Result<Vec<CustomerAddress>, StorageError> {
    let rows = again_if_dead(|| async move {
        let rows = sqlx::query!(
            r#"select a.street_type, a.street, a.number, a.complement, a.neighborhood, a.city, a.state,
                      a.zip_code, l.metadata ->> 'source' as source
               from core.party_addresses l join core.addresses a on a.id = l.address_id
               where l.party_id = $1 and l.is_current
               order by l.is_primary desc, l.confidence_score desc nulls last, l.created_at, l.address_id"#,
            party_id,
        );
        Ok(rows.fetch_all(pool).await?)
    })
    .await?;
    let text = |text: Option<String>| FreeText::parse(text.as_deref()?);
    let addresses = rows.into_iter().map(|row| CustomerAddress {
        address: Address {
            street_type: text(row.street_type),
            street: text(row.street),
            number: text(row.number),
            complement: text(row.complement),
            neighborhood: text(row.neighborhood),
            city: text(row.city),
            state: row.state,
            zip_code: row.zip_code,
        },
        source: row.source,
    });
    Ok(addresses.collect())
}
