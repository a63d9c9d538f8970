//! What is remembered, in PostgreSQL.

mod heartbeat;
mod lead_run;
mod lookup_rows;
mod persist_rows;
pub mod private_server;
#[doc(hidden)]
pub mod test_database;

pub use heartbeat::Heartbeat;
pub use lead_run::{Accepted, Claim, InstanceId, LeadResult, RunEnd, Step};
pub use lookup_rows::{
    CallOutcome, LookupKey, LookupKind, LookupState, Provider, SettledAnswer, SettledLookup,
};
pub use persist_rows::{NewIds, OutboxMessage, PersistProfile, Persisted, PersonToStore};
