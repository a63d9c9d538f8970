//! What the service remembers, in PostgreSQL.
pub mod private_server;
#[doc(hidden)]
pub mod test_database;
