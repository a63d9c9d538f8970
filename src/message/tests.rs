#![expect(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;
use rstest::rstest;
use serde_json::{Value, json};

use super::*;

const REFERENCE: &str = "K7QM2X";
const FORTE: &str = "🔎 Identificação: forte";

fn full() -> Value {
    json!({
        "cpf": "52998224725", "name": "PESSOA EXEMPLO UM", "birth_date": "1980-01-01", "sex": "F",
        "mother_name": "MAE EXEMPLO UM", "father_name": "PAI EXEMPLO UM", "rg": "SP-00.000.001",
        "voter_id": "100000000001", "marital_status": "SOLTEIRA", "education": "SUPERIOR COMPLETO",
        "nationality": "BRASILEIRA", "deceased": false, "occupation": "PROFISSAO EXEMPLO",
        "income": 123_456, "purchasing_power": "MEDIO", "income_band": "De R$ 1630 até R$ 4082",
        "credit_score": 500, "credit_risk": "MEDIO",
        "companies": [
            {"cnpj": "11222333000181", "relation": "SOCIO-ADMINISTRADOR"},
            {"cnpj": "11444777000161", "relation": null},
        ],
        "emails": [email("pessoa.um@example.com"), email("trabalho.um@example.com")],
        "phones": [phone("11900000001", true), phone("1120000001", false)],
        "addresses": [
            {"street_type": "R", "street": "EXEMPLO", "number": "100", "complement": "APTO 101",
             "neighborhood": "BAIRRO EXEMPLO", "city": "CIDADE EXEMPLO", "state": "SP", "zip_code": "01000000"},
            {"street": "MODELO", "city": "CIDADE EXEMPLO"},
        ],
    })
}

fn email(address: &str) -> Value {
    json!({"email": address, "priority": "ALTA", "quality": "BOM", "personal": true})
}

fn phone(number: &str, whatsapp: bool) -> Value {
    json!({"phone": number, "whatsapp": whatsapp, "active": true, "kind": "CELULAR", "operator": "OPERADORA A"})
}

/// The full profile with some keys replaced.
fn full_but(changes: &Value) -> Profile {
    let mut profile = full();
    for (key, value) in changes.as_object().unwrap() {
        profile[key] = value.clone();
    }
    serde_json::from_value(profile).unwrap()
}

fn composed(profile: &Profile, agreement: ContactAgreement, thousandths: u32) -> Message {
    composed_of(profile, agreement, thousandths, &MessageField::ALL)
}

fn composed_of(
    profile: &Profile,
    agreement: ContactAgreement,
    thousandths: u32,
    fields: &[MessageField],
) -> Message {
    compose(&MessageInput {
        profile,
        agreement,
        strength: MatchStrength::Strong,
        corrects: false,
        options: &MessageOptions {
            fields,
            income_multiplier_thousandths: thousandths,
        },
        today: NaiveDate::from_ymd_opt(2026, 11, 24).unwrap(),
        fetched_on: NaiveDate::from_ymd_opt(2026, 11, 23).unwrap(),
        source: "Work API",
    })
}

/// The message about a profile on one contact, as the provider says.
fn plain(profile: &Profile) -> String {
    composed(profile, ContactAgreement::OneContact, 1_000).with_last_line(REFERENCE)
}

#[test]
fn the_whole_of_it() {
    let message = composed(&full_but(&json!({})), ContactAgreement::SamePerson, 1_000);
    insta::assert_snapshot!(message.with_last_line(REFERENCE));
}

#[test]
fn no_contacts() {
    let profile = full_but(&json!({"emails": [], "phones": [], "addresses": [], "companies": []}));
    insta::assert_snapshot!(plain(&profile));
}

#[test]
fn no_finances() {
    let profile = full_but(&json!({
        "income": null, "purchasing_power": null, "income_band": null, "credit_score": null, "credit_risk": null,
    }));
    insta::assert_snapshot!(plain(&profile));
}

#[test]
fn different_people() {
    let message = composed(
        &full_but(&json!({})),
        ContactAgreement::DifferentPeople,
        1_000,
    );
    insta::assert_snapshot!(message.with_last_line(REFERENCE));
}

#[test]
fn estimated_income() {
    let message = composed(&full_but(&json!({})), ContactAgreement::OneContact, 1_900);
    insta::assert_snapshot!(message.with_last_line(REFERENCE));
}

#[test]
fn long_lists_are_cut() {
    let emails: Vec<Value> = (1..=7)
        .map(|n| email(&format!("p{n}@example.com")))
        .collect();
    let phones: Vec<Value> = (1..=4)
        .map(|n| phone(&format!("1190000000{n}"), n == 2))
        .collect();
    let address = |n: u32| json!({"street": "EXEMPLO", "number": n.to_string()});
    let addresses: Vec<Value> = (1..=5).map(address).collect();
    let tie = json!({"cnpj": "11222333000181", "relation": "SOCIO"});
    let profile = full_but(&json!({
        "emails": emails, "phones": phones, "addresses": addresses, "companies": vec![tie; 9],
    }));
    insta::assert_snapshot!(plain(&profile));
}

#[test]
fn a_minor() {
    insta::assert_snapshot!(plain(&full_but(&json!({"birth_date": "2008-11-25"}))));
}

#[test]
fn names_of_two_hundred_characters() {
    let profile = full_but(&json!({"name": "Ã".repeat(200), "mother_name": "É".repeat(200)}));
    insta::assert_snapshot!(plain(&profile));
}

#[test]
fn almost_nothing_known() {
    let profile = json!({
        "cpf": "52998224725", "name": "PESSOA EXEMPLO UM", "deceased": false, "companies": [],
        "emails": [], "phones": [], "addresses": [{"street": null}],
    });
    insta::assert_snapshot!(plain(&serde_json::from_value(profile).unwrap()));
}

#[rstest]
#[case::eighteen_today(json!("2008-11-24"), true)]
#[case::eighteen_tomorrow(json!("2008-11-25"), false)]
#[case::born_on_a_leap_day(json!("2008-02-29"), true)]
#[case::not_known(json!(null), false)]
#[case::still_to_come(json!("2030-01-01"), false)]
fn finances_of_grown_ups_only(#[case] birth_date: Value, #[case] shown: bool) {
    let text = plain(&full_but(&json!({ "birth_date": birth_date })));
    for word in ["DADOS FINANCEIROS", "Renda", "R$", "Score", "Risco"] {
        assert_eq!(text.contains(word), shown, "{word}");
    }
}

#[rstest]
#[case::as_written(
    "De R$ 1630 até R$ 4082",
    1_000,
    Some("De R$ 1.630,00 até R$ 4.082,00")
)]
#[case::multiplied(
    "De R$ 1630 até R$ 4082",
    1_900,
    Some("De R$ 3.097,00 até R$ 7.755,80 (estimada)")
)]
#[case::smaller("Acima de R$1.000,00.", 500, Some("Acima de R$ 500,00. (estimada)"))]
#[case::no_amount("2 A 4 SALARIOS", 1_900, Some("2 A 4 SALARIOS"))]
#[case::unreadable("Até R$ muito", 1_000, Some("Até R$ muito"))]
#[case::unreadable_multiplied("Até R$ muito", 1_900, None)]
#[case::too_large("Até R$ 92233720368547758", 4_000_000_000, None)]
fn the_band_follows_the_multiplier(
    #[case] band: &str,
    #[case] thousandths: u32,
    #[case] expected: Option<&str>,
) {
    let profile = full_but(&json!({ "income_band": band }));
    let message = composed(&profile, ContactAgreement::OneContact, thousandths);
    let mut lines = message.sections().lines();
    let shown = lines.find_map(|line| line.strip_prefix("Faixa de Renda: "));
    assert_eq!(shown, expected);
}

#[rstest]
#[case::personal(MessageField::Personal, &["Data Nascimento", "Sexo", "Mãe"])]
#[case::financial(MessageField::Financial, &["💰", "Renda"])]
#[case::emails(MessageField::Emails, &["📧 EMAILS", "@example.com"])]
#[case::phones(MessageField::Phones, &["📱", "(11)"])]
#[case::addresses(MessageField::Addresses, &["🏠", "CEP"])]
#[case::companies(MessageField::Companies, &["🏢", "/0001-"])]
fn a_part_can_be_left_out(#[case] left_out: MessageField, #[case] words: &[&str]) {
    let profile = full_but(&json!({}));
    let fields: Vec<_> = MessageField::ALL
        .into_iter()
        .filter(|f| *f != left_out)
        .collect();
    let with = composed(&profile, ContactAgreement::OneContact, 1_000);
    let without = composed_of(&profile, ContactAgreement::OneContact, 1_000, &fields);
    for word in words {
        assert!(with.sections().contains(word), "{word}");
        assert!(!without.sections().contains(word), "{word}");
    }
    assert!(
        without
            .sections()
            .contains("Nome: PESSOA EXEMPLO UM\nCPF: 529.982.247-25")
    );
}

#[test]
fn the_sections_know_nothing_of_day_and_reference() {
    let message = composed(&full_but(&json!({})), ContactAgreement::SamePerson, 1_000);
    let text = message.with_last_line(REFERENCE);
    let (sections, last_line) = text.rsplit_once("\n\n").unwrap();
    assert_eq!(sections, message.sections());
    assert_eq!(last_line, "Fonte: Work API em 23/11/2026 · ref. K7QM2X");
}

#[test]
fn debug_shows_no_text() {
    let message = composed(&full_but(&json!({})), ContactAgreement::SamePerson, 1_000);
    let shown = format!("{message:?}");
    assert!(shown.starts_with("Message(") && !shown.contains("EXEMPLO"));
}

/// Names and e-mails as long as their types take them, other texts longer than they are shown.
fn endless(word: &str, entries: usize) -> Profile {
    let words = word.repeat(300);
    let name: String = format!("A{words}").chars().take(200).collect();
    let name = name.trim_end().to_owned();
    let address = json!({
        "street_type": words, "street": words, "number": words, "complement": words,
        "neighborhood": words, "city": words, "state": words, "zip_code": words,
    });
    let domain = format!("{0}.{0}.{0}.com", "b".repeat(60));
    let mailbox = email(&format!("{}@{domain}", "a".repeat(64)));
    full_but(&json!({
        "name": name, "mother_name": name, "purchasing_power": words, "income": i64::MAX,
        "income_band": format!("R$ 1,00 {words}"), "credit_score": u16::MAX, "credit_risk": words,
        "companies": vec![json!({"cnpj": "11222333000181", "relation": words}); entries],
        "emails": vec![mailbox; entries], "phones": vec![phone("11900000001", true); entries],
        "addresses": vec![address; entries],
    }))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn always_short_whole_and_signed(
        word in "[\\PC&&[^\\s]]{1,3}|💰\n\nDADOS FINANCEIROS|a\r\u{2028}b",
        entries in 0usize..6,
        thousandths in any::<u32>(),
        agreement in prop_oneof![
            Just(ContactAgreement::SamePerson),
            Just(ContactAgreement::DifferentPeople),
            Just(ContactAgreement::OneContact),
        ],
        fields in proptest::sample::subsequence(MessageField::ALL.to_vec(), 0..=6),
    ) {
        let profile = endless(&word, entries);
        let message = composed_of(&profile, agreement, thousandths, &fields);
        let text = message.with_last_line(REFERENCE);
        prop_assert!(text.chars().count() < 5_000);
        prop_assert!(text.lines().last().unwrap().ends_with("· ref. K7QM2X"));
        let headings = ["✅ DADOS PESSOAIS", "💰 DADOS FINANCEIROS", "📧 EMAILS", "📱 TELEFONES", "🏠 ENDEREÇOS", "🏢 EMPRESAS"];
        let mut found = Vec::new();
        for section in message.sections().split("\n\n") {
            let mut lines = section.lines();
            let heading = lines.next().unwrap();
            match headings.iter().position(|h| *h == heading) {
                Some(at) => {
                    found.push(at);
                    prop_assert!(lines.next().is_some_and(|line| !line.trim().is_empty()));
                }
                None => prop_assert!([SAME_PERSON, DIFFERENT_PEOPLE, FORTE].contains(&heading)),
            }
        }
        prop_assert!(found.is_sorted_by(|a, b| a < b));
        prop_assert!(found.contains(&0));
    }
}

#[rstest]
#[case::very(MatchStrength::VeryStrong, "🔎 Identificação: muito forte")]
#[case::strong(MatchStrength::Strong, FORTE)]
#[case::sufficient(
    MatchStrength::Sufficient,
    "🔎 Identificação: suficiente (confirme o nome ao falar)"
)]
#[case::chosen(
    MatchStrength::ChosenByPerson,
    "🔎 Identificação: conferida por uma pessoa da equipe"
)]
fn the_strength_stands_in_the_first_lines(#[case] strength: MatchStrength, #[case] line: &str) {
    let profile = full_but(&json!({}));
    let message = composed_as(&profile, strength, false);
    assert_eq!(message.sections().lines().next(), Some(line));
}

#[test]
fn a_correction_comes_first_and_is_no_part_of_what_is_compared() {
    let profile = full_but(&json!({}));
    let corrects = composed_as(&profile, MatchStrength::Strong, true);
    let plain = composed_as(&profile, MatchStrength::Strong, false);
    assert_eq!(corrects.sections(), plain.sections());
    let text = corrects.with_last_line(REFERENCE);
    assert!(text.starts_with("⚠️ CORREÇÃO: "), "{text}");
    assert!(text.ends_with(&plain.with_last_line(REFERENCE)));
}

#[rstest]
#[case(Note::UnderReview, "conferir")]
#[case(Note::NobodyFound, "NÃO IDENTIFICADO")]
#[case(Note::Correction, "CORREÇÃO")]
fn a_note_is_short_and_of_nobody(#[case] note: Note, #[case] word: &str) {
    let text = compose_note(note).with_last_line(REFERENCE);
    assert!(text.contains(word), "{text}");
    assert!(
        text.ends_with("Mensagem automática · ref. K7QM2X"),
        "{text}"
    );
    assert!(text.chars().count() < 400);
}

fn composed_as(profile: &Profile, strength: MatchStrength, corrects: bool) -> Message {
    compose(&MessageInput {
        profile,
        agreement: ContactAgreement::OneContact,
        strength,
        corrects,
        options: &MessageOptions {
            fields: &MessageField::ALL,
            income_multiplier_thousandths: 1_000,
        },
        today: NaiveDate::from_ymd_opt(2026, 11, 24).unwrap(),
        fetched_on: NaiveDate::from_ymd_opt(2026, 11, 23).unwrap(),
        source: "Work API",
    })
}
