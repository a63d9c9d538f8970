//! How leads stand, for whoever looks at them.

use sqlx::PgPool;

use crate::models::{KeyedHash, LeadId, PrivacyKey};
use crate::storage::{
    self, EnrichedLead, LeadCursor, LeadDetail, LeadFilter, LeadPage, LeadSubjects, StorageError,
};

/// Why leads could not be read.
#[derive(Debug, thiserror::Error)]
pub enum OverviewError {
    /// The caller should come back.
    #[error("the database cannot be reached")]
    DatabaseUnavailable,
    /// The database answered something else than expected.
    #[error("the leads could not be read")]
    Internal(#[source] StorageError),
}

impl From<StorageError> for OverviewError {
    fn from(error: StorageError) -> Self {
        if error.is_unavailable() {
            Self::DatabaseUnavailable
        } else {
            Self::Internal(error)
        }
    }
}

/// Reads leads. Cheap to clone.
#[derive(Clone)]
pub struct LeadOverview {
    pool: PgPool,
    privacy_key: PrivacyKey,
}

impl LeadOverview {
    /// Over this database.
    #[must_use]
    pub const fn new(pool: PgPool, privacy_key: PrivacyKey) -> Self {
        Self { pool, privacy_key }
    }

    /// Leads, the newest first. None by a contact of somebody who objected or was erased.
    ///
    /// # Errors
    /// [`OverviewError`].
    pub async fn list(
        &self,
        filter: LeadFilter<'_>,
        limit: i64,
        cursor: Option<&LeadCursor>,
    ) -> Result<LeadPage, OverviewError> {
        let sought = filter.search.map_or_else(Vec::new, |search| {
            let phone = search.phone().map(|phone| self.privacy_key.of_phone(phone));
            let email = search.email().map(|email| self.privacy_key.of_email(email));
            phone.into_iter().chain(email).collect()
        });
        if storage::any_suppressed(&self.pool, &sought).await? {
            return Ok(LeadPage {
                leads: Vec::new(),
                next: None,
            });
        }
        Ok(storage::list_leads(&self.pool, filter, limit, cursor).await?)
    }

    /// A lead alone; `None` when we never heard of it. Of a person who objected or was erased neither the
    /// message is shown nor that the lead was theirs.
    ///
    /// # Errors
    /// [`OverviewError`].
    pub async fn show(&self, lead_id: &LeadId) -> Result<Option<LeadDetail>, OverviewError> {
        let Some(mut detail) = storage::show_lead(&self.pool, lead_id).await? else {
            return Ok(None);
        };
        let hashes = self.hashes(&detail.about);
        if storage::any_suppressed(&self.pool, &hashes).await? {
            detail.message = None;
            detail.identity = None;
            detail.review = None;
            detail.people.clear();
            detail.about = LeadSubjects::default();
        }
        Ok(Some(detail))
    }

    /// Whom a lead was taken for.
    ///
    /// # Errors
    /// [`OverviewError`].
    pub async fn enriched(&self, lead_id: &LeadId) -> Result<EnrichedLead, OverviewError> {
        Ok(storage::read_enriched_lead(&self.pool, lead_id).await?)
    }

    fn hashes(&self, about: &LeadSubjects) -> Vec<KeyedHash> {
        let key = &self.privacy_key;
        let cpfs = about.cpfs.iter().map(|cpf| key.of_cpf(cpf));
        let phones = about.phones.iter().map(|phone| key.of_phone(phone));
        let emails = about.emails.iter().map(|email| key.of_email(email));
        cpfs.chain(phones).chain(emails).collect()
    }
}
