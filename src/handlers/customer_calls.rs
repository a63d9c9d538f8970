//! What the handlers ask of the lookup of people, as functions.

use std::sync::Arc;

use futures::future::BoxFuture;
use uuid::Uuid;

use crate::models::Cpf;
use crate::services::customer_lookup::{
    Customer, CustomerKey, Found, LookupFailure, Page, VendorAnswer,
};

type Answered<T> = BoxFuture<'static, Result<T, LookupFailure>>;

/// Looks people up.
#[derive(Clone)]
pub struct CustomerCalls {
    find: Arc<dyn Fn(CustomerKey, Page) -> Answered<Found> + Send + Sync>,
    stored: Arc<dyn Fn(Uuid) -> Answered<Customer> + Send + Sync>,
    vendor: Arc<dyn Fn(Cpf) -> Answered<VendorAnswer> + Send + Sync>,
}

impl CustomerCalls {
    /// Takes the service's functions: who a key belongs to, a stored person, what Work API says of a
    /// CPF. What is paid for must not live in the future: a caller who leaves drops it.
    pub fn new<F, S, V>(
        find: impl Fn(CustomerKey, Page) -> F + Send + Sync + 'static,
        stored: impl Fn(Uuid) -> S + Send + Sync + 'static,
        vendor: impl Fn(Cpf) -> V + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Result<Found, LookupFailure>> + Send + 'static,
        S: Future<Output = Result<Customer, LookupFailure>> + Send + 'static,
        V: Future<Output = Result<VendorAnswer, LookupFailure>> + Send + 'static,
    {
        Self {
            find: Arc::new(move |key, page| Box::pin(find(key, page))),
            stored: Arc::new(move |party_id| Box::pin(stored(party_id))),
            vendor: Arc::new(move |cpf| Box::pin(vendor(cpf))),
        }
    }

    pub(super) fn find(&self, key: CustomerKey, page: Page) -> Answered<Found> {
        (self.find)(key, page)
    }

    pub(super) fn stored(&self, party_id: Uuid) -> Answered<Customer> {
        (self.stored)(party_id)
    }

    pub(super) fn vendor_answer(&self, cpf: Cpf) -> Answered<VendorAnswer> {
        (self.vendor)(cpf)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Nobody is known.
    pub(crate) fn customer_calls() -> CustomerCalls {
        CustomerCalls::new(
            |_, _| async { Err(LookupFailure::Nobody) },
            |_| async { Err(LookupFailure::Nobody) },
            |_| async { Err(LookupFailure::Nobody) },
        )
    }
}
