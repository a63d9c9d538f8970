//! Doubtful identities: what a run proposes, what a person decided, and what a later run recalls of it.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sqlx::PgPool;
use uuid::Uuid;

use super::lookup_json::hash_bytes;
use super::retry::again_if_dead;
use super::{Provider, StorageError};
use crate::models::{ContactAgreement, Cpf, KeyedHash, LeadId, MatchedBy, PersonName};

/// A doubt that a person has to decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewToOpen {
    /// Its id, made by the app; one that is open already about the same keeps its own.
    pub review_id: Uuid,
    /// Of the lead's details it is about.
    pub contact_fingerprint: KeyedHash,
    /// How much speaks for the best candidate, 0–100.
    pub score: u8,
    /// What speaks for and against, as codes.
    pub reasons: Vec<String>,
    /// Best first; never empty.
    pub candidates: Vec<ReviewCandidate>,
}

/// A candidate of a review, as it is stored. `Debug` shows the masked CPF and initials.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewCandidate {
    /// Gone once a review was decided against this person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpf: Option<Cpf>,
    /// A name the provider holds of the person; gone with the CPF.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<PersonName>,
    /// The name in the person's profile, if that was looked at; gone with the CPF.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile_name: Option<PersonName>,
    /// By which the person is known again.
    #[serde(with = "hex_hash")]
    pub cpf_hash: KeyedHash,
    /// The contacts that led to the person.
    #[serde(with = "hex_hashes")]
    pub contact_hashes: Vec<KeyedHash>,
    /// Who named the person.
    pub named_by: Provider,
    /// Which of the lead's contacts led to the person.
    pub matched_by: MatchedBy,
    /// What phone and e-mail say of each other.
    pub agreement: ContactAgreement,
    /// How much speaks for the person, 0–100.
    pub score: u8,
    /// What speaks for and against, as codes.
    pub reasons: Vec<String>,
}

/// What is remembered of a lead when it is run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recalled {
    /// People turned down for the lead's contacts: never proposed for them again.
    pub rejected: Vec<RejectedMatch>,
    /// The broker read a message about somebody who was turned down since.
    pub correction_due: bool,
    /// Whom the last message was about, if they are stored for the lead.
    pub told_cpf: Option<Cpf>,
    /// Of what was last delivered to the lead.
    pub last_delivered: Option<KeyedHash>,
    /// What a person decided about these very details, if nothing newer came of the lead.
    pub verdict: Option<Verdict>,
}

/// A person turned down for a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RejectedMatch {
    /// The contact.
    pub contact_hash: KeyedHash,
    /// The person.
    pub cpf_hash: KeyedHash,
}

/// What a person decided about a lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is this candidate.
    Chosen {
        /// The review.
        review_id: Uuid,
        /// The person.
        candidate: Box<ReviewCandidate>,
    },
    /// It is none of the candidates.
    Rejected,
}

#[derive(Deserialize)]
struct RecalledRow {
    rejected: Vec<RejectedRow>,
    correction_due: Option<bool>,
    told_cpf: Option<String>,
    last_delivered: Option<String>,
    verdict: Option<VerdictRow>,
}

#[derive(Deserialize)]
struct RejectedRow {
    #[serde(with = "hex_hash")]
    contact_hash: KeyedHash,
    #[serde(with = "hex_hash")]
    cpf_hash: KeyedHash,
}

#[derive(Deserialize)]
struct VerdictRow {
    review_id: Uuid,
    chosen: Option<Box<ReviewCandidate>>,
}

pub(super) fn read_recalled(value: Value) -> Result<Recalled, StorageError> {
    let row: RecalledRow = serde_json::from_value(value)
        .map_err(|_| StorageError::Corrupt("decision about a lead"))?;
    let rejected = row.rejected.into_iter().map(|row| RejectedMatch {
        contact_hash: row.contact_hash,
        cpf_hash: row.cpf_hash,
    });
    Ok(Recalled {
        rejected: rejected.collect(),
        correction_due: row.correction_due == Some(true),
        // A CPF that cannot be read was stored by another program: it is nobody whom we told of.
        told_cpf: row.told_cpf.and_then(|digits| Cpf::parse(&digits).ok()),
        last_delivered: row
            .last_delivered
            .map(|digits| KeyedHash::from_hex(&digits).ok_or(StorageError::Corrupt("fingerprint")))
            .transpose()?,
        verdict: row.verdict.map(|row| match row.chosen {
            Some(candidate) => Verdict::Chosen {
                review_id: row.review_id,
                candidate,
            },
            None => Verdict::Rejected,
        }),
    })
}

/// What is remembered of a lead, for whoever only wants to see.
///
/// # Errors
/// [`StorageError`].
pub async fn recall_lead(
    pool: &PgPool,
    lead_id: &LeadId,
    contact_fingerprint: KeyedHash,
    contact_hashes: &[KeyedHash],
) -> Result<Recalled, StorageError> {
    let recall = async || {
        let recalled = sqlx::query_scalar!(
            r#"select ops.recall_lead($1, $2, $3) as "recalled!""#,
            lead_id.as_str(),
            contact_fingerprint.as_bytes().as_slice(),
            &hash_bytes(contact_hashes),
        );
        Ok(recalled.fetch_one(pool).await?)
    };
    read_recalled(again_if_dead(recall).await?)
}

pub(super) fn review_json(review: &ReviewToOpen) -> Result<Value, StorageError> {
    let candidates = serde_json::to_value(&review.candidates)
        .map_err(|_| StorageError::Corrupt("candidates of a review"))?;
    Ok(json!({
        "review_id": review.review_id,
        "contact_fingerprint": review.contact_fingerprint.to_hex(),
        "score": review.score,
        "reasons": review.reasons,
        "candidates": candidates,
    }))
}

/// A keyed hash as hexadecimal digits.
mod hex_hash {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::models::KeyedHash;

    pub(super) fn serialize<S: Serializer>(hash: &KeyedHash, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&hash.to_hex())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<KeyedHash, D::Error> {
        let digits = String::deserialize(d)?;
        KeyedHash::from_hex(&digits).ok_or_else(|| D::Error::custom("is no hash"))
    }
}

/// Keyed hashes as hexadecimal digits.
mod hex_hashes {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::models::KeyedHash;

    pub(super) fn serialize<S: Serializer>(hashes: &[KeyedHash], s: S) -> Result<S::Ok, S::Error> {
        s.collect_seq(hashes.iter().map(|hash| hash.to_hex()))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<KeyedHash>, D::Error> {
        let digits = Vec::<String>::deserialize(d)?;
        let hashes = digits.iter().map(|digits| KeyedHash::from_hex(digits));
        let hashes: Option<Vec<_>> = hashes.collect();
        hashes.ok_or_else(|| D::Error::custom("is no hash"))
    }
}
