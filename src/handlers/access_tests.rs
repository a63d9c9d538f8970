#![expect(clippy::unwrap_used, reason = "tests")]
use http::HeaderValue;
use rstest::rstest;

use super::*;
use crate::handlers::tests::server_config;

const KEYS: &str = "make:trigger:0123456789abcdef;reader:read:fedcba9876543210";

fn access(variables: &[(&str, &str)]) -> Access {
    Access::new(&server_config(variables))
}

fn decision(access: &Access, need: Need, headers: &[(&'static str, &str)]) -> String {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.insert(*name, HeaderValue::from_str(value).unwrap());
    }
    match access.decide(need, &map) {
        Ok(caller) => caller.actor().to_owned(),
        Err(error) => error.status().as_u16().to_string(),
    }
}

const ADMIN: Need = Need::Scope(Scope::Admin);

#[rstest]
#[case::own_machine(&[], &[], ["developer", "developer", "developer"])]
#[case::ipv6(&[("HOST", "::1")], &[], ["developer", "developer", "developer"])]
#[case::forwarded(&[], &[("forwarded", "for=192.0.2.1")], ["anonymous", "401", "401"])]
#[case::x_forwarded(&[], &[("x-forwarded-proto", "https")], ["anonymous", "401", "401"])]
#[case::via(&[], &[("via", "1.1 proxy")], ["anonymous", "401", "401"])]
#[case::public(&[("HOST", "0.0.0.0")], &[], ["anonymous", "401", "401"])]
#[case::production(
    &[("APP_ENV", "production"), ("PRIVACY_KEY", "0123456789abcdef")], &[], ["anonymous", "401", "401"])]
fn without_keys(
    #[case] variables: &[(&str, &str)],
    #[case] headers: &[(&'static str, &str)],
    #[case] expected: [&str; 3],
) {
    let access = access(variables);
    let needs = [Need::Trigger, ADMIN, Need::AnyKey];
    assert_eq!(needs.map(|need| decision(&access, need, headers)), expected);
}

#[rstest]
#[case::none(&[], ["401", "401", "401"])]
#[case::unknown(&[("x-api-key", "0123456789abcdeX")], ["401", "401", "401"])]
#[case::beginning_of_one(&[("x-api-key", "0123456789abcde")], ["401", "401", "401"])]
#[case::trigger(&[("authorization", "Bearer 0123456789abcdef")], ["make", "403", "make"])]
#[case::lower_case(&[("authorization", "bearer 0123456789abcdef")], ["make", "403", "make"])]
#[case::header(&[("x-api-key", "0123456789abcdef")], ["make", "403", "make"])]
#[case::beside_basic(
    &[("authorization", "Basic eDp5"), ("x-api-key", "0123456789abcdef")], ["make", "403", "make"])]
#[case::no_scope_implies_another(&[("x-api-key", "fedcba9876543210")], ["403", "403", "reader"])]
fn with_keys(#[case] headers: &[(&'static str, &str)], #[case] expected: [&str; 3]) {
    let access = access(&[("API_KEYS", KEYS)]);
    let needs = [Need::Trigger, ADMIN, Need::AnyKey];
    assert_eq!(needs.map(|need| decision(&access, need, headers)), expected);
}

#[test]
fn the_trigger_can_be_open_beside_keys() {
    let access = access(&[("API_KEYS", KEYS), ("TRIGGER_ANONYMOUS", "true")]);
    let key = |key| [("x-api-key", key)];
    assert_eq!(decision(&access, Need::Trigger, &[]), "anonymous");
    assert_eq!(
        decision(&access, Need::Trigger, &key("0123456789abcdef")),
        "make"
    );
    assert_eq!(decision(&access, Need::Trigger, &key("wrong")), "401");
    assert_eq!(decision(&access, ADMIN, &[]), "401");
}

#[test]
fn a_route_the_table_forgot_is_shut() {
    assert_eq!(Need::of("GET", Some("/api/v1/forgotten")), ADMIN);
    assert_eq!(Need::of("GET", None), Need::AnyKey);
    assert_eq!(Need::of("HEAD", Some("/health")), Need::Nothing);
    assert_eq!(Need::of("GET", Some("/docs/{*file}")), Need::Open);
    assert_eq!(Need::of("DELETE", Some(PROCESS)), Need::Trigger);
}

/// Whatever the service has for keys, and whatever the caller holds.
#[test]
fn what_is_open_is_open_to_everybody() {
    for variables in [&[][..], &[("HOST", "0.0.0.0")], &[("API_KEYS", KEYS)]] {
        for headers in [&[][..], &[("x-api-key", "wrong")]] {
            let access = access(variables);
            assert_eq!(decision(&access, Need::Open, headers), "anonymous");
        }
    }
}

#[rstest]
#[case::developer(Caller::Developer, "developer", None)]
#[case::anonymous(Caller::Anonymous, "anonymous", Some(401))]
#[case::reader(
    Caller::Key { name: "site".to_owned(), scopes: vec![Scope::Read] }, "site", Some(403))]
#[case::admin(
    Caller::Key { name: "ops".to_owned(), scopes: vec![Scope::Admin] }, "ops", None)]
fn a_further_scope_is_asked_for(
    #[case] caller: Caller,
    #[case] actor: &str,
    #[case] refused: Option<u16>,
) {
    let said = caller.must(Scope::Admin).err();
    assert_eq!(said.map(|error| error.status().as_u16()), refused);
    assert_eq!(caller.may(Scope::Admin), refused.is_none());
    assert_eq!(caller.actor(), actor);
}

#[test]
fn an_open_door_is_warned_of() {
    let warns = |variables: &[(&str, &str)]| access(variables).warning().is_some();
    assert!(warns(&[]));
    assert!(warns(&[("HOST", "0.0.0.0")]));
    assert!(warns(&[("API_KEYS", KEYS), ("TRIGGER_ANONYMOUS", "true")]));
    assert!(!warns(&[("API_KEYS", KEYS)]));
    let public = access(&[("HOST", "0.0.0.0")]);
    let told = public.warning().unwrap();
    for open in ["/health", "/ready", "/docs", "OpenAPI document"] {
        assert!(told.contains(open), "{told}");
    }
}

#[rstest]
#[case::peer(&[], "192.0.2.7")]
#[case::fly(&[("TRUST_PROXY", "fly")], "198.51.100.1")]
fn the_client_is_the_peer_unless_a_proxy_is_trusted(
    #[case] variables: &[(&str, &str)],
    #[case] expected: &str,
) {
    let peer: SocketAddr = "192.0.2.7:5000".parse().unwrap();
    let mut request = Request::new(axum::body::Body::empty());
    request.extensions_mut().insert(ConnectInfo(peer));
    let client = HeaderValue::from_static("198.51.100.1");
    request.headers_mut().insert("fly-client-ip", client);
    let counted = access(variables).counted_as(&request);
    assert_eq!(counted, CountedAs::address(expected.parse().ok()));
}
