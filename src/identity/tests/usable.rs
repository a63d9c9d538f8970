//! Which names name somebody.

use super::*;

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
#[case::email("joao.silva@example.com")]
#[case::limited("Silva Moradias Ltda.")]
#[case::small("Silva Moradias ME")]
#[case::shares("Exemplo S/A")]
#[case::shares_without_slash("Exemplo S A")]
#[case::agency("Imobiliária Exemplo")]
#[case::particles("de da")]
#[case::initial_and_particle("E de")]
#[case::title_alone("Dr.")]
#[case::one_initial("J.")]
#[case::one_letter_held_down("aaaa")]
fn a_name_that_names_nobody_needs_both_contacts(#[case] lead: &str) {
    let one = decision(lead, Some("0 JOAO SILVA"), Some(""));
    assert_decided(&one, "review 0: no_usable_name contacts_do_not_agree");
    let both = decision(lead, Some("0 JOAO SILVA"), Some("0 JOAO SILVA"));
    assert_decided(&both, "accept 0: no_usable_name both_contacts");
    assert!(name(lead).is_none_or(|name| !can_tell_apart(&name)));
}

#[rstest]
#[case::nobody("Fulano de Tal")]
#[case::portal("Viva Real")]
#[case::greeting("Bom dia")]
#[case::wish("Quero comprar")]
#[case::building_materials("Silva Materiais de Construção")]
#[case::profession("Corretor")]
fn more_names_that_name_nobody(#[case] lead: &str) {
    let both = decision(lead, Some("0 JOAO SILVA"), Some("0 JOAO SILVA"));
    assert_decided(&both, "accept 0: no_usable_name both_contacts");
}

/// The name beside it is somebody's, and never anybody else's.
#[rstest]
#[case::phone("Ana Lima 11988887777", "accept 0")]
#[case::phone_as_written("Ana Lima (11) 98888-7777", "accept 0")]
#[case::email("Ana Lima ana@example.com", "accept 0")]
#[case::client("Cliente Ana Lima", "accept 0")]
#[case::client_behind("Ana Lima - cliente", "accept 0")]
#[case::whatsapp("Ana Lima (WhatsApp)", "accept 0")]
#[case::label("Nome: Ana Lima", "accept 0")]
#[case::sentence("Meu nome é Ana Lima", "accept 0")]
#[case::small("Ana Lima ME", "accept 0")]
#[case::portal("Ana Portal", "review 0: first_name_only")]
#[case::digits("Ana 123456", "review 0: first_name_only")]
#[case::company("Ana Lima Imóveis", "review 0: name_agrees no_usable_name")]
#[case::shop("Modas Ana Lima", "review 0: no_usable_name")]
#[case::shares("Ana Lima S.A.", "review 0: no_usable_name")]
#[case::limited("Ana Lima L.T.D.A.", "review 0: no_usable_name")]
#[case::lawyers("Ana Lima Advogados", "review 0: no_usable_name")]
#[case::profession("Ana Lima Corretora", "review 0: no_usable_name")]
fn a_name_beside_what_is_none(#[case] lead: &str, #[case] expected: &str) {
    let one = decision(lead, Some("0 ANA LIMA"), None);
    assert_decided(&one, expected);
    let another = decision(lead, Some("0 ROBERTO SOUZA"), Some("0 ROBERTO SOUZA"));
    assert_decided(&another, "nobody: first_name_differs");
}

#[rstest]
#[case::nameless("0", "0", "accept 0")]
#[case::one_in_common("0 JOAO SILVA; 1 ANA LIMA", "0 JOAO SILVA", "accept 0")]
#[case::two_in_common("0 JOAO SILVA; 1 ANA LIMA", "0 JOAO SILVA; 1 ANA LIMA", "nobody")]
#[case::apart("0 JOAO SILVA", "1 ANA LIMA", "nobody")]
#[case::two_on_one("0 JOAO SILVA; 1 ANA LIMA", "", "nobody")]
#[case::two_on_one_without_cpf("0 JOAO SILVA; - ANA LIMA", "", "nobody")]
fn without_a_name(#[case] phone: &str, #[case] email: &str, #[case] expected: &str) {
    let decided = decision("Site", Some(phone), Some(email));
    assert_decided(&decided, expected);
    assert!(reasons(&decided).contains(&Reason::NoUsableName));
}

#[rstest]
#[case::surname_sa("Maria de Sá", "0 MARIA DE SA")]
#[case::surname_leite("Ana Leite", "0 ANA LEITE")]
#[case::digits_beside("Joao Silva 2", "0 JOAO SILVA")]
#[case::emoji("🏠 Joao Silva 🏠", "0 JOAO SILVA")]
#[case::apostrophe("Ana D’Avila", "0 ANA D'AVILA")]
#[case::zero_width("Jo\u{200B}ao Sil\u{2060}va", "0 JOAO SILVA")]
#[case::soft_hyphen("Jo\u{AD}ao Sil\u{AD}va", "0 JOAO SILVA")]
#[case::right_to_left("\u{202E}Joao\u{202C} Silva\u{61C}", "0 JOAO SILVA")]
#[case::other_letters("𝐉𝐨𝐚𝐨 Ｓｉｌｖａ", "0 JOAO SILVA")]
#[case::foreign("Jürgen Weiß", "0 JURGEN WEISS")]
fn a_name_is_usable(#[case] lead: &str, #[case] answer: &str) {
    assert_decided(&decision(lead, Some(answer), None), "accept 0");
}
