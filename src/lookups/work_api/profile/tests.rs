#![expect(clippy::expect_used, reason = "tests")]

use chrono::NaiveDate;
use rstest::rstest;
use serde_json::json;

use super::*;
use crate::models::Money;

const CPF: &str = "52998224725";

fn of(root: &Value) -> Profile {
    let basics = root.get("DadosBasicos").unwrap_or(&Value::Null);
    read(root, basics, &Cpf::parse(CPF).expect("a CPF")).expect("a profile")
}

/// A profile with a name and this beside it.
fn with(key: &str, value: Value) -> Profile {
    let mut root = json!({"DadosBasicos": {"nome": "PESSOA"}});
    root[key] = value;
    of(&root)
}

fn with_basic(key: &str, value: Value) -> Profile {
    let mut root = json!({"DadosBasicos": {"nome": "PESSOA"}});
    root["DadosBasicos"][key] = value;
    of(&root)
}

fn text(text: &Option<FreeText>) -> Option<&str> {
    text.as_ref().map(FreeText::as_str)
}

fn day(year: i32, month: u32, day: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year, month, day)
}

#[test]
fn reads_the_profile_as_work_api_sends_it() {
    let body = include_str!("../../../../tests/fixtures/work_api/cpf_full.json");
    let profile = of(&serde_json::from_str(body).expect("JSON"));
    assert_eq!(profile.name.as_str(), "PESSOA EXEMPLO UM");
    assert_eq!(profile.birth_date, day(1980, 1, 1));
    assert_eq!(profile.sex, Some(Sex::Female));
    assert_eq!(
        profile.mother_name.as_ref().map(PersonName::as_str),
        Some("MAE EXEMPLO UM")
    );
    assert_eq!(
        profile.father_name.as_ref().map(PersonName::as_str),
        Some("PAI EXEMPLO UM")
    );
    assert_eq!(text(&profile.rg), Some("SP-00.000.001"));
    assert_eq!(text(&profile.voter_id), Some("100000000001"));
    assert_eq!(text(&profile.marital_status), None);
    assert_eq!(text(&profile.education), Some("SUPERIOR COMPLETO"));
    assert_eq!(text(&profile.nationality), Some("BRASILEIRA"));
    assert!(!profile.deceased);
    let status = profile.registration_status.as_ref().expect("a status");
    assert_eq!(
        (status.description.as_str(), status.since),
        ("REGULAR", day(2020, 1, 1))
    );
    assert_eq!(profile.income, Some(Money::from_centavos(123_456)));
    assert_eq!(text(&profile.purchasing_power), Some("MEDIO"));
    assert_eq!(text(&profile.income_band), Some("De R$ 1630 até R$ 4082"));
    assert_eq!(
        (profile.credit_score, text(&profile.credit_risk)),
        (Some(500), Some("MEDIO"))
    );
    assert_eq!(text(&profile.occupation), Some("PROFISSAO EXEMPLO"));
    let companies: Vec<_> = profile
        .companies
        .iter()
        .map(|tie| (tie.cnpj.digits(), text(&tie.relation)))
        .collect();
    let expected = [
        ("11222333000181", Some("SOCIO-ADMINISTRADOR")),
        ("11444777000161", Some("REPRESENTANTELEGAL")),
    ];
    assert_eq!(companies, expected);
}

#[test]
fn reads_contacts_best_first() {
    let body = include_str!("../../../../tests/fixtures/work_api/cpf_full.json");
    let profile = of(&serde_json::from_str(body).expect("JSON"));
    let emails: Vec<_> = profile
        .emails
        .iter()
        .map(|e| (e.email.as_str(), e.personal))
        .collect();
    let expected = [
        ("trabalho.um@example.com", Some(false)),
        ("pessoa.um@example.com", Some(true)),
    ];
    assert_eq!(emails, expected);
    let phones: Vec<_> = profile
        .phones
        .iter()
        .map(|p| (p.phone.national(), p.whatsapp, p.active))
        .collect();
    let expected = [
        ("11900000001", true, Some(true)),
        ("1120000001", false, Some(true)),
        ("1120000002", false, Some(true)),
        ("11900000002", false, Some(false)),
    ];
    assert_eq!(phones, expected);
    let address = profile.addresses.first().expect("an address");
    assert_eq!(profile.addresses.len(), 2);
    assert_eq!(text(&address.street_type), Some("R"));
    assert_eq!(text(&address.street), Some("EXEMPLO"));
    assert_eq!(text(&address.number), Some("100"));
    assert_eq!(text(&address.complement), Some("APTO 101"));
    assert_eq!(text(&address.neighborhood), Some("BAIRRO EXEMPLO"));
    assert_eq!(text(&address.city), Some("CIDADE EXEMPLO"));
    assert_eq!(address.state.as_deref(), Some("SP"));
    assert_eq!(address.zip_code.as_deref(), Some("01000000"));
}

/// Every field of the wrong type at once: the name alone is read, nothing fails, nothing is
/// guessed.
#[rstest]
#[case(json!(null))]
#[case(json!({}))]
#[case(json!([]))]
#[case(json!([null, 1, "x", [], {}]))]
#[case(json!(""))]
#[case(json!("SEM INFORMAÇÃO"))]
#[case(json!({"a": {"b": []}}))]
fn no_field_but_the_name_fails_the_whole(#[case] odd: Value) {
    let body = include_str!("../../../../tests/fixtures/work_api/cpf_full.json");
    let mut root: Value = serde_json::from_str(body).expect("JSON");
    for (_, value) in root.as_object_mut().expect("an object").iter_mut() {
        match value {
            Value::Object(fields) => fields.values_mut().for_each(|field| *field = odd.clone()),
            other => *other = odd.clone(),
        }
    }
    root["DadosBasicos"]["nome"] = json!("PESSOA");
    assert_eq!(of(&root), of(&json!({"DadosBasicos": {"nome": "PESSOA"}})));
}

#[rstest]
#[case(json!("F - FEMININO"), Some(Sex::Female))]
#[case(json!("M - MASCULINO"), Some(Sex::Male))]
#[case(json!("SEM INFORMAÇÃO"), None)]
#[case(json!("I - IGNORADO"), None)]
#[case(json!(1), None)]
fn sex_is_never_guessed(#[case] sexo: Value, #[case] expected: Option<Sex>) {
    assert_eq!(with_basic("sexo", sexo).sex, expected);
}

#[rstest]
#[case(json!("01/02/1980"), day(1980, 2, 1))]
#[case(json!("1980-02-01"), day(1980, 2, 1))]
#[case(json!("1980-02-01 00:00:00"), day(1980, 2, 1))]
#[case(json!("31/02/1980"), None)]
#[case(json!(19_800_201), None)]
fn reads_days(#[case] text: Value, #[case] expected: Option<NaiveDate>) {
    assert_eq!(with_basic("dataNascimento", text).birth_date, expected);
}

#[rstest]
#[case(json!({"obito": "NÃO", "dataObito": "SEM INFORMAÇÃO"}), false)]
#[case(json!({"obito": "NAO"}), false)]
#[case(json!({"obito": "SIM", "dataObito": ""}), true)]
#[case(json!({"obito": "Sim"}), true)]
#[case(json!({"obito": true}), true)]
#[case(json!({"obito": null, "dataObito": "01/01/2020"}), true)]
#[case(json!("SIM"), true)]
#[case(json!(null), false)]
fn tells_the_dead(#[case] obito: Value, #[case] deceased: bool) {
    assert_eq!(with_basic("obito", obito).deceased, deceased);
}

#[rstest]
#[case(json!("1.234,56"), Some(123_456))]
#[case(json!("1234,5"), Some(123_450))]
#[case(json!(1234.56), Some(123_456))]
#[case(json!("SEM INFORMAÇÃO"), None)]
#[case(json!("muito"), None)]
fn reads_income(#[case] renda: Value, #[case] centavos: Option<i64>) {
    let profile = with("DadosEconomicos", json!({"renda": renda}));
    assert_eq!(profile.income.map(Money::centavos), centavos);
}

#[rstest]
#[case(json!({"scoreCSB": "500", "scoreCSBFaixaRisco": "MEDIO", "scoreCSBA": "1"}), Some(500), Some("MEDIO"))]
#[case(json!({"scoreCSB": 500.0}), Some(500), None)]
#[case(json!({"scoreCSB": "", "scoreCSBFaixaRisco": "A", "scoreCSBA": 7, "scoreCSBAFaixaRisco": "B"}), Some(7), Some("B"))]
#[case(json!({"scoreCSBFaixaRisco": "A"}), None, Some("A"))]
#[case(json!({"scoreCSBAFaixaRisco": "B"}), None, Some("B"))]
#[case(json!({"scoreCSB": "1001"}), None, None)]
#[case(json!({"scoreCSB": "-1"}), None, None)]
fn reads_the_score(#[case] score: Value, #[case] points: Option<u16>, #[case] risk: Option<&str>) {
    let profile = with("DadosEconomicos", json!({"score": score}));
    assert_eq!(
        (profile.credit_score, text(&profile.credit_risk)),
        (points, risk)
    );
}

#[test]
fn only_companies_with_a_cnpj_count_and_each_once() {
    let companies = json!([
        {"cnpj": "11.222.333/0001-81", "relacao": "SOCIO"},
        {"cnpj": "11222333000181", "relacao": "ADMINISTRADOR"},
        {"cnpj": 191, "relacao": null, "tipoRelacao": "QSA"},
        {"cnpj": "11222333000182"},
        {"cnpj": null},
    ]);
    let profile = with("empresas", companies);
    let ties: Vec<_> = profile
        .companies
        .iter()
        .map(|tie| (tie.cnpj.digits(), text(&tie.relation)))
        .collect();
    let expected = [
        ("11222333000181", Some("SOCIO")),
        ("00000000000191", Some("QSA")),
    ];
    assert_eq!(ties, expected);
}

#[test]
fn emails_are_valid_not_blacklisted_and_once() {
    let emails = json!([
        {"email": "baixa@example.com", "prioridade": "BAIXA"},
        {"email": "nada@example.com", "prioridade": null},
        {"email": "Alta@Example.com", "prioridade": "ALTA", "qualidade": "BOM"},
        {"email": "otimo@example.com", "prioridade": "ALTA", "qualidade": "ÓTIMO"},
        {"email": "alta@example.com", "prioridade": "MÉDIA"},
        {"email": "muito@example.com", "prioridade": "muito alta"},
        {"email": "fora@example.com", "prioridade": "MUITO ALTA", "blacklist": "SIM"},
        {"email": "naotem", "prioridade": "MUITO ALTA"},
        {"email": 7},
    ]);
    let profile = with("emails", emails);
    let emails: Vec<_> = profile.emails.iter().map(|e| e.email.as_str()).collect();
    let expected = [
        "muito@example.com",
        "otimo@example.com",
        "alta@example.com",
        "baixa@example.com",
        "nada@example.com",
    ];
    assert_eq!(emails, expected);
}

#[test]
fn phones_are_valid_and_once() {
    let phones = json!([
        {"telefone": 1_120_000_001, "status": "ATIVO"},
        {"telefone": "5511900000001", "whatsapp": null},
        {"telefone": "(11) 90000-0001", "whatsapp": "SIM"},
        {"telefone": "000"},
        {"telefone": null},
    ]);
    let profile = with("telefones", phones);
    let phones: Vec<_> = profile
        .phones
        .iter()
        .map(|p| (p.phone.national(), p.whatsapp))
        .collect();
    assert_eq!(phones, [("11900000001", true), ("1120000001", false)]);
}

#[rstest]
#[case("logradouroNumero", json!("S/N"), json!(null))]
#[case("logradouroNumero", json!("s.n."), json!(null))]
#[case("logradouroNumero", json!(100), json!("100"))]
#[case("logradouroNumero", json!("100-A"), json!("100-A"))]
#[case("cep", json!("01000-000"), json!("01000000"))]
#[case("cep", json!(1_000_000), json!("01000000"))]
#[case("cep", json!("1000000"), json!(null))]
#[case("cep", json!(""), json!(null))]
#[case("uf", json!("sp"), json!("SP"))]
#[case("uf", json!("São Paulo"), json!(null))]
#[case("uf", json!("É"), json!(null))]
#[case("uf", json!(35), json!(null))]
fn a_part_of_an_address_that_cannot_be_right_is_left_out(
    #[case] key: &str,
    #[case] value: Value,
    #[case] expected: Value,
) {
    let profile = with("enderecos", json!([{"logradouro": "EXEMPLO", key: value}]));
    let address = serde_json::to_value(&profile.addresses[0]).expect("JSON");
    let ours = match key {
        "logradouroNumero" => "number",
        "cep" => "zip_code",
        _ => "state",
    };
    assert_eq!(
        (&address["street"], &address[ours]),
        (&json!("EXEMPLO"), &expected)
    );
}

#[test]
fn an_address_counts_once_and_not_when_it_says_nothing() {
    let addresses = json!([
        {"logradouro": "EXEMPLO", "logradouroNumero": "1", "cidade": "São Paulo", "uf": "SP"},
        {"logradouro": "Exemplo", "logradouroNumero": 1, "cidade": "SAO PAULO", "uf": "sp"},
        {"logradouroNumero": "1", "uf": "SP"},
        {"logradouro": "SEM INFORMAÇÃO"},
    ]);
    assert_eq!(with("enderecos", addresses).addresses.len(), 1);
}

#[test]
fn a_list_without_end_is_cut() {
    let emails: Vec<Value> = (0..10_000)
        .map(|n| json!({"email": format!("p{n}@example.com")}))
        .collect();
    assert_eq!(with("emails", json!(emails)).emails.len(), LONGEST_LIST);
}
