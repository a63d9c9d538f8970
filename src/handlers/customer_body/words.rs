//! The words of answers about people that are out of a closed set.

use serde::Serialize;
use utoipa::ToSchema;

use crate::models::Sex;
use crate::services::customer_lookup::Source;

/// Who answers.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub(super) enum ThisService {
    /// The name of the service.
    #[serde(rename = "rust-c2s-api")]
    Name,
}

/// That the answer is one person.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum CustomerKind {
    /// One person.
    Customer,
}

/// That the answer is people who may be meant.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum CandidatesKind {
    /// People who may be meant.
    Candidates,
}

/// A gender, as the registry has it.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub(super) enum GenderWord {
    /// Female.
    F,
    /// Male.
    M,
}

impl From<Sex> for GenderWord {
    fn from(sex: Sex) -> Self {
        match sex {
            Sex::Female => Self::F,
            Sex::Male => Self::M,
        }
    }
}

/// Who an answer comes from.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum SourceWord {
    /// What is stored.
    LocalDb,
    /// Asked just now.
    Diretrix,
    /// Asked just now.
    WorkApi,
}

impl From<&Source> for SourceWord {
    fn from(source: &Source) -> Self {
        match source {
            Source::LocalDb => Self::LocalDb,
            Source::Diretrix => Self::Diretrix,
            Source::WorkApi => Self::WorkApi,
        }
    }
}

/// A module of Work API.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum ModuleWord {
    /// The one of the contract.
    Cpf,
}

/// Whose profile is stored.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum StoredBy {
    /// Work API's.
    WorkApi,
}
