//! What the product does.

pub mod lead_processing;
