//! Who may ask the providers: half of the calls that may be in flight are kept for leads.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};

use super::LookupFailure;
use crate::config::Config;

/// Places of lookups by hand, for each provider.
#[derive(Debug, Clone)]
pub(super) struct Places {
    pub(super) diretrix: Arc<Semaphore>,
    pub(super) work_api: Arc<Semaphore>,
}

impl Places {
    pub(super) fn new(config: &Config) -> Self {
        let half = |calls: usize| Arc::new(Semaphore::new((calls / 2).max(1)));
        Self {
            diretrix: half(config.diretrix.concurrency),
            work_api: half(config.work_api.concurrency),
        }
    }
}

/// Waits for a place until then, unless the answer is known. Without one nothing is asked.
pub(super) async fn place_unless(
    is_known: bool,
    places: &Arc<Semaphore>,
    until: Instant,
) -> Result<Option<OwnedSemaphorePermit>, LookupFailure> {
    if is_known {
        return Ok(None);
    }
    match timeout_at(until, Arc::clone(places).acquire_owned()).await {
        Ok(place) => place.map(Some).map_err(LookupFailure::internal),
        Err(_late) => Err(LookupFailure::StillLooking),
    }
}
