//! What an adversarial review found: names that look alike and are of two people, and names as people write
//! them beside other things.

use super::one_contact::on_either_contact;
use super::*;

#[rstest]
#[case::first_letter("Saulo Moreira Silva", "0 PAULO MOREIRA SILVA", "review 0")]
#[case::uncounted("Oscar Moreira Silva", "0 OSMAR MOREIRA SILVA", "review 0")]
#[case::uncounted_woman("Telma Moreira Silva", "0 SELMA MOREIRA SILVA", "review 0")]
#[case::vowel_added("Alana Moreira Silva", "0 ALAN MOREIRA SILVA", "review 0")]
#[case::vowel_dropped("Simon Moreira Silva", "0 SIMONE MOREIRA SILVA", "review 0")]
#[case::unlisted("Jolda Moreira Silva", "0 ZOLDA MOREIRA SILVA", "review 0")]
#[case::sisters(
    "Maria Telma Souza",
    "0 MARIA SELMA SOUZA",
    "review 0: further_name_differs"
)]
#[case::uncounted_sisters("Maria Ivanete Lima", "0 MARIA IVONETE LIMA", "review 0")]
#[case::slip_between("Jose Calros Moreira", "0 JOSE CARLOS MOREIRA", "accept 0")]
#[case::slip_in_a_surname("Joao Slva Moreira", "0 JOAO SILVA MOREIRA", "accept 0")]
#[case::doubled("Joao Villas-Boas", "0 JOAO VILAS BOAS", "accept 0")]
fn a_letter_makes_another(#[case] lead: &str, #[case] answer: &str, #[case] expected: &str) {
    on_either_contact(lead, answer, expected);
}

#[rstest]
#[case::second_given_name("Souza Ana Paula", "0 PAULA SOUZA", "nobody")]
#[case::second_of_two("Silva Joao Carlos", "0 CARLOS SILVA", "nobody")]
#[case::surname_as_given(
    "Bento Jose Silva",
    "0 JOSE BENTO SILVA",
    "review 0: middle_name_as_first"
)]
#[case::two_given_names("Caetano Jose", "0 JOSE CAETANO", "nobody")]
#[case::two_surnames("Silva Santos Joao", "0 JOAO SILVA SANTOS", "accept 0")]
#[case::given_name_as_surname("Rosa Joao", "0 JOAO ROSA", "accept 0")]
#[case::last_surname_first("Moreira Joao Silva", "0 JOAO SILVA MOREIRA", "accept 0")]
fn turned_round(#[case] lead: &str, #[case] answer: &str, #[case] expected: &str) {
    on_either_contact(lead, answer, expected);
}

#[rstest]
#[case::letter("F.")]
#[case::raised("Fº")]
#[case::degree("F°")]
#[case::fo("Fo.")]
#[case::fil("Fil.")]
#[case::filh("Filh")]
#[case::diminutive("Filhinho")]
#[case::parted("f i l h o")]
#[case::junior_parted("J.R.")]
#[case::junior_letter("J")]
#[case::jun("Jun.")]
#[case::jnr("Jnr")]
#[case::jor("Jor.")]
#[case::juni("Juni")]
#[case::juninho("Juninho")]
#[case::nto("Nto")]
#[case::netinho("Netinho")]
#[case::sob("Sob.")]
#[case::sobrin("Sobrin")]
#[case::second("2º")]
#[case::second_with_a_letter("2o")]
#[case::fourth("IV")]
#[case::great_great_grandson("Trineto")]
fn a_suffix_in_short_is_one(#[case] suffix: &str) {
    let with = format!("Joao Moreira Silva {suffix}");
    let without = "Joao Moreira Silva";
    on_either_contact(&with, &format!("0 {without}"), "review 0: suffix_differs");
    on_either_contact(without, &format!("0 {with}"), "review 0: suffix_differs");
    on_either_contact(&with, &format!("0 {with}"), "accept 0");
}

#[rstest]
#[case::a_surname("Joao Moreira F.", "0 JOAO MOREIRA FERREIRA", "accept 0")]
#[case::another_ones(
    "Joao Moreira F.",
    "0 JOAO FERREIRA MOREIRA",
    "review 0: suffix_differs"
)]
#[case::beside_a_surname_of_that_letter(
    "Joao Fagundes F.",
    "0 JOAO FAGUNDES",
    "review 0: suffix_differs"
)]
#[case::beside_another_of_that_letter(
    "Joao Fagundes F.",
    "0 JOAO FERREIRA FAGUNDES",
    "review 0: suffix_differs"
)]
#[case::the_surname("Joao Neto", "0 JOAO NETO", "accept 0")]
fn a_suffix_or_none(#[case] lead: &str, #[case] answer: &str, #[case] expected: &str) {
    on_either_contact(lead, answer, expected);
}

#[test]
fn a_suffix_behind_many_words_is_seen() {
    let name =
        "Joao de Souza e Silva de Lima e Costa da Rocha e Melo de Castro e Faria de Abreu e Dias";
    let long = format!("{name} {}", "de Lemos e ".repeat(5));
    for name in [name, &long] {
        let answer = format!("0 {name} Filho");
        assert_decided(
            &decision(name, Some(&answer), None),
            "review 0: suffix_differs",
        );
        assert_decided(&decision(&answer[2..], Some(&answer), None), "accept 0");
    }
}

#[rstest]
#[case("Joao Batista", "0 JOAO BATISTA PEREIRA")]
#[case("Francisco de Assis", "0 FRANCISCO DE ASSIS PEREIRA")]
#[case("Maria de Jesus", "0 MARIA DE JESUS LIMA")]
#[case("Maria da Penha", "0 MARIA DA PENHA LIMA")]
#[case("Maria das Neves", "0 MARIA DAS NEVES LIMA")]
#[case("Jose Inacio", "0 JOSE INACIO LIMA")]
#[case("Maria Elisa", "0 MARIA ELISA COSTA")]
#[case("Maria Valentina", "0 MARIA VALENTINA PEREIRA")]
fn two_given_names_are_no_full_name(#[case] lead: &str, #[case] answer: &str) {
    on_either_contact(lead, answer, "review 0: first_name_only");
    on_either_contact(&answer[2..], answer, "accept 0");
}

#[rstest]
#[case("Maria Lima e Telma Lima")]
#[case("Maria Lima e Ubirajara Lima")]
#[case("Maria Lima e o Joao Lima")]
#[case("Maria Lima e Dr. Joao Lima")]
#[case("Maria Lima e esposo")]
#[case("Maria Lima esposa do Joao")]
#[case("Maria Lima ou Joao Lima")]
#[case("Maria Lima com Joao")]
#[case("Maria Lima and Joao Lima")]
#[case("Maria Lima y Joao Lima")]
#[case("Maria Lima - Joao Lima")]
#[case("Maria Lima –Joao Souza")]
#[case("Maria Lima _ Joao Lima")]
#[case("Maria Lima • Joao Lima")]
#[case("Maria Lima\\Joao Lima")]
#[case("Maria Lima (Joao)")]
#[case("Maria Lima (Deodato)")]
#[case("Maria Lima, Telma Lima")]
#[case("Maria Lima. Joao Lima")]
#[case("Maria e Astolfo de Lima")]
fn two_people_in_one_field(#[case] lead: &str) {
    on_either_contact(lead, "0 MARIA LIMA", "review 0: two_names_in_one");
}

#[rstest]
#[case::the_other("Maria Lima, Telma Lima", "0 TELMA LIMA", "review 0: two_names_in_one")]
#[case::two_surnames("Maria Costa e Rosa", "0 MARIA COSTA E ROSA", "accept 0")]
#[case::state("Joao Silva, SP", "0 JOAO SILVA", "accept 0")]
#[case::city("Joao da Silva, São Paulo", "0 JOAO DA SILVA", "accept 0")]
#[case::profession("Joao Silva, corretor", "0 JOAO SILVA", "accept 0")]
#[case::wish("Joao Silva - casa 3 quartos", "0 JOAO LIMA SILVA", "accept 0")]
#[case::remark("Joao Silva (indicação)", "0 JOAO LIMA SILVA", "accept 0")]
#[case::state_behind_a_rare_name("Astolfo Silva, SP", "0 ASTOLFO SILVA", "accept 0")]
#[case::district("Joao Silva (Zona Sul)", "0 JOAO SILVA", "accept 0")]
#[case::nickname_beside("Maria Souza (Mari)", "0 MARIA LIMA SOUZA", "accept 0")]
fn what_follows_a_name(#[case] lead: &str, #[case] answer: &str, #[case] expected: &str) {
    on_either_contact(lead, answer, expected);
}

#[rstest]
#[case::maria("Mª Souza", "0 MARIA SOUZA")]
#[case::francisco("Fco. Souza", "0 FRANCISCO SOUZA")]
#[case::second_given_name("Maria Ap. Souza", "0 MARIA APARECIDA SOUZA")]
#[case::raised_title("Dr.ª Ana Lima", "0 ANA LIMA")]
#[case::either_sex("Sr(a). Maria Lima", "0 MARIA LIMA")]
#[case::engineer("Engº Joao Lima", "0 JOAO LIMA")]
#[case::dona("D. Maria Lima", "0 MARIA LIMA")]
#[case::pastor("Pr. Joao Lima", "0 JOAO LIMA")]
#[case::glued_particle("Joao Dasilva", "0 JOAO DA SILVA")]
#[case::glued_given_names("Joaopaulo Silva", "0 JOAO PAULO SILVA")]
#[case::glued_at_the_provider("Ana Lucia Souza", "0 ANALUCIA SOUZA")]
#[case::lone_accents("Joa~o Sil^va", "0 JOAO SILVA")]
fn written_as_people_do(#[case] lead: &str, #[case] answer: &str) {
    on_either_contact(lead, answer, "accept 0");
}

#[test]
fn capitals_fold_like_small_letters() {
    for text in ["Jürgen Weiß", "Łukasz Żółć", "Đặng Ähre", "Þór Ørsted"] {
        let lead = text.to_uppercase();
        let answer = format!("0 {}", text.to_lowercase());
        assert_decided(&decision(&lead, Some(&answer), None), "accept 0");
    }
}
