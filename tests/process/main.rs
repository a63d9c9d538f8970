//! The real executable as a process: its output, its signals, what it leaves behind.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests"
)]

mod analytics;
mod commands;
mod demo;
mod deployment;
mod documents;
mod edges;
mod foreign;
mod home;
mod identity;
mod inquiries;
mod logs;
#[expect(dead_code, reason = "shared with the test of the links")]
#[path = "../support/markdown.rs"]
mod markdown;
mod metrics;
#[path = "../support/prometheus.rs"]
mod prometheus;
mod readme;
mod reviews;
mod running;
mod scripts;
mod seed;
mod serve;
mod stopping;
