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

/// Whom a provider names for a contact. Stored as a plain list while everybody has a CPF, so that a version before
/// this one reads it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "StoredPeople", into = "StoredPeople")]
pub struct ContactPeople {
    /// Those of whom something can be asked.
    pub people: Vec<Candidate>,
    /// Those without a CPF that can be one, with their names if they have any: they share the contact, and may be
    /// the lead, but nothing can be asked about them.
    pub without_cpf: Vec<Option<PersonName>>,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(untagged)]
enum StoredPeople {
    People(Vec<Candidate>),
    All {
        people: Vec<Candidate>,
        without_cpf: Vec<Option<PersonName>>,
    },
}

impl ContactPeople {
    /// How many share the contact.
    #[must_use]
    pub fn count(&self) -> usize {
        self.people.len() + self.without_cpf.len()
    }

    /// Whether nobody is named.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count() == 0
    }
}

impl From<Vec<Candidate>> for ContactPeople {
    fn from(people: Vec<Candidate>) -> Self {
        Self {
            people,
            without_cpf: Vec::new(),
        }
    }
}

impl From<StoredPeople> for ContactPeople {
    fn from(stored: StoredPeople) -> Self {
        match stored {
            StoredPeople::People(people) => people.into(),
            StoredPeople::All {
                people,
                without_cpf,
            } => Self {
                people,
                without_cpf,
            },
        }
    }
}

impl From<ContactPeople> for StoredPeople {
    fn from(all: ContactPeople) -> Self {
        if all.without_cpf.is_empty() {
            Self::People(all.people)
        } else {
            Self::All {
                people: all.people,
                without_cpf: all.without_cpf,
            }
        }
    }
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
    /// A person of the brokerage chose.
    Review,
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
            Self::Review => "review",
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

/// How strong the match of a lead and a person is, as the broker reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MatchStrength {
    /// Enough to be shown; the name is worth confirming.
    Sufficient,
    /// Little doubt.
    Strong,
    /// No doubt that the evidence leaves.
    VeryStrong,
    /// A person of the brokerage decided.
    ChosenByPerson,
}
