//! `/api/v1/c2s`.

mod enrich;
