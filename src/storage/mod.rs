//! What the service remembers, in PostgreSQL.
pub mod private_server;
