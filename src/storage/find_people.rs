//! Who is stored: found by CPF or contact.

use sqlx::PgPool;
use uuid::Uuid;

use super::StorageError;
use super::acquire_contacts::hash_bytes;
use super::retry::again_if_dead;
use crate::models::{Cpf, KeyedHash, PersonName};

/// Somebody who is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownPerson {
    /// The person's row.
    pub party_id: Uuid,
    /// The CPF, where it is known.
    pub cpf: Option<Cpf>,
    /// The name, where it can be read.
    pub name: Option<PersonName>,
    /// Whether what Work API said of the person is still used.
    pub is_fresh: bool,
}

/// What somebody is found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContactKind {
    /// A phone, WhatsApp included.
    Phone,
    /// An e-mail.
    Email,
}

impl ContactKind {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Email => "email",
        }
    }
}

struct KnownRow {
    id: Uuid,
    cpf_cnpj: Option<String>,
    full_name: String,
    is_fresh: bool,
}

impl KnownRow {
    fn read(self) -> Result<KnownPerson, StorageError> {
        Ok(KnownPerson {
            party_id: self.id,
            cpf: read_cpf(self.cpf_cnpj.as_deref())?,
            name: PersonName::parse(&self.full_name).ok(),
            is_fresh: self.is_fresh,
        })
    }
}

/// The stored people with one of these CPFs.
///
/// # Errors
/// [`StorageError`].
pub async fn find_people_by_cpf(
    pool: &PgPool,
    cpfs: &[Cpf],
) -> Result<Vec<KnownPerson>, StorageError> {
    let digits: &Vec<String> = &cpfs.iter().map(|cpf| cpf.digits().to_owned()).collect();
    again_if_dead(|| async move {
        let rows = sqlx::query_as!(
            KnownRow,
            r#"select p.id, p.cpf_cnpj, p.full_name,
                      exists (select from core.party_enrichments e
                              where e.party_id = p.id and e.provider = 'work_api' and e.expires_at > now())
                          as "is_fresh!"
               from core.parties p
               where p.cpf_cnpj = any ($1) and p.party_type = 'person'
               order by p.cpf_cnpj"#,
            digits,
        )
        .fetch_all(pool)
        .await?;
        rows.into_iter().map(KnownRow::read).collect()
    })
    .await
}

/// The stored people who have a contact now, at most so many, in the order of their names. A contact
/// is normalised as [`Phone::national`] and [`Email::as_str`] are.
///
/// # Errors
/// [`StorageError`].
pub async fn find_people_by_contact(
    pool: &PgPool,
    kind: ContactKind,
    value_normalized: &str,
    limit: u16,
) -> Result<Vec<KnownPerson>, StorageError> {
    again_if_dead(|| async move {
        let rows = sqlx::query_as!(
            KnownRow,
            r#"select p.id, p.cpf_cnpj, p.full_name,
                      exists (select from core.party_enrichments e
                              where e.party_id = p.id and e.provider = 'work_api' and e.expires_at > now())
                          as "is_fresh!"
               from core.party_contacts c join core.parties p on p.id = c.party_id
               where c.kind = $1 and c.value_normalized = $2 and c.valid_to is null
                 and p.party_type = 'person'
               order by p.normalized_name, p.id
               limit $3"#,
            kind.as_str(),
            value_normalized,
            i64::from(limit),
        )
        .fetch_all(pool)
        .await?;
        rows.into_iter().map(KnownRow::read).collect()
    })
    .await
}

/// Those of these keyed hashes that are of people who objected or were erased.
///
/// # Errors
/// [`StorageError`].
pub async fn suppressed_among(
    pool: &PgPool,
    hashes: &[KeyedHash],
) -> Result<Vec<KeyedHash>, StorageError> {
    let asked = &hash_bytes(hashes);
    let suppressed: Vec<Vec<u8>> = again_if_dead(|| async move {
        let rows = sqlx::query_scalar!(
            "select key_hash from ops.suppressions where key_hash = any ($1)",
            asked,
        );
        Ok(rows.fetch_all(pool).await?)
    })
    .await?;
    let is_suppressed = |hash: &&KeyedHash| {
        let bytes = hash.as_bytes().as_slice();
        suppressed.iter().any(|stored| stored == bytes)
    };
    Ok(hashes.iter().filter(is_suppressed).copied().collect())
}

pub(super) fn read_cpf(digits: Option<&str>) -> Result<Option<Cpf>, StorageError> {
    let cpf = digits.map(Cpf::parse).transpose();
    cpf.map_err(|_| StorageError::Corrupt("CPF"))
}
