//! What the broker reads. Pure: a profile goes in, Portuguese text comes out (API.md
//! "The message").
//!
//! The message speaks of one person only, and of nobody else but the mother by her name. It stays
//! under 5,000 characters (UPSTREAMS.md §1) by construction: every list and every value in it has
//! a longest form.

mod finances;
mod note;
mod sections;
#[cfg(test)]
mod tests;

use chrono::NaiveDate;

pub use note::{Note, compose_note};

use crate::models::{ContactAgreement, MatchStrength, MessageField, Profile, clean};

/// First line when phone and e-mail agree.
const SAME_PERSON: &str = "📞📧 Telefone e e-mail da mesma pessoa";
/// First line when the other contact is somebody else's. Nothing more is said of that person.
const DIFFERENT_PEOPLE: &str =
    "⚠️ Telefone e e-mail de PESSOAS DIFERENTES: o outro contato está em nome de outra pessoa";
/// Before all else when an earlier message was about somebody else.
const CORRECTION: &str =
    "⚠️ CORREÇÃO: o perfil enviado antes neste lead era de outra pessoa; desconsidere-o";
/// Longest source named in the last line, in characters.
const LONGEST_SOURCE: usize = 60;

/// What a message is made of.
#[derive(Debug, Clone, Copy)]
pub struct MessageInput<'a> {
    /// The accepted and confirmed person.
    pub profile: &'a Profile,
    /// What phone and e-mail say of each other.
    pub agreement: ContactAgreement,
    /// How strong the match is.
    pub strength: MatchStrength,
    /// Whether an earlier message was about somebody else. Said before the message, and no part of what is
    /// compared with the last delivery.
    pub corrects: bool,
    /// What the brokerage wants to read.
    pub options: &'a MessageOptions<'a>,
    /// Today in America/Sao_Paulo, for the age.
    pub today: NaiveDate,
    /// The day the provider gave the data.
    pub fetched_on: NaiveDate,
    /// The provider, as the broker knows it, such as `Work API`.
    pub source: &'a str,
}

/// What the brokerage wants to read.
#[derive(Debug, Clone, Copy)]
pub struct MessageOptions<'a> {
    /// The parts to show (`MESSAGE_FIELDS`).
    pub fields: &'a [MessageField],
    /// `INCOME_MULTIPLIER` in thousandths; with any value but 1000 amounts are labelled "estimada".
    pub income_multiplier_thousandths: u32,
}

/// A composed message, still without its reference.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    preface: Option<&'static str>,
    sections: String,
    origin: String,
}

/// Composes the message about an accepted person.
#[must_use]
pub fn compose(input: &MessageInput<'_>) -> Message {
    let agreement = match input.agreement {
        ContactAgreement::SamePerson => Some(SAME_PERSON),
        ContactAgreement::DifferentPeople => Some(DIFFERENT_PEOPLE),
        ContactAgreement::OneContact => None,
    };
    let first_lines = agreement.into_iter().chain([strength_line(input.strength)]);
    let first_lines = first_lines.collect::<Vec<_>>().join("\n");
    let parts = std::iter::once(first_lines).chain(sections::all(input));
    let source = shortened(&clean(input.source), LONGEST_SOURCE);
    Message {
        preface: input.corrects.then_some(CORRECTION),
        sections: parts.collect::<Vec<_>>().join("\n\n"),
        origin: format!("Fonte: {source} em {}", day(input.fetched_on)),
    }
}

/// How strong the match is, for somebody who is about to call.
const fn strength_line(strength: MatchStrength) -> &'static str {
    match strength {
        MatchStrength::VeryStrong => "🔎 Identificação: muito forte",
        MatchStrength::Strong => "🔎 Identificação: forte",
        MatchStrength::Sufficient => "🔎 Identificação: suficiente (confirme o nome ao falar)",
        MatchStrength::ChosenByPerson => "🔎 Identificação: conferida por uma pessoa da equipe",
    }
}

impl Message {
    /// The text without its last line: what is fingerprinted, so that fetching the same data again
    /// on another day is no change.
    #[must_use]
    pub fn sections(&self) -> &str {
        &self.sections
    }

    /// The full text. Its last line holds the source, the day the data was fetched and the
    /// reference (six characters, `KeyedHash::reference`) by which it is found again in the CRM.
    #[must_use]
    pub fn with_last_line(&self, reference: &str) -> String {
        let preface = self.preface.map(|preface| format!("{preface}\n\n"));
        let preface = preface.unwrap_or_default();
        format!(
            "{preface}{}\n\n{} · ref. {reference}",
            self.sections, self.origin
        )
    }
}

impl std::fmt::Debug for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Message({} characters)", self.sections.chars().count())
    }
}

/// A day as it is written in Brazil.
fn day(day: NaiveDate) -> String {
    day.format("%d/%m/%Y").to_string()
}

/// The text, or its first characters and "…" when it has more than `longest`.
fn shortened(text: &str, longest: usize) -> String {
    if text.chars().count() <= longest {
        return text.to_owned();
    }
    let kept: String = text.chars().take(longest - 1).collect();
    format!("{}…", kept.trim_end())
}
