#![expect(clippy::expect_used, reason = "tests")]

use std::time::Duration;

use rstest::rstest;

use super::*;
use crate::models::{Candidate, Money};
use crate::upstream::test_server::{PATIENT, Step, TestServer, refusing_url};

const FULL: &[u8] = include_bytes!("../../../tests/fixtures/work_api/cpf_full.json");
const TOKEN: &str = "token of nobody&x=1";
const CPF: &str = "52998224725";

fn work_api_at(base_url: Url) -> WorkApi {
    let config = WorkApiConfig {
        base_url,
        token: SecretString::from(TOKEN),
        timeout: Duration::from_millis(400),
        pace: Duration::ZERO,
        concurrency: 4,
        price: Money::from_centavos(0),
    };
    WorkApi::new(&config, PATIENT, Permission::new(|_| true)).expect("a client")
}

fn cpf() -> Cpf {
    Cpf::parse(CPF).expect("a CPF")
}

fn phone() -> Phone {
    Phone::parse("11900000001").expect("a phone")
}

#[tokio::test]
async fn a_profile_is_fetched() {
    let server = TestServer::answering("200 OK", FULL).await;
    let answer = work_api_at(server.url())
        .profile(&cpf(), Instant::now())
        .await;
    let outcome = answer.expect("an answer").outcome;
    assert!(matches!(outcome, ProviderOutcome::Found(found) if found.profile.cpf == cpf()));
    let query = "GET /base/api?token=token+of+nobody%26x%3D1&modulo=cpf&consulta=52998224725 ";
    assert!(server.requests()[0].starts_with(query));
}

#[rstest]
#[case(r#"{"msg":[]}"#, ProviderOutcome::Absent)]
#[case(
    r#"{"msg":[{"cpf_cnpj":"11222333000181","nome":"EMPRESA"}]}"#,
    ProviderOutcome::Absent
)]
#[case(
    r#"{"status":404,"reason":"Document not found."}"#,
    ProviderOutcome::Absent
)]
#[case(
    r#"{"status":403,"statusMsg":"Forbidden","reason":"Módulo phone inexistente para a rota."}"#,
    ProviderOutcome::NoAnswer
)]
#[case(
    r#"{"msg":[{"cpf_cnpj":"00052998224725","nome":null}]}"#,
    ProviderOutcome::Found(vec![Candidate { cpf: cpf(), name: None }].into())
)]
#[tokio::test]
async fn people_of_a_phone(#[case] body: &str, #[case] expected: ProviderOutcome<ContactPeople>) {
    let server = TestServer::answering("200 OK", body.as_bytes()).await;
    let answer = work_api_at(server.url())
        .by_phone(&phone(), Instant::now())
        .await;
    assert_eq!(answer.expect("an answer").outcome, expected);
    assert!(server.requests()[0].contains("&modulo=phone&consulta=11900000001 "));
}

#[rstest]
#[case(
    "200 OK",
    r#"{"status":403,"reason":"Token vencido ou inválido"}"#,
    "work_api_denied"
)]
#[case(
    "200 OK",
    r#"{"code":429,"message":"not enough credits"}"#,
    "work_api_no_credits"
)]
#[case("200 OK", r#"{"erro":"x"}"#, "work_api_reported_error")]
#[case("200 OK", "<html>", "work_api_unreadable")]
#[case("401 No", "", "work_api_denied")]
#[case("404 Not Found", "", "work_api_status_404")]
#[case("429 Too Many", "", "work_api_rate_limited")]
#[case("502 Bad Gateway", "", "work_api_unavailable_502")]
#[tokio::test]
async fn both_questions_fail_alike(#[case] status: &str, #[case] body: &str, #[case] code: &str) {
    let server = TestServer::answering(status, body.as_bytes()).await;
    let work_api = work_api_at(server.url());
    let profile = work_api
        .profile(&cpf(), Instant::now())
        .await
        .expect_err("an error");
    let people = work_api
        .by_phone(&phone(), Instant::now())
        .await
        .expect_err("an error");
    assert_eq!([profile.code(), people.code()], [code, code]);
}

/// A success status does not make half a profile a profile, and a failure's body none either.
#[rstest]
#[case::truncated("200 OK", FULL.len() / 2, FULL.len() + 1, "work_api_cut_off")]
#[case::half("200 OK", FULL.len() / 2, FULL.len() / 2, "work_api_unreadable")]
#[case::of_a_failure("500 No", FULL.len(), FULL.len(), "work_api_unavailable_500")]
#[tokio::test]
async fn a_profile_counts_only_if_all_of_it_came(
    #[case] status: &str,
    #[case] sent: usize,
    #[case] announced: usize,
    #[case] code: &str,
) {
    let head = format!("HTTP/1.1 {status}\r\nContent-Length: {announced}\r\n\r\n");
    let answer = [head.as_bytes(), &FULL[..sent]].concat();
    let server = TestServer::start(vec![Step::Write(answer)]).await;
    let error = work_api_at(server.url())
        .profile(&cpf(), Instant::now())
        .await;
    assert_eq!(error.expect_err("an error").code(), code);
}

#[tokio::test]
async fn an_error_tells_nothing() {
    let server = TestServer::start(vec![Step::Hang]).await;
    for url in [refusing_url().await, server.url()] {
        let error = work_api_at(url.clone())
            .profile(&cpf(), Instant::now())
            .await;
        let error = error.expect_err("an error");
        for secret in [
            url.as_str(),
            CPF,
            "529.982",
            "982.247",
            "token",
            "nobody",
            "http",
        ] {
            assert!(!format!("{error:?} {error}").contains(secret));
        }
    }
}
