//! What is remembered, in PostgreSQL: free functions over a pool or a connection, one file per
//! transaction of the pipeline (`contracts/DATABASE.md`) and per read.
//!
//! Each transaction is one statement, a call of a function made by `migrations/`: one commit and one
//! round trip. Whatever a run writes is fenced by its [`Claim`].

mod accept_lead;
mod accept_leads;
mod acquire_contacts;
mod alerts;
mod analytics;
mod analytics_reader;
mod claim_due_leads;
mod complete_delivery;
mod copy_people;
mod end_run;
mod endpoint;
mod error;
mod find_people;
mod given;
mod heartbeat;
mod inquiries;
mod instances;
mod known_answers;
mod lead_run;
mod list_leads;
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
mod queue_note;
mod read_customers;
mod read_leads;
mod read_queue;
mod read_reviews;
mod record_access;
mod result_row;
mod retry;
mod reviews;
mod search_names;
mod settle_and_acquire;
#[doc(hidden)]
pub mod test_database;

pub use accept_lead::{Asker, Trigger, Wish, accept_lead};
pub use accept_leads::accept_leads;
pub use acquire_contacts::{AcquireContacts, Acquired, acquire_contacts};
pub use alerts::{
    DueAlert, WaitingReviews, alert_told, take_due_alerts, take_waiting_reviews,
    waiting_reviews_told,
};
pub use analytics::{
    REFRESH_LEASE, RefreshClaim, RefreshEnd, RefreshMarks, ask_for_refresh, claim_refresh,
    keep_refresh, last_refreshes, refresh_is_done, refresh_marks, refresh_view, release_refresh,
};
pub use analytics_reader::{ReaderError, ReaderName, let_reader_in};
pub use claim_due_leads::{Leftovers, Takeover, Wanted, claim_due_leads, release_leftovers};
pub use complete_delivery::{complete_delivery, send_again};
pub use copy_people::{CopyOfPeople, Inhabitants, PersonToCopy};
pub use end_run::end_run;
pub use endpoint::{Endpoint, probe_endpoint};
pub use error::{Outage, StorageError};
pub use find_people::{
    ContactHolders, KnownPerson, find_people_by_contact, find_people_by_cpf, read_contacts_of,
    suppressed_among,
};
pub use given::read_given_lead;
pub use heartbeat::Heartbeat;
pub use inquiries::{
    Inquired, InquiredPerson, Inquirer, abandon_inquiry, inquire, poll_inquiry, refuse_held,
    store_held, store_inquired,
};
pub use instances::{beat, hand_back_leads, owned_leads, register_instance, remove_instance};
pub use known_answers::{KnownAnswers, any_suppressed, known_answers, read_people_named};
pub use lead_run::{
    Accepted, Claim, InstanceId, LastSend, LeadResult, MAX_UNKNOWN_SENDS, RunEnd, Step,
};
pub use list_leads::{LeadCursor, LeadFilter, LeadPage, LeadSearch, LeadSummary, list_leads};
pub use lookup_rows::{
    ABSENT_FRESH, CallOutcome, HeldProfile, LookupKey, LookupKind, LookupState, LookupTerms,
    Provider, SettledAnswer, SettledLookup,
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
pub use queue_note::{NoteToQueue, QueuedNote, queue_note};
pub use read_customers::{
    CustomerAddress, CustomerEmail, CustomerEnrichment, CustomerPhone, StoredCustomer,
    read_customer, read_payload,
};
pub use read_leads::{
    EnrichedLead, LeadDetail, LeadSubjects, MaskedPerson, OpenReview, StoredIdentity,
    read_enriched_lead, read_lead_result, show_lead,
};
pub use read_queue::{answers, count_ended_leads, read_queue};
pub use read_reviews::{
    DecideReview, Decided, Decision, ReviewCursor, ReviewPage, StoredReview, decide_review,
    list_reviews, read_review,
};
pub use record_access::{AccessRecord, record_access, record_reviews_shown};
pub use reviews::{Recalled, RejectedMatch, ReviewCandidate, ReviewToOpen, Verdict, recall_lead};
pub use search_names::{FoundName, NameCursor, NamePage, NameSearch, search_names};
pub use settle_and_acquire::settle_and_acquire;
