//! Leads through the whole service: real PostgreSQL, upstreams simulated on the wire.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests"
)]

mod breaker;
mod delivery;
mod happy_path;
mod labelled;
mod lookup_faults;
mod odd_leads;
mod privacy;
mod same_person;
mod situations;
#[path = "../support/mod.rs"]
mod support;
mod suspects;
mod unsure;
mod work_api_faults;
