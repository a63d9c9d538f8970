//! Who is stored: found by CPF or contact.

use sqlx::PgPool;
use uuid::Uuid;

use super::StorageError;
use super::lookup_json::hash_bytes;
use super::retry::again_if_dead;
use crate::models::{Cpf, KeyedHash, PersonContact, PersonName};

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

/// The stored people who have a contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactHolders {
    /// Those of whom something may be shown, in the order of their names.
    pub people: Vec<KnownPerson>,
    /// How many there are besides, whose CPF cannot be read.
    pub unreadable: usize,
}

struct KnownRow {
    id: Uuid,
    cpf_cnpj: Option<String>,
    full_name: String,
    is_fresh: bool,
}

impl KnownRow {
    /// `None`: somebody of whom nothing may be shown.
    fn read(self) -> Option<KnownPerson> {
        Some(KnownPerson {
            party_id: self.id,
            cpf: readable_cpf(self.id, self.cpf_cnpj.as_deref()).ok()?,
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
        Ok(rows.into_iter().filter_map(KnownRow::read).collect())
    })
    .await
}

/// The stored people who have a contact now, at most so many, in the order of their names.
///
/// # Errors
/// [`StorageError`].
pub async fn find_people_by_contact(
    pool: &PgPool,
    contact: &PersonContact,
    limit: u16,
) -> Result<ContactHolders, StorageError> {
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
            contact.kind(),
            contact.normalized(),
            i64::from(limit),
        )
        .fetch_all(pool)
        .await?;
        let holders = rows.len();
        let people: Vec<_> = rows.into_iter().filter_map(KnownRow::read).collect();
        Ok(ContactHolders {
            unreadable: holders - people.len(),
            people,
        })
    })
    .await
}

/// The contacts that these people have or had, for those whose CPF is not known: by a contact they may have
/// objected too. `None`: one that cannot be read.
///
/// # Errors
/// [`StorageError`].
pub async fn read_contacts_of(
    pool: &PgPool,
    party_ids: &[Uuid],
) -> Result<Vec<(Uuid, Option<PersonContact>)>, StorageError> {
    let rows = again_if_dead(|| async move {
        let rows = sqlx::query!(
            r#"select c.party_id, c.kind as "kind!", c.value_normalized as "value!"
               from core.party_contacts c
               where c.party_id = any ($1)"#,
            party_ids,
        );
        Ok(rows.fetch_all(pool).await?)
    })
    .await?;
    let contacts = rows.into_iter().map(|row| {
        let contact = PersonContact::parse(&row.kind, &row.value);
        (row.party_id, contact)
    });
    Ok(contacts.collect())
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

/// What stands where a person's CPF should is none.
#[derive(Debug)]
pub(super) struct NoCpf;

/// A person's CPF, if there is one. Where it cannot be read, whether the person objected cannot be known,
/// so nothing of them is shown.
pub(super) fn readable_cpf(party_id: Uuid, digits: Option<&str>) -> Result<Option<Cpf>, NoCpf> {
    digits.map(Cpf::parse).transpose().map_err(|_| {
        tracing::warn!(
            %party_id,
            "a stored person is left out: the CPF has wrong check digits; correct or delete the row"
        );
        NoCpf
    })
}
