//! What the crate makes of a labelled lead: both looks, as the pipeline takes them.

use rust_c2s_api::identity::{
    self, Asked, Confirmation, Decision, Evidence, LeadFacts, Match, Named, Thresholds,
};
use rust_c2s_api::models::{Candidate, Cpf, Email, PersonName, Phone, Profile};
use serde_json::json;

use crate::labelled::{Answered, LabelledLead, LabelledProfile, Lookup};

/// A labelled lead, parsed as the pipeline parses: what does not parse is not there.
pub(crate) struct ParsedLead<'a> {
    labelled: &'a LabelledLead,
    name: Option<PersonName>,
    phone: Option<Phone>,
    email: Option<Email>,
    by_phone: Side,
    by_email: Side,
}

/// What came of asking whose a contact is.
enum Side {
    NotAsked,
    Failed,
    Answered {
        people: Vec<Candidate>,
        without_cpf: Vec<Option<PersonName>>,
        rejected: Vec<Cpf>,
    },
}

/// What becomes of a lead, after both looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// This person, and no other, may be in a message.
    Accept(Box<Accepted>),
    /// A person decides; this is the CPF of the best candidate.
    Review(Cpf),
    Nobody,
}

/// The person of a lead, as the pipeline goes on with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Accepted {
    /// As the first look left it.
    pub(crate) matched: Match,
    pub(crate) profile: Profile,
}

/// A verdict, and how much spoke for the best of the candidates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Judged {
    pub(crate) verdict: Verdict,
    /// Of somebody whom the second look turned down: that of the first.
    pub(crate) score: u8,
}

impl Judged {
    /// CPF of the accepted person.
    pub(crate) fn accepted(&self) -> Option<&Cpf> {
        match &self.verdict {
            Verdict::Accept(accepted) => Some(&accepted.matched.cpf),
            Verdict::Review(_) | Verdict::Nobody => None,
        }
    }

    /// CPF of the accepted person, or of the first that is proposed.
    pub(crate) fn best(&self) -> Option<&Cpf> {
        match &self.verdict {
            Verdict::Review(cpf) => Some(cpf),
            Verdict::Accept(_) | Verdict::Nobody => self.accepted(),
        }
    }
}

/// Both looks at a lead, with the thresholds that hold when none are configured.
pub(crate) fn judge(lead: &LabelledLead) -> Judged {
    let parsed = ParsedLead::of(lead);
    match parsed.first_look() {
        Decision::Accept(matched) => parsed.second_look(matched),
        Decision::Review(doubt) => Judged {
            score: doubt.score,
            verdict: Verdict::Review(doubt.candidates[0].cpf.clone()),
        },
        Decision::Nobody(nobody) => Judged {
            score: nobody.score,
            verdict: Verdict::Nobody,
        },
    }
}

impl<'a> ParsedLead<'a> {
    pub(crate) fn of(lead: &'a LabelledLead) -> Self {
        let typed = &lead.lead;
        Self {
            labelled: lead,
            name: typed.name.as_deref().and_then(name),
            phone: typed.phone.as_deref().and_then(|it| Phone::parse(it).ok()),
            email: typed.email.as_deref().and_then(|it| Email::parse(it).ok()),
            by_phone: Side::of(lead.by_phone.as_ref()),
            by_email: Side::of(lead.by_email.as_ref()),
        }
    }

    /// The decision from the contacts alone.
    pub(crate) fn first_look(&self) -> Decision {
        let evidence = Evidence {
            lead_name: self.name.as_ref(),
            lead_email: self.email.as_ref(),
            by_phone: self.by_phone.asked(),
            by_email: self.by_email.asked(),
        };
        identity::decide(&evidence, Thresholds::default())
    }

    fn second_look(&self, matched: Match) -> Judged {
        let facts = LeadFacts {
            name: self.name.as_ref(),
            phone: self.phone.as_ref(),
            email: self.email.as_ref(),
        };
        let profiles = &mut self.labelled.profiles.iter();
        let held = profiles.find(|profile| profile.cpf == matched.cpf.digits());
        let profile = profile(held.unwrap());
        match identity::confirm(&facts, &matched, &profile, Thresholds::default()) {
            Confirmation::Confirmed { score, .. } => Judged {
                verdict: Verdict::Accept(Box::new(Accepted { matched, profile })),
                score,
            },
            Confirmation::Doubtful(doubtful) => Judged {
                score: doubtful.score,
                verdict: Verdict::Review(doubtful.cpf),
            },
            Confirmation::Rejected(_) => Judged {
                verdict: Verdict::Nobody,
                score: matched.score,
            },
        }
    }
}

impl Side {
    fn of(lookup: Option<&Lookup>) -> Self {
        match lookup {
            None => Self::NotAsked,
            Some(Lookup::Failed(_)) => Self::Failed,
            Some(Lookup::Answered(answer)) => Self::answered(answer),
        }
    }

    fn answered(answer: &Answered) -> Self {
        let candidate = |person: &crate::labelled::Listed| Candidate {
            cpf: Cpf::parse(&person.cpf).unwrap(),
            name: person.name.as_deref().and_then(name),
        };
        let without_cpf = answer.without_cpf.iter();
        let rejected = answer.rejected.iter();
        Self::Answered {
            people: answer.people.iter().map(candidate).collect(),
            without_cpf: without_cpf.map(|of| of.as_deref().and_then(name)).collect(),
            rejected: rejected.map(|cpf| Cpf::parse(cpf).unwrap()).collect(),
        }
    }

    fn asked(&self) -> Asked<'_> {
        match self {
            Self::NotAsked => Asked::NotAsked,
            Self::Failed => Asked::Failed,
            Self::Answered {
                people,
                without_cpf,
                rejected,
            } => Asked::Answered(Named {
                people,
                without_cpf,
                rejected,
            }),
        }
    }
}

fn name(text: &str) -> Option<PersonName> {
    PersonName::parse(text).ok()
}

/// The profile with nothing but what the second look reads.
fn profile(held: &LabelledProfile) -> Profile {
    let phones: Vec<_> = held
        .phones
        .iter()
        .map(|phone| json!({"phone": phone, "whatsapp": false}))
        .collect();
    let emails: Vec<_> = held
        .emails
        .iter()
        .map(|email| json!({"email": email}))
        .collect();
    let profile = json!({
        "cpf": held.cpf, "name": held.name, "deceased": held.deceased, "companies": [],
        "emails": emails, "phones": phones, "addresses": [],
    });
    serde_json::from_value(profile).unwrap()
}
