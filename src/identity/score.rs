//! How much speaks for one person, whoever else there is.
//!
//! A score is a sum of the constants below. They are chosen, not measured, so that what is accepted
//! by rule (API.md "Identity") lies in 70 to 98, what a person has to decide in 30 to 69, and
//! everybody else below; whether somebody may be accepted is a rule and no sum.

use std::collections::BTreeSet;

use super::fold::folded_words;
use super::lead_name::LeadName;
use super::likeness::{Frequency, Grade, Likeness};
use super::name::ComparableName;
use super::people::{People, Person};
use super::{Evidence, Reason};
use crate::models::{ContactAgreement, Email};

/// The most people a contact may belong to and still tell them apart by name alone (API.md
/// "Identity").
const MOST_SHARING: usize = 3;

/// A rare name is rarely another's.
const RARE: i16 = 2;
const COMMON: i16 = -3;
/// A part of the name is off by a letter.
const SLIP: i16 = -4;
/// Two people in the name field, or a company.
const UNSURE: i16 = -10;
/// The e-mail's local part bears the person's name.
const LOCAL_PART: i16 = 2;
/// For each further person on the one contact, as long as they are few.
const SHARER: i16 = -2;
/// The one contact belongs to more than [`MOST_SHARING`].
const CROWD: i16 = -20;
/// The other contact belongs to somebody else.
const OTHERS_CONTACT: i16 = -3;

/// What a grade is worth, on one contact and on both.
const fn worth(grade: Grade, frequency: Frequency) -> (i16, i16) {
    match grade {
        Grade::Agrees => (84, 94),
        Grade::Nickname => (60, 78),
        Grade::FirstNameOnly => (50, 75),
        Grade::Initial => (50, 62),
        Grade::MiddleAsFirst => (50, 60),
        Grade::Married => (50, 74),
        Grade::NicknameOnly => (38, 55),
        Grade::OtherSurname | Grade::OtherFirstName => (45, 60),
        Grade::SuffixDiffers => (45, 55),
        Grade::SuffixAndMoreDiffers => (36, 40),
        Grade::MiddleDiffers => (36, 44),
        Grade::SurnamesDiffer => match frequency {
            Frequency::Rare => (38, 44),
            Frequency::Middling | Frequency::Common => (26, 42),
        },
        Grade::FirstNameDiffers => (10, 15),
    }
}

/// No name to compare: the only person of both contacts, the only one of one, or one of several.
const ONLY_ON_BOTH: i16 = 76;
const ONLY_ON_ONE: i16 = 45;
const ONE_OF_SEVERAL: i16 = 20;
/// A person without a name, for a lead with one: found by both contacts, or by one.
const NAMELESS_ON_BOTH: i16 = 50;
const NAMELESS_ON_ONE: i16 = 40;

/// What the lead says of itself.
pub(super) struct Lead {
    pub(super) name: Option<LeadName>,
    /// The e-mail's local part, letters only.
    local_part: Option<String>,
}

/// What speaks for one person, whoever else fits.
pub(super) struct Assessed<'a> {
    pub(super) person: &'a Person<'a>,
    pub(super) grade: Option<Grade>,
    /// Whether the rules let this person be accepted, if nobody else fits.
    pub(super) passes: bool,
    pub(super) score: i16,
    pub(super) reasons: BTreeSet<Reason>,
}

impl Lead {
    pub(super) fn of(evidence: &Evidence<'_>) -> Self {
        Self {
            name: LeadName::of(evidence.lead_name),
            local_part: evidence.lead_email.map(local_part),
        }
    }

    /// Whether the local part has a first name, or its initial, before or after a surname.
    fn local_part_names(&self, names: &[ComparableName]) -> bool {
        let Some(local_part) = &self.local_part else {
            return false;
        };
        names.iter().any(|name| {
            let first = name.first.text();
            let mut surnames = name.further.iter().filter(|word| name.is_surname(word));
            let has_first = first.len() > 1 && local_part.contains(first);
            surnames.any(|word| {
                let surname = word.text();
                let with_initial = || local_part.contains(&[&first[..1], surname].concat());
                surname.len() > 2 && local_part.contains(surname) && (has_first || with_initial())
            })
        })
    }
}

fn local_part(email: &Email) -> String {
    folded_words(email.local_part()).concat()
}

impl<'a> Assessed<'a> {
    /// Weighs one person alone.
    pub(super) fn of(person: &'a Person<'a>, lead: &Lead, people: &People<'_>) -> Self {
        let names = person.comparable_names();
        let likeness = lead.name.as_ref().map(|name| {
            let likeness = Likeness::of_person(name, names.iter());
            (name, likeness)
        });
        let mut assessed = Self {
            person,
            grade: None,
            passes: false,
            score: 0,
            reasons: BTreeSet::new(),
        };
        match likeness {
            None => assessed.without_lead_name(people),
            Some((_, None)) => assessed.without_own_name(people),
            Some((name, Some(likeness))) => assessed.by_name(name, likeness, people),
        }
        if person.claims.both() {
            assessed.reasons.insert(Reason::BothContacts);
        }
        if assessed.grade != Some(Grade::FirstNameDiffers) && lead.local_part_names(&names) {
            assessed.add(LOCAL_PART, Reason::EmailLocalPart);
        }
        assessed
    }

    fn add(&mut self, points: i16, reason: Reason) {
        self.score += points;
        self.reasons.insert(reason);
    }

    /// Accepted only when phone and e-mail have exactly this person in common (API.md "Identity").
    fn without_lead_name(&mut self, people: &People<'_>) {
        self.reasons.insert(Reason::NoUsableName);
        let (contact, other) = people.contacts_of(self.person);
        if !self.person.claims.both() {
            let alone = contact.sharers() == 1 && other.sharers() == 0;
            let points = if alone { ONLY_ON_ONE } else { ONE_OF_SEVERAL };
            return self.add(points, Reason::ContactsDoNotAgree);
        }
        if people.common > 1 {
            return self.add(ONE_OF_SEVERAL, Reason::SeveralAgree);
        }
        self.score += ONLY_ON_BOTH;
        self.passes = contact.without_cpf.is_empty() || other.without_cpf.is_empty();
        if !self.passes {
            self.reasons.insert(Reason::CandidateWithoutCpf);
        }
    }

    /// Never accepted: another first name or a suffix cannot be ruled out.
    fn without_own_name(&mut self, people: &People<'_>) {
        let (contact, other) = people.contacts_of(self.person);
        let points = if self.person.claims.both() && people.common == 1 {
            NAMELESS_ON_BOTH
        } else if contact.sharers() == 1 && other.sharers() == 0 {
            NAMELESS_ON_ONE
        } else {
            ONE_OF_SEVERAL
        };
        self.add(points, Reason::CandidateWithoutName);
    }

    fn by_name(&mut self, name: &LeadName, likeness: Likeness, people: &People<'_>) {
        let Likeness {
            grade,
            slip,
            frequency,
            unsure,
            ..
        } = likeness;
        let both = self.person.claims.both();
        let (one, two) = worth(grade, frequency);
        self.grade = Some(grade);
        self.add(if both { two } else { one }, grade.reason());
        if slip {
            self.add(SLIP, Reason::NameAgreesButForALetter);
        }
        match frequency {
            Frequency::Rare => self.add(RARE, Reason::RareName),
            Frequency::Common => self.add(COMMON, Reason::CommonName),
            Frequency::Middling => {}
        }
        if let Some(reason) = name.unsure.filter(|_| unsure) {
            self.add(UNSURE, reason);
        }
        let few = both || self.weigh_one_contact(people);
        let sure = match grade {
            Grade::Agrees => few,
            // weak names, only of the one person whom both contacts have in common
            Grade::Nickname | Grade::FirstNameOnly | Grade::Married => {
                both && people.common == 1 && !slip
            }
            _ => false,
        };
        self.passes = sure && !unsure;
    }

    /// Whether few enough share the one contact.
    fn weigh_one_contact(&mut self, people: &People<'_>) -> bool {
        let (contact, _) = people.contacts_of(self.person);
        let sharers = contact.sharers();
        if sharers > MOST_SHARING {
            self.add(CROWD, Reason::SharedContact);
        } else {
            for _ in 1..sharers {
                self.add(SHARER, Reason::SharedByAFew);
            }
        }
        if people.agreement(self.person) == ContactAgreement::DifferentPeople {
            self.add(OTHERS_CONTACT, Reason::OtherContactOfAnother);
        }
        sharers <= MOST_SHARING
    }
}
