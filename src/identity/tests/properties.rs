//! What holds for any names, any candidates and any order.

use proptest::prelude::*;
use rstest::rstest;

use super::*;

proptest! {
    #[test]
    fn the_order_of_candidates_changes_nothing(
        (phone, shuffled) in answers(),
        (email, reshuffled) in answers(),
        lead in "(JOAO|ANA|Cliente)( SILVA| LIMA)?( FILHO)?",
    ) {
        let lead = name(&lead);
        let decided = |phone, email| decide(&Evidence {
            lead_name: lead.as_ref(),
            by_phone: Asked::Answered(phone),
            by_email: Asked::Answered(email),
        });
        prop_assert_eq!(decided(&phone, &email), decided(&shuffled, &reshuffled));
    }

    #[test]
    fn accents_and_case_change_nothing(
        lead in "(joao|angela|jose)( conceicao| araujo)( de| da)?( goncalves| filho)?",
        answer in "0 (JOAO|ANGELA|JOSE)( CONCEICAO| ARAUJO)( GONCALVES| FILHO)?",
    ) {
        let plain = decision(&lead, Some(&answer), None);
        let accents = [("ao", "ão"), ("ange", "ânge"), ("jose", "josé"), ("cei", "ceí"), ("auj", "aúj"), ("nc", "nç")];
        let accented = accents.iter().fold(lead.clone(), |lead, (from, to)| lead.replace(from, to));
        for spelling in [accented.clone(), lead.to_uppercase(), accented.to_uppercase()] {
            prop_assert_eq!(&decision(&spelling, Some(&answer), None), &plain);
        }
    }

    #[test]
    fn whoever_is_accepted_was_named_and_nobody_else_in_both(lead in ".{0,60}", phone in answers(), email in answers()) {
        let lead = name(&lead);
        let decided = decide(&Evidence {
            lead_name: lead.as_ref(),
            by_phone: Asked::Answered(&phone.0),
            by_email: Asked::Answered(&email.0),
        });
        let holds = |people: &[Candidate], cpf: &Cpf| people.iter().any(|c| c.cpf == *cpf);
        match decided {
            Decision::Nobody(reasons) => prop_assert!(!reasons.is_empty()),
            Decision::Accept(accepted) => {
                let by = (holds(&phone.0, &accepted.cpf), holds(&email.0, &accepted.cpf));
                let expected = match accepted.matched_by {
                    MatchedBy::Both => (true, true),
                    MatchedBy::Phone => (true, false),
                    MatchedBy::Email => (false, true),
                    MatchedBy::Cpf => (false, false),
                };
                prop_assert_eq!(by, expected);
            }
        }
    }

    #[test]
    fn another_first_name_or_suffix_is_never_accepted(
        (lead, held) in prop_oneof![
            Just(("Joao Silva", "MARIA SILVA")),
            Just(("Joao Silva", "JOAO SILVA FILHO")),
            Just(("Joao Silva Neto", "JOAO SILVA")),
            Just(("Joao Silva Neto", "JOAO SILVA JUNIOR")),
        ],
        both in any::<bool>(),
    ) {
        let answer = format!("0 {held}");
        let decided = decision(lead, Some(&answer), both.then_some(answer.as_str()));
        prop_assert!(chosen(&decided).is_err());
    }
}

/// A few candidates with repeated CPFs and names, and the same in another order.
fn answers() -> impl Strategy<Value = (Vec<Candidate>, Vec<Candidate>)> {
    let person = "[0-4] (JOAO|ANA)( P)?( SILVA| LIMA)?( FILHO)?|[0-4]";
    proptest::collection::vec(person, 0..6)
        .prop_map(|list| people(&list.join(";")))
        .prop_flat_map(|people| (Just(people.clone()), Just(people).prop_shuffle()))
}

#[rstest]
#[case::ten_thousand_letters("A".repeat(10_000))]
#[case::hundred_initials("A ".repeat(100))]
#[case::hundred_repeats("JOAO ".repeat(40))]
#[case::right_to_left("\u{202E}محمد بن سلمان‎".repeat(5))]
#[case::zero_width("Jo\u{200B}ao\u{FEFF} Sil\u{2060}va".to_owned())]
#[case::ideographs("王小明".repeat(60))]
#[case::combining("a\u{300}\u{301}\u{302}".repeat(45))]
#[case::emoji("👨‍👩‍👧 Ana".repeat(20))]
fn strange_names_are_decided_at_once(#[case] strange: String) {
    let held = format!("0 {strange}; 1 JOAO SILVA");
    let started = std::time::Instant::now();
    let decided = decision(&strange, Some(&held), Some(&held));
    assert!(started.elapsed() < std::time::Duration::from_millis(500));
    let repeated = decision(&strange, Some(&held), Some(&held));
    assert_eq!(decided, repeated);
}
