//! When a lead enters a brokerage's CRM, the broker reads within seconds who that person is.

pub mod clock;
pub mod config;
pub mod errors;
pub mod handlers;
pub mod models;
pub mod server;
pub mod services;
pub mod storage;
pub mod telemetry;
