#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use rstest::rstest;

use super::*;

mod attacks;
mod given;
mod one_contact;
mod properties;
mod scores;
mod second_look;
mod strange;
mod two_contacts;
mod usable;
mod who_else;

/// Invented CPFs with valid check digits, in ascending order.
const CPFS: [&str; 5] = [
    "11144477735",
    "12345678909",
    "39053344705",
    "52998224725",
    "98765432100",
];

fn name(text: &str) -> Option<PersonName> {
    PersonName::parse(text).ok()
}

fn cpf(number: usize) -> Cpf {
    Cpf::parse(CPFS[number]).unwrap()
}

/// What a provider answers of a contact.
#[derive(Debug, Clone, Default)]
struct Answer {
    failed: bool,
    people: Vec<Candidate>,
    without_cpf: Vec<Option<PersonName>>,
    rejected: Vec<Cpf>,
}

impl Answer {
    /// From `"0 JOAO SILVA; 1! MARIA SOUZA; - ANA LIMA"`: the CPF's number in [`CPFS`], or `-` without
    /// one, `!` if it was rejected before, and the name; `failed` is a failed call.
    fn read(text: &str) -> Self {
        let mut answer = Self::default();
        let people = text.split(';').map(str::trim);
        for person in people.filter(|person| !person.is_empty()) {
            if person == "failed" {
                answer.failed = true;
            } else if let Some(of) = person.strip_prefix('-') {
                answer.without_cpf.push(name(of));
            } else {
                answer.add(person);
            }
        }
        answer
    }

    fn add(&mut self, person: &str) {
        let (number, of) = person.split_at(1);
        let cpf = cpf(number.parse().unwrap());
        let (rejected, of) = match of.strip_prefix('!') {
            Some(of) => (true, of),
            None => (false, of),
        };
        if rejected {
            self.rejected.push(cpf.clone());
        }
        self.people.push(Candidate {
            cpf,
            name: name(of),
        });
    }

    fn asked(&self) -> Asked<'_> {
        if self.failed {
            return Asked::Failed;
        }
        Asked::Answered(Named {
            people: &self.people,
            without_cpf: &self.without_cpf,
            rejected: &self.rejected,
        })
    }
}

fn decide_on(
    lead: &str,
    email: Option<&str>,
    by_phone: Option<&Answer>,
    by_email: Option<&Answer>,
) -> Decision {
    let lead = name(lead);
    let email = email.map(|email| Email::parse(email).unwrap());
    let evidence = Evidence {
        lead_name: lead.as_ref(),
        lead_email: email.as_ref(),
        by_phone: by_phone.map_or(Asked::NotAsked, Answer::asked),
        by_email: by_email.map_or(Asked::NotAsked, Answer::asked),
    };
    decide(&evidence, Thresholds::default())
}

fn decision(lead: &str, phone: Option<&str>, email: Option<&str>) -> Decision {
    let (phone, email) = (phone.map(Answer::read), email.map(Answer::read));
    decide_on(lead, None, phone.as_ref(), email.as_ref())
}

/// `accept 0`, `review 0 1` or `nobody`, with the numbers in [`CPFS`].
fn outcome(decision: &Decision) -> String {
    let number = |one: &Match| CPFS.iter().position(|cpf| *cpf == one.cpf.digits());
    let number = |one: &Match| number(one).unwrap().to_string();
    match decision {
        Decision::Accept(one) => format!("accept {}", number(one)),
        Decision::Review(doubt) => {
            let numbers: Vec<_> = doubt.candidates.iter().map(number).collect();
            format!("review {}", numbers.join(" "))
        }
        Decision::Nobody(_) => "nobody".to_owned(),
    }
}

fn reasons(decision: &Decision) -> &[Reason] {
    match decision {
        Decision::Accept(one) => &one.reasons,
        Decision::Review(doubt) => &doubt.reasons,
        Decision::Nobody(nobody) => &nobody.reasons,
    }
}

fn score(decision: &Decision) -> u8 {
    match decision {
        Decision::Accept(one) => one.score,
        Decision::Review(doubt) => doubt.score,
        Decision::Nobody(nobody) => nobody.score,
    }
}

/// Asserts an outcome, with codes that must be among the reasons: `"review 0: suffix_differs"`.
#[track_caller]
fn assert_decided(decision: &Decision, expected: &str) {
    let (expected, codes) = expected.split_once(':').unwrap_or((expected, ""));
    let codes: Vec<&str> = codes.split_whitespace().collect();
    let given: Vec<&str> = reasons(decision).iter().map(|one| one.as_str()).collect();
    assert_eq!(outcome(decision), expected, "{given:?}");
    assert!(
        codes.iter().all(|code| given.contains(code)),
        "{codes:?} in {given:?}"
    );
    let (score, band) = (score(decision), expected.split(' ').next());
    let in_its_band = match band {
        Some("accept") => (70..=98).contains(&score),
        Some("review") => (30..=69).contains(&score),
        _ => score < 30,
    };
    assert!(in_its_band, "{score}: {given:?}");
}

fn profile(cpf: &str, name: &str, deceased: bool) -> crate::models::Profile {
    let profile = serde_json::json!({
        "cpf": cpf, "name": name, "deceased": deceased,
        "companies": [], "emails": [], "phones": [], "addresses": [],
    });
    serde_json::from_value(profile).unwrap()
}
