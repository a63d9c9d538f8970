//! Who may do what, over the wire. The harness listens on loopback; the rules follow HOST.

use rust_c2s_api::simulator::{Operation, Situation, Upstream};

use crate::support::{Answer, Service};

const TRIGGER_KEY: &str = "key-of-make-0123456789";
const READ_KEY: &str = "key-of-reader-0123456789";
const KEYS: &str = "make:trigger:key-of-make-0123456789;reader:read+admin:key-of-reader-0123456789";

fn trigger() -> String {
    format!("/api/v1/leads/process?id={}", Situation::Plain.lead_id())
}

/// The CPF as somebody without a key sees it.
fn masked(cpf: &str) -> String {
    format!("***.{}.{}-**", &cpf[3..6], &cpf[6..9])
}

fn cpf_of(service: &Service) -> String {
    let lead = service.simulator.world().lead(Situation::Plain);
    lead.cpf.clone().unwrap()
}

/// Nothing of the person but the masked CPF.
fn assert_masked(answer: &Answer, cpf: &str) {
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.cpfs(), [masked(cpf)]);
    assert!(!answer.body.to_string().contains(cpf));
}

#[tokio::test]
async fn on_a_public_address_without_keys_only_the_trigger_answers_masked() {
    let service = Service::start_with(&[("HOST", "0.0.0.0")]).await;
    let cpf = cpf_of(&service);

    assert_masked(&service.get(&trigger()).await, &cpf);
    for headers in [
        &[("x-api-key", TRIGGER_KEY)][..],
        &[("authorization", "Bearer guess")],
    ] {
        assert_masked(&service.get_with(&trigger(), headers).await, &cpf);
    }
    for path in [
        "/api/v1/leads",
        "/api/v1/leads/a01",
        "/metrics",
        "/anything",
        "/",
    ] {
        let answer = service.get(path).await;
        assert_eq!(answer.status, 401, "{path}: {}", answer.body);
        let detail = answer.body["detail"].as_str().unwrap();
        assert!(detail.contains("API_KEYS"), "names the variable: {detail}");
        assert_eq!(answer.headers["www-authenticate"], "Bearer");
    }
    for path in ["/health", "/ready"] {
        assert_eq!(service.get(path).await.status, 200, "{path}");
    }
    for _ in 0..3 {
        assert_eq!(service.process("unknown").await.status, 404);
    }
    let calls = service.simulator.calls();
    let asked = calls.keys(Upstream::C2s, Operation::Lead);
    let unknown = asked.iter().filter(|id| **id == "unknown").count();
    assert_eq!(unknown, 1, "an unknown lead is remembered for a minute");
    service.stop().await;
}

#[tokio::test]
async fn in_production_even_loopback_is_not_free() {
    let service = Service::start_with(&[("APP_ENV", "production")]).await;
    assert_masked(&service.get(&trigger()).await, &cpf_of(&service));
    assert_eq!(service.get("/api/v1/leads").await.status, 401);
    service.stop().await;
}

#[tokio::test]
async fn what_a_proxy_passed_on_is_not_free() {
    let service = Service::start().await;
    let cpf = cpf_of(&service);
    let free = service.get(&trigger()).await;
    assert_eq!(free.cpfs(), [cpf.as_str()]);
    assert_eq!(service.get("/nothing").await.status, 404);
    for header in [
        ("forwarded", "for=192.0.2.1"),
        ("x-forwarded-for", "192.0.2.1"),
        ("x-forwarded-proto", "https"),
        ("via", "1.1 proxy"),
    ] {
        assert_masked(&service.get_with(&trigger(), &[header]).await, &cpf);
        let answer = service.get_with("/nothing", &[header]).await;
        assert_eq!(answer.status, 401, "{header:?}");
    }
    service.stop().await;
}

#[tokio::test]
async fn with_keys_a_key_opens_its_scopes_and_nothing_else() {
    let service = Service::start_with(&[("API_KEYS", KEYS)]).await;
    let cpf = cpf_of(&service);
    let bearer = format!("Bearer {TRIGGER_KEY}");
    let (wrong, cut) = (format!("Bearer {TRIGGER_KEY}x"), &TRIGGER_KEY[..21]);
    let basic = format!("Basic {TRIGGER_KEY}");
    let cases: [(&[(&str, &str)], u16); 8] = [
        (&[], 401),
        (&[("authorization", &wrong)], 401),
        (&[("x-api-key", cut)], 401),
        (&[("x-api-key", "")], 401),
        (&[("authorization", &basic)], 401),
        (&[("x-api-key", READ_KEY)], 403),
        (&[("authorization", &bearer)], 200),
        (&[("x-api-key", TRIGGER_KEY)], 200),
    ];
    for (headers, status) in cases {
        let answer = service.get_with(&trigger(), headers).await;
        assert_eq!(answer.status, status, "{headers:?}: {}", answer.body);
        answer.assert_five_keys();
        let shown: &[&str] = if status == 200 { &[&cpf] } else { &[] };
        assert_eq!(answer.cpfs(), shown, "{headers:?}");
        assert!(!answer.body.to_string().contains("key-of"), "{headers:?}");
    }
    let known = service
        .get_with("/nothing", &[("x-api-key", READ_KEY)])
        .await;
    assert_eq!(known.status, 404, "whoever has a key is told");
    assert_eq!(service.get("/nothing").await.status, 401);
    assert_eq!(service.get("/health").await.status, 200);
    service.stop().await;
}

#[tokio::test]
async fn an_anonymous_trigger_beside_keys_is_masked() {
    let set = [("API_KEYS", KEYS), ("TRIGGER_ANONYMOUS", "true")];
    let service = Service::start_with(&set).await;
    let cpf = cpf_of(&service);
    assert_masked(&service.get(&trigger()).await, &cpf);
    let keyed = service
        .get_with(&trigger(), &[("x-api-key", TRIGGER_KEY)])
        .await;
    assert_eq!(keyed.cpfs(), [cpf.as_str()]);
    let wrong = service
        .get_with(&trigger(), &[("x-api-key", "not a known one")])
        .await;
    assert_eq!(wrong.status, 401, "a wrong key is not nobody");
    service.stop().await;
}

#[tokio::test]
async fn whoever_asks_too_often_is_told_when_to_come_back() {
    let set = [("RATE_LIMIT_PER_SEC", "1"), ("RATE_LIMIT_BURST", "3")];
    let service = Service::start_with(&set).await;
    for _ in 0..3 {
        assert_eq!(service.process("unknown").await.status, 404);
    }
    let refused = service.process("unknown").await;
    assert_eq!(refused.status, 429);
    refused.assert_five_keys();
    assert!(refused.retry_after().is_some_and(|seconds| seconds >= 1));
    for _ in 0..10 {
        assert_eq!(service.get("/health").await.status, 200, "not counted");
    }
    service.stop().await;
}
