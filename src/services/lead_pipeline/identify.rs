//! Who the lead is: decided from the contacts, confirmed by the profile.

use serde_json::{Value, json};

use super::used_lead::UsedLead;
use super::{LeadPipeline, refuse};
use crate::identity::{self, Accepted, Asked, Confirmation, Decision, Evidence, Reason};
use crate::lookups::{ContactFindings, LeadToFind, ProfileAnswer, RunNotes};
use crate::models::{Candidate, MatchedBy};
use crate::services::run_error::RunError;
use crate::storage::{Claim, Provider, RunEnd};

/// Who the lead is, and what is known of them.
pub(super) struct Person {
    pub(super) accepted: Accepted,
    pub(super) answer: ProfileAnswer,
    /// Confidence after the second look, 0–100.
    pub(super) score: u8,
    pub(super) evidence: Value,
    /// Who named the person.
    pub(super) named_by: Provider,
}

/// What the profile makes of an accepted person.
pub(super) enum SecondLook {
    /// It is this person, with this score and evidence.
    Stands { score: u8, evidence: Value },
    /// It is not, for this reason: the profile is not kept.
    Rejected(Reason),
    /// There is no profile to look at.
    End(RunEnd),
}

impl LeadPipeline {
    /// Decides who the lead is, gets their profile, and looks a second time. The inner `Err` is an
    /// end of the run, not a failure.
    pub(super) async fn identify(
        &self,
        claim: &Claim,
        lead: &UsedLead,
        notes: &mut RunNotes,
    ) -> Result<Result<Person, RunEnd>, RunError> {
        let hashes = lead.hashes(&self.privacy_key);
        let to_find = LeadToFind {
            in_crm: &lead.in_crm,
            used: &lead.used,
            fingerprint: lead.fingerprint(&self.privacy_key),
            suppression_hashes: &hashes,
        };
        let (accepted, named_by) = match accept_given(lead) {
            Some(accepted) => {
                if !self.lookups.may_be_found(claim, &to_find, notes).await? {
                    return Ok(Err(RunEnd::Suppressed));
                }
                (accepted, Provider::WorkApi)
            }
            None => {
                let found = self.lookups.people_behind(claim, &to_find, notes).await?;
                let Some(findings) = found else {
                    return Ok(Err(RunEnd::Suppressed));
                };
                match decide(lead, &findings) {
                    Ok(accepted) => {
                        let named_by = named_by(&accepted, &findings);
                        (accepted, named_by)
                    }
                    Err(end) => return Ok(Err(end)),
                }
            }
        };
        let answer = self.lookups.profile_of(claim, &accepted.cpf, notes).await?;
        match look_again(lead, &accepted, &answer) {
            SecondLook::Stands { score, evidence } => Ok(Ok(Person {
                accepted,
                answer,
                score,
                evidence,
                named_by,
            })),
            SecondLook::Rejected(reason) => {
                refuse(answer, reason.as_str(), notes);
                Ok(Err(unidentified(reason.as_str())))
            }
            SecondLook::End(end) => Ok(Err(end)),
        }
    }
}

/// The person of a CPF that was given with a name; their contacts need not be asked for.
pub(super) fn accept_given(lead: &UsedLead) -> Option<Accepted> {
    identity::accept_given(lead.given_name.as_ref(), lead.given_cpf.as_ref())
}

/// The first look, at the people behind the contacts.
pub(super) fn decide(lead: &UsedLead, findings: &ContactFindings) -> Result<Accepted, RunEnd> {
    if findings.by_phone.is_none() && findings.by_email.is_none() {
        return Err(unidentified("no_contact"));
    }
    let decision = identity::decide(&Evidence {
        lead_name: lead.used.name.as_ref(),
        by_phone: asked(findings.by_phone.as_ref()),
        by_email: asked(findings.by_email.as_ref()),
    });
    match identity::veto(lead.given_cpf.as_ref(), decision) {
        Decision::Accept(accepted) => Ok(accepted),
        Decision::Nobody(reasons) => {
            let first = reasons.first().map(|reason| reason.as_str());
            Err(unidentified(first.unwrap_or("no_agreement")))
        }
    }
}

/// Who named the accepted person for a contact.
pub(super) fn named_by(accepted: &Accepted, findings: &ContactFindings) -> Provider {
    match accepted.matched_by {
        MatchedBy::Email => Provider::Diretrix,
        MatchedBy::Cpf => Provider::WorkApi,
        MatchedBy::Phone | MatchedBy::Both => findings.phone_asked_at,
    }
}

/// The second look, with the profile in hand.
pub(super) fn look_again(
    lead: &UsedLead,
    accepted: &Accepted,
    answer: &ProfileAnswer,
) -> SecondLook {
    let profile = match answer {
        ProfileAnswer::Bought { profile, .. } | ProfileAnswer::Stored { profile, .. } => profile,
        ProfileAnswer::Absent => return SecondLook::End(unidentified("no_profile")),
        ProfileAnswer::Refused { reason } if is_decision(reason) => {
            return SecondLook::End(unidentified(reason));
        }
        ProfileAnswer::Refused { reason } => {
            let reason = reason.clone();
            return SecondLook::End(RunEnd::Failed { reason });
        }
    };
    match identity::confirm(lead.used.name.as_ref(), accepted, profile) {
        Confirmation::Confirmed { score, reasons } => SecondLook::Stands {
            score,
            evidence: json!({"decided": accepted.reasons, "confirmed": reasons}),
        },
        Confirmation::Rejected(reason) => SecondLook::Rejected(reason),
    }
}

pub(super) fn unidentified(reason: &str) -> RunEnd {
    let reason = reason.to_owned();
    RunEnd::Unidentified { reason }
}

/// Whether a profile was refused because of whom it is about, and not because it could not be read
/// or stored.
fn is_decision(reason: &str) -> bool {
    serde_json::from_value::<Reason>(json!(reason)).is_ok()
}

fn asked(people: Option<&Vec<Candidate>>) -> Asked<'_> {
    people.map_or(Asked::NotAsked, |people| Asked::Answered(people))
}
