//! One labelled lead: what is known of it, who really sent it, and what a careful person does.

use serde::{Deserialize, Serialize};

/// A lead of the set. One line of `tests/fixtures/identity/leads.jsonl`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LabelledLead {
    /// The situation and a number: `father_and_son-07`.
    pub(crate) id: String,
    /// The situation, as RECIPE.md names it.
    pub(crate) situation: String,
    pub(crate) lead: TypedLead,
    /// `None`: the lead has no phone, so nobody was asked.
    pub(crate) by_phone: Option<Lookup>,
    /// `None`: the lead has no e-mail, so nobody was asked.
    pub(crate) by_email: Option<Lookup>,
    /// What the provider of profiles would answer, one for every candidate's CPF.
    pub(crate) profiles: Vec<LabelledProfile>,
    /// CPF of who really sent the lead; `None` when it is none of the candidates.
    pub(crate) truth: Option<String>,
    /// The verdict after both looks: at the contacts, and at the profile of who would be accepted.
    pub(crate) careful: Careful,
}

/// What the person typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TypedLead {
    pub(crate) name: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) email: Option<String>,
}

/// What came of asking whom a contact belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Lookup {
    Failed(Failed),
    Answered(Answered),
}

/// The call failed; `failed` is always true.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Failed {
    pub(crate) failed: bool,
}

/// The people of a contact. The order means nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Answered {
    pub(crate) people: Vec<Listed>,
    /// Names of those the provider knows without a usable CPF.
    pub(crate) without_cpf: Vec<Option<String>>,
    /// CPFs that a person turned down for this contact before.
    pub(crate) rejected: Vec<String>,
}

/// One person of a contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Listed {
    pub(crate) cpf: String,
    pub(crate) name: Option<String>,
}

/// A profile, as far as the second look reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LabelledProfile {
    pub(crate) cpf: String,
    pub(crate) name: String,
    pub(crate) deceased: bool,
    pub(crate) phones: Vec<String>,
    pub(crate) emails: Vec<String>,
}

/// What a careful person does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Careful {
    Accept,
    Review,
    #[serde(rename = "none")]
    Nobody,
}

/// Reads JSON lines; empty lines count for nothing.
pub(crate) fn read(text: &str) -> Result<Vec<LabelledLead>, serde_json::Error> {
    text.lines()
        .filter(|line| !line.trim().is_empty())
        .map(serde_json::from_str)
        .collect()
}

/// Writes JSON lines, each with a line end.
pub(crate) fn write(leads: &[LabelledLead]) -> Result<String, serde_json::Error> {
    leads.iter().try_fold(String::new(), |mut text, lead| {
        text.push_str(&serde_json::to_string(lead)?);
        text.push('\n');
        Ok(text)
    })
}
