//! What holds for any names, any candidates and any order.

use proptest::prelude::*;

use super::*;

const LEADS: &str =
    "(JOAO|ANA|JOAO CARLOS|BETO|J|Cliente)( SILVA| LIMA| PIRES)?( SOUZA| COSTA)?( FILHO)?";
const HELD: &str =
    "(JOAO|ANA|JOAO CARLOS|ROBERTO)( P)?( SILVA| LIMA| SLIVA| PERES)?( SOUZA| COSTA)?( FILHO)?";

/// A few people with repeated CPFs and names, some turned down before, some without a CPF.
fn answers() -> impl Strategy<Value = Answer> {
    let person = format!("[0-4]!? {HELD}|[0-4] {HELD}|[0-4]|- {HELD}|-");
    proptest::collection::vec(proptest::string::string_regex(&person).unwrap(), 0..6)
        .prop_map(|list| Answer::read(&list.join(";")))
}

fn shuffled(answer: Answer) -> impl Strategy<Value = (Answer, Answer)> {
    let people = Just(answer.people.clone()).prop_shuffle();
    let without_cpf = Just(answer.without_cpf.clone()).prop_shuffle();
    let rejected = Just(answer.rejected.clone()).prop_shuffle();
    (Just(answer), people, without_cpf, rejected).prop_map(
        |(answer, people, without_cpf, rejected)| {
            let other = Answer {
                failed: answer.failed,
                people,
                without_cpf,
                rejected,
            };
            (answer, other)
        },
    )
}

fn best_of(decision: &Decision, cpf: &Cpf) -> Option<u8> {
    match decision {
        Decision::Accept(one) => (one.cpf == *cpf).then_some(one.score),
        Decision::Review(doubt) => {
            let one = doubt.candidates.iter().find(|one| one.cpf == *cpf);
            one.map(|one| one.score)
        }
        Decision::Nobody(_) => None,
    }
}

/// How far a decision goes: nobody, review, accept.
fn step(decision: &Decision) -> u8 {
    match decision {
        Decision::Nobody(_) => 0,
        Decision::Review(_) => 1,
        Decision::Accept(_) => 2,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn the_order_of_candidates_changes_nothing(
        (phone, phone_shuffled) in answers().prop_flat_map(shuffled),
        (email, email_shuffled) in answers().prop_flat_map(shuffled),
        lead in LEADS,
    ) {
        let decided = decide_on(&lead, None, Some(&phone), Some(&email));
        let reordered = decide_on(&lead, None, Some(&phone_shuffled), Some(&email_shuffled));
        prop_assert_eq!(decided, reordered);
    }

    /// Somebody more of another first name, or without a CPF, makes nobody look better.
    #[test]
    fn a_further_candidate_never_helps_another(
        phone in answers(), email in answers(), lead in LEADS,
        more in prop_oneof![
            Just("RAIMUNDA REIS"), Just("MARIO SILVA"), Just("- JOAO SILVA"), Just("- RAIMUNDA REIS"), Just("-"),
            Just(""), Just("JOAO SILVA FILHO NETO"),
        ],
        by_phone in any::<bool>(),
    ) {
        let before = decide_on(&lead, None, Some(&phone), Some(&email));
        let (mut more_phone, mut more_email) = (phone.clone(), email.clone());
        let answer = if by_phone { &mut more_phone } else { &mut more_email };
        match more.strip_prefix('-') {
            Some(of) => answer.without_cpf.push(name(of)),
            None => answer.people.push(Candidate {
                cpf: Cpf::parse("00000000191").unwrap(),
                name: name(more),
            }),
        }
        let after = decide_on(&lead, None, Some(&more_phone), Some(&more_email));
        prop_assert!(step(&after) < 2 || step(&before) == 2, "{:?} {:?}", before, after);
        for digits in CPFS {
            let cpf = Cpf::parse(digits).unwrap();
            if let (Some(before), Some(after)) = (best_of(&before, &cpf), best_of(&after, &cpf)) {
                prop_assert!(after <= before);
            }
        }
    }

    #[test]
    fn accents_and_case_change_nothing(
        lead in "(joao|angela|jose)( conceicao| araujo)( de| da)?( goncalves| filho)?",
        held in "(JOAO|ANGELA|JOSE)( CONCEICAO| ARAUJO)( GONCALVES| FILHO)?",
    ) {
        let accented = |text: &str| {
            let text = text.to_lowercase();
            let accents = [("ao", "ão"), ("ange", "ânge"), ("jose", "josé"), ("cei", "ceí"), ("auj", "aúj"), ("nc", "nç")];
            accents.iter().fold(text, |text, (from, to)| text.replace(from, to))
        };
        let told = |lead: &str, held: &str| {
            let decided = decision(lead, Some(&format!("0 {held}")), None);
            (outcome(&decided), score(&decided), reasons(&decided).to_vec())
        };
        let plain = told(&lead, &held);
        for lead in [accented(&lead), lead.to_uppercase(), accented(&lead).to_uppercase()] {
            for held in [accented(&held), held.to_lowercase(), accented(&held).to_uppercase()] {
                prop_assert_eq!(&told(&lead, &held), &plain);
            }
        }
    }

    #[test]
    fn whoever_is_matched_was_named_and_not_rejected(
        lead in prop_oneof![LEADS.prop_map(String::from), "\\PC{0,60}"],
        phone in answers(), email in answers(),
    ) {
        let decided = decide_on(&lead, None, Some(&phone), Some(&email));
        prop_assert!(!reasons(&decided).is_empty() && reasons(&decided).is_sorted());
        let listed = match decided {
            Decision::Nobody(_) => Vec::new(),
            Decision::Accept(accepted) => vec![accepted],
            Decision::Review(doubt) => {
                prop_assert!((1..=10).contains(&doubt.candidates.len()));
                doubt.candidates
            }
        };
        let holds = |answer: &Answer, cpf: &Cpf| {
            answer.people.iter().any(|c| c.cpf == *cpf) && !answer.rejected.contains(cpf)
        };
        for one in listed {
            let by = (holds(&phone, &one.cpf), holds(&email, &one.cpf));
            let expected = match one.matched_by {
                MatchedBy::Phone => (true, false),
                MatchedBy::Email => (false, true),
                MatchedBy::Both => (true, true),
                MatchedBy::Cpf | MatchedBy::Review => (false, false),
            };
            prop_assert_eq!(by, expected);
        }
    }

    #[test]
    fn another_first_name_or_suffix_is_never_accepted(
        (lead, held) in prop_oneof![
            Just(("Joao Silva", "MARIA SILVA")),
            Just(("Mario Silva", "MARIA SILVA")),
            Just(("Joao Silva", "JOAO SILVA FILHO")),
            Just(("Joao", "JOAO SILVA FILHO")),
            Just(("Joao Silva Neto", "JOAO SILVA")),
            Just(("Joao Silva Neto", "JOAO SILVA JUNIOR")),
        ],
        both in any::<bool>(), more in answers(),
    ) {
        let mut answer = more;
        answer.people.retain(|one| one.cpf != cpf(0));
        answer.add(&format!("0 {held}"));
        let decided = decide_on(lead, None, Some(&answer), both.then_some(&answer));
        prop_assert!(outcome(&decided) != "accept 0");
    }

    #[test]
    fn any_text_is_decided(lead in "\\PC{0,200}", held in "\\PC{0,200}", email in "[a-z.0-9]{1,20}@example\\.com") {
        let mut answer = Answer::default();
        answer.people.push(Candidate { cpf: cpf(0), name: name(&held) });
        let email = Email::parse(&email).ok();
        let decided = decide_on(&lead, email.as_ref().map(Email::as_str), Some(&answer), None);
        prop_assert!(score(&decided) <= 100);
    }
}
