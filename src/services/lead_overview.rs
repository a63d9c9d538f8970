//! How leads stand, for whoever looks at them.

use sqlx::PgPool;

use crate::models::{KeyedHash, LeadId, PrivacyKey};
use crate::storage::{
    self, LeadCursor, LeadDetail, LeadFilter, LeadPage, LeadSubjects, StorageError,
};

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

    /// Leads, the newest first.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn list(
        &self,
        filter: LeadFilter<'_>,
        limit: i64,
        cursor: Option<&LeadCursor>,
    ) -> Result<LeadPage, StorageError> {
        storage::list_leads(&self.pool, filter, limit, cursor).await
    }

    /// A lead alone; `None` when we never heard of it. Of a person who objected or was erased neither the
    /// message is shown nor that the lead was theirs.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn show(&self, lead_id: &LeadId) -> Result<Option<LeadDetail>, StorageError> {
        let Some(mut detail) = storage::show_lead(&self.pool, lead_id).await? else {
            return Ok(None);
        };
        let hashes = self.hashes(&detail.about);
        if storage::any_suppressed(&self.pool, &hashes).await? {
            detail.message = None;
            detail.identity = None;
            detail.people.clear();
            detail.about = LeadSubjects::default();
        }
        Ok(Some(detail))
    }

    fn hashes(&self, about: &LeadSubjects) -> Vec<KeyedHash> {
        let key = &self.privacy_key;
        let cpfs = about.cpfs.iter().map(|cpf| key.of_cpf(cpf));
        let phones = about.phones.iter().map(|phone| key.of_phone(phone));
        let emails = about.emails.iter().map(|email| key.of_email(email));
        cpfs.chain(phones).chain(emails).collect()
    }
}
