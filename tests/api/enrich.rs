//! `POST /api/v1/enrich`: as `contributor/customer`, by a body.

use crate::support::evidence::newcomer;
use crate::support::{Answer, Service};

const JSON: &[(&str, &str)] = &[("content-type", "application/json")];

async fn enrich(service: &Service, body: &str) -> Answer {
    service.post_with("/api/v1/enrich", JSON, body).await
}

#[tokio::test]
async fn a_body_asks_as_a_query_does() {
    let service = Service::start().await;
    let person = newcomer(&service.simulator, 1).person;
    let body = format!(r#"{{"cpf":"{}","email":null,"more":1}}"#, person.cpf);
    let answer = enrich(&service, &body).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.body["personal_info"]["cpf"], person.cpf.as_str());
    let query = format!("/api/v1/contributor/customer?cpf={}", person.cpf);
    let asked = service.get(&query).await;
    assert_eq!(asked.body["personal_info"], answer.body["personal_info"]);
    assert_eq!(service.simulator.calls().paid(), 1);
    service.stop().await;
}

#[tokio::test]
async fn what_cannot_be_used_is_named() {
    let service = Service::start().await;
    for (body, status, field) in [
        ("{}", 400, "body"),
        (r#"{"cpf":null}"#, 400, "body"),
        ("{\"cpf\":", 400, "body"),
        ("", 400, "body"),
        (r#"{"cpf":"1"}"#, 422, "cpf"),
        (r#"{"cpf":12}"#, 422, "cpf"),
        (r#"{"cpf":"52998224725","phone":"x"}"#, 422, "phone"),
        (r#"{"name":"1"}"#, 422, "name"),
    ] {
        let answer = enrich(&service, body).await;
        assert_eq!(answer.status, status, "{body}: {}", answer.body);
        assert_eq!(answer.body["field"], field, "{body}");
    }
    let untyped = service
        .post_with("/api/v1/enrich", &[], r#"{"cpf":"52998224725"}"#)
        .await;
    assert_eq!(untyped.status, 415);
    assert_eq!(service.simulator.calls().all().len(), 0);
    service.stop().await;
}
