//! Who the lead is: decided from the contacts, or by a person, and confirmed by the profile.

use super::deciding::Deciding;
use super::person::{Person, SecondLook, Taken, ToldBefore, in_review, unidentified};
use super::used_lead::UsedLead;
use super::{LeadPipeline, refuse};
use crate::identity::{Reason, Thresholds};
use crate::lookups::{LeadToFind, ProfileAnswer, RunNotes};
use crate::models::KeyedHash;
use crate::services::run_error::RunError;
use crate::storage::{Claim, HeldProfile, RunEnd, SettledAnswer};

/// What a run makes of a lead.
pub(super) struct Identified {
    /// The person, or an end of the run without one: not a failure.
    pub(super) person: Result<Person, RunEnd>,
    /// What the CRM was told of the lead before.
    pub(super) told: ToldBefore,
}

impl Identified {
    const fn nobody(end: RunEnd) -> Self {
        Self {
            person: Err(end),
            told: ToldBefore::NOTHING,
        }
    }
}

/// Whom a run goes on with, and what the CRM was told before.
struct Sought {
    taken: Result<Taken, RunEnd>,
    told: ToldBefore,
}

impl LeadPipeline {
    /// Decides who the lead is, gets their profile, and looks a second time.
    pub(super) async fn identify(
        &self,
        claim: &Claim,
        lead: &UsedLead,
        notes: &mut RunNotes,
    ) -> Result<Identified, RunError> {
        let deciding = self.deciding(lead);
        let Some(sought) = self.seek(claim, &deciding, notes).await? else {
            return Ok(Identified::nobody(RunEnd::Suppressed));
        };
        let told = sought.told;
        let person = match sought.taken {
            Ok(taken) => self.look_again(claim, &deciding, taken, notes).await?,
            Err(end) => Err(end),
        };
        Ok(Identified { person, told })
    }

    pub(super) const fn deciding<'a>(&'a self, lead: &'a UsedLead) -> Deciding<'a> {
        Deciding {
            lead,
            key: &self.privacy_key,
            thresholds: Thresholds {
                accept: self.settings.identity_accept_score,
                review: self.settings.identity_review_score,
            },
        }
    }

    /// The first look. `None`: the person objected or was erased.
    async fn seek(
        &self,
        claim: &Claim,
        deciding: &Deciding<'_>,
        notes: &mut RunNotes,
    ) -> Result<Option<Sought>, RunError> {
        let lead = deciding.lead;
        let hashes = lead.hashes(&self.privacy_key);
        let contacts = lead.contact_hashes(&self.privacy_key);
        let contacts: Vec<KeyedHash> = contacts.into_iter().flatten().collect();
        let to_find = LeadToFind {
            in_crm: &lead.in_crm,
            used: &lead.used,
            fingerprint: lead.fingerprint(&self.privacy_key),
            contact_hashes: &contacts,
            suppression_hashes: &hashes,
        };
        let (recalled, findings) = if deciding.accept_given().is_some() {
            let recalled = self.lookups.may_be_found(claim, &to_find, notes).await?;
            (recalled, None)
        } else {
            match self.lookups.people_behind(claim, &to_find, notes).await? {
                Some(sought) => (Some(sought.recalled), sought.findings),
                None => (None, None),
            }
        };
        let Some(recalled) = recalled else {
            return Ok(None);
        };
        let decided = deciding.verdict(&recalled);
        let taken = match (decided, findings) {
            (Some(decided), _) => decided,
            (None, Some(findings)) => deciding.first_look(&findings, &recalled),
            (None, None) => deciding
                .given(&recalled)
                .unwrap_or_else(|| Err(unidentified(Reason::NoCandidate))),
        };
        Ok(Some(Sought {
            taken,
            told: ToldBefore::of(recalled),
        }))
    }

    /// The second look. Of a doubt the profile is held, not stored, until a person has decided.
    async fn look_again(
        &self,
        claim: &Claim,
        deciding: &Deciding<'_>,
        taken: Taken,
        notes: &mut RunNotes,
    ) -> Result<Result<Person, RunEnd>, RunError> {
        let cpf = &taken.matched.cpf;
        let answer = self.lookups.profile_of(claim, cpf, notes).await?;
        match deciding.second_look(&taken, &answer) {
            SecondLook::Stands {
                score, evidence, ..
            } => Ok(Ok(Person {
                matched: taken.matched,
                answer,
                score,
                evidence,
                named_by: taken.named_by,
            })),
            SecondLook::Doubtful(review) => {
                hold(answer, notes);
                Ok(Err(in_review(review)))
            }
            SecondLook::Rejected(reason) => {
                refuse(answer, reason.as_str(), notes);
                Ok(Err(unidentified(reason)))
            }
            SecondLook::End(end) => Ok(Err(end)),
        }
    }
}

/// A profile that was bought and of which a person has to decide: kept with its question.
fn hold(answer: ProfileAnswer, notes: &mut RunNotes) {
    if let ProfileAnswer::Bought {
        profile,
        payload,
        mut settled,
        fetched_at,
    } = answer
    {
        settled.answer = SettledAnswer::Held(HeldProfile {
            profile,
            payload,
            fetched_at,
        });
        notes.unsettled.push(settled);
    }
}
