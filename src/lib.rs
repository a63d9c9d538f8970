//! When a lead enters a brokerage's CRM, the broker reads within seconds who that person is.

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
