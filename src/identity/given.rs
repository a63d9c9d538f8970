//! A CPF that came with the lead. It is somebody's word and no evidence: with a name it is looked up and
//! must bear that name, without one it can only forbid.

use super::name::ComparableName;
use super::{Accepted, Decision, Reason};
use crate::models::{ContactAgreement, Cpf, MatchedBy, PersonName};

/// How much speaks for a given CPF before its profile is there: as much as for one contact whose name
/// agrees.
const GIVEN: u8 = 85;

/// Whether a name can tell people apart: it is no placeholder, no company, and not initials only.
#[must_use]
pub fn can_tell_apart(name: &PersonName) -> bool {
    ComparableName::of_lead(Some(name)).is_some()
}

/// The person of a given CPF, to be confirmed by the profile's name. `None` without a given name that
/// can tell people apart: then the CPF only forbids, see [`veto`].
#[must_use]
pub fn accept_given(name: Option<&PersonName>, cpf: Option<&Cpf>) -> Option<Accepted> {
    let cpf = cpf?;
    can_tell_apart(name?).then(|| Accepted {
        cpf: cpf.clone(),
        name: None,
        matched_by: MatchedBy::Cpf,
        agreement: ContactAgreement::OneContact,
        score: GIVEN,
        reasons: vec![Reason::GivenCpf],
    })
}

/// Nobody, when the contacts lead to another CPF than the given one.
#[must_use]
pub fn veto(given: Option<&Cpf>, decision: Decision) -> Decision {
    match (given, decision) {
        (Some(given), Decision::Accept(accepted)) if accepted.cpf != *given => {
            Decision::Nobody(vec![Reason::GivenCpfDiffers])
        }
        (_, decision) => decision,
    }
}
