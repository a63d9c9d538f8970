//! A lead given with details is killed with its process: whoever runs it next has them.

use std::time::Duration;

use rust_c2s_api::simulator::{SimulatedLead, WorldLead};
use serde_json::{Value, json};

use crate::running::eventually;
use crate::simulator::{Upstreams, paid_calls};
use crate::stage::Stage;

/// So slow are the upstreams that the process is killed in the middle of a call.
const LATENCY_MS: u32 = 500;

/// A message that was cut off is waited for and read back.
const PATIENCE: Duration = Duration::from_secs(60);

/// A lead of which the CRM knows nobody, and what a caller knows of it: somebody's name and contacts.
async fn nameless_lead_of(stage: &Stage, person: &WorldLead) -> (WorldLead, Value) {
    let id = "given-with-details".to_owned();
    let lead = SimulatedLead::new(&id)
        .name(Value::Null)
        .phone(Value::Null)
        .email(Value::Null);
    stage.simulator.put_lead(&lead.into_json()).await;
    let given = json!({
        "lead_id": id,
        "personal_info": {
            "name": person.json["attributes"]["customer"]["name"],
            "email": person.lookup_email,
        },
        "contact_info": {"phones": [{"phone": person.lookup_phone}]},
    });
    let lead = WorldLead {
        id,
        ..person.clone()
    };
    (lead, given)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn given_details_survive_kills_and_nothing_is_paid_twice() {
    let stage = Stage::set(Upstreams {
        leads: 20,
        latency_ms: LATENCY_MS,
    })
    .await
    .with_short_lease();
    let person = &stage.simulator.leads_with_both_contacts(1)[0];
    let (lead, given) = nameless_lead_of(&stage, person).await;

    // Accepted, and nothing asked yet but the CRM.
    let service = stage.service().await;
    let (status, answer) = stage.caller.give(&service.address, &given).await;
    service.kill().await;
    assert_eq!(
        (status, &answer["state"]),
        (202, &json!("processing")),
        "{answer}"
    );
    let ended = "select count(*) from ops.leads where finished_at is not null";
    assert_eq!(stage.count(ended).await, 0);
    assert!(paid_calls(&stage.simulator.calls().await).is_empty());

    // All is paid for, and the message is on its way.
    let service = stage.service().await;
    eventually("the message is posted", async || {
        let posting = "select count(*) from ops.outbox where state = 'sending'";
        stage.count(posting).await > 0
    })
    .await;
    service.kill().await;
    assert_eq!(stage.count(ended).await, 0);

    let survivor = stage.service().await;
    stage.until_finished(1, PATIENCE).await;
    stage
        .assert_each_has_one_message(std::slice::from_ref(&lead))
        .await;
    let cpf: String = sqlx::query_scalar(
        "select p.cpf_cnpj from core.lead_parties lp join core.parties p on p.id = lp.party_id",
    )
    .fetch_one(stage.database.pool())
    .await
    .unwrap();
    assert_eq!(Some(cpf), lead.cpf);
    let calls = stage.simulator.calls().await;
    let paid = paid_calls(&calls);
    assert_eq!(paid.len(), 3, "phone, e-mail and profile: {paid:?}");
    let repeated: Vec<_> = paid.iter().filter(|(_, calls)| calls.len() > 1).collect();
    assert!(repeated.is_empty(), "paid twice: {repeated:?}");
    survivor.stop().await;
}
