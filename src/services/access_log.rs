//! Who looked at whose data, when and why (LGPD art. 37): recorded before the data is shown.

use sqlx::PgPool;
use uuid::Uuid;

use crate::config::PrivacyConfig;
use crate::models::LeadId;
use crate::storage::{self, AccessRecord, StorageError};

/// A look at personal data.
#[derive(Debug, Clone, Copy)]
pub struct Look<'l> {
    /// The name of the caller's key, or `developer` on an own machine.
    pub actor: &'l str,
    /// What is done: a fixed word per route, such as `customer`.
    pub action: &'static str,
    /// The people who are shown, candidates too.
    pub party_ids: &'l [Uuid],
    /// The lead by which they are looked at, if by one.
    pub lead_id: Option<&'l LeadId>,
}

/// The record of who looked.
#[derive(Debug, Clone)]
pub struct AccessLog {
    pool: PgPool,
    purpose: String,
}

impl AccessLog {
    /// Each look is recorded with LGPD_PURPOSE.
    #[must_use]
    pub fn new(pool: PgPool, privacy: &PrivacyConfig) -> Self {
        Self {
            pool,
            purpose: privacy.purpose.clone(),
        }
    }

    /// Records a look: a row for each person, one without a person when nobody is shown. To be
    /// called before the answer is given: no record, no data.
    ///
    /// # Errors
    /// [`StorageError`]; then nothing may be shown.
    pub async fn record(&self, look: &Look<'_>) -> Result<(), StorageError> {
        let record = AccessRecord {
            actor: look.actor,
            action: look.action,
            party_ids: look.party_ids,
            lead_id: look.lead_id,
            reason: &self.purpose,
        };
        storage::record_access(&self.pool, record).await
    }
}
