//! Leads through the whole service: real PostgreSQL, upstreams simulated on the wire.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests"
)]

mod happy_path;
#[path = "../support/mod.rs"]
mod support;
