//! The first look: contacts and names, before any profile is bought.

use std::collections::{BTreeMap, BTreeSet};

use super::name::{ComparableName, Likeness};
use super::{Accepted, Asked, Decision, Evidence, Reason};
use crate::models::{Candidate, ContactAgreement, Cpf, MatchedBy, PersonName};

/// The most people a contact may belong to and still tell them apart by name alone (API.md
/// "Identity").
const MOST_SHARING: usize = 3;

/// Everything the providers say of one CPF.
struct Person<'a> {
    cpf: &'a Cpf,
    /// By their text, in alphabetical order, so that no answer's order shows through.
    names: BTreeMap<&'a str, &'a PersonName>,
    by_phone: bool,
    by_email: bool,
}

/// Decides who a lead is. The order of the candidates never changes the result.
///
/// - With a usable name: exactly one person's name agrees (first name and a surname, nothing
///   contradicts), on a contact of at most three people or on both contacts. If several agree, the
///   one behind both contacts is it. A first name alone agrees only for the one person whom both
///   contacts have in common.
/// - Without one: phone and e-mail have exactly one person in common.
/// - A candidate without a name never agrees with a usable name, also when both contacts have it:
///   a suffix or another first name could not be ruled out.
#[must_use]
pub fn decide(evidence: &Evidence<'_>) -> Decision {
    let people = people_of(evidence);
    if people.is_empty() {
        return Decision::Nobody(vec![Reason::NoCandidate]);
    }
    match ComparableName::of_lead(evidence.lead_name) {
        Some(lead) => decide_by_name(&lead, &people, evidence),
        None => decide_by_contacts(&people),
    }
}

fn decide_by_name(
    lead: &ComparableName,
    people: &[Person<'_>],
    evidence: &Evidence<'_>,
) -> Decision {
    let common = people.iter().filter(|person| person.by_both()).count();
    let mut against = BTreeSet::new();
    let mut agreeing = Vec::new();
    for person in people {
        match person.likeness(lead) {
            None => {
                against.insert(Reason::CandidateWithoutName);
            }
            Some(Likeness::Differs(reason)) => {
                against.insert(reason);
            }
            Some(Likeness::FirstNameOnly) if !person.by_both() || common > 1 => {
                against.insert(Reason::FirstNameOnly);
            }
            Some(Likeness::FirstNameOnly) => agreeing.push((person, Reason::FirstNameOnly)),
            Some(Likeness::Agrees) => agreeing.push((person, Reason::NameAgrees)),
        }
    }
    if agreeing.len() > 1 {
        agreeing.retain(|(person, _)| person.by_both());
        against = BTreeSet::from([Reason::SeveralAgree]);
    }
    let [(person, reason)] = agreeing[..] else {
        return Decision::Nobody(against.into_iter().collect());
    };
    if !person.by_both() && sharing(person, evidence) > MOST_SHARING {
        return Decision::Nobody(vec![Reason::SharedContact]);
    }
    Decision::Accept(person.accepted(people, reason))
}

fn decide_by_contacts(people: &[Person<'_>]) -> Decision {
    let common: Vec<_> = people.iter().filter(|person| person.by_both()).collect();
    match common[..] {
        [person] => Decision::Accept(person.accepted(people, Reason::NoUsableName)),
        [] => Decision::Nobody(vec![Reason::NoUsableName, Reason::ContactsDoNotAgree]),
        _ => Decision::Nobody(vec![Reason::NoUsableName, Reason::SeveralAgree]),
    }
}

impl Person<'_> {
    const fn by_both(&self) -> bool {
        self.by_phone && self.by_email
    }

    /// How the lead's name fits the names held of this person; `None` when there is none. Several
    /// names of one CPF (maiden and married) are of one person, so the nearest counts; but another
    /// first name or suffix in any of them is never accepted.
    fn likeness(&self, lead: &ComparableName) -> Option<Likeness> {
        let names = self.names.values();
        let likenesses: BTreeSet<_> = names
            .filter_map(|name| ComparableName::of(name))
            .map(|name| lead.compare(&name))
            .collect();
        let never = [Reason::FirstNameDiffers, Reason::SuffixDiffers].map(Likeness::Differs);
        let contradiction = never.into_iter().find(|never| likenesses.contains(never));
        contradiction.or_else(|| likenesses.first().copied())
    }

    fn accepted(&self, people: &[Self], reason: Reason) -> Accepted {
        let matched_by = match (self.by_phone, self.by_email) {
            (true, true) => MatchedBy::Both,
            (true, false) => MatchedBy::Phone,
            (false, _) => MatchedBy::Email,
        };
        let by_the_other = |person: &Self| {
            (person.by_phone && !self.by_phone) || (person.by_email && !self.by_email)
        };
        let agreement = if self.by_both() {
            ContactAgreement::SamePerson
        } else if people.iter().any(by_the_other) {
            ContactAgreement::DifferentPeople
        } else {
            ContactAgreement::OneContact
        };
        let mut reasons = vec![reason];
        if self.by_both() {
            reasons.push(Reason::BothContacts);
        }
        reasons.sort_unstable();
        Accepted {
            cpf: self.cpf.clone(),
            name: self.names.values().next().map(|name| (*name).clone()),
            matched_by,
            agreement,
            score: score(reason, agreement),
            reasons,
        }
    }
}

/// An order of how much speaks for an accepted person. Chosen, not measured: the name weighs most,
/// the other contact confirms or casts doubt.
const fn score(reason: Reason, agreement: ContactAgreement) -> u8 {
    match (reason, agreement) {
        (Reason::NameAgrees, ContactAgreement::SamePerson) => 95,
        (Reason::NameAgrees, ContactAgreement::OneContact) => 85,
        (Reason::NameAgrees, ContactAgreement::DifferentPeople) => 75,
        (Reason::FirstNameOnly, _) => 70,
        _ => 65,
    }
}

/// The people named for either contact, each once, in the order of their CPFs.
fn people_of<'a>(evidence: &Evidence<'a>) -> Vec<Person<'a>> {
    let phone = candidates(evidence.by_phone).iter().map(|c| (c, true));
    let email = candidates(evidence.by_email).iter().map(|c| (c, false));
    let mut people = BTreeMap::new();
    for (candidate, is_phone) in phone.chain(email) {
        let person = people.entry(&candidate.cpf).or_insert(Person {
            cpf: &candidate.cpf,
            names: BTreeMap::new(),
            by_phone: false,
            by_email: false,
        });
        if let Some(name) = &candidate.name {
            person.names.insert(name.as_str(), name);
        }
        person.by_phone |= is_phone;
        person.by_email |= !is_phone;
    }
    people.into_values().collect()
}

const fn candidates<'a>(asked: Asked<'a>) -> &'a [Candidate] {
    match asked {
        Asked::NotAsked => &[],
        Asked::Answered(candidates) => candidates,
    }
}

/// How many people share the one contact that led to a person.
fn sharing(person: &Person<'_>, evidence: &Evidence<'_>) -> usize {
    let asked = if person.by_phone {
        evidence.by_phone
    } else {
        evidence.by_email
    };
    let people: BTreeSet<_> = candidates(asked).iter().map(|c| &c.cpf).collect();
    people.len()
}
