//! What the product does.

mod backoff;
mod delivery;
mod flights;
pub mod lead_pipeline;
pub mod lead_processing;
mod persistence;
mod run_error;
