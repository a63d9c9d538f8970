//! The key of the keyed hashes, when the operator gave none.

use sqlx::PgExecutor;

use super::StorageError;
use crate::models::PrivacyKey;

/// The key kept in the database; made once, of 32 random bytes, by whoever asks first.
///
/// # Errors
/// [`StorageError`]; [`StorageError::Corrupt`] when the stored key is too short.
pub async fn load_or_create_privacy_key(
    exec: impl PgExecutor<'_>,
) -> Result<PrivacyKey, StorageError> {
    let fresh: [u8; 32] = rand::random();
    let key = sqlx::query_scalar!(
        "insert into ops.privacy_key (key) values ($1)
         on conflict (id) do update set key = ops.privacy_key.key
         returning key",
        fresh.as_slice()
    )
    .fetch_one(exec)
    .await?;
    PrivacyKey::new(&key).ok_or(StorageError::Corrupt("privacy key"))
}
