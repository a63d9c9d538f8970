#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use rstest::rstest;

use super::*;

mod given;
mod properties;

/// Invented CPFs with valid check digits.
const CPFS: [&str; 5] = [
    "52998224725",
    "11144477735",
    "12345678909",
    "98765432100",
    "39053344705",
];

fn name(text: &str) -> Option<PersonName> {
    PersonName::parse(text).ok()
}

/// Candidates from `"0 JOAO SILVA; 1 MARIA SOUZA"`: the CPF's number in [`CPFS`] and the name.
fn people(text: &str) -> Vec<Candidate> {
    let people = text
        .split(';')
        .map(str::trim)
        .filter(|person| !person.is_empty());
    let candidate = |person: &str| {
        let (number, of) = person.split_at(1);
        Candidate {
            cpf: Cpf::parse(CPFS[number.parse::<usize>().unwrap()]).unwrap(),
            name: name(of),
        }
    };
    people.map(candidate).collect()
}

fn decision(lead: &str, phone: Option<&str>, email: Option<&str>) -> Decision {
    let (lead, phone, email) = (name(lead), phone.map(people), email.map(people));
    decide(&Evidence {
        lead_name: lead.as_ref(),
        by_phone: phone.as_deref().map_or(Asked::NotAsked, Asked::Answered),
        by_email: email.as_deref().map_or(Asked::NotAsked, Asked::Answered),
    })
}

/// The number in [`CPFS`] of the accepted person, or the reasons why nobody is.
fn chosen(decision: &Decision) -> Result<usize, Vec<Reason>> {
    match decision {
        Decision::Nobody(reasons) => Err(reasons.clone()),
        Decision::Accept(accepted) => Ok(CPFS
            .iter()
            .position(|cpf| *cpf == accepted.cpf.digits())
            .unwrap()),
    }
}

fn only(reason: Reason) -> Result<usize, Vec<Reason>> {
    Err(vec![reason])
}

#[rstest]
#[case::equal("Joao Silva", "0 JOAO SILVA", Ok(0))]
#[case::accents_case_particles("joão da silva", "0 JOAO DE SILVA", Ok(0))]
#[case::decomposed_accents("Joa\u{303}o Silva", "0 JOÃO SILVA", Ok(0))]
#[case::missing_middle("Joao Silva", "0 JOAO PEREIRA DA SILVA", Ok(0))]
#[case::missing_middle_at_the_provider("Joao Pereira Silva", "0 JOAO SILVA", Ok(0))]
#[case::initial_in_the_middle("Joao P. Silva", "0 JOAO PEREIRA SILVA", Ok(0))]
#[case::initial_at_the_provider("Joao Pereira Silva", "0 JOAO P SILVA", Ok(0))]
#[case::other_initial(
    "Joao C. Silva",
    "0 JOAO PEREIRA SILVA",
    only(Reason::FurtherNameDiffers)
)]
#[case::first_name_an_initial("J. Silva", "0 JOAO SILVA", only(Reason::FirstNameOnly))]
#[case::surname_an_initial("Joao S.", "0 JOAO SILVA", only(Reason::FirstNameOnly))]
#[case::reversed_with_comma("Silva, Joao", "0 JOAO DA SILVA", Ok(0))]
#[case::reversed("Silva Joao", "0 JOAO PEREIRA DA SILVA", Ok(0))]
#[case::two_given_names_are_not_reversed(
    "Carlos Roberto",
    "0 ROBERTO CARLOS",
    only(Reason::FirstNameDiffers)
)]
#[case::reversed_with_another_first_name(
    "Ubiratan Silva Joao",
    "0 JOAO SILVA",
    only(Reason::FirstNameDiffers)
)]
#[case::married_name_added("Maria Souza", "0 MARIA SOUZA LIMA", Ok(0))]
#[case::married_name_instead("Maria Souza", "0 MARIA LIMA", only(Reason::FurtherNameDiffers))]
#[case::married_name_replaced_last(
    "Maria Souza Lima",
    "0 MARIA SOUZA COSTA",
    only(Reason::FurtherNameDiffers)
)]
#[case::brothers(
    "Jose Carlos Silva",
    "0 JOSE ANTONIO SILVA",
    only(Reason::FurtherNameDiffers)
)]
#[case::wife("Joao Silva", "0 MARIA SILVA", only(Reason::FirstNameDiffers))]
#[case::middle_name_as_first("Carlos Silva", "0 JOAO CARLOS SILVA", only(Reason::FirstNameDiffers))]
#[case::son("Joao Silva Filho", "0 JOAO SILVA", only(Reason::SuffixDiffers))]
#[case::father("Joao Silva", "0 JOAO SILVA JUNIOR", only(Reason::SuffixDiffers))]
#[case::junior_short("Joao Silva Jr.", "0 JOAO SILVA JÚNIOR", Ok(0))]
#[case::suffix_after_comma("Joao Silva, Jr", "0 JOAO SILVA JUNIOR", Ok(0))]
#[case::reversed_with_suffix("Silva Neto, Joao", "0 JOAO SILVA NETO", Ok(0))]
#[case::nephew(
    "Joao Silva Neto",
    "0 JOAO SILVA SOBRINHO",
    only(Reason::SuffixDiffers)
)]
#[case::roman("Joao Silva II", "0 JOAO SILVA SEGUNDO", Ok(0))]
#[case::first_name_alone("Joao", "0 JOAO SILVA", only(Reason::FirstNameOnly))]
#[case::two_given_names_alone("Ana Paula", "0 ANA PAULA LIMA", only(Reason::FirstNameOnly))]
#[case::given_name_as_surname("Joao Marcos", "0 JOAO MARCOS", Ok(0))]
#[case::nameless("Joao Silva", "0", only(Reason::CandidateWithoutName))]
#[case::particles_only("Joao Silva", "0 DE", only(Reason::CandidateWithoutName))]
#[case::nobody("Joao Silva", "", only(Reason::NoCandidate))]
#[case::son_beside_his_father("Joao Silva Filho", "0 JOAO SILVA; 1 JOAO SILVA FILHO", Ok(1))]
#[case::father_beside_his_son("Joao Silva", "0 JOAO SILVA FILHO; 1 JOAO SILVA", Ok(1))]
#[case::namesakes("Joao Silva", "0 JOAO SILVA; 1 JOAO SILVA", only(Reason::SeveralAgree))]
#[case::same_person_twice("Joao Silva", "0 JOAO SILVA; 0 JOAO P SILVA", Ok(0))]
#[case::maiden_and_married("Maria Lima", "0 MARIA SOUZA; 0 MARIA LIMA", Ok(0))]
#[case::one_cpf_two_first_names(
    "Maria Lima",
    "0 ANA LIMA; 0 MARIA LIMA",
    only(Reason::FirstNameDiffers)
)]
#[case::three_share("Joao Silva", "1 ANA LIMA; 2 RUI DIAS; 0 JOAO SILVA", Ok(0))]
#[case::four_share(
    "Joao Silva",
    "1 ANA LIMA; 2 RUI DIAS; 0 JOAO SILVA; 3 EVA REIS",
    only(Reason::SharedContact)
)]
#[case::unusable("Cliente", "0 JOAO SILVA", Err(vec![Reason::NoUsableName, Reason::ContactsDoNotAgree]))]
fn one_contact(
    #[case] lead: &str,
    #[case] answer: &str,
    #[case] expected: Result<usize, Vec<Reason>>,
) {
    assert_eq!(chosen(&decision(lead, Some(answer), None)), expected);
    assert_eq!(chosen(&decision(lead, None, Some(answer))), expected);
}

#[rstest]
#[case::first_name_alone("Joao", "0 JOAO SILVA", "0 JOAO SILVA", Ok(0))]
#[case::initial("J. Silva", "0 JOAO SILVA", "0 JOAO SILVA", Ok(0))]
#[case::first_name_of_a_couple("Joao", "0 JOAO SILVA; 1 ANA SILVA", "0 JOAO SILVA; 1 ANA SILVA", Err(vec![Reason::FirstNameOnly, Reason::FirstNameDiffers]))]
#[case::suffix(
    "Joao Silva",
    "0 JOAO SILVA FILHO",
    "0 JOAO SILVA FILHO",
    only(Reason::SuffixDiffers)
)]
#[case::another_first_name(
    "Ana Silva",
    "0 JOAO SILVA",
    "0 JOAO SILVA",
    only(Reason::FirstNameDiffers)
)]
#[case::namesakes("Joao Silva", "0 JOAO SILVA; 1 JOAO SILVA", "1 JOAO SILVA", Ok(1))]
#[case::namesakes_apart(
    "Joao Silva",
    "0 JOAO SILVA",
    "1 JOAO SILVA",
    only(Reason::SeveralAgree)
)]
#[case::namesakes_both(
    "Joao Silva",
    "0 JOAO SILVA; 1 JOAO SILVA",
    "0 JOAO SILVA; 1 JOAO SILVA",
    only(Reason::SeveralAgree)
)]
#[case::shared_and_confirmed(
    "Joao Silva",
    "0 JOAO SILVA; 1 ANA LIMA; 2 RUI DIAS; 3 EVA REIS",
    "0 JOAO SILVA",
    Ok(0)
)]
#[case::nameless("Joao Silva", "0", "0", only(Reason::CandidateWithoutName))]
#[case::nameless_on_one_side("Joao Silva", "0", "0 JOAO SILVA", Ok(0))]
#[case::nameless_both_unusable("Unknown", "0", "0", Ok(0))]
#[case::unusable("Lead 1234", "0 JOAO SILVA; 1 ANA LIMA", "0 JOAO SILVA", Ok(0))]
#[case::unusable_and_two("Site", "0 JOAO SILVA; 1 ANA LIMA", "0 JOAO SILVA; 1 ANA LIMA", Err(vec![Reason::NoUsableName, Reason::SeveralAgree]))]
#[case::unusable_and_apart("Site", "0 JOAO SILVA", "1 ANA LIMA", Err(vec![Reason::NoUsableName, Reason::ContactsDoNotAgree]))]
fn two_contacts(
    #[case] lead: &str,
    #[case] phone: &str,
    #[case] email: &str,
    #[case] expected: Result<usize, Vec<Reason>>,
) {
    assert_eq!(chosen(&decision(lead, Some(phone), Some(email))), expected);
    assert_eq!(chosen(&decision(lead, Some(email), Some(phone))), expected);
}

#[rstest]
#[case::absent("")]
#[case::unknown("Unknown")]
#[case::client("cliente novo")]
#[case::lead("Lead Zap 12")]
#[case::test("TESTE teste")]
#[case::no_name("Sem nome")]
#[case::not_given("Não informado")]
#[case::not_applicable("n/a")]
#[case::phone("(11) 90000-0001")]
#[case::letters_and_phone("x 11 90000-0001")]
#[case::limited("Silva Moradias Ltda.")]
#[case::small("JOAO SILVA ME")]
#[case::shares("Exemplo S/A")]
#[case::agency("Imobiliária Exemplo")]
#[case::particles("de da")]
fn a_name_that_names_nobody_needs_both_contacts(#[case] lead: &str) {
    let one = decision(lead, Some("0 JOAO SILVA"), Some(""));
    let reasons = vec![Reason::NoUsableName, Reason::ContactsDoNotAgree];
    assert_eq!(chosen(&one), Err(reasons));
    let both = decision(lead, Some("0 JOAO SILVA"), Some("0 JOAO SILVA"));
    assert_eq!(chosen(&both), Ok(0));
}

#[rstest]
#[case::surname_sa("Maria de Sá", "0 MARIA DE SA")]
#[case::surname_leite("Ana Leite", "0 ANA LEITE")]
#[case::digits_beside("Joao Silva 2", "0 JOAO SILVA")]
#[case::emoji("🏠 Joao Silva 🏠", "0 JOAO SILVA")]
#[case::apostrophe("Ana D’Avila", "0 ANA D'AVILA")]
fn a_name_is_usable(#[case] lead: &str, #[case] answer: &str) {
    assert_eq!(chosen(&decision(lead, Some(answer), None)), Ok(0));
}

#[rstest]
#[case(
    Some("0 JOAO SILVA"),
    Some("0 JOAO SILVA"),
    MatchedBy::Both,
    ContactAgreement::SamePerson,
    95
)]
#[case(
    Some("0 JOAO SILVA"),
    Some("1 ANA LIMA"),
    MatchedBy::Phone,
    ContactAgreement::DifferentPeople,
    75
)]
#[case(
    Some("1 ANA LIMA"),
    Some("0 JOAO SILVA"),
    MatchedBy::Email,
    ContactAgreement::DifferentPeople,
    75
)]
#[case(
    Some("0 JOAO SILVA; 1 ANA LIMA"),
    Some(""),
    MatchedBy::Phone,
    ContactAgreement::OneContact,
    85
)]
#[case(
    None,
    Some("0 JOAO SILVA"),
    MatchedBy::Email,
    ContactAgreement::OneContact,
    85
)]
fn says_what_the_contacts_say(
    #[case] phone: Option<&str>,
    #[case] email: Option<&str>,
    #[case] matched_by: MatchedBy,
    #[case] agreement: ContactAgreement,
    #[case] score: u8,
) {
    let Decision::Accept(accepted) = decision("Joao Silva", phone, email) else {
        panic!("nobody accepted");
    };
    let said = (accepted.matched_by, accepted.agreement, accepted.score);
    assert_eq!(said, (matched_by, agreement, score));
    assert_eq!(accepted.reasons.first(), Some(&Reason::NameAgrees));
    let both = accepted.reasons.contains(&Reason::BothContacts);
    assert_eq!(both, matched_by == MatchedBy::Both);
}

#[test]
fn a_code_is_the_same_in_json() {
    for reason in [
        Reason::NameAgrees,
        Reason::BothContacts,
        Reason::ProfileOfAnotherCpf,
    ] {
        assert_eq!(serde_json::to_value(reason).unwrap(), reason.as_str());
    }
}

#[test]
fn a_zero_width_character_hides_no_name() {
    let decided = decision("Jo\u{200B}ao Sil\u{2060}va", Some("0 JOAO SILVA"), None);
    assert_eq!(chosen(&decided), Ok(0));
}

#[rstest]
#[case::agrees("Joao Silva", "0 JOAO SILVA", "JOAO PEREIRA SILVA", false, Ok(100))]
#[case::nothing_to_compare("Cliente", "0", "JOAO SILVA", false, Ok(65))]
#[case::candidate_only("Cliente", "0 JOAO SILVA", "JOAO SILVA", false, Ok(65))]
#[case::first_name_only("Joao", "0 JOAO SILVA", "JOAO SILVA", false, Ok(70))]
#[case::contradicts_lead(
    "Joao Silva Lima",
    "0 JOAO SILVA",
    "JOAO SILVA DIAS",
    false,
    Err(Reason::ProfileNameContradicts)
)]
#[case::contradicts_candidate(
    "Cliente",
    "0 JOAO SILVA",
    "ANA SILVA",
    false,
    Err(Reason::ProfileNameContradicts)
)]
#[case::suffix(
    "Joao Silva",
    "0 JOAO SILVA",
    "JOAO SILVA FILHO",
    false,
    Err(Reason::ProfileNameContradicts)
)]
#[case::dead(
    "Joao Silva",
    "0 JOAO SILVA",
    "JOAO SILVA",
    true,
    Err(Reason::Deceased)
)]
fn the_profile_has_the_last_word(
    #[case] lead: &str,
    #[case] answer: &str,
    #[case] profile_name: &str,
    #[case] deceased: bool,
    #[case] expected: Result<u8, Reason>,
) {
    let Decision::Accept(accepted) = decision(lead, Some(answer), Some(answer)) else {
        panic!("nobody accepted");
    };
    let profile = profile(CPFS[0], profile_name, deceased);
    let read = match confirm(name(lead).as_ref(), &accepted, &profile) {
        Confirmation::Confirmed { score, .. } => Ok(score),
        Confirmation::Rejected(reason) => Err(reason),
    };
    assert_eq!(read, expected);
}

#[test]
fn a_profile_of_somebody_else_is_rejected() {
    let Decision::Accept(accepted) = decision("Joao Silva", Some("0 JOAO SILVA"), None) else {
        panic!("nobody accepted");
    };
    let other = profile(CPFS[1], "JOAO SILVA", false);
    let read = confirm(name("Joao Silva").as_ref(), &accepted, &other);
    assert_eq!(read, Confirmation::Rejected(Reason::ProfileOfAnotherCpf));
}

fn profile(cpf: &str, name: &str, deceased: bool) -> crate::models::Profile {
    let profile = serde_json::json!({
        "cpf": cpf, "name": name, "deceased": deceased,
        "companies": [], "emails": [], "phones": [], "addresses": [],
    });
    serde_json::from_value(profile).unwrap()
}
