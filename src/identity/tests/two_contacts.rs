//! What phone and e-mail say together.

use super::*;

#[rstest]
#[case::in_full(
    "Joao Silva",
    "0 JOAO SILVA",
    "0 JOAO SILVA",
    "accept 0: both_contacts"
)]
#[case::first_name_alone(
    "Joao",
    "0 JOAO SILVA",
    "0 JOAO SILVA",
    "accept 0: first_name_only both_contacts"
)]
#[case::initial("J. Silva", "0 JOAO SILVA", "0 JOAO SILVA", "review 0")]
#[case::initial_at_the_provider("Joao Silva", "0 J SILVA", "0 J SILVA", "review 0")]
#[case::initials_of_another("J P", "0 MARIA SILVA", "0 MARIA SILVA", "nobody")]
#[case::initials("J P", "0 JOSE PEREIRA", "0 JOSE PEREIRA", "review 0")]
#[case::devotional_and_another_surname(
    "Joao Batista Lima",
    "0 JOAO BATISTA COSTA",
    "0 JOAO BATISTA COSTA",
    "review 0"
)]
#[case::somebody_nameless_on_both(
    "Ana",
    "0 ANA LIMA; -",
    "0 ANA LIMA; -",
    "review 0: candidate_without_cpf"
)]
#[case::somebody_nameless_on_one("Ana", "0 ANA LIMA; -", "0 ANA LIMA", "accept 0")]
#[case::first_name_of_a_couple(
    "Joao",
    "0 JOAO SILVA; 1 ANA SILVA",
    "0 JOAO SILVA; 1 ANA SILVA",
    "review 0"
)]
#[case::first_name_of_one_on_both("Joao", "0 JOAO SILVA; 1 JOAO LIMA", "0 JOAO SILVA", "accept 0")]
#[case::first_name_by_a_letter("Fernado", "0 FERNANDO LIMA", "0 FERNANDO LIMA", "review 0")]
#[case::nickname(
    "Beto Moreira",
    "0 ROBERTO MOREIRA",
    "0 ROBERTO MOREIRA",
    "accept 0: nickname_agrees"
)]
#[case::nickname_alone("Beto", "0 ROBERTO MOREIRA", "0 ROBERTO MOREIRA", "review 0")]
#[case::nickname_and_letter("Beto Moreria", "0 ROBERTO MOREIRA", "0 ROBERTO MOREIRA", "review 0")]
#[case::married(
    "Maria Souza Lima",
    "0 MARIA SOUZA COSTA",
    "0 MARIA SOUZA COSTA",
    "accept 0: married_name"
)]
#[case::married_with_a_middle_name(
    "Maria Souza Lima",
    "0 MARIA APARECIDA SOUZA COSTA",
    "0 MARIA APARECIDA SOUZA COSTA",
    "accept 0"
)]
#[case::sisters(
    "Ana Clara Souza Lima",
    "0 ANA PAULA SOUZA COSTA",
    "0 ANA PAULA SOUZA COSTA",
    "review 0"
)]
#[case::first_name_and_another_surname("Maria Souza", "0 MARIA LIMA", "0 MARIA LIMA", "review 0")]
#[case::middle_as_first(
    "Carlos Silva",
    "0 JOAO CARLOS SILVA",
    "0 JOAO CARLOS SILVA",
    "review 0"
)]
#[case::brothers(
    "Jose Carlos Silva",
    "0 JOSE ANTONIO SILVA",
    "0 JOSE ANTONIO SILVA",
    "review 0"
)]
#[case::two_people(
    "Joao e Maria Silva",
    "0 JOAO SILVA",
    "0 JOAO SILVA",
    "review 0: two_names_in_one"
)]
#[case::another_surname_by_a_letter("Joao Pires", "0 JOAO PERES", "0 JOAO PERES", "review 0")]
#[case::suffix(
    "Joao Silva",
    "0 JOAO SILVA FILHO",
    "0 JOAO SILVA FILHO",
    "review 0: suffix_differs"
)]
#[case::first_name_and_suffix("Joao", "0 JOAO SILVA FILHO", "0 JOAO SILVA FILHO", "review 0")]
#[case::another_first_name(
    "Ana Silva",
    "0 JOAO SILVA",
    "0 JOAO SILVA",
    "nobody: first_name_differs"
)]
#[case::shared_and_confirmed(
    "Joao Silva",
    "0 JOAO SILVA; 1 ANA LIMA; 2 RUI DIAS; 3 EVA REIS",
    "0 JOAO SILVA",
    "accept 0"
)]
#[case::nameless("Joao Silva", "0", "0", "review 0: candidate_without_name")]
#[case::nameless_on_one_side("Joao Silva", "0", "0 JOAO SILVA", "accept 0")]
fn of_one_person(
    #[case] lead: &str,
    #[case] phone: &str,
    #[case] email: &str,
    #[case] expected: &str,
) {
    either_way_round(lead, phone, email, expected);
}

#[rstest]
#[case::the_one_who_agrees(
    "Joao Silva",
    "0 JOAO SILVA",
    "1 ANA LIMA",
    "accept 0: other_contact_of_another"
)]
#[case::neither("Rui Dias", "0 JOAO SILVA", "1 ANA LIMA", "nobody")]
#[case::both_fit(
    "Joao Silva",
    "0 JOAO SILVA",
    "1 JOAO SILVA",
    "review 0 1: several_agree"
)]
#[case::first_name_of_one("Joao", "0 JOAO SILVA", "1 ANA LIMA", "review 0")]
#[case::namesakes_parted("Joao Silva", "0 JOAO SILVA; 1 JOAO SILVA", "1 JOAO SILVA", "accept 1")]
#[case::namesakes_on_both(
    "Joao Silva",
    "0 JOAO SILVA; 1 JOAO SILVA",
    "0 JOAO SILVA; 1 JOAO SILVA",
    "review 0 1"
)]
#[case::namesake_in_a_crowd(
    "Joao Silva",
    "0 JOAO SILVA; 2 ANA LIMA; 3 RUI DIAS; 4 EVA REIS",
    "1 JOAO SILVA",
    "review 1 0"
)]
#[case::less_near_on_both("Joao Lima", "0 JOAO; 1 JOAO LIMA", "0 JOAO", "review 0 1")]
#[case::middle_as_first_on_both(
    "Carlos Silva",
    "0 JOAO CARLOS SILVA; 1 CARLOS SILVA",
    "0 JOAO CARLOS SILVA",
    "review 1 0"
)]
#[case::nearer_on_one(
    "Beto Lima",
    "0 ROBERTO LIMA; 1 BETO LIMA",
    "0 ROBERTO LIMA",
    "review 0 1"
)]
#[case::son_on_the_other("Joao Silva", "0 JOAO SILVA", "1 JOAO SILVA FILHO", "review 0 1")]
#[case::son_who_says_so("Joao Silva Filho", "0 JOAO SILVA", "1 JOAO SILVA FILHO", "accept 1")]
#[case::son_on_both(
    "Joao Silva",
    "0 JOAO SILVA; 1 JOAO SILVA FILHO",
    "1 JOAO SILVA FILHO",
    "review 0 1"
)]
#[case::father_on_both(
    "Joao Silva",
    "0 JOAO SILVA; 1 JOAO SILVA FILHO",
    "0 JOAO SILVA; 1 JOAO SILVA FILHO",
    "accept 0"
)]
fn of_two_people(
    #[case] lead: &str,
    #[case] phone: &str,
    #[case] email: &str,
    #[case] expected: &str,
) {
    either_way_round(lead, phone, email, expected);
}

fn either_way_round(lead: &str, phone: &str, email: &str, expected: &str) {
    assert_decided(&decision(lead, Some(phone), Some(email)), expected);
    assert_decided(&decision(lead, Some(email), Some(phone)), expected);
}
