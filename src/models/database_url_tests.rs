#![expect(clippy::unwrap_used, reason = "tests")]
use rstest::rstest;

use super::*;

#[rstest]
#[case::whole("postgres://user:secret@localhost:5433/name")]
#[case::other_scheme("postgresql://user@localhost/name?sslmode=require")]
#[case::socket_as_parameter("postgres:///name?host=/tmp/here&user=user")]
#[case::socket_as_host("postgres://user@%2Ftmp%2Fhere:5432/name?sslmode=disable")]
#[case::address("postgres:///name?hostaddr=127.0.0.1&user=user&port=5433&password=x")]
#[case::of_neon("postgres://u:p@ep-1.example.com/x?sslmode=require&channel_binding=require")]
#[case::certificates("postgres://u@h/x?ssl-mode=verify-full&ssl-ca=/a&ssl-cert=/b&ssl-key=/c")]
#[case::certificates_too("postgres://u@h/x?sslmode=VERIFY-CA&sslrootcert=/a&sslcert=/b&sslkey=/c")]
#[case::options("postgres://u@h/x?application_name=a&options=-c%20a%3Db&options[b]=c&options[d]=e")]
#[case::cache("postgres://u@h/x?statement-cache-capacity=50")]
fn what_the_client_understands_is_taken(#[case] text: &str) {
    let url = DatabaseUrl::parse(text).unwrap();
    assert!(!url.is_pooled());
    assert_eq!(format!("{url:?}"), "DatabaseUrl");
}

#[rstest]
#[case::words("private", "is no PostgreSQL URL")]
#[case::other("mysql://user:secret@host/name", "is no PostgreSQL URL")]
#[case::port("postgres://user:secret@host:port/name", "is no PostgreSQL URL")]
#[case::no_host("postgres:///name?user=secret", "names no host")]
#[case::no_user("postgres://host/name", "names no user")]
#[case::no_database("postgres://user:secret@host", "names no database")]
#[case::no_database_but_a_slash("postgres://user:secret@host/", "names no database")]
#[case::empty_parameter("postgres://user:secret@host?dbname=", "names no database")]
#[case::fragment("postgres://user@host/name#secret", "holds a #")]
#[case::no_text("postgres://user:secret%ff@host/name", "no text")]
#[case::nul("postgres://user:secret%00@host/name", "no text")]
#[case::nul_in_a_value("postgres://user@host/name?password=secret%00", "no text")]
#[case::misspelt("postgres://user@host/name?pasword=secret", "`pasword`")]
#[case::of_another_client("postgres://user@host/name?sslpassword=secret", "`sslpassword`")]
#[case::rest_of_a_password("postgres://user@host/name?my%40secret", "has a parameter, which")]
#[case::open_bracket("postgres://user@host/name?options[secret=x", "has a parameter, which")]
#[case::password_cut_by_a_question_mark("postgres://user:1?secret@host/name", "names no user")]
#[case::password_cut_by_a_slash("postgres://user:1@2/3?secret@host/name", "has a parameter, which")]
#[case::mode(
    "postgres://user@host/name?sslmode=secret",
    "`sslmode` that must be one of"
)]
#[case::alias(
    "postgres://user@host/name?ssl-mode=secret",
    "`sslmode` that must be one of"
)]
#[case::weakened(
    "postgres://u@h/x?sslmode=verify-full&ssl-mode=disable",
    "`sslmode` twice"
)]
#[case::port_parameter("postgres://user@host/name?port=secret", "`port` that must be a port")]
#[case::address("postgres://user@host/name?hostaddr=secret", "`hostaddr` that must be")]
#[case::cache(
    "postgres://user@host/name?statement-cache-capacity=-1",
    "whole number"
)]
#[case::binding(
    "postgres://user@host/name?channel_binding=secret",
    "`channel_binding`"
)]
#[case::binding_of_nothing(
    "postgres://user@host/name?sslmode=disable&channel_binding=require",
    "where TLS is disabled"
)]
fn what_is_wrong_is_told_without_a_value(#[case] text: &str, #[case] expected: &str) {
    let error = DatabaseUrl::parse(text).unwrap_err();
    let said = error.to_string();
    assert!(said.contains(expected), "{said}");
    assert!(!format!("{said} {error:?}").contains("secret"), "{said}");
}

#[rstest]
#[case::by_name("postgres://u:p@ep-1-pooler.sa-east-1.example.com/x", true)]
#[case::in_capitals("postgres://u:p@EP-1-POOLER.example.com/x", true)]
#[case::by_parameter("postgres://u:p@direct/x?host=ep-1-pooler.example.com", true)]
#[case::of_another_label("postgres://u:p@direct.a-pooler.example.com/x", false)]
fn a_pooler_is_told_by_its_name(#[case] text: &str, #[case] pooled: bool) {
    assert_eq!(DatabaseUrl::parse(text).unwrap().is_pooled(), pooled);
}

#[rstest]
#[case("postgres://u@h/x?channel_binding=require&sslmode=require", true)]
#[case("postgres://u@h/x?channel_binding=prefer", false)]
#[case("postgres://u@h/x", false)]
fn channel_binding_is_noted_and_not_passed_on(#[case] text: &str, #[case] required: bool) {
    let url = DatabaseUrl::parse(text).unwrap();
    assert_eq!(url.requires_channel_binding(), required);
    assert!(!url.expose().as_str().contains("channel"));
}
