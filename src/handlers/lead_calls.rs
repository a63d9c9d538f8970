//! What the routes about leads ask of the services.

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;

use crate::models::{LeadId, LeadState};
use crate::services::lead_overview::OverviewError;
use crate::services::lead_pipeline::DryRun;
use crate::services::lead_processing::{LeadRequest, NamedCaller, ProcessAnswer, ProcessError};
use crate::storage::{EnrichedLead, LeadCursor, LeadDetail, LeadPage, LeadSearch};

/// A service as a function, so that a test needs no database.
pub struct Call<A, R>(Arc<dyn Fn(A) -> BoxFuture<'static, R> + Send + Sync>);

impl<A, R> Clone for Call<A, R> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<A, R> Call<A, R> {
    /// Takes the service's function. Work that must not be cut when its caller leaves does not live in
    /// the future.
    pub fn new<F>(call: impl Fn(A) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = R> + Send + 'static,
    {
        Self(Arc::new(move |asked| Box::pin(call(asked))))
    }

    pub(super) async fn call(&self, asked: A) -> R {
        (self.0)(asked).await
    }
}

/// Accepts leads for the queue, and answers how each stands.
pub type AcceptLeads = Call<(Vec<LeadId>, NamedCaller), Result<Vec<LeadState>, ProcessError>>;

/// A list that is asked for.
#[derive(Debug, Clone)]
pub struct ListRequest {
    /// Leads in this state.
    pub state: Option<LeadState>,
    /// Leads that this leads to.
    pub search: Option<LeadSearch>,
    /// The most leads to answer.
    pub limit: u8,
    /// Where to go on.
    pub cursor: Option<LeadCursor>,
}

/// What the routes about leads ask of the services.
#[derive(Clone)]
pub struct LeadCalls {
    /// Starts, joins, repeats or replays the run of a lead, and waits for it at most so long.
    pub process: Call<(LeadRequest, Duration), Result<ProcessAnswer, ProcessError>>,
    /// Tells what a run would come to; as if nothing were stored of the providers' answers, when told so.
    pub dry_run: Call<(LeadId, bool), Result<DryRun, ProcessError>>,
    /// Accepts leads for the queue.
    pub accept: AcceptLeads,
    /// Tells whom a lead was taken for.
    pub enriched: Call<LeadId, Result<EnrichedLead, OverviewError>>,
    /// Lists leads.
    pub list: Call<ListRequest, Result<LeadPage, OverviewError>>,
    /// Shows a lead alone.
    pub show: Call<LeadId, Result<Option<LeadDetail>, OverviewError>>,
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Only what runs a lead; to all else no database answers.
    pub(crate) fn lead_calls(
        process: Call<(LeadRequest, Duration), Result<ProcessAnswer, ProcessError>>,
    ) -> LeadCalls {
        LeadCalls {
            process,
            dry_run: Call::new(async |_| Err(ProcessError::DatabaseUnavailable)),
            accept: Call::new(async |_| Err(ProcessError::DatabaseUnavailable)),
            enriched: Call::new(async |_| Err(OverviewError::DatabaseUnavailable)),
            list: Call::new(async |_| Err(OverviewError::DatabaseUnavailable)),
            show: Call::new(async |_| Err(OverviewError::DatabaseUnavailable)),
        }
    }
}
