//! What is remembered, in PostgreSQL: free functions over a pool or a connection, one file per
//! transaction of the pipeline (`contracts/DATABASE.md`) and per read.
//!
//! Each transaction is one statement, a call of a function made by `migrations/`: one commit and one
//! round trip. Whatever a run writes is fenced by its [`Claim`].

mod accept_lead;
mod acquire_contacts;
mod alerts;
mod claim_due_leads;
mod complete_delivery;
mod copy_people;
mod end_run;
mod endpoint;
mod error;
mod heartbeat;
mod instances;
mod lead_run;
mod lookup_json;
mod lookup_rows;
mod migrations;
mod persist_profile;
mod persist_rows;
mod persistence;
mod person_json;
mod poll_lookup;
mod pool;
mod privacy_keys;
pub mod private_server;
mod read_leads;
mod read_queue;
mod result_row;
mod retry;
mod search_names;
mod settle_and_acquire;
#[doc(hidden)]
pub mod test_database;

pub use accept_lead::{Trigger, accept_lead};
pub use acquire_contacts::{AcquireContacts, Acquired, acquire_contacts};
pub use alerts::{DueAlert, alert_told, take_due_alerts};
pub use claim_due_leads::{Leftovers, Takeover, Wanted, claim_due_leads, release_leftovers};
pub use complete_delivery::{complete_delivery, send_again};
pub use copy_people::{CopyOfPeople, Inhabitants, PersonToCopy};
pub use end_run::end_run;
pub use endpoint::{Endpoint, probe_endpoint};
pub use error::{Outage, StorageError};
pub use heartbeat::Heartbeat;
pub use instances::{beat, hand_back_leads, owned_leads, register_instance, remove_instance};
pub use lead_run::{
    Accepted, Claim, InstanceId, LastSend, LeadResult, MAX_UNKNOWN_SENDS, RunEnd, Step,
};
pub use lookup_rows::{
    ABSENT_FRESH, CallOutcome, LookupKey, LookupKind, LookupState, LookupTerms, Provider,
    SettledAnswer, SettledLookup,
};
pub use migrations::{migrate, migrations_pending};
pub use persist_profile::persist_profile;
pub use persist_rows::{
    NewIds, OutboxMessage, PersistProfile, Persisted, PersonToStore, StoredBody,
};
pub use persistence::persistently;
pub use poll_lookup::poll_lookup;
pub use pool::{connect, options_from_url, ping};
pub use privacy_keys::load_or_create_privacy_key;
pub use read_leads::{
    LeadCursor, LeadDetail, LeadPage, LeadSummary, MaskedPerson, list_leads, read_lead_result,
    show_lead,
};
pub use read_queue::{answers, count_ended_leads, read_queue};
pub use search_names::{FoundName, NameCursor, NamePage, NameSearch, search_names};
pub use settle_and_acquire::settle_and_acquire;
