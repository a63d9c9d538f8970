//! The real executable is killed, frozen and cut off from its database and its upstreams, against
//! the simulator as a process of its own, whose counters are the truth: no lead is lost, none
//! doubled, nothing paid twice.
//!
//! In its short form a part of `make test`; in full, with its figures, `make crash-test`.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests"
)]

mod aborting;
mod backlog;
mod bad_database;
mod caller;
mod database;
mod far_database;
mod faults;
mod frozen;
mod given;
#[expect(dead_code, reason = "shared with the tests of the processes")]
#[path = "../process/home.rs"]
mod home;
mod kills;
mod moment;
mod outages;
mod payments;
mod pooler;
mod refused;
mod report;
#[expect(dead_code, reason = "shared with the tests of the processes")]
#[path = "../process/running.rs"]
mod running;
mod simulator;
mod size;
mod stage;
mod twins;
