//! `/api/v1/contributor`.

pub(crate) mod customer;
mod unhappy;
mod who_is_told;
