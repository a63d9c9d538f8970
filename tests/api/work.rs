//! `/api/v1/work`.

mod modules;
