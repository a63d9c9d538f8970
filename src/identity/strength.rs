//! How strong a match is, in the broker's words.

use crate::models::{MatchStrength, MatchedBy};

/// From this score on a match is very strong: name and both contacts agree.
const VERY_STRONG: u8 = 90;

/// From this score on a match is strong: the name agrees, on one contact.
const STRONG: u8 = 80;

/// The strength of a score, 0–100, unless a person chose: then that is what counts.
#[must_use]
pub const fn strength_of(score: u8, matched_by: MatchedBy) -> MatchStrength {
    match (matched_by, score) {
        (MatchedBy::Review, _) => MatchStrength::ChosenByPerson,
        (_, VERY_STRONG..) => MatchStrength::VeryStrong,
        (_, STRONG..) => MatchStrength::Strong,
        _ => MatchStrength::Sufficient,
    }
}
