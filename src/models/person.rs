//! A person's profile, normalised: what is kept of a provider's answer, and nothing beyond.

use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Cnpj, Cpf, Email, FreeText, Money, PersonName, Phone};

/// A person as a provider describes them, reduced to what API.md "PRIVACY" allows. It is stored as
/// `normalized_data` and read back from there, so it must survive a round trip through JSON.
/// Unknown is `None` or an empty list, never a guess. Its `Debug` shows the masked CPF alone.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// The CPF asked for, which the answer confirmed or did not contradict.
    pub cpf: Cpf,
    /// Full name.
    pub name: PersonName,
    /// Day of birth.
    pub birth_date: Option<NaiveDate>,
    /// Sex as the registry has it; never guessed from the name.
    pub sex: Option<Sex>,
    /// The mother's name.
    pub mother_name: Option<PersonName>,
    /// The father's name.
    pub father_name: Option<PersonName>,
    /// Identity card number (RG).
    pub rg: Option<FreeText>,
    /// Voter id number (título de eleitor).
    pub voter_id: Option<FreeText>,
    /// Marital status, in the provider's words.
    pub marital_status: Option<FreeText>,
    /// Education, in the provider's words.
    pub education: Option<FreeText>,
    /// Nationality, in the provider's words.
    pub nationality: Option<FreeText>,
    /// Whether the holder is registered as dead.
    pub deceased: bool,
    /// Status of the CPF at Receita Federal.
    pub registration_status: Option<RegistrationStatus>,
    /// Monthly income.
    pub income: Option<Money>,
    /// Purchasing power, in the provider's words.
    pub purchasing_power: Option<FreeText>,
    /// Income band, in the provider's words.
    pub income_band: Option<FreeText>,
    /// Credit score, 0–1000.
    pub credit_score: Option<u16>,
    /// Credit risk, in the provider's words.
    pub credit_risk: Option<FreeText>,
    /// Occupation, in the provider's words.
    pub occupation: Option<FreeText>,
    /// Companies the person has a part in.
    pub companies: Vec<CompanyTie>,
    /// E-mail addresses, best first.
    pub emails: Vec<ProfileEmail>,
    /// Phones, best first.
    pub phones: Vec<ProfilePhone>,
    /// Addresses, as the provider orders them.
    pub addresses: Vec<Address>,
}

impl Profile {
    /// Whole years of age on a day; `None` when the day of birth is unknown or later.
    #[must_use]
    pub fn age_on(&self, day: NaiveDate) -> Option<u32> {
        day.years_since(self.birth_date?)
    }
}

/// Sex as a registry has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sex {
    /// `F - FEMININO`.
    #[serde(rename = "F")]
    Female,
    /// `M - MASCULINO`.
    #[serde(rename = "M")]
    Male,
}

impl Sex {
    /// Reads `F`, `M`, or either with its word; anything else is unknown.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let word = text.trim().to_uppercase();
        match word.split(' ').next()? {
            "F" | "FEMININO" => Some(Self::Female),
            "M" | "MASCULINO" => Some(Self::Male),
            _ => None,
        }
    }

    /// The letter stored in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Female => "F",
            Self::Male => "M",
        }
    }
}

/// Status of a CPF at Receita Federal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistrationStatus {
    /// In the registry's words, such as `REGULAR`.
    pub description: FreeText,
    /// The day it has been so since.
    pub since: Option<NaiveDate>,
}

/// A company a person has a part in. The provider gives no name for it (UPSTREAMS.md §3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompanyTie {
    /// The company.
    pub cnpj: Cnpj,
    /// The person's part in it, in the provider's words.
    pub relation: Option<FreeText>,
}

/// An e-mail of a profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileEmail {
    /// The address.
    pub email: Email,
    /// The provider's priority label, such as `MUITO ALTA`.
    pub priority: Option<FreeText>,
    /// The provider's quality label, such as `BOM`.
    pub quality: Option<FreeText>,
    /// Whether the provider says it is a personal address; `None` when it does not say.
    pub personal: Option<bool>,
}

/// A phone of a profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfilePhone {
    /// The number.
    pub phone: Phone,
    /// Whether it is known to be on WhatsApp.
    pub whatsapp: bool,
    /// Whether the provider says it is in use; `None` when it does not say.
    pub active: Option<bool>,
    /// The provider's type label, such as `CELULAR`.
    pub kind: Option<FreeText>,
    /// The operator.
    pub operator: Option<FreeText>,
}

/// An address of a profile. Each part may be missing; a part that cannot be right is left out.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// Kind of street, such as `R` or `AV`.
    pub street_type: Option<FreeText>,
    /// Street name.
    pub street: Option<FreeText>,
    /// House number; `None` for `S/N`.
    pub number: Option<FreeText>,
    /// Flat, block.
    pub complement: Option<FreeText>,
    /// Neighbourhood.
    pub neighborhood: Option<FreeText>,
    /// City.
    pub city: Option<FreeText>,
    /// State, two capitals.
    pub state: Option<String>,
    /// CEP, eight digits.
    pub zip_code: Option<String>,
}

impl fmt::Debug for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Profile")
            .field("cpf", &self.cpf)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Address(…)")
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("F - FEMININO", Some(Sex::Female))]
    #[case("M - MASCULINO", Some(Sex::Male))]
    #[case("m", Some(Sex::Male))]
    #[case("SEM INFORMAÇÃO", None)]
    #[case("", None)]
    #[case("I - IGNORADO", None)]
    fn sex_is_read_or_unknown(#[case] text: &str, #[case] sex: Option<Sex>) {
        assert_eq!(Sex::parse(text), sex);
    }
}
