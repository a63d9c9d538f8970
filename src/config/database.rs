//! `DB_URL`, `DB_DIRECT_URL`: where the database is.

use secrecy::SecretString;

/// Where the database is.
#[derive(Debug, Clone)]
pub struct DatabaseConfig {
    /// `DB_URL`, or `DATABASE_URL`.
    pub location: DatabaseLocation,
    /// `DB_DIRECT_URL`: for migrations behind a pooler; `location` if unset.
    pub direct_url: Option<SecretString>,
}

/// A database somewhere, or a private one of our own.
#[derive(Debug, Clone)]
pub enum DatabaseLocation {
    /// `private`: a server of the service's own on this machine; refused in production.
    Private,
    /// A PostgreSQL URL, which holds a password.
    Url(SecretString),
}
