//! When a lead enters a brokerage's CRM, the broker reads within seconds who that person is.
//!
//! The story, in the order in which a lead meets the modules:
//!
//! 1. [`handlers`] take the request; who may ask what is decided there, errors are worded in
//!    [`errors`].
//! 2. [`services`] accept the lead and run it: [`services::lead_processing`] answers its callers,
//!    [`services::lead_pipeline`] walks from fetching it to the message.
//! 3. [`upstream`] calls the CRM; [`lookups`] is the one door to the paid providers.
//! 4. [`identity`] decides who the lead is, [`message`] says what the broker reads: both pure.
//! 5. [`storage`] remembers, in five transactions.
//! 6. [`workers`] take up what nobody waits for.
//!
//! Beneath them: [`models`] (what things are; they parse once and mask themselves), [`config`],
//! [`clock`], [`telemetry`]. Around them: [`cli`], [`app`] (the only place that wires), [`server`],
//! and the [`simulator`] that stands in for the upstreams in tests and in the demo.
//!
//! `tests/architecture.rs` holds who may use whom.

pub mod app;
pub mod cli;
pub mod clock;
pub mod config;
pub mod errors;
pub mod handlers;
pub mod identity;
pub mod lookups;
pub mod message;
pub mod models;
pub mod server;
pub mod services;
pub mod simulator;
pub mod storage;
pub mod telemetry;
pub mod upstream;
pub mod workers;
