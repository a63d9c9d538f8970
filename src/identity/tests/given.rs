//! A CPF that came with the lead.

use proptest::prelude::*;

use super::*;

/// Whether a given name and CPF are taken for the holder of that CPF.
fn taken(given: &str, profile_name: &str, deceased: bool) -> Result<u8, Reason> {
    let given = name(given);
    let accepted = accept_given(given.as_ref(), Some(&cpf(0))).unwrap();
    assert_eq!(accepted.matched_by, MatchedBy::Cpf);
    let facts = LeadFacts {
        name: given.as_ref(),
        phone: None,
        email: None,
    };
    let profile = profile(CPFS[0], profile_name, deceased);
    match confirm(&facts, &accepted, &profile, Thresholds::default()) {
        Confirmation::Confirmed { score, reasons } => {
            assert_eq!(reasons, [Reason::ProfileNameAgrees, Reason::GivenCpf]);
            Ok(score)
        }
        Confirmation::Rejected(reason) => Err(reason),
        Confirmation::Doubtful(doubtful) => panic!("{doubtful:?}"),
    }
}

const CONTRADICTS: Result<u8, Reason> = Err(Reason::ProfileNameContradicts);

#[rstest]
#[case::equal("Joao Silva", "JOAO SILVA", false, Ok(88))]
#[case::missing_middle("João da Silva", "JOAO PEREIRA DA SILVA", false, Ok(88))]
#[case::reversed("Silva, Joao", "JOAO DA SILVA", false, Ok(88))]
#[case::wife("Joao Silva", "MARIA SILVA", false, CONTRADICTS)]
#[case::son("Joao Silva Filho", "JOAO SILVA", false, CONTRADICTS)]
#[case::father("Joao Silva", "JOAO SILVA FILHO", false, CONTRADICTS)]
#[case::brothers("Jose Carlos Silva", "JOSE ANTONIO SILVA", false, CONTRADICTS)]
#[case::namesake_of_the_first_name("Joao Silva", "JOAO SOUZA", false, CONTRADICTS)]
#[case::second_given_name_only("Ana Paula", "ANA PAULA LIMA", false, CONTRADICTS)]
#[case::a_letter_off("Joao Moreria", "JOAO MOREIRA", false, CONTRADICTS)]
#[case::nickname("Beto Moreira", "ROBERTO MOREIRA", false, CONTRADICTS)]
#[case::married_name("Maria Souza Lima", "MARIA SOUZA COSTA", false, CONTRADICTS)]
#[case::profile_without_words("Joao Silva", "DE", false, CONTRADICTS)]
#[case::dead("Joao Silva", "JOAO SILVA", true, Err(Reason::Deceased))]
fn a_given_cpf_must_bear_the_given_name(
    #[case] given: &str,
    #[case] profile_name: &str,
    #[case] deceased: bool,
    #[case] expected: Result<u8, Reason>,
) {
    assert_eq!(taken(given, profile_name, deceased), expected);
}

#[rstest]
#[case::none(None, true)]
#[case::placeholder(Some("Cliente"), true)]
#[case::company(Some("Exemplo Ltda"), true)]
#[case::initials(Some("J. S."), true)]
#[case::first_name_alone(Some("Joao"), true)]
#[case::first_name_and_suffix(Some("Joao Filho"), true)]
#[case::initial_and_surname(Some("J. Silva"), true)]
#[case::two_people(Some("Joao e Maria Silva"), true)]
#[case::no_cpf(Some("Joao Silva"), false)]
fn without_name_or_cpf_nobody_is_taken(#[case] given: Option<&str>, #[case] has_cpf: bool) {
    let given = given.and_then(name);
    let cpf = has_cpf.then(|| cpf(0));
    assert_eq!(accept_given(given.as_ref(), cpf.as_ref()), None);
}

#[rstest]
#[case::same(Some(0), "0 JOAO SILVA", "accept 0")]
#[case::another(Some(1), "0 JOAO SILVA", "nobody: given_cpf_differs")]
#[case::none_given(None, "0 JOAO SILVA", "accept 0")]
#[case::of_a_doubt(Some(1), "0 JOAO SILVA; 1 JOAO SILVA", "review 1: several_agree")]
#[case::of_a_doubt_about_others(Some(2), "0 JOAO SILVA; 1 JOAO SILVA", "nobody: given_cpf_differs")]
fn a_given_cpf_forbids_another(
    #[case] given: Option<usize>,
    #[case] answer: &str,
    #[case] expected: &str,
) {
    let decided = decision("Joao Silva", Some(answer), None);
    let given = given.map(cpf);
    assert_decided(&veto(given.as_ref(), decided), expected);
}

#[test]
fn a_veto_leaves_nobody_nobody() {
    let decided = decision("Joao Silva", Some("0 ANA LIMA"), None);
    let vetoed = veto(Some(&cpf(0)), decided.clone());
    assert_eq!(vetoed, decided);
}

proptest! {
    /// Whatever is given, another first name or a suffix on one side only is never taken.
    #[test]
    fn a_suffix_on_one_side_is_never_taken(middle in "[A-Z]{2,8}", suffix in "FILHO|JUNIOR|NETO|SOBRINHO") {
        prop_assume!(words::Suffix::parse(&middle).is_none());
        let with = format!("JOAO {middle} SILVA {suffix}");
        let without = format!("JOAO {middle} SILVA");
        prop_assert_eq!(taken(&with, &without, false), CONTRADICTS);
        prop_assert_eq!(taken(&without, &with, false), CONTRADICTS);
        prop_assert_eq!(taken(&without, &format!("PEDRO {middle} SILVA"), false), CONTRADICTS);
    }
}
