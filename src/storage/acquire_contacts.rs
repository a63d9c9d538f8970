//! T2: the fetched lead is written down, and its contacts are asked for.

use serde_json::{Value, json};
use sqlx::PgPool;

use super::lookup_json::{AnswerRow, hash_bytes, keys_json, terms_json};
use super::retry::again_if_dead;
use super::reviews::read_recalled;
use super::{Claim, LookupKey, LookupState, LookupTerms, Recalled, StorageError};
use crate::models::{Email, FreeText, KeyedHash, Lead, Money, PersonName, Phone};

/// A fetched lead and the questions about its contacts.
#[derive(Debug, Clone, Copy)]
pub struct AcquireContacts<'a> {
    /// The lead as the CRM has it; what lists and marketing show of it goes to `ops.lead_details`.
    pub lead: &'a Lead,
    /// Hash of the details that are used, by which a later event tells whether they changed.
    pub contact_fingerprint: KeyedHash,
    /// Keyed hashes of the contacts that are asked for: who was turned down for them is recalled.
    pub contact_hashes: &'a [KeyedHash],
    /// Keyed hashes of all that names the person, for the suppression check.
    pub suppression_hashes: &'a [KeyedHash],
    /// The questions.
    pub keys: &'a [LookupKey],
    /// On what terms they are asked.
    pub terms: &'a LookupTerms<'a>,
}

/// What came of asking for a lead's contacts.
#[derive(Debug, Clone, PartialEq)]
pub enum Acquired {
    /// The person objected or was erased; nothing of the lead was written.
    Suppressed,
    /// The questions are asked, unless a verdict stands.
    Lookups {
        /// How each question stands, in the order they were asked; empty when a verdict stands.
        states: Vec<LookupState>,
        /// What a person has said of the lead.
        recalled: Recalled,
    },
}

/// Writes the lead down and acquires its questions; see [`LookupState`] for what each answers.
///
/// # Errors
/// [`StorageError::LostClaim`] when another run has the lead; any other [`StorageError`].
pub async fn acquire_contacts(
    pool: &PgPool,
    claim: &Claim,
    contacts: &AcquireContacts<'_>,
) -> Result<Acquired, StorageError> {
    again_if_dead(|| once(pool, claim, contacts)).await
}

async fn once(
    pool: &PgPool,
    claim: &Claim,
    contacts: &AcquireContacts<'_>,
) -> Result<Acquired, StorageError> {
    let rows = sqlx::query_as!(
        AnswerRow,
        r#"select answer as "answer!", value, party_id, fetched_at
           from ops.recall_and_acquire($1, $2, $3, $4, $5, $6, $7, $8, $9) order by position"#,
        claim.lead_id.as_str(),
        claim.owner.0,
        claim.run_no,
        details_json(contacts.lead),
        contacts.contact_fingerprint.as_bytes().as_slice(),
        &hash_bytes(contacts.contact_hashes),
        &hash_bytes(contacts.suppression_hashes),
        keys_json(contacts.keys),
        terms_json(contacts.terms),
    )
    .fetch_all(pool)
    .await?;
    let (recalled, states): (Vec<_>, Vec<_>) =
        rows.into_iter().partition(|row| row.answer == "recalled");
    if states.first().is_some_and(|row| row.answer == "suppressed") {
        return Ok(Acquired::Suppressed);
    }
    let recalled = recalled.into_iter().next().and_then(|row| row.value);
    let recalled = recalled.ok_or(StorageError::Corrupt("decision about a lead"))?;
    let states = states.into_iter().map(AnswerRow::read);
    Ok(Acquired::Lookups {
        states: states.collect::<Result<_, _>>()?,
        recalled: read_recalled(recalled)?,
    })
}

fn details_json(lead: &Lead) -> Value {
    let text = |text: &Option<FreeText>| text.as_ref().map(|text| text.as_str().to_owned());
    let product = lead.product.as_ref();
    let seller = lead.seller.as_ref();
    json!({
        "name": lead.name.as_ref().map(PersonName::as_str),
        "phone": lead.phone.usable().map(Phone::national),
        "email": lead.email.usable().map(Email::as_str),
        "description": text(&lead.description),
        "product": product.and_then(|product| text(&product.description)),
        "price_centavos": product.and_then(|product| product.price).map(Money::centavos),
        "seller": seller.and_then(|seller| text(&seller.name)),
        "campaign": text(&lead.campaign),
        "source": text(&lead.source),
        "crm_created_at": lead.created_at,
        "crm_updated_at": lead.updated_at,
    })
}
