//! `/api/v1/contributor`.

pub(crate) mod customer;
mod unhappy;
