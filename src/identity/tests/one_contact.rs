//! What the lead's name and a candidate's say of each other, on one contact.

use super::*;

#[rstest]
#[case::equal("Joao Silva", "0 JOAO SILVA", "accept 0: name_agrees")]
#[case::accents_case_particles("joão da silva", "0 JOAO DE SILVA", "accept 0")]
#[case::decomposed_accents("Joa\u{303}o Silva", "0 JOÃO SILVA", "accept 0")]
#[case::missing_middle("Joao Silva", "0 JOAO PEREIRA DA SILVA", "accept 0")]
#[case::missing_middle_at_the_provider("Joao Pereira Silva", "0 JOAO SILVA", "accept 0")]
#[case::initial_in_the_middle("Joao P. Silva", "0 JOAO PEREIRA SILVA", "accept 0")]
#[case::initial_at_the_provider("Joao Pereira Silva", "0 JOAO P SILVA", "accept 0")]
#[case::reversed_with_comma("Silva, Joao", "0 JOAO DA SILVA", "accept 0")]
#[case::reversed("Silva Joao", "0 JOAO PEREIRA DA SILVA", "accept 0")]
#[case::reversed_in_full("SOUZA LIMA JOAO", "0 JOAO SOUZA LIMA", "accept 0")]
#[case::title("Dr. Joao Silva", "0 JOAO SILVA", "accept 0")]
#[case::titles("Sra. Profª. Maria Lima", "0 MARIA LIMA", "accept 0")]
#[case::spelling("Luiz Sousa", "0 LUIS SOUZA", "accept 0: name_agrees")]
#[case::spellings("Thiago Mattos", "0 TIAGO MATOS", "accept 0")]
#[case::apostrophe("Ana D’Ávila", "0 ANA D AVILA", "accept 0")]
#[case::apostrophe_joined("Ana Sant'Anna", "0 ANA SANT ANNA", "accept 0")]
#[case::joined_at_the_provider("Ana Villas Boas", "0 ANA VILLASBOAS", "accept 0")]
#[case::hyphen("Ana Castello-Branco", "0 ANA CASTELLO BRANCO", "accept 0")]
#[case::given_name_as_surname("Joao Marcos", "0 JOAO MARCOS", "accept 0")]
#[case::married_name_added("Maria Souza", "0 MARIA SOUZA LIMA", "accept 0")]
fn agrees(#[case] lead: &str, #[case] answer: &str, #[case] expected: &str) {
    on_either_contact(lead, answer, expected);
}

#[rstest]
#[case::surname(
    "Joao Moreria",
    "0 JOAO MOREIRA",
    "accept 0: name_agrees_but_for_a_letter"
)]
#[case::unknown_surname("Joao Drumond", "0 JOAO DRUMMOND", "accept 0")]
#[case::first_name("Fernado Moreira", "0 FERNANDO MOREIRA", "accept 0")]
#[case::one_too_many("Fernnando Moreira", "0 FERNANDO MOREIRA", "accept 0")]
#[case::two_letters("Fernado Moreria", "0 FERNANDO MOREIRA", "nobody")]
#[case::two_parts("Joao Moreria Teixera", "0 JOAO MOREIRA TEIXEIRA", "review 0")]
#[case::other_surname("Joao Pires", "0 JOAO PERES", "review 0: other_name_by_a_letter")]
#[case::known_first_name("Mariana Lima", "0 MARINA LIMA", "review 0: other_name_by_a_letter")]
#[case::of_two_names("Renat Lima", "0 RENATA LIMA", "review 0: other_name_by_a_letter")]
#[case::unknown_at_the_provider("Astolfa Lima", "0 ASTOLFO LIMA", "review 0")]
#[case::other_ending_is_a_name("Juliane Lima", "0 JULIANA LIMA", "review 0")]
#[case::other_sex("Mario Lima", "0 MARIA LIMA", "review 0: other_name_by_a_letter")]
#[case::other_sex_longer("Daniel Lima", "0 DANIELA LIMA", "review 0")]
#[case::other_sex_and_surname("Mario Lima", "0 MARIA SILVA", "nobody: first_name_differs")]
#[case::short("Ane Lima", "0 ANA LIMA", "nobody")]
#[case::first_name_alone("Fernado", "0 FERNANDO MOREIRA", "review 0")]
fn a_letter_off(#[case] lead: &str, #[case] answer: &str, #[case] expected: &str) {
    on_either_contact(lead, answer, expected);
}

#[rstest]
#[case::alone("Joao", "0 JOAO SILVA", "review 0: first_name_only")]
#[case::two_given_names("Ana Paula", "0 ANA PAULA LIMA", "review 0: first_name_only")]
#[case::initial_first("J. Silva", "0 JOAO SILVA", "review 0: first_name_only")]
#[case::initial_e_first("E. da Silva", "0 EDUARDO SILVA", "review 0: first_name_only")]
#[case::surname_an_initial("Joao S.", "0 JOAO SILVA", "review 0: first_name_only")]
#[case::initial_of_another("P. Silva", "0 JOAO SILVA", "nobody")]
#[case::nickname("Beto Moreira", "0 ROBERTO MOREIRA", "review 0: nickname_agrees")]
#[case::nickname_alone("Beto", "0 ROBERTO MOREIRA", "review 0: nickname_agrees")]
#[case::nickname_of_another("Beto Lima", "0 ROBERTO MOREIRA", "nobody")]
#[case::no_nickname_at_the_provider("Roberto Lima", "0 BETO LIMA", "nobody")]
#[case::nickname_of_the_second(
    "Cida Lima",
    "0 MARIA APARECIDA LIMA",
    "review 0: middle_name_as_first"
)]
#[case::middle_as_first(
    "Carlos Silva",
    "0 JOAO CARLOS SILVA",
    "review 0: middle_name_as_first"
)]
#[case::rare_middle_as_first("Batista Silva", "0 JOAO BATISTA SILVA", "review 0")]
#[case::middle_as_first_and_other_surname("Carlos Lima", "0 JOAO CARLOS SILVA", "nobody")]
#[case::given_names_turned("Carlos Roberto", "0 ROBERTO CARLOS", "nobody")]
#[case::married_last("Maria Souza Lima", "0 MARIA SOUZA COSTA", "review 0: married_name")]
#[case::common_first_name_only("Maria Souza", "0 MARIA LIMA", "nobody: further_name_differs")]
#[case::rare_first_name_only("Zuleide Souza", "0 ZULEIDE LIMA", "review 0: rare_name")]
#[case::brothers(
    "Jose Carlos Silva",
    "0 JOSE ANTONIO SILVA",
    "review 0: further_name_differs"
)]
#[case::sisters_who_married(
    "Ana Clara Souza Lima",
    "0 ANA PAULA SOUZA COSTA",
    "review 0: further_name_differs"
)]
#[case::other_initial(
    "Joao C. Silva",
    "0 JOAO PEREIRA SILVA",
    "review 0: further_name_differs"
)]
#[case::two_people("Joao e Maria Silva", "0 JOAO SILVA", "review 0: two_names_in_one")]
#[case::two_people_the_other("Joao e Maria Silva", "0 MARIA SILVA", "review 0")]
#[case::two_people_by_a_sign("Joao / Maria Silva", "0 JOAO SILVA", "review 0")]
#[case::two_people_of_a_rare_name("Marcia e Anacleto Lima", "0 MARCIA LIMA", "review 0")]
#[case::two_people_of_a_rare_name_by_a_sign("Marcia & Anacleto Lima", "0 MARCIA LIMA", "review 0")]
#[case::and_as_an_initial("Joao E. A. Silva", "0 JOAO EDUARDO ALVES SILVA", "accept 0")]
#[case::and_before_a_rare_surname("Joao e Assunção", "0 JOAO ASSUNCAO", "accept 0")]
#[case::sign_at_the_end("Joao Silva +55", "0 JOAO SILVA", "accept 0")]
#[case::two_people_by_a_comma("Joao Silva, Maria Silva", "0 JOAO SILVA", "review 0")]
#[case::two_people_neither("Joao e Maria Silva", "0 ANA SILVA", "nobody")]
#[case::and_between_surnames("Joao Costa e Silva", "0 JOAO COSTA SILVA", "accept 0")]
fn agrees_in_part(#[case] lead: &str, #[case] answer: &str, #[case] expected: &str) {
    on_either_contact(lead, answer, expected);
}

#[rstest]
#[case::wife("Joao Silva", "0 MARIA SILVA", "nobody: first_name_differs")]
#[case::reversed_with_another("Ubiratan Silva Joao", "0 JOAO SILVA", "nobody")]
#[case::second_given_name_alone("Joao Carlos Silva", "0 CARLOS SILVA", "nobody")]
#[case::son("Joao Silva Filho", "0 JOAO SILVA", "review 0: suffix_differs")]
#[case::father("Joao Silva", "0 JOAO SILVA JUNIOR", "review 0: suffix_differs")]
#[case::daughter("Ana Silva Filha", "0 ANA SILVA", "review 0: suffix_differs")]
#[case::misspelt("Joao Silva Junoir", "0 JOAO SILVA", "review 0: suffix_differs")]
#[case::misspelt_on_both("Joao Silva Junoir", "0 JOAO SILVA JUNIOR", "accept 0")]
#[case::nephew("Joao Silva Neto", "0 JOAO SILVA SOBRINHO", "review 0: suffix_differs")]
#[case::great_grandson("Joao Silva Bisneto", "0 JOAO SILVA NETO", "review 0")]
#[case::third("Joao Silva III", "0 JOAO SILVA TERCEIRO", "accept 0")]
#[case::junior_short("Joao Silva Jr.", "0 JOAO SILVA JÚNIOR", "accept 0")]
#[case::after_comma("Joao Silva, Jr", "0 JOAO SILVA JUNIOR", "accept 0")]
#[case::reversed_with_suffix("Silva Neto, Joao", "0 JOAO SILVA NETO", "accept 0")]
#[case::roman("Joao Silva II", "0 JOAO SILVA SEGUNDO", "accept 0")]
#[case::first_name_and_suffix("Joao Filho", "0 JOAO SILVA", "review 0: suffix_differs")]
#[case::and_another_first_name("Ana Silva Filho", "0 JOAO SILVA", "nobody")]
fn another_person(#[case] lead: &str, #[case] answer: &str, #[case] expected: &str) {
    on_either_contact(lead, answer, expected);
}

#[rstest]
#[case::maiden_and_married("Maria Lima", "0 MARIA SOUZA; 0 MARIA LIMA", "accept 0")]
#[case::same_person_twice("Joao Silva", "0 JOAO SILVA; 0 JOAO P SILVA", "accept 0")]
#[case::two_first_names("Maria Lima", "0 ANA LIMA; 0 MARIA LIMA", "nobody")]
#[case::suffix_in_one("Joao Lima", "0 JOAO LIMA; 0 JOAO LIMA FILHO", "review 0")]
#[case::first_name_by_a_letter("Mariana Lima", "0 MARIANA LIMA; 0 MARINA LIMA", "review 0")]
#[case::surname_by_a_letter("Joao Pires", "0 JOAO PIRES; 0 JOAO PERES", "accept 0")]
#[case::one_without("Joao Lima", "0; 0 JOAO LIMA", "accept 0")]
fn several_names_of_one_cpf(#[case] lead: &str, #[case] answer: &str, #[case] expected: &str) {
    on_either_contact(lead, answer, expected);
}

pub(super) fn on_either_contact(lead: &str, answer: &str, expected: &str) {
    assert_decided(&decision(lead, Some(answer), None), expected);
    assert_decided(&decision(lead, None, Some(answer)), expected);
    assert_decided(&decision(lead, Some(answer), Some("")), expected);
}
