//! The real executable as a process: its output, its signals, what it leaves behind.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests"
)]

mod commands;
mod demo;
mod edges;
mod foreign;
mod home;
mod logs;
mod readme;
mod running;
mod scripts;
mod serve;
mod stopping;
