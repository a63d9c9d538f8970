//! Who asks: the run of a lead, or an inquiry that no lead is behind. They ask through the same rows.

use std::fmt;
use std::time::Instant;

use super::Lookups;
use crate::storage::{self, Claim, Inquirer, LookupKey, LookupState, SettledLookup, StorageError};

/// Who asks a question.
#[derive(Debug, Clone, Copy)]
pub(super) enum Asker<'a> {
    /// The run of a lead, fenced by its claim.
    Lead(&'a Claim),
    /// An inquiry, fenced by its own pending rows.
    Inquiry(&'a Inquiry),
}

/// Questions that no lead is behind: somebody wants to know who a contact or a CPF belongs to.
#[derive(Debug, Clone, Copy)]
pub struct Inquiry {
    /// As the database knows it.
    pub inquirer: Inquirer,
    /// Since when its questions are held: a moment before the first of them was acquired.
    pub held_since: Instant,
}

impl fmt::Display for Asker<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lead(claim) => write!(f, "lead {}", claim.lead_id),
            Self::Inquiry(inquiry) => f.write_str(&inquiry.inquirer.asker()),
        }
    }
}

impl Asker<'_> {
    /// Settles what came back and acquires questions.
    pub(super) async fn settle_and_acquire(
        self,
        lookups: &Lookups,
        settled: &[SettledLookup],
        questions: &[LookupKey],
    ) -> Result<Vec<LookupState>, StorageError> {
        let (pool, terms) = (&lookups.pool, &lookups.terms.for_storage());
        match self {
            Self::Lead(claim) => {
                storage::settle_and_acquire(pool, claim, settled, questions, terms).await
            }
            Self::Inquiry(inquiry) => {
                storage::inquire(pool, &inquiry.inquirer, settled, questions, terms).await
            }
        }
    }

    /// Looks again at a question somebody else was asking.
    pub(super) async fn poll(
        self,
        lookups: &Lookups,
        key: &LookupKey,
    ) -> Result<LookupState, StorageError> {
        let (pool, terms) = (&lookups.pool, &lookups.terms.for_storage());
        match self {
            Self::Lead(claim) => storage::poll_lookup(pool, claim, key, terms).await,
            Self::Inquiry(inquiry) => {
                storage::poll_inquiry(pool, &inquiry.inquirer, key, terms).await
            }
        }
    }
}
