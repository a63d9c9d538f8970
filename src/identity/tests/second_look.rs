//! What the profile makes of a match.

use super::*;

/// `confirmed 97`, `doubtful 69` or the code of a rejection.
fn looked_again(lead: &str, matched: &Match, profile: &crate::models::Profile) -> String {
    let name = name(lead);
    let facts = LeadFacts {
        name: name.as_ref(),
        phone: None,
        email: None,
    };
    match confirm(&facts, matched, profile, Thresholds::default()) {
        Confirmation::Confirmed { score, reasons } => {
            assert!(score >= matched.score && reasons.is_sorted());
            format!("confirmed {score}")
        }
        Confirmation::Doubtful(doubtful) => {
            assert!(doubtful.reasons.contains(&Reason::ProfileNameContradicts));
            assert!(doubtful.reasons.is_sorted());
            format!("doubtful {}", doubtful.score)
        }
        Confirmation::Rejected(reason) => reason.as_str().to_owned(),
    }
}

fn accepted(lead: &str, phone: &str, email: &str) -> Match {
    match decision(lead, Some(phone), Some(email)) {
        Decision::Accept(accepted) => accepted,
        other => panic!("{other:?}"),
    }
}

#[rstest]
#[case::agrees(
    "Joao Moreira",
    "0 JOAO MOREIRA",
    "JOAO PEREIRA MOREIRA",
    "confirmed 97"
)]
#[case::by_a_letter("Joao Moreira", "0 JOAO MOREIRA", "JOAO MOREIRO", "confirmed 97")]
#[case::nothing_to_compare("Cliente", "0", "JOAO SILVA", "confirmed 76")]
#[case::candidate_only("Cliente", "0 JOAO SILVA", "JOAO SILVA", "confirmed 76")]
#[case::first_name_only("Joao", "0 JOAO SILVA", "JOAO SILVA", "confirmed 75")]
#[case::nickname(
    "Beto Moreira",
    "0 ROBERTO MOREIRA",
    "ROBERTO LIMA MOREIRA",
    "confirmed 78"
)]
#[case::married(
    "Maria Souza Lima",
    "0 MARIA SOUZA COSTA",
    "MARIA SOUZA COSTA",
    "confirmed 74"
)]
#[case::contradicts_lead("Joao Silva Lima", "0 JOAO SILVA", "JOAO SILVA DIAS", "doubtful 69")]
#[case::contradicts_candidate("Cliente", "0 JOAO SILVA", "ANA SILVA", "doubtful 69")]
#[case::contradicts_candidate_by_surname("Joao", "0 JOAO SILVA", "JOAO LIMA", "doubtful 69")]
#[case::suffix("Joao Silva", "0 JOAO SILVA", "JOAO SILVA FILHO", "doubtful 69")]
fn of_an_accepted_person(
    #[case] lead: &str,
    #[case] answer: &str,
    #[case] profile_name: &str,
    #[case] expected: &str,
) {
    let matched = accepted(lead, answer, answer);
    let alive = profile(CPFS[0], profile_name, false);
    assert_eq!(looked_again(lead, &matched, &alive), expected);
    let dead = profile(CPFS[0], profile_name, true);
    assert_eq!(looked_again(lead, &matched, &dead), "deceased");
    let other = profile(CPFS[1], profile_name, false);
    let read = looked_again(lead, &matched, &other);
    assert_eq!(read, "profile_of_another_cpf");
}

#[test]
fn the_profile_of_an_estate_is_of_somebody_dead() {
    let matched = accepted("Joao Silva", "0 JOAO SILVA", "0 JOAO SILVA");
    for name in [
        "JOAO SILVA ESPOLIO",
        "JOAO SILVA - Espólio",
        "ESPOLIO DE JOAO SILVA",
    ] {
        let estate = profile(CPFS[0], name, false);
        assert_eq!(looked_again("Joao Silva", &matched, &estate), "deceased");
    }
}

/// As the pipeline makes it of the candidate that a person chose.
fn chosen(lead: &str, answer: &str) -> Match {
    let Decision::Review(doubt) = decision(lead, Some(answer), None) else {
        panic!("no doubt");
    };
    let mut chosen = doubt.candidates[0].clone();
    chosen.matched_by = MatchedBy::Review;
    chosen.reasons.push(Reason::ChosenByPerson);
    chosen.reasons.sort_unstable();
    chosen
}

#[rstest]
#[case::agrees("Joao Silva", "0", "JOAO SILVA", "confirmed 43")]
#[case::first_name_alone("Joao", "0 JOAO SILVA", "JOAO SILVA", "confirmed 50")]
#[case::doubt_that_they_had("Joao Silva", "0 JOAO SILVA FILHO", "JOAO SILVA FILHO", "confirmed 42")]
#[case::another_doubt("Joao Silva", "0 JOAO SILVA FILHO", "ANA SILVA", "doubtful 42")]
#[case::another_name("Joao Silva", "0", "ANA SILVA", "doubtful 40")]
fn of_a_person_who_was_chosen(
    #[case] lead: &str,
    #[case] answer: &str,
    #[case] profile_name: &str,
    #[case] expected: &str,
) {
    let mut matched = chosen(lead, answer);
    let alive = profile(CPFS[0], profile_name, false);
    assert_eq!(looked_again(lead, &matched, &alive), expected);
    let dead = profile(CPFS[0], profile_name, true);
    assert_eq!(looked_again(lead, &matched, &dead), "deceased");
    matched.reasons.push(Reason::ProfileNameContradicts);
    matched.reasons.sort_unstable();
    assert!(looked_again(lead, &matched, &alive).starts_with("confirmed"));
}

#[rstest]
#[case::phone(Some("11900000001"), None, true)]
#[case::email(None, Some("ana@example.com"), true)]
#[case::others(Some("11900000002"), Some("rui@example.com"), false)]
#[case::none(None, None, false)]
fn a_contact_in_the_profile_makes_it_stronger(
    #[case] phone: Option<&str>,
    #[case] email: Option<&str>,
    #[case] expected: bool,
) {
    let matched = accepted("Ana Lima", "0 ANA LIMA", "");
    let (name, phone, email) = (
        name("Ana Lima"),
        phone.map(|phone| Phone::parse(phone).unwrap()),
        email.map(|email| Email::parse(email).unwrap()),
    );
    let facts = LeadFacts {
        name: name.as_ref(),
        phone: phone.as_ref(),
        email: email.as_ref(),
    };
    let profile: crate::models::Profile = serde_json::from_value(serde_json::json!({
        "cpf": CPFS[0], "name": "ANA LIMA", "deceased": false, "companies": [], "addresses": [],
        "emails": [{"email": "ana@example.com"}],
        "phones": [{"phone": "11900000001", "whatsapp": false}],
    }))
    .unwrap();
    let read = confirm(&facts, &matched, &profile, Thresholds::default());
    let Confirmation::Confirmed { score, reasons } = read else {
        panic!("not confirmed");
    };
    assert_eq!(reasons.contains(&Reason::ProfileHasContact), expected);
    let higher = if expected { 6 } else { 3 };
    assert_eq!(score, matched.score + higher);
}

#[test]
fn a_contradiction_is_below_any_threshold() {
    let matched = accepted("Joao Silva", "0 JOAO SILVA", "0 JOAO SILVA");
    let name = name("Joao Silva");
    let facts = LeadFacts {
        name: name.as_ref(),
        phone: None,
        email: None,
    };
    let thresholds = Thresholds {
        accept: 20,
        review: 10,
    };
    let other = profile(CPFS[0], "ANA SILVA", false);
    match confirm(&facts, &matched, &other, thresholds) {
        Confirmation::Doubtful(doubtful) => assert_eq!(doubtful.score, 19),
        other => panic!("{other:?}"),
    }
}
