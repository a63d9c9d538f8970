//! When a lead enters a brokerage's CRM, the broker reads within seconds who that person is.

pub mod clock;
pub mod config;
pub mod models;
pub mod simulator;
pub mod storage;
pub mod upstream;
