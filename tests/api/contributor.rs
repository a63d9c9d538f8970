//! `/api/v1/contributor`.

pub(crate) mod customer;
mod shared_contacts;
mod unhappy;
mod who_is_told;
