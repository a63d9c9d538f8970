//! Who a lead is. Pure: the lead's name and the candidates go in, a decision with its reasons
//! comes out. All candidates count, none because it is first (API.md "Identity").
//!
//! Where evidence is missing the strict side is taken: a wrong person in a broker's hands harms
//! somebody who never asked for anything, a lead left unidentified harms nobody.

mod confirm;
mod decide;
mod given;
mod name;
mod reason;
#[cfg(test)]
mod tests;
mod words;

pub use confirm::{Confirmation, confirm};
pub use decide::decide;
pub use given::{accept_given, can_tell_apart, veto};
pub use reason::Reason;

use crate::models::{Candidate, ContactAgreement, Cpf, MatchedBy, PersonName};

/// What is known before anybody is accepted.
#[derive(Debug, Clone, Copy)]
pub struct Evidence<'a> {
    /// The name the lead typed, if any; it may be no person's name.
    pub lead_name: Option<&'a PersonName>,
    /// Whom the phone belongs to. When Diretrix knew nobody, these are Work API's answers.
    pub by_phone: Asked<'a>,
    /// Whom the e-mail belongs to.
    pub by_email: Asked<'a>,
}

/// What came of asking whose a contact is. A failed call is neither: it is retried before anything
/// is decided.
#[derive(Debug, Clone, Copy)]
pub enum Asked<'a> {
    /// The lead has no such contact, or none that can be asked for.
    NotAsked,
    /// These people, in an order that means nothing; nobody when empty.
    Answered(&'a [Candidate]),
}

/// Who a lead is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// This person.
    Accept(Accepted),
    /// Nobody who may be shown, for these reasons.
    Nobody(Vec<Reason>),
}

/// The one person accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
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
    /// What speaks for the person, in the order of [`Reason`].
    pub reasons: Vec<Reason>,
}
