//! rust-c2s-api
