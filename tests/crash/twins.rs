//! Two processes on one database, and callers who trigger the same thing at both.

use std::time::Duration;

use futures::future::join_all;
use rust_c2s_api::simulator::{Operation, SimulatedLead, Upstream, WorldLead};
use serde_json::Value;

use crate::report::Report;
use crate::simulator::{Upstreams, paid_calls};
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

/// Leads of one and the same person.
fn leads_like(lead: &WorldLead, count: usize) -> Vec<Value> {
    let customer = &lead.json["attributes"]["customer"];
    let like = |number| {
        SimulatedLead::new(&format!("same-person-{number}"))
            .name(customer["name"].clone())
            .phone(customer["phone"].clone())
            .email(customer["email"].clone())
            .into_json()
    };
    (0..count).map(like).collect()
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
    let both_contacts =
        |lead: &&WorldLead| lead.lookup_phone.is_some() && lead.lookup_email.is_some();
    let person = stage.simulator.plain_leads(20);
    let person = person.iter().find(both_contacts).unwrap();
    let leads = leads_like(person, LEADS);
    for lead in &leads {
        stage.simulator.put_lead(lead).await;
    }

    let triggers = leads.iter().zip(services.iter().cycle());
    let answers = join_all(triggers.map(|(lead, service)| {
        let lead_id = lead["id"].as_str().unwrap();
        stage.caller.trigger(&service.address, lead_id, 25)
    }));

    for answer in answers.await {
        let (status, answer) = answer.unwrap();
        assert!(status == 200 || status == 202, "{status}: {answer}");
    }
    stage.until_finished(LEADS, PATIENCE).await;
    let like_the_person: Vec<WorldLead> = leads
        .iter()
        .map(|lead| WorldLead {
            id: lead["id"].as_str().unwrap().to_owned(),
            ..person.clone()
        })
        .collect();
    stage.assert_each_has_one_message(&like_the_person).await;
    let calls = stage.simulator.calls().await;
    let asked = |upstream, operation| {
        let fitting = calls.iter().filter(|call| call.upstream == upstream);
        fitting.filter(|call| call.operation == operation).count()
    };
    assert_eq!(asked(Upstream::WorkApi, Operation::Cpf), 1);
    assert_eq!(asked(Upstream::Diretrix, Operation::Phone), 1);
    assert_eq!(asked(Upstream::Diretrix, Operation::Email), 1);
    assert_eq!(paid_calls(&calls).len(), 3);
    for service in services {
        service.stop().await;
    }
    let mut report = Report::of("one person, two processes");
    report.line(format!(
        "{LEADS} leads at once: {LEADS} messages, 1 Work API call, 2 Diretrix calls"
    ));
    report.tell();
}
