//! What callers of routes about leads are told when the services could not do it.

use std::time::Duration;

use super::state::NOT_RECORDED;
use crate::errors::AppError;
use crate::services::lead_overview::OverviewError;
use crate::services::lead_processing::ProcessError;

/// When to ask again after the database could not be reached: Neon wakes within seconds.
const DATABASE_BACK: Duration = Duration::from_secs(5);

/// When to ask again about a lead that the CRM could not be asked for.
const CRM_BACK: Duration = Duration::from_secs(5);

/// Why nothing was accepted, as a caller is told.
pub(super) fn refused(error: ProcessError) -> AppError {
    match error {
        ProcessError::DatabaseUnavailable => AppError::Unavailable {
            detail: "the database cannot be reached; nothing was accepted: ask again".to_owned(),
            retry_after: DATABASE_BACK,
        },
        ProcessError::NotRecorded => AppError::Unavailable {
            detail: NOT_RECORDED.to_owned(),
            retry_after: DATABASE_BACK,
        },
        ProcessError::NeverAccepted => AppError::NoSuchLead,
        ProcessError::CrmUnavailable { retry_after, .. } => AppError::Unavailable {
            detail: "Contact2Sale cannot be reached, so the lead could not be read: ask again"
                .to_owned(),
            retry_after: retry_after.unwrap_or(CRM_BACK),
        },
        internal @ ProcessError::Internal(_) => AppError::internal(internal),
    }
}

/// Why something could not be read, as a caller is told.
pub(super) fn unreadable(error: OverviewError) -> AppError {
    match error {
        OverviewError::DatabaseUnavailable => AppError::Unavailable {
            detail: "the database cannot be reached: ask again".to_owned(),
            retry_after: DATABASE_BACK,
        },
        internal @ OverviewError::Internal(_) => AppError::internal(internal),
    }
}
