//! The service as its callers see it: HTTP in, HTTP out.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "tests"
)]

mod access;
mod alerts;
mod c2s;
mod contributor;
mod customers;
mod database_away;
mod database_lost;
mod document;
mod enrich;
mod leads;
mod looked;
mod metrics;
mod reviews;
#[path = "../support/mod.rs"]
mod support;
mod waiting;
mod work;
