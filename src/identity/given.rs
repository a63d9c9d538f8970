//! A CPF that came with the lead. It is somebody's word and no evidence: with a name it is looked up and
//! must bear that name, without one it can only forbid.

use super::lead_name::LeadName;
use super::{Decision, Doubt, Match, Nobody, Reason};
use crate::models::{ContactAgreement, Cpf, MatchedBy, PersonName};

/// How much speaks for a given CPF before its profile is there: as much as for one contact whose name
/// agrees.
const GIVEN: u8 = 85;

/// Whether a name can tell people apart: it is no placeholder, no company, and not initials only.
#[must_use]
pub fn can_tell_apart(name: &PersonName) -> bool {
    LeadName::of(Some(name)).is_some_and(|name| !name.has_initials_only())
}

/// The person of a given CPF, to be confirmed by the profile's name. `None` without a given name that the
/// profile's can agree with, a first name and a surname of one person: then the CPF only forbids, see
/// [`veto`].
#[must_use]
pub fn accept_given(name: Option<&PersonName>, cpf: Option<&Cpf>) -> Option<Match> {
    let cpf = cpf?;
    let name = LeadName::of(name)?.into_only()?;
    name.name.has_surname().then(|| Match {
        cpf: cpf.clone(),
        name: None,
        matched_by: MatchedBy::Cpf,
        agreement: ContactAgreement::OneContact,
        score: GIVEN,
        reasons: vec![Reason::GivenCpf],
    })
}

/// Nobody but the person of the given CPF, when the contacts lead to others.
#[must_use]
pub fn veto(given: Option<&Cpf>, decision: Decision) -> Decision {
    let Some(given) = given else {
        return decision;
    };
    let left = match decision {
        Decision::Accept(matched) if matched.cpf == *given => return Decision::Accept(matched),
        Decision::Nobody(nobody) => return Decision::Nobody(nobody),
        Decision::Accept(_) => None,
        Decision::Review(doubt) => {
            let mut candidates = doubt.candidates;
            candidates.retain(|one| one.cpf == *given);
            Doubt::of(candidates)
        }
    };
    left.map_or_else(
        || {
            Decision::Nobody(Nobody {
                score: 0,
                reasons: vec![Reason::GivenCpfDiffers],
            })
        },
        Decision::Review,
    )
}
