//! The real executable as a process: its output, its signals, what it leaves behind.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests"
)]

mod commands;
mod demo;
mod deployment;
mod edges;
mod foreign;
mod home;
mod logs;
mod readme;
mod running;
mod serve;
mod stopping;
