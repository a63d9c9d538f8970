//! What a paid provider answered.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::models::{Candidate, ContactPeople, Cpf, PersonName};
use crate::upstream::{Upstream, UpstreamError, record_call};

/// A provider's answer, and how long the call took.
#[derive(Debug)]
pub(super) struct ProviderAnswer<T> {
    /// What it said.
    pub(super) outcome: ProviderOutcome<T>,
    /// How long the call took.
    pub(super) latency: Duration,
}

/// What a provider said. A failed call is no answer and stands in [`UpstreamError`].
#[derive(Debug, PartialEq, Eq)]
pub(super) enum ProviderOutcome<T> {
    /// It knows somebody.
    Found(T),
    /// It knows nobody.
    Absent,
    /// The contract does not include the question, so there is no answer and nothing to pay; not
    /// an alarm (API.md "Identity"). Says nothing about whether there is somebody.
    NoAnswer,
}

/// Writes the one event of a call and passes its result on.
pub(super) fn recorded<T>(
    upstream: Upstream,
    operation: &'static str,
    result: Result<ProviderAnswer<T>, UpstreamError>,
) -> Result<ProviderAnswer<T>, UpstreamError> {
    match &result {
        Ok(answer) => {
            let outcome = match answer.outcome {
                ProviderOutcome::Found(_) => "found",
                ProviderOutcome::Absent => "absent",
                ProviderOutcome::NoAnswer => "no_answer",
            };
            record_call(upstream, operation, outcome, answer.latency);
        }
        Err(error) => record_call(upstream, operation, &error.code(), error.latency),
    }
    result
}

/// The candidates, one per CPF and in the order of their CPFs, since a provider's order means
/// nothing. Of several names of one CPF the longest stays: the others are usually cut.
pub(super) fn merged(entries: impl IntoIterator<Item = Entry>) -> ContactPeople {
    let mut by_cpf: BTreeMap<Cpf, Option<PersonName>> = BTreeMap::new();
    let mut without_cpf = Vec::new();
    let length = |name: &Option<PersonName>| name.as_ref().map_or(0, |name| name.as_str().len());
    for Entry { cpf, name } in entries {
        let Some(cpf) = cpf else {
            without_cpf.push(name);
            continue;
        };
        let known = by_cpf.entry(cpf).or_default();
        if length(&name) > length(known) {
            *known = name;
        }
    }
    let people = by_cpf.into_iter();
    ContactPeople {
        people: people.map(|(cpf, name)| Candidate { cpf, name }).collect(),
        without_cpf,
    }
}

/// One person of a provider's list.
pub(super) struct Entry {
    /// `None` when the list has none that can be one.
    pub(super) cpf: Option<Cpf>,
    /// As the provider writes it.
    pub(super) name: Option<PersonName>,
}
