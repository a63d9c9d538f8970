//! What a run would come to, as `?dry_run=true` answers it.

use http::StatusCode;

use super::access::Caller;
use super::lead_refusal::refused;
use super::lead_state::StateWord;
use super::process_answer::{LeadAnswer, LeadBody, Rendered, message_of, render_lead_missing};
use super::state::AppState;
use crate::errors::AppError;
use crate::models::{LeadId, LeadState};
use crate::services::access_log::Look;
use crate::services::lead_pipeline::DryRun;
use crate::telemetry::RequestSummary;

/// Tells what a run would come to. That somebody looked is recorded, and nothing else is written.
pub(super) async fn dry_run(
    state: &AppState,
    caller: &Caller,
    summary: &RequestSummary,
    lead_id: LeadId,
    anew: bool,
) -> Result<Rendered, AppError> {
    let call = state.calls.leads.dry_run.call((lead_id.clone(), anew));
    let run = call.await.map_err(refused)?;
    let shown = match &run {
        DryRun::Posts { party_id, .. } => party_id.as_slice(),
        DryRun::Ends { .. } | DryRun::WouldBuy(_) => &[],
    };
    state
        .record(&Look {
            actor: caller.actor(),
            action: "lead_dry_run",
            party_ids: shown,
            lead_id: Some(&lead_id),
        })
        .await?;
    if let Some(state) = ending(&run) {
        summary.set_outcome(state);
    }
    Ok(render(&lead_id, run))
}

const fn ending(run: &DryRun) -> Option<LeadState> {
    match run {
        DryRun::Posts { .. } => Some(LeadState::Completed),
        DryRun::Ends { state, .. } => Some(*state),
        DryRun::WouldBuy(_) => None,
    }
}

fn render(lead_id: &LeadId, run: DryRun) -> Rendered {
    let state = ending(&run);
    let (message, reason, preview) = match run {
        DryRun::Ends {
            state: LeadState::LeadMissing,
            ..
        } => return render_lead_missing(lead_id),
        DryRun::Posts { message, .. } => {
            let said = "Would post this message: nothing was posted, paid for or written";
            (said.to_owned(), None, Some(message.0))
        }
        DryRun::Ends { state, reason } => {
            let said = message_of(state, reason.as_deref()).to_owned();
            let reason = (state == LeadState::Failed).then_some(reason);
            (said, reason, None)
        }
        DryRun::WouldBuy(missing) => {
            let missing = missing.join(", ");
            let said = format!("Would have to buy answers that are not stored: {missing}");
            (said, None, None)
        }
    };
    let body = LeadAnswer {
        success: state == Some(LeadState::Completed),
        message,
        reason,
        dry_run: Some(true),
        message_preview: Some(preview),
        ..LeadAnswer::of(lead_id, state.map(StateWord))
    };
    Rendered {
        status: StatusCode::OK,
        retry_after: None,
        body: LeadBody::Answer(Box::new(body)),
    }
}
