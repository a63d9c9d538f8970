//! How a lead is decided and why, for an operator: from stored answers, without paying or writing. People are masked.

use std::time::Instant;

use super::LeadPipeline;
use super::deciding::Deciding;
use super::dry_run::answered_or_missing;
use super::person::{SecondLook, Taken};
use super::used_lead::UsedLead;
use crate::identity::{Decision, Match, Reason};
use crate::lookups::ContactFindings;
use crate::models::{ContactPeople, Cpf, Email, LeadId, PersonName, Phone};
use crate::services::run_error::RunError;
use crate::storage::{self, Recalled, RunEnd};

/// A decision with its reasons, line by line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Explanation {
    /// What is said, and of what.
    pub lines: Vec<(&'static str, String)>,
}

impl Explanation {
    fn say(&mut self, of: &'static str, what: impl Into<String>) {
        self.lines.push((of, what.into()));
    }

    fn reasons(&mut self, reasons: &[Reason]) {
        for reason in reasons {
            self.say("", format!("{}: {}", reason.as_str(), reason.text()));
        }
    }

    fn person(&mut self, of: &'static str, one: &Match) {
        let by = one.matched_by.as_str();
        let name = masked(one.name.as_ref());
        let what = format!("{name} {} by {by}, score {}", one.cpf.masked(), one.score);
        self.say(of, what);
        self.reasons(&one.reasons);
    }
}

impl LeadPipeline {
    /// Explains who a lead is taken for. A lead of which answers are not stored is explained as far as they are.
    ///
    /// # Errors
    /// [`RunError`] when the CRM or the database cannot say.
    pub(in crate::services) async fn explain(
        &self,
        lead_id: &LeadId,
    ) -> Result<Explanation, RunError> {
        let mut told = Explanation::default();
        told.say("lead", lead_id.as_str());
        let fetched = self.c2s.lead(lead_id, Instant::now()).await?;
        let Some(in_crm) = fetched.lead else {
            told.say("decision", "none: Contact2Sale does not know this lead");
            return Ok(told);
        };
        let given = storage::read_given_lead(&self.pool, lead_id).await?;
        let lead = UsedLead::of(in_crm, given.as_ref());
        tell_lead(&mut told, &lead);
        let hashes = lead.hashes(&self.privacy_key);
        if storage::any_suppressed(&self.pool, &hashes).await? {
            told.say("decision", "none: the person objected or was erased");
            return Ok(told);
        }
        let deciding = self.deciding(&lead);
        let recalled = self.recall(&lead).await?;
        let decided = deciding.verdict(&recalled);
        let decided = decided.or_else(|| deciding.given(&recalled));
        let taken = match decided {
            Some(decided) => decided,
            None => {
                let known = self.lookups.people_known_behind(&lead.used, &hashes, false);
                match answered_or_missing(known.await?) {
                    Ok(findings) => {
                        let objected = self.objected(&findings).await?;
                        tell_first_look(&mut told, &deciding, (&findings, &objected), &recalled)
                    }
                    Err(missing) => {
                        told.say("decision", missing);
                        return Ok(told);
                    }
                }
            }
        };
        match taken {
            Ok(taken) => self.tell_second_look(&mut told, &deciding, &taken).await?,
            Err(end) => tell_end(&mut told, &end),
        }
        Ok(told)
    }

    /// Of the people behind the contacts, who objected or was erased: nothing is told of them.
    async fn objected(&self, findings: &ContactFindings) -> Result<Vec<Cpf>, RunError> {
        let named = [&findings.by_phone, &findings.by_email];
        let people = named.into_iter().flatten().flat_map(|named| &named.people);
        let cpfs: Vec<Cpf> = people.map(|one| one.cpf.clone()).collect();
        let hashes: Vec<_> = cpfs
            .iter()
            .map(|cpf| self.privacy_key.of_cpf(cpf))
            .collect();
        let objected = storage::suppressed_among(&self.pool, &hashes).await?;
        let has_objected = |cpf: &Cpf| objected.contains(&self.privacy_key.of_cpf(cpf));
        Ok(cpfs.into_iter().filter(has_objected).collect())
    }

    async fn tell_second_look(
        &self,
        told: &mut Explanation,
        deciding: &Deciding<'_>,
        taken: &Taken,
    ) -> Result<(), RunError> {
        let cpf = &taken.matched.cpf;
        if self.is_any_suppressed(std::slice::from_ref(cpf)).await? {
            told.say("decision", "none: the person objected or was erased");
            return Ok(());
        }
        told.person("first look", &taken.matched);
        let lead_id = &deciding.lead.used.id;
        let known = self.lookups.profile_known_of(lead_id, cpf, false);
        let answer = match answered_or_missing(known.await?) {
            Ok(answer) => answer,
            Err(missing) => {
                told.say("second look", missing);
                return Ok(());
            }
        };
        match deciding.second_look(taken, &answer) {
            SecondLook::Stands { score, reasons, .. } => {
                told.say("second look", format!("stands, score {score}"));
                told.reasons(&reasons);
                told.say("decision", "accept");
            }
            SecondLook::Doubtful(review) => {
                let reasons = review.reasons.join(", ");
                told.say(
                    "second look",
                    format!("doubtful, score {}: {reasons}", review.score),
                );
                told.say("decision", "review");
            }
            SecondLook::Rejected(reason) => {
                told.say("second look", "rejected");
                told.reasons(&[reason]);
                told.say("decision", "none");
            }
            SecondLook::End(end) => tell_end(told, &end),
        }
        Ok(())
    }
}

fn tell_lead(told: &mut Explanation, lead: &UsedLead) {
    told.say("name", masked(lead.used.name.as_ref()));
    let phone = lead.used.phone.usable();
    told.say("phone", phone.map_or_else(none, Phone::masked));
    let email = lead.used.email.usable();
    told.say("e-mail", email.map_or_else(none, Email::masked));
    if let Some(cpf) = &lead.given_cpf {
        told.say("given CPF", cpf.masked());
    }
}

fn tell_first_look(
    told: &mut Explanation,
    deciding: &Deciding<'_>,
    (findings, objected): (&ContactFindings, &[Cpf]),
    recalled: &Recalled,
) -> Result<Taken, RunEnd> {
    let asked = findings.phone_asked_at.as_str();
    let by_phone = findings.by_phone.as_ref();
    tell_people(told, ("by phone", asked), by_phone, objected);
    let by_email = findings.by_email.as_ref();
    tell_people(told, ("by e-mail", "diretrix"), by_email, objected);
    let decision = deciding.decide(findings, recalled);
    match &decision {
        Some(Decision::Review(doubt)) => {
            told.say("first look", format!("doubtful, score {}", doubt.score));
            told.reasons(&doubt.reasons);
            let told_of = |one: &&Match| !objected.contains(&one.cpf);
            for candidate in doubt.candidates.iter().filter(told_of) {
                told.person("candidate", candidate);
            }
        }
        Some(Decision::Nobody(nobody)) => {
            told.say("first look", format!("nobody, score {}", nobody.score));
            told.reasons(&nobody.reasons);
        }
        Some(Decision::Accept(_)) | None => {}
    }
    deciding.taken(decision, findings)
}

fn tell_people(
    told: &mut Explanation,
    (of, asked): (&'static str, &str),
    people: Option<&ContactPeople>,
    objected: &[Cpf],
) {
    let Some(people) = people else {
        told.say(of, "not asked");
        return;
    };
    told.say(of, format!("{} people, says {asked}", people.count()));
    for one in &people.people {
        if objected.contains(&one.cpf) {
            told.say("", "somebody who objected or was erased");
            continue;
        }
        let name = masked(one.name.as_ref());
        told.say("", format!("{name} {}", one.cpf.masked()));
    }
    for name in &people.without_cpf {
        told.say("", format!("{} without a CPF", masked(name.as_ref())));
    }
}

fn tell_end(told: &mut Explanation, end: &RunEnd) {
    let (decision, reason) = match end {
        RunEnd::Review { reason, .. } => ("review", reason.as_str()),
        RunEnd::Unidentified { reason } | RunEnd::Failed { reason } => ("none", reason.as_str()),
        _ => ("none", "no person"),
    };
    told.say("decision", format!("{decision}: {reason}"));
}

/// Initials, as an operator may see them.
fn masked(name: Option<&PersonName>) -> String {
    name.map_or_else(none, PersonName::masked)
}

fn none() -> String {
    "none".to_owned()
}
