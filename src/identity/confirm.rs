//! The second look, once the profile is there.

use super::name::{ComparableName, Likeness};
use super::{Accepted, Reason};
use crate::models::{MatchedBy, PersonName, Profile};

/// What an agreeing name in the profile adds to the score.
const CONFIRMED_BY_PROFILE: u8 = 5;

/// What the profile says of a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Confirmation {
    /// It stands.
    Confirmed {
        /// How much speaks for the person, 0–100: an order, no probability.
        score: u8,
        /// All that speaks for the person, in the order of [`Reason`].
        reasons: Vec<Reason>,
    },
    /// It does not stand: nothing of this person is stored or shown.
    Rejected(Reason),
}

/// Looks again at an accepted person with the profile in hand. Rejected when the holder is dead
/// (the number was given to somebody else since), or when the profile's name contradicts the
/// lead's, if that is usable, or the candidate's. Of a given CPF, which no contact speaks for, the
/// profile's name must agree with the lead's.
#[must_use]
pub fn confirm(
    lead_name: Option<&PersonName>,
    accepted: &Accepted,
    profile: &Profile,
) -> Confirmation {
    if profile.cpf != accepted.cpf {
        return Confirmation::Rejected(Reason::ProfileOfAnotherCpf);
    }
    if profile.deceased {
        return Confirmation::Rejected(Reason::Deceased);
    }
    let profile_name = ComparableName::of(&profile.name);
    let likeness = |name: Option<ComparableName>| Some(name?.compare(profile_name.as_ref()?));
    let of_lead = likeness(ComparableName::of_lead(lead_name));
    let of_candidate = likeness(accepted.name.as_ref().and_then(ComparableName::of));
    let contradicts = |likeness| matches!(likeness, Some(Likeness::Differs(_)));
    let stands_alone = accepted.matched_by == MatchedBy::Cpf && of_lead != Some(Likeness::Agrees);
    if stands_alone || contradicts(of_lead) || contradicts(of_candidate) {
        return Confirmation::Rejected(Reason::ProfileNameContradicts);
    }
    let (mut score, mut reasons) = (accepted.score, accepted.reasons.clone());
    if of_lead == Some(Likeness::Agrees) {
        score = score.saturating_add(CONFIRMED_BY_PROFILE).min(100);
        reasons.push(Reason::ProfileNameAgrees);
        reasons.sort_unstable();
    }
    Confirmation::Confirmed { score, reasons }
}
