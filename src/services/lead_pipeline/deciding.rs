//! From evidence to a person, to a doubt, or to nobody: what a run and a dry run do alike.

use serde_json::{Value, json};
use uuid::Uuid;

use super::person::{
    SecondLook, Taken, chosen, codes, end_without_profile, in_review, profile_in, unidentified,
    unidentified_as,
};
use super::used_lead::UsedLead;
use crate::identity::{
    self, Asked, Confirmation, Decision, Doubt, Evidence, LeadFacts, Match, Named, Reason,
    Thresholds,
};
use crate::lookups::{ContactFindings, ProfileAnswer};
use crate::models::{ContactPeople, Cpf, KeyedHash, MatchedBy, PrivacyKey};
use crate::storage::{Provider, Recalled, ReviewCandidate, ReviewToOpen, RunEnd, Verdict};

/// How doubts are decided and written down.
#[derive(Clone, Copy)]
pub(super) struct Deciding<'a> {
    pub(super) lead: &'a UsedLead,
    pub(super) key: &'a PrivacyKey,
    pub(super) thresholds: Thresholds,
}

impl Deciding<'_> {
    /// What a person has decided of the lead, if a verdict stands.
    pub(super) fn verdict(&self, recalled: &Recalled) -> Option<Result<Taken, RunEnd>> {
        match recalled.verdict.as_ref()? {
            Verdict::Rejected => Some(Err(unidentified(Reason::RejectedInReview))),
            Verdict::Chosen {
                review_id,
                candidate,
            } => Some(chosen(*review_id, candidate)),
        }
    }

    /// The person of a CPF that was given with a name; their contacts need not be asked for. Not who was turned
    /// down for one of them before.
    pub(super) fn given(&self, recalled: &Recalled) -> Option<Result<Taken, RunEnd>> {
        let matched = self.accept_given()?;
        let cpf_hash = self.key.of_cpf(&matched.cpf);
        let mut rejected = recalled.rejected.iter();
        if rejected.any(|pair| pair.cpf_hash == cpf_hash) {
            return Some(Err(unidentified(Reason::RejectedBefore)));
        }
        Some(Ok(Taken {
            matched,
            named_by: Provider::WorkApi,
            circumstances: json!({}),
            contact_hashes: Vec::new(),
        }))
    }

    pub(super) fn accept_given(&self) -> Option<Match> {
        identity::accept_given(self.lead.given_name.as_ref(), self.lead.given_cpf.as_ref())
    }

    /// The first look, at the people behind the contacts.
    pub(super) fn first_look(
        &self,
        findings: &ContactFindings,
        recalled: &Recalled,
    ) -> Result<Taken, RunEnd> {
        let decision = self.decide(findings, recalled);
        self.taken(decision, findings)
    }

    /// What a run makes of a decision; `None`: there was no contact to ask for.
    pub(super) fn taken(
        &self,
        decision: Option<Decision>,
        findings: &ContactFindings,
    ) -> Result<Taken, RunEnd> {
        match decision {
            Some(Decision::Accept(matched)) => Ok(Taken {
                named_by: named_by(&matched, findings),
                circumstances: circumstances(findings),
                contact_hashes: self.contacts_of(matched.matched_by),
                matched,
            }),
            Some(Decision::Review(doubt)) => Err(self.review(&doubt, findings)),
            Some(Decision::Nobody(nobody)) => {
                let decisive = Reason::decisive(&nobody.reasons);
                Err(decisive.map_or_else(|| unidentified_as("no_agreement"), unidentified))
            }
            None => Err(unidentified_as("no_contact")),
        }
    }

    /// The decision about the people behind the contacts; `None` when there was no contact to ask for.
    pub(super) fn decide(
        &self,
        findings: &ContactFindings,
        recalled: &Recalled,
    ) -> Option<Decision> {
        if findings.by_phone.is_none() && findings.by_email.is_none() {
            return None;
        }
        let [phone_hash, email_hash] = self.lead.contact_hashes(self.key);
        let by_phone = self.rejected(findings.by_phone.as_ref(), phone_hash, recalled);
        let by_email = self.rejected(findings.by_email.as_ref(), email_hash, recalled);
        let decision = identity::decide(
            &Evidence {
                lead_name: self.lead.used.name.as_ref(),
                lead_email: self.lead.used.email.usable(),
                by_phone: asked(findings.by_phone.as_ref(), &by_phone),
                by_email: asked(findings.by_email.as_ref(), &by_email),
            },
            self.thresholds,
        );
        Some(identity::veto(self.lead.given_cpf.as_ref(), decision))
    }

    /// Whom of these a person turned down for the contact before.
    fn rejected(
        &self,
        people: Option<&ContactPeople>,
        contact: Option<KeyedHash>,
        recalled: &Recalled,
    ) -> Vec<Cpf> {
        let of_contact = recalled.rejected.iter();
        let of_contact = of_contact.filter(|pair| Some(pair.contact_hash) == contact);
        let hashes: Vec<KeyedHash> = of_contact.map(|pair| pair.cpf_hash).collect();
        if hashes.is_empty() {
            return Vec::new();
        }
        let people = people.into_iter().flat_map(|named| &named.people);
        let cpfs = people.map(|candidate| &candidate.cpf);
        cpfs.filter(|cpf| hashes.contains(&self.key.of_cpf(cpf)))
            .cloned()
            .collect()
    }

    /// The second look, with the profile in hand.
    pub(super) fn second_look(&self, taken: &Taken, answer: &ProfileAnswer) -> SecondLook {
        let Some((profile, _)) = profile_in(answer) else {
            return SecondLook::End(end_without_profile(answer));
        };
        let facts = LeadFacts {
            name: self.lead.used.name.as_ref(),
            phone: self.lead.used.phone.usable(),
            email: self.lead.used.email.usable(),
        };
        match identity::confirm(&facts, &taken.matched, profile, self.thresholds) {
            Confirmation::Confirmed { score, reasons } => {
                let mut evidence = taken.circumstances.clone();
                evidence["decided"] = json!(taken.matched.reasons);
                evidence["confirmed"] = json!(reasons);
                evidence["agreement"] = json!(taken.matched.agreement);
                SecondLook::Stands {
                    score,
                    reasons,
                    evidence,
                }
            }
            Confirmation::Doubtful(matched) => {
                let contacts = taken.contact_hashes.clone();
                let mut candidate = self.candidate(&matched, taken.named_by, contacts);
                candidate.profile_name = Some(profile.name.clone());
                SecondLook::Doubtful(Box::new(self.opened(
                    matched.score,
                    &matched.reasons,
                    vec![candidate],
                )))
            }
            Confirmation::Rejected(reason) => SecondLook::Rejected(reason),
        }
    }

    fn review(&self, doubt: &Doubt, findings: &ContactFindings) -> RunEnd {
        let candidates = doubt.candidates.iter().map(|one| {
            let contacts = self.contacts_of(one.matched_by);
            self.candidate(one, named_by(one, findings), contacts)
        });
        let review = self.opened(doubt.score, &doubt.reasons, candidates.collect());
        in_review(Box::new(review))
    }

    fn candidate(
        &self,
        matched: &Match,
        named_by: Provider,
        contact_hashes: Vec<KeyedHash>,
    ) -> ReviewCandidate {
        ReviewCandidate {
            cpf_hash: self.key.of_cpf(&matched.cpf),
            cpf: Some(matched.cpf.clone()),
            name: matched.name.clone(),
            profile_name: None,
            contact_hashes,
            named_by,
            matched_by: matched.matched_by,
            agreement: matched.agreement,
            score: matched.score,
            reasons: codes(&matched.reasons),
        }
    }

    fn opened(
        &self,
        score: u8,
        reasons: &[Reason],
        candidates: Vec<ReviewCandidate>,
    ) -> ReviewToOpen {
        ReviewToOpen {
            review_id: Uuid::now_v7(),
            contact_fingerprint: self.lead.fingerprint(self.key),
            score,
            reasons: codes(reasons),
            candidates,
        }
    }

    /// The contacts of the lead that led to a person.
    fn contacts_of(&self, matched_by: MatchedBy) -> Vec<KeyedHash> {
        let [phone, email] = self.lead.contact_hashes(self.key);
        let contacts = match matched_by {
            MatchedBy::Phone => [phone, None],
            MatchedBy::Email => [None, email],
            MatchedBy::Both => [phone, email],
            MatchedBy::Cpf | MatchedBy::Review => [None, None],
        };
        contacts.into_iter().flatten().collect()
    }
}

/// Who named a person for a contact.
fn named_by(matched: &Match, findings: &ContactFindings) -> Provider {
    match matched.matched_by {
        MatchedBy::Email | MatchedBy::Review => Provider::Diretrix,
        MatchedBy::Cpf => Provider::WorkApi,
        MatchedBy::Phone | MatchedBy::Both => findings.phone_asked_at,
    }
}

/// How many people each contact has: nothing else of them is kept with the lead.
fn circumstances(findings: &ContactFindings) -> Value {
    json!({
        "phone_people": findings.by_phone.as_ref().map(ContactPeople::count),
        "email_people": findings.by_email.as_ref().map(ContactPeople::count),
    })
}

fn asked<'a>(named: Option<&'a ContactPeople>, rejected: &'a [Cpf]) -> Asked<'a> {
    named.map_or(Asked::NotAsked, |named| {
        Asked::Answered(Named {
            people: &named.people,
            without_cpf: &named.without_cpf,
            rejected,
        })
    })
}
