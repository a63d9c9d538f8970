//! A profile that the database does not take.

use rust_c2s_api::simulator::{Operation, Upstream};
use sqlx::AssertSqlSafe;

use crate::report::Report;
use crate::simulator::Upstreams;
use crate::stage::Stage;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_profile_that_the_database_refuses_is_bought_once() {
    let mut stage = Stage::set(Upstreams {
        leads: 2,
        latency_ms: 0,
    })
    .await;
    // failed is failed, also for the next trigger: nothing is answered from memory
    stage.configure("DEDUP_TTL_SECS", "0");
    let leads = stage.simulator.plain_leads(2);
    let [poisoned, other] = leads.as_slice() else {
        unreachable!("two were asked for")
    };
    let cpf = poisoned.cpf.as_deref().unwrap();
    // an invented CPF of the simulator, eleven digits
    let refuse = format!(
        "alter table core.parties add constraint ck_poison check (cpf_cnpj is distinct from '{cpf}')"
    );
    sqlx::query(AssertSqlSafe(refuse))
        .execute(stage.database.pool())
        .await
        .unwrap();
    let service = stage.service().await;

    for _ in 0..3 {
        let answer = stage
            .caller
            .trigger(&service.address, &poisoned.id, 25)
            .await;
        let (status, answer) = answer.unwrap();
        assert_eq!(status, 200, "{answer}");
        assert_eq!(answer["state"], "failed", "{answer}");
        assert_eq!(answer["success"], false, "{answer}");
        let reason = answer["reason"].as_str().unwrap();
        assert!(reason.ends_with("23514"), "{reason}");
    }
    let (_, answer) = stage
        .caller
        .trigger(&service.address, &other.id, 25)
        .await
        .unwrap();
    assert_eq!(answer["state"], "completed", "{answer}");

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
