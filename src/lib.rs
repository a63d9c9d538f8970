//! rust-c2s-api
pub mod simulator;
