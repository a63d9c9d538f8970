//! The states of a lead, and where it came from.

use serde::{Deserialize, Serialize};

/// The state of a lead. These words and no others stand in answers and in the database (API.md).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeadState {
    /// Committed, waiting for a run.
    Accepted,
    /// A run is at work.
    Processing,
    /// An upstream failed; `due_at` says when the next run is.
    Retrying,
    /// Waits for the budget of the next day or month.
    BudgetHold,
    /// Waits for a person to decide who it is.
    Review,
    /// Enriched, stored, and the message delivered.
    Completed,
    /// Nobody found, or nobody who may be shown.
    Unidentified,
    /// The person objected or was erased.
    Suppressed,
    /// The CRM does not know it.
    LeadMissing,
    /// Given up, with its reason.
    Failed,
    /// Three sends of unknown outcome.
    DeliveryUnknown,
}

/// A word that is no state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such state of a lead")]
pub struct UnknownState;

impl LeadState {
    /// All states, in the order API.md lists them.
    pub const ALL: [Self; 11] = [
        Self::Accepted,
        Self::Processing,
        Self::Retrying,
        Self::BudgetHold,
        Self::Review,
        Self::Completed,
        Self::Unidentified,
        Self::Suppressed,
        Self::LeadMissing,
        Self::Failed,
        Self::DeliveryUnknown,
    ];

    /// The word in answers and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Processing => "processing",
            Self::Retrying => "retrying",
            Self::BudgetHold => "budget_hold",
            Self::Review => "review",
            Self::Completed => "completed",
            Self::Unidentified => "unidentified",
            Self::Suppressed => "suppressed",
            Self::LeadMissing => "lead_missing",
            Self::Failed => "failed",
            Self::DeliveryUnknown => "delivery_unknown",
        }
    }

    /// Reads the word.
    ///
    /// # Errors
    /// [`UnknownState`] for any other word, such as one a newer version writes.
    pub fn parse(word: &str) -> Result<Self, UnknownState> {
        Self::ALL
            .into_iter()
            .find(|state| state.as_str() == word)
            .ok_or(UnknownState)
    }

    /// Whether a repeated trigger within `DEDUP_TTL_SECS` is answered with this end. A run that
    /// failed, waits for a retry, or whose lead the CRM did not know leaves no such mark.
    #[must_use]
    pub const fn answers_repeats(self) -> bool {
        matches!(
            self,
            Self::Completed
                | Self::Unidentified
                | Self::Suppressed
                | Self::Review
                | Self::DeliveryUnknown
        )
    }

    /// Whether a run is over and none is scheduled.
    #[must_use]
    pub const fn is_end(self) -> bool {
        !matches!(
            self,
            Self::Accepted | Self::Processing | Self::Retrying | Self::BudgetHold
        )
    }
}

/// Who told us of a lead (`ops.leads.source`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeadSource {
    /// `GET /leads/process`, as Make.com calls it.
    Make,
    /// The other routes that trigger, and the command line.
    Api,
}

impl LeadSource {
    /// The word in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Make => "make",
            Self::Api => "api",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_is_read_back() {
        for state in LeadState::ALL {
            assert_eq!(LeadState::parse(state.as_str()), Ok(state));
        }
        assert_eq!(LeadState::parse("done"), Err(UnknownState));
    }
}
