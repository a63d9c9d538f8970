//! Leads whose last two ends were crashes: one at a time, with nothing beside it.

use std::sync::Arc;
use std::time::Instant;

use futures::FutureExt;
use futures::future::BoxFuture;

use super::LeadProcessing;
use crate::services::company::{Company, Place};
use crate::storage::{self, StorageError, Wanted};

/// Whose turn it is, of the suspects in the queue and of everybody else.
#[derive(Default)]
pub(super) struct Suspects {
    /// A suspect's place in the line of those who want the process to themselves.
    in_line: Option<BoxFuture<'static, Place>>,
    /// After each suspect the others have a turn: else many of them, left by two crashes of a busy
    /// process, would keep every live lead waiting.
    others_turn: bool,
}

impl Suspects {
    /// Whether a suspect has the process to itself.
    pub(super) fn one_runs(&self, company: &Company) -> bool {
        self.in_line.is_none() && company.beside().is_none()
    }

    /// Whether the others have a turn now, which is theirs by this question.
    pub(super) fn is_others_turn(&mut self) -> bool {
        std::mem::take(&mut self.others_turn)
    }

    /// Nobody is kept waiting for a suspect.
    pub(super) fn leave_the_line(&mut self) {
        self.in_line = None;
    }

    /// Runs one suspect, once nothing else runs here, if one is due.
    pub(super) async fn run_due(
        &mut self,
        processing: &LeadProcessing,
        is_due: bool,
    ) -> Result<(), StorageError> {
        let company = &processing.company;
        if !is_due {
            self.in_line = None;
            return Ok(());
        }
        let line = self
            .in_line
            .get_or_insert_with(|| Box::pin(company.clone().alone()));
        let Some(place) = line.now_or_never() else {
            return Ok(());
        };
        self.in_line = None;
        let held_since = Instant::now();
        let (pool, instance) = (&processing.pool, processing.instance);
        let Ok(queue_place) = Arc::clone(&processing.places).try_acquire_owned() else {
            return Ok(());
        };
        let claims = storage::claim_due_leads(pool, instance, Wanted::Suspect, 1).await?;
        if let Some(claim) = claims.into_iter().next() {
            tracing::warn!(lead_id = %claim.lead_id, crashes = claim.crashes, "a lead runs alone: its last runs ended with their process");
            self.others_turn = true;
            processing.start_due((claim, held_since), queue_place, Some(place), None);
        }
        Ok(())
    }
}
