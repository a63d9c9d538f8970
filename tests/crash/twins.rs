//! Two processes on one database, and callers who trigger the same thing at both.

use std::time::Duration;

use futures::future::join_all;
use rust_c2s_api::simulator::{Operation, SimulatedLead, Upstream, WorldLead};

use crate::report::Report;
use crate::simulator::{Call, Upstreams, paid_calls};
use crate::size::Size;
use crate::stage::{Service, Stage};

/// So many leads are triggered at the same time: each caller has a connection of its own.
const AT_ONCE: usize = 25;

/// How often each is triggered, half of them at each process.
const TRIGGERS: usize = 4;

/// Longer than a caller of the service waits.
const PATIENCE: Duration = Duration::from_secs(40);

/// Triggers one lead several times at the same moment, at each process in turn.
async fn trigger_at_both(stage: &Stage, services: &[Service; 2], lead: &WorldLead) {
    let calls = (0..TRIGGERS).map(|number| {
        let address = &services[number % 2].address;
        stage.caller.trigger(address, &lead.id, 25)
    });
    for answer in join_all(calls).await {
        let (status, answer) = answer.unwrap();
        assert_eq!(status, 200, "{answer}");
        assert_eq!(answer["state"], "completed", "{answer}");
        assert_eq!(answer["cpfs_processed"][0].as_str(), lead.cpf.as_deref());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_triggers_at_once_over_two_processes_are_one_message_and_one_payment() {
    let count = Size::asked_for().of(25, 200);
    let stage = Stage::set(Upstreams {
        leads: count,
        latency_ms: 40,
    })
    .await;
    let services = [stage.service().await, stage.service().await];
    let leads = stage.simulator.plain_leads(count);

    for some in leads.chunks(AT_ONCE) {
        join_all(
            some.iter()
                .map(|lead| trigger_at_both(&stage, &services, lead)),
        )
        .await;
    }

    stage.assert_each_has_one_message(&leads).await;
    let calls = stage.simulator.calls().await;
    let paid = paid_calls(&calls);
    let repeated: Vec<_> = paid.iter().filter(|(_, calls)| calls.len() > 1).collect();
    assert!(repeated.is_empty(), "paid twice: {repeated:?}");
    let of_profiles = calls.iter().filter(|call| call.operation == Operation::Cpf);
    assert_eq!(of_profiles.count(), count);
    for service in services {
        service.stop().await;
    }
    let mut report = Report::of("two processes");
    report.line(format!(
        "{count} leads, each triggered {TRIGGERS} times at once over both: {count} messages, {count} paid profiles, {} paid calls, 0 repeats",
        paid.len()
    ));
    report.tell();
}

/// Puts leads of one and the same person into the CRM.
async fn put_leads_like(stage: &Stage, lead: &WorldLead, count: usize) -> Vec<WorldLead> {
    let customer = &lead.json["attributes"]["customer"];
    let mut leads = Vec::new();
    for number in 0..count {
        let id = format!("same-person-{number}");
        let json = SimulatedLead::new(&id)
            .name(customer["name"].clone())
            .phone(customer["phone"].clone())
            .email(customer["email"].clone())
            .into_json();
        stage.simulator.put_lead(&json).await;
        leads.push(WorldLead { id, ..lead.clone() });
    }
    leads
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_leads_of_one_person_on_two_processes_buy_one_profile() {
    const LEADS: usize = 50;
    let stage = Stage::set(Upstreams {
        leads: 20,
        latency_ms: 40,
    })
    .await;
    let services = [stage.service().await, stage.service().await];
    let person = &stage.simulator.leads_with_both_contacts(1)[0];
    let leads = put_leads_like(&stage, person, LEADS).await;

    let triggers = leads.iter().zip(services.iter().cycle());
    let answers = join_all(
        triggers.map(|(lead, service)| stage.caller.trigger(&service.address, &lead.id, 25)),
    );

    for answer in answers.await {
        let (status, answer) = answer.unwrap();
        assert!(status == 200 || status == 202, "{status}: {answer}");
    }
    stage.until_finished(LEADS, PATIENCE).await;
    stage.assert_each_has_one_message(&leads).await;
    let calls = stage.simulator.calls().await;
    let mut paid: Vec<_> = calls.iter().filter_map(Call::paid_key).collect();
    paid.sort();
    let asked: Vec<_> = paid
        .iter()
        .map(|key| (key.upstream, key.operation))
        .collect();
    let once_each = [
        (Upstream::Diretrix, Operation::Phone),
        (Upstream::Diretrix, Operation::Email),
        (Upstream::WorkApi, Operation::Cpf),
    ];
    assert_eq!(asked, once_each);
    for service in services {
        service.stop().await;
    }
    let mut report = Report::of("one person, two processes");
    report.line(format!(
        "{LEADS} leads at once: {LEADS} messages, 1 Work API call, 2 Diretrix calls"
    ));
    report.tell();
}
