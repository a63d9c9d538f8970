#![expect(clippy::expect_used, reason = "tests")]

use rstest::rstest;
use serde_json::json;

use super::*;
use crate::models::Candidate;

const UM: &str = "52998224725";
const ZEROS: &str = "00123456797";

fn read(body: &Value, asked: &str) -> Result<Reading<FetchedProfile>, UpstreamErrorKind> {
    let asked = Cpf::parse(asked).expect("a CPF");
    profile(body.to_string().as_bytes(), &asked)
}

fn with_cpf(cpf: &Value) -> Value {
    json!({"DadosBasicos": {"nome": "PESSOA", "cpf": cpf}})
}

#[rstest]
#[case(json!({"DadosBasicos": {"nome": "PESSOA"}}), UM)]
#[case(json!({"status": 200, "DadosBasicos": {"nome": "PESSOA", "cpf": null}}), UM)]
#[case(json!({"status": "200", "DadosBasicos": {"nome": "PESSOA", "cpf": ""}}), UM)]
#[case(json!({"status": null, "erro": null, "DadosBasicos": {"nome": "PESSOA"}}), UM)]
#[case(with_cpf(&json!("SEM INFORMAÇÃO")), UM)]
#[case(with_cpf(&json!("529.982.247-25")), UM)]
#[case(with_cpf(&json!(52_998_224_725_u64)), UM)]
#[case(with_cpf(&json!("00052998224725")), UM)]
#[case(with_cpf(&json!(123_456_797)), ZEROS)]
fn a_success_is_one(#[case] body: Value, #[case] asked: &str) {
    assert!(matches!(read(&body, asked), Ok(Reading::Success(_))));
}

#[rstest]
#[case(json!({"status": 404, "reason": "Document not found."}))]
#[case(json!({"status": "404"}))]
fn nobody_is_an_answer(#[case] body: Value) {
    assert_eq!(read(&body, UM), Ok(Reading::Absent));
}

#[rstest]
#[case(json!({"status": 403, "reason": "Token vencido ou inválido"}), UpstreamErrorKind::Denied)]
#[case(json!({"status": "403"}), UpstreamErrorKind::Denied)]
#[case(json!({"status": 403, "reason": "Módulo cpf inexistente para a rota."}), UpstreamErrorKind::NotInContract)]
#[case(json!({"code": 429, "message": "not enough credits"}), UpstreamErrorKind::NoCredits)]
#[case(json!({"code": "429"}), UpstreamErrorKind::NoCredits)]
#[case(json!({"status": 429}), UpstreamErrorKind::RateLimited)]
#[case(json!({"status": 500}), UpstreamErrorKind::Unavailable(500))]
#[case(json!({"status": 201, "DadosBasicos": {"nome": "PESSOA"}}), UpstreamErrorKind::Reported)]
#[case(json!({"status": "OK", "DadosBasicos": {"nome": "PESSOA"}}), UpstreamErrorKind::Reported)]
#[case(json!({"status": {}, "DadosBasicos": {"nome": "PESSOA"}}), UpstreamErrorKind::Reported)]
#[case(json!({"erro": "x", "status": 200, "DadosBasicos": {"nome": "PESSOA"}}), UpstreamErrorKind::Reported)]
#[case(json!({"code": 429, "status": 200, "DadosBasicos": {"nome": "PESSOA"}}), UpstreamErrorKind::NoCredits)]
#[case(with_cpf(&json!("11144477735")), UpstreamErrorKind::WrongPerson)]
#[case(with_cpf(&json!("***")), UpstreamErrorKind::WrongPerson)]
#[case(with_cpf(&json!({})), UpstreamErrorKind::WrongPerson)]
#[case(json!({}), UpstreamErrorKind::Unreadable("there is no DadosBasicos"))]
#[case(json!({"status": 200, "DadosBasicos": []}), UpstreamErrorKind::Unreadable("there is no DadosBasicos"))]
#[case(json!({"DadosBasicos": {"nome": "SEM INFORMAÇÃO"}}), UpstreamErrorKind::Unreadable("the profile has no name"))]
#[case(json!({"DadosBasicos": {"cpf": UM}}), UpstreamErrorKind::Unreadable("the profile has no name"))]
#[case(json!([]), UpstreamErrorKind::Unreadable("it is not an object"))]
fn a_failure_is_none(#[case] body: Value, #[case] kind: UpstreamErrorKind) {
    assert_eq!(read(&body, UM), Err(kind));
}

#[test]
fn what_may_not_be_kept_is_not_in_the_payload() {
    let body = include_bytes!("../../../../tests/fixtures/work_api/cpf_full.json");
    let asked = Cpf::parse(UM).expect("a CPF");
    let Ok(Reading::Success(fetched)) = profile(body, &asked) else {
        unreachable!("the fixture is a success");
    };
    let kept = fetched.payload.as_json().to_string();
    for dropped in [
        "cor",
        "parentes",
        "vizinhos",
        "imunoBiologicos",
        "beneficios",
        "CNS",
        "pis",
    ] {
        assert!(!kept.contains(&format!("\"{dropped}\"")), "{dropped}");
    }
    let all = format!(
        "{kept}{}",
        serde_json::to_string(&fetched.profile).expect("JSON")
    );
    for other in ["VIZINHO", "12345678909", "VACINA", "Produto Exemplo"] {
        assert!(!all.contains(other), "{other}");
    }
}

#[test]
fn people_and_companies_of_a_phone_are_told_apart() {
    let body = include_bytes!("../../../../tests/fixtures/work_api/phone_mixed.json");
    let Ok(Reading::Success(people)) = candidates(body) else {
        unreachable!("the fixture names people");
    };
    let names = |c: &Candidate| c.name.as_ref().map(|name| name.as_str().to_owned());
    let people: Vec<_> = people
        .people
        .iter()
        .map(|c| (c.cpf.digits(), names(c)))
        .collect();
    let expected = [
        (ZEROS, None),
        ("11144477735", Some("PESSOA EXEMPLO DOIS".to_owned())),
        (UM, Some("PESSOA EXEMPLO UM".to_owned())),
    ];
    assert_eq!(people, expected);
}

#[rstest]
#[case(json!({}))]
#[case(json!({"msg": "nada"}))]
#[case(json!({"msg": null}))]
fn a_body_without_a_list_of_people_is_unreadable(#[case] body: Value) {
    let read = candidates(body.to_string().as_bytes());
    assert!(matches!(read, Err(UpstreamErrorKind::Unreadable(_))));
}
