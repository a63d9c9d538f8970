//! A profile that the database does not take.

use rust_c2s_api::simulator::{Operation, Upstream};
use sqlx::AssertSqlSafe;

use crate::report::Report;
use crate::simulator::Upstreams;
use crate::stage::{Service, Stage};

/// The database takes nobody with this CPF.
async fn refuse(stage: &Stage, cpf: &str) {
    // an invented CPF of the simulator, eleven digits
    let refuse = format!(
        "alter table core.parties add constraint ck_poison check (cpf_cnpj is distinct from '{cpf}')"
    );
    let pool = stage.database.pool();
    sqlx::query(AssertSqlSafe(refuse))
        .execute(pool)
        .await
        .unwrap();
}

async fn assert_fails(stage: &Stage, service: &Service, lead_id: &str) {
    let answer = stage.caller.trigger(&service.address, lead_id, 25).await;
    let (status, answer) = answer.unwrap();
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["state"], "failed", "{answer}");
    assert_eq!(answer["success"], false, "{answer}");
    let reason = answer["reason"].as_str().unwrap();
    assert!(reason.ends_with("23514"), "{reason}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_profile_that_the_database_refuses_is_bought_once() {
    let stage = Stage::set(Upstreams {
        leads: 2,
        latency_ms: 0,
    })
    .await;
    let leads = stage.simulator.plain_leads(2);
    let [poisoned, other] = leads.as_slice() else {
        unreachable!("two were asked for")
    };
    let cpf = poisoned.cpf.as_deref().unwrap();
    let service = stage.service().await;
    refuse(&stage, cpf).await;

    for _ in 0..3 {
        assert_fails(&stage, &service, &poisoned.id).await;
    }
    stage.deliver(&service, other).await;

    let calls = stage.simulator.calls().await.into_iter();
    let bought = calls.filter(|call| call.upstream == Upstream::WorkApi && call.key == cpf);
    let operations: Vec<_> = bought.map(|call| call.operation).collect();
    assert_eq!(operations, [Operation::Cpf]);
    let messages = stage.simulator.messages().await;
    assert_eq!(messages.get(&other.id), Some(&1));
    assert_eq!(messages.len(), 1, "{messages:?}");
    service.stop().await;
    let mut report = Report::of("a profile that the database refuses");
    report.line(
        "triggered 3 times: bought once, failed each time, nothing posted; its neighbour delivered",
    );
    report.tell();
}
