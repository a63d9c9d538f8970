#![expect(clippy::expect_used, reason = "tests")]

use rstest::rstest;

use super::*;
use crate::models::Money;
use crate::upstream::test_server::{PATIENT, TestServer, refusing_url};

const PEOPLE: &str = include_str!("../../../tests/fixtures/diretrix/phone_two_people.json");
const PASSWORD: &str = "password-of-nobody";

fn diretrix_at(base_url: Url) -> Diretrix {
    let config = DiretrixConfig {
        base_url,
        user: SecretString::from("user"),
        password: SecretString::from(PASSWORD),
        timeout: Duration::from_millis(400),
        concurrency: 16,
        price: Money::from_centavos(0),
    };
    Diretrix::new(&config, PATIENT, Permission::new(|_| true)).expect("a client")
}

fn path_of(request: &str) -> &str {
    request.split(' ').nth(1).unwrap_or_default()
}

#[rstest]
#[case("5511900000001", "11900000001")]
#[case("555511900000001", "11900000001")]
#[case("+55 (011) 90000-0001", "11900000001")]
#[case("55 99123-4567", "55991234567")]
#[case("5555991234567", "55991234567")]
#[case("1187654321", "11987654321")]
#[tokio::test]
async fn a_phone_is_asked_for_by_its_national_digits(#[case] typed: &str, #[case] digits: &str) {
    let server = TestServer::answering("200 OK", PEOPLE.as_bytes()).await;
    let phone = Phone::parse(typed).expect("a phone");
    let answer = diretrix_at(server.url())
        .by_phone(&phone, Instant::now())
        .await;
    let outcome = answer.expect("an answer").outcome;
    assert!(matches!(outcome, ProviderOutcome::Found(people) if people.count() == 2));
    let requests = server.requests();
    let path = format!("/base/Consultas/Pessoa/Telefone/{digits}");
    assert_eq!(path_of(&requests[0]), path);
    // user:password-of-nobody
    assert!(requests[0].contains("authorization: Basic dXNlcjpwYXNzd29yZC1vZi1ub2JvZHk=\r\n"));
}

#[rstest]
#[case("pessoa.um@example.com", "pessoa.um%40example.com")]
#[case(
    "pessoa+um/a?b#c%d@example.com",
    "pessoa%2Bum%2Fa%3Fb%23c%25d%40example.com"
)]
#[tokio::test]
async fn an_email_is_one_encoded_segment(#[case] email: &str, #[case] segment: &str) {
    let server = TestServer::answering("200 OK", b"[]").await;
    let email = Email::parse(email).expect("an e-mail");
    let answer = diretrix_at(server.url())
        .by_email(&email, Instant::now())
        .await;
    assert_eq!(answer.expect("an answer").outcome, ProviderOutcome::Absent);
    let path = format!("/base/Consultas/Pessoa/Email/{segment}");
    assert_eq!(path_of(&server.requests()[0]), path);
}

#[rstest]
#[case("200 OK", "[]", Ok(()))]
#[case("400 Bad Request", "x", Ok(()))]
#[case("404 Not Found", "", Ok(()))]
#[case("401 Unauthorized", "", Err("diretrix_denied"))]
#[case("403 Forbidden", "", Err("diretrix_denied"))]
#[case("429 Too Many", "", Err("diretrix_rate_limited"))]
#[case("500 No", "[]", Err("diretrix_unavailable_500"))]
#[case("302 Found", "[]", Err("diretrix_status_302"))]
#[case("200 OK", "{}", Err("diretrix_unreadable"))]
#[case("200 OK", "<html>", Err("diretrix_unreadable"))]
#[case("204 No Content", "", Err("diretrix_unreadable"))]
#[tokio::test]
async fn nobody_and_failure_are_told_apart(
    #[case] status: &str,
    #[case] body: &str,
    #[case] absent: Result<(), &str>,
) {
    let server = TestServer::answering(status, body.as_bytes()).await;
    let phone = Phone::parse("11900000001").expect("a phone");
    let read = diretrix_at(server.url())
        .by_phone(&phone, Instant::now())
        .await;
    let read = read.map(|answer| assert_eq!(answer.outcome, ProviderOutcome::Absent));
    assert_eq!(
        read.map_err(|error| error.code()),
        absent.map_err(str::to_owned)
    );
}

#[tokio::test]
async fn an_error_tells_nothing() {
    let url = refusing_url().await;
    let phone = Phone::parse("11900000001").expect("a phone");
    let read = diretrix_at(url.clone())
        .by_phone(&phone, Instant::now())
        .await;
    let error = read.expect_err("an error");
    assert_eq!(error.kind, UpstreamErrorKind::NotSent);
    for secret in [url.as_str(), "11900000001", PASSWORD, "user", "http"] {
        assert!(!format!("{error:?} {error}").contains(secret));
    }
}
