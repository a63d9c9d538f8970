//! Who a lead is. Pure: what the lead says of itself and the candidates go in, a decision with its
//! reasons comes out. All candidates count, none because it is first (API.md "Identity").
//!
//! Where evidence is missing the strict side is taken: a wrong person in a broker's hands harms
//! somebody who never asked for anything, a lead left unidentified harms nobody.
//!
//! `fold`, `words`, `not_names` and `names` know words; `typed` and `lead_name` read what a lead typed;
//! `name`, `further` and `likeness` compare two names;
//! `people`, `score` and `rivals` weigh one person among the others, and `decide` decides.

mod confirm;
mod decide;
mod fold;
mod further;
mod given;
mod lead_name;
mod likeness;
mod name;
mod names;
mod not_names;
mod people;
mod reason;
mod rivals;
mod score;
mod strength;
#[cfg(test)]
mod tests;
mod typed;
mod word_set;
mod words;

pub use confirm::{Confirmation, confirm};
pub use decide::decide;
pub use given::{accept_given, can_tell_apart, veto};
pub use reason::Reason;
pub use strength::strength_of;

use crate::models::{Candidate, ContactAgreement, Cpf, Email, MatchedBy, PersonName, Phone};

/// What is known before anybody is accepted.
#[derive(Debug, Clone, Copy)]
pub struct Evidence<'a> {
    /// The name the lead typed, if any; it may be no person's name.
    pub lead_name: Option<&'a PersonName>,
    /// The e-mail the lead typed: its local part is a little evidence.
    pub lead_email: Option<&'a Email>,
    /// Whom the phone belongs to. When Diretrix knew nobody, these are Work API's answers.
    pub by_phone: Asked<'a>,
    /// Whom the e-mail belongs to.
    pub by_email: Asked<'a>,
}

/// What came of asking whose a contact is.
#[derive(Debug, Clone, Copy)]
pub enum Asked<'a> {
    /// The lead has no such contact, or none that can be asked for.
    NotAsked,
    /// The call failed: nothing is accepted while its answer is missing.
    Failed,
    /// These people; nobody when empty.
    Answered(Named<'a>),
}

/// Whom a contact belongs to.
#[derive(Debug, Clone, Copy, Default)]
pub struct Named<'a> {
    /// With a CPF, in an order that means nothing.
    pub people: &'a [Candidate],
    /// People the provider named without a usable CPF: they share the contact, and may be the lead,
    /// but cannot be accepted.
    pub without_cpf: &'a [Option<PersonName>],
    /// CPFs that a person turned down for this contact before: never proposed again for it.
    pub rejected: &'a [Cpf],
}

/// From which score on a person is accepted or proposed; configuration sees to it that
/// 0 < review <= accept <= 100. Where both are the same nothing is left for a person to decide: whoever may
/// not be accepted stays below the one, and so below the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thresholds {
    /// Accepted, if the rules allow it.
    pub accept: u8,
    /// Left for a person to decide.
    pub review: u8,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            accept: 70,
            review: 30,
        }
    }
}

impl Thresholds {
    /// The highest score of somebody who may not be accepted, whatever the thresholds.
    const HIGHEST_DOUBTFUL: u8 = 69;

    /// A score as the rules leave it to somebody who may not be accepted.
    fn doubtful(self, score: u8) -> u8 {
        score
            .min(Self::HIGHEST_DOUBTFUL)
            .min(self.accept.saturating_sub(1))
    }
}

/// Who a lead is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// This person.
    Accept(Match),
    /// A person has to decide.
    Review(Doubt),
    /// Nobody who may be shown.
    Nobody(Nobody),
}

/// A person as matched to a lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// The person's CPF.
    pub cpf: Cpf,
    /// A name the provider holds of the person.
    pub name: Option<PersonName>,
    /// What led to the person.
    pub matched_by: MatchedBy,
    /// What phone and e-mail say of each other.
    pub agreement: ContactAgreement,
    /// How much speaks for the person, 0–100: an order, no probability.
    pub score: u8,
    /// What speaks for and against the person, in the order of [`Reason`].
    pub reasons: Vec<Reason>,
}

/// People who may be the lead, for a person to decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    /// That of the first candidate.
    pub score: u8,
    /// Those of the first candidate.
    pub reasons: Vec<Reason>,
    /// Best first, then by CPF; at most 10 and never none.
    pub candidates: Vec<Match>,
}

impl Doubt {
    /// A doubt about these people, best first; `None` when there is nobody.
    fn of(candidates: Vec<Match>) -> Option<Self> {
        let best = candidates.first()?;
        Some(Self {
            score: best.score,
            reasons: best.reasons.clone(),
            candidates,
        })
    }
}

/// Why nobody is the lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nobody {
    /// The highest of anybody there was; 0 when there was nobody.
    pub score: u8,
    /// What speaks against those there were, in the order of [`Reason`]; never none.
    pub reasons: Vec<Reason>,
}

/// What the lead says of itself, for the second look.
#[derive(Debug, Clone, Copy)]
pub struct LeadFacts<'a> {
    /// The name it typed, if any; it may be no person's name.
    pub name: Option<&'a PersonName>,
    /// Its phone, if it is one.
    pub phone: Option<&'a Phone>,
    /// Its e-mail, if it is one.
    pub email: Option<&'a Email>,
}
