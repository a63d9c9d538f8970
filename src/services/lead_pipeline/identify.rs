//! Who the lead is: decided from the contacts, confirmed by the profile.

use serde_json::{Value, json};

use super::{LeadPipeline, refuse};
use crate::identity::{self, Accepted, Asked, Confirmation, Decision, Evidence, Reason};
use crate::lookups::{ContactFindings, ProfileAnswer, RunNotes};
use crate::models::{Candidate, Lead};
use crate::services::run_error::RunError;
use crate::storage::{Claim, Provider, RunEnd};

/// Who the lead is, and what is known of them.
pub(super) struct Person {
    pub(super) accepted: Accepted,
    pub(super) answer: ProfileAnswer,
    /// Confidence after the second look, 0–100.
    pub(super) score: u8,
    pub(super) evidence: Value,
    pub(super) phone_asked_at: Provider,
}

impl LeadPipeline {
    /// Decides who the lead is, gets their profile, and looks a second time. The inner `Err` is an
    /// end of the run, not a failure.
    pub(super) async fn identify(
        &self,
        claim: &Claim,
        lead: &Lead,
        findings: &ContactFindings,
        notes: &mut RunNotes,
    ) -> Result<Result<Person, RunEnd>, RunError> {
        let unidentified = |reason: &str| {
            let reason = reason.to_owned();
            Ok(Err(RunEnd::Unidentified { reason }))
        };
        if findings.by_phone.is_none() && findings.by_email.is_none() {
            return unidentified("no_contact");
        }
        let evidence = Evidence {
            lead_name: lead.name.as_ref(),
            by_phone: asked(findings.by_phone.as_ref()),
            by_email: asked(findings.by_email.as_ref()),
        };
        let accepted = match identity::decide(&evidence) {
            Decision::Accept(accepted) => accepted,
            Decision::Nobody(reasons) => {
                let first = reasons.first().map(|reason| reason.as_str());
                return unidentified(first.unwrap_or("no_agreement"));
            }
        };
        let answer = self.lookups.profile_of(claim, &accepted.cpf, notes).await?;
        let profile = match &answer {
            ProfileAnswer::Bought { profile, .. } | ProfileAnswer::Stored { profile, .. } => {
                profile
            }
            ProfileAnswer::Absent => return unidentified("no_profile"),
            ProfileAnswer::Refused { reason } if is_decision(reason) => {
                return unidentified(reason);
            }
            ProfileAnswer::Refused { reason } => {
                let reason = reason.clone();
                return Ok(Err(RunEnd::Failed { reason }));
            }
        };
        match identity::confirm(lead.name.as_ref(), &accepted, profile) {
            Confirmation::Confirmed { score, reasons } => Ok(Ok(Person {
                evidence: json!({"decided": accepted.reasons, "confirmed": reasons}),
                accepted,
                answer,
                score,
                phone_asked_at: findings.phone_asked_at,
            })),
            Confirmation::Rejected(reason) => {
                refuse(answer, reason.as_str(), notes);
                unidentified(reason.as_str())
            }
        }
    }
}

/// Whether a profile was refused because of whom it is about, and not because it could not be read
/// or stored.
fn is_decision(reason: &str) -> bool {
    serde_json::from_value::<Reason>(json!(reason)).is_ok()
}

fn asked(people: Option<&Vec<Candidate>>) -> Asked<'_> {
    people.map_or(Asked::NotAsked, |people| Asked::Answered(people))
}
