//! People a contact may belong to, and how a person was matched.

use serde::{Deserialize, Serialize};

use super::{Cpf, PersonName};

/// One person a provider names for a phone or an e-mail. Several for one contact are normal, and
/// their order means nothing (UPSTREAMS.md §2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// The person's CPF, check digits verified.
    pub cpf: Cpf,
    /// The name the provider holds; it may have none.
    pub name: Option<PersonName>,
}

/// What of the lead led to a person (`core.lead_parties.matched_by`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MatchedBy {
    /// The phone only.
    Phone,
    /// The e-mail only.
    Email,
    /// Both.
    Both,
    /// Neither: a CPF that was given with the lead, and whose profile bears the lead's name.
    Cpf,
}

impl MatchedBy {
    /// The word stored in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Email => "email",
            Self::Both => "both",
            Self::Cpf => "cpf",
        }
    }
}

/// What phone and e-mail say of each other; the broker reads it in the message's first line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContactAgreement {
    /// Both contacts belong to the accepted person.
    SamePerson,
    /// The other contact belongs to somebody else.
    DifferentPeople,
    /// Only one contact says anything.
    OneContact,
}
