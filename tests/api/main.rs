//! The service as its callers see it: HTTP in, HTTP out.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod access;
mod database_away;
mod process_query;
#[path = "../support/mod.rs"]
mod support;
mod waiting;
