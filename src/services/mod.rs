//! What the product does.

pub mod access_log;
pub mod alarm;
pub mod analytics;
mod backoff;
mod company;
pub mod customer_lookup;
mod delivery;
mod flights;
pub mod lead_overview;
pub mod lead_pipeline;
pub mod lead_processing;
pub mod reviews;
mod run_error;
