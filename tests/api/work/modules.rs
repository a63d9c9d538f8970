//! `GET /api/v1/work/modules/…`: the vendor's shape, reduced to what may be kept.

use rust_c2s_api::simulator::Simulator;
use serde_json::json;

use crate::contributor::customer::dotted;
use crate::support::Service;
use crate::support::evidence::newcomer;

#[tokio::test]
async fn the_answer_is_bought_once_and_holds_what_is_allowed() {
    let service = Service::start().await;
    let person = newcomer(&service.simulator, 1).person;
    let cpf = person.cpf.as_str();
    let dotted = dotted(cpf);
    let all = service
        .get(&format!("/api/v1/work/modules/all?documento={dotted}"))
        .await;
    let one = service
        .get(&format!("/api/v1/work/modules/cpf?documento={cpf}"))
        .await;
    assert_eq!(all.status, 200, "{}", all.body);
    assert_eq!(all.body, one.body);
    let told = Simulator::profile_of(&person);
    assert_eq!(
        all.body["DadosBasicos"]["nome"],
        told["DadosBasicos"]["nome"]
    );
    assert_eq!(
        all.body["DadosEconomicos"]["renda"],
        told["DadosEconomicos"]["renda"]
    );
    let kept = all.body.as_object().unwrap();
    let dropped: Vec<_> = told.as_object().unwrap().keys().collect();
    assert!(dropped.len() > kept.len(), "nothing was dropped");
    assert_eq!(kept.get("status"), None);
    assert_eq!(service.simulator.calls().paid(), 1);
    service.stop().await;
}

#[tokio::test]
async fn what_is_not_there_or_cannot_be_used_is_told() {
    let service = Service::start().await;
    for (path, status, field) in [
        ("all?documento=52998224725", 404, json!(null)),
        ("serasa?documento=52998224725", 404, json!(null)),
        ("serasa", 404, json!(null)),
        ("cpf", 400, json!("documento")),
        ("cpf?documento=11222333000181", 400, json!("documento")),
        ("all?documento=1&documento=2", 400, json!("documento")),
    ] {
        let answer = service.get(&format!("/api/v1/work/modules/{path}")).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.body);
        assert_eq!(answer.body["field"], field, "{path}");
    }
    assert_eq!(service.simulator.calls().paid(), 1, "the unknown CPF");
    service.stop().await;
}
