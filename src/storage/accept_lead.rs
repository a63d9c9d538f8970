//! T1: a lead is accepted, and by that is ours, somebody else's, or done.

use std::time::Duration;

use serde_json::{Value, json};
use sqlx::PgPool;

use super::given::{given_json, read_given};
use super::result_row::ResultRow;
use super::retry::again_if_dead;
use super::{Accepted, Claim, InstanceId, StorageError, Takeover};
use crate::models::{GivenLead, LeadId, LeadSource};

/// What is wanted of a lead, by whom, and what they gave of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trigger {
    /// What is wanted.
    pub wish: Wish,
    /// Whether answers of providers are to be bought anew. A lead that ended a moment ago is no duplicate
    /// then; one that runs is joined all the same.
    pub force: bool,
    /// Who is recorded as having asked; nobody when `None`.
    pub asker: Option<Asker>,
    /// What they gave of the lead. Other details than before ask for another run of a running one.
    pub given: Option<GivenLead>,
}

/// What is wanted of a lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// A caller names it: it is accepted if it is new. One that ended less than `dedup_ttl` ago is a
    /// duplicate, unless it is missing in the CRM or failed: those run again.
    Process {
        /// Who names it.
        source: LeadSource,
        /// How long an end answers repeats.
        dedup_ttl: Duration,
    },
    /// A person wants it run again, whatever became of it; a run in progress is followed by another,
    /// unless it is forced.
    Replay,
}

/// Who asks, as `ops.access_log` records it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asker {
    /// The name of the key.
    pub actor: String,
    /// What is done, as a fixed word.
    pub action: &'static str,
    /// What for (LGPD_PURPOSE).
    pub reason: String,
}

/// Accepts a lead. Of any number of calls at the same time, on any instances, one answers
/// [`Accepted::Run`], the others [`Accepted::Join`].
///
/// A run whose instance has been silent for the lease is taken over. Repeated on a dead connection: had
/// the first try been committed, the second answers [`Accepted::Join`], and the lead, which nobody runs,
/// is handed back with the next look at the queue.
///
/// # Errors
/// [`StorageError`]; nothing was accepted then, as far as anybody can know.
pub async fn accept_lead(
    pool: &PgPool,
    lead_id: &LeadId,
    trigger: Trigger,
    owner: InstanceId,
    takeover: &Takeover,
) -> Result<Accepted, StorageError> {
    again_if_dead(|| once(pool, lead_id, &trigger, owner, takeover)).await
}

async fn once(
    pool: &PgPool,
    lead_id: &LeadId,
    trigger: &Trigger,
    owner: InstanceId,
    takeover: &Takeover,
) -> Result<Accepted, StorageError> {
    let (source, dedup_ttl, is_replay) = match trigger.wish {
        Wish::Process { source, dedup_ttl } => (Some(source.as_str()), dedup_ttl, false),
        Wish::Replay => (None, Duration::ZERO, true),
    };
    let row = sqlx::query!(
        r#"select answer as "answer!", run_no as "run_no!", attempts as "attempts!", crashes as "crashes!",
                  given, state as "state!", message_sent as "message_sent!", cpfs as "cpfs!: Vec<String>",
                  reason, next_attempt_at, finished_at,
                  (select r.review_id from ops.reviews r
                   where r.lead_id = $1 and r.decision is null) as review_id
           from ops.accept_lead($1, $2, $3, make_interval(secs => $4), $5, $6, $7, $8, make_interval(secs => $9),
                                make_interval(secs => $10), make_interval(secs => $11))"#,
        lead_id.as_str(),
        source,
        owner.0,
        dedup_ttl.as_secs_f64(),
        is_replay,
        trigger.force,
        trigger.asker.as_ref().map(look_json),
        trigger.given.as_ref().map(given_json),
        takeover.lease.as_secs_f64(),
        takeover.lands_within.as_secs_f64(),
        takeover.spread.as_secs_f64(),
    )
    .fetch_one(pool)
    .await?;
    let result = ResultRow {
        state: row.state,
        message_sent: row.message_sent,
        cpfs: row.cpfs,
        reason: row.reason,
        next_attempt_at: row.next_attempt_at,
        finished_at: row.finished_at,
        review_id: row.review_id,
    };
    match row.answer.as_str() {
        "run" => Ok(Accepted::Run(Claim {
            lead_id: lead_id.clone(),
            owner,
            run_no: row.run_no,
            attempts: row.attempts,
            crashes: row.crashes,
            given: read_given(row.given)?.map(Box::new),
        })),
        "join" => Ok(Accepted::Join),
        "unknown" => Ok(Accepted::Unknown),
        "waiting" => Ok(Accepted::Waiting(result.read(lead_id)?)),
        "duplicate" => Ok(Accepted::Duplicate(result.read(lead_id)?)),
        _ => Err(StorageError::Corrupt("answer to an accepted lead")),
    }
}

/// Who asks, as the functions of the database take it.
pub(super) fn look_json(asker: &Asker) -> Value {
    json!({"actor": asker.actor, "action": asker.action, "reason": asker.reason})
}
