//! Diretrix or the CRM fails before anything is known: the lead waits, and heals by itself.

use futures::future::join_all;
use rust_c2s_api::simulator::{Fault, FaultRule, Operation, Situation, Upstream};

use crate::support::evidence::{Newcomer, by_service, newcomer};
use crate::support::{IMPATIENT, Service, UNDETERRED};

const SETTINGS: &[(&str, &str)] = &[IMPATIENT, UNDETERRED, ("RETRY_MAX_ATTEMPTS", "1000")];

type DiretrixCase = (Fault, &'static str, &'static str);
type FetchCase = (Fault, &'static str);

fn newcomers(service: &Service, how_many: usize) -> Vec<Newcomer> {
    (0..)
        .take(how_many)
        .map(|number| newcomer(&service.simulator, number))
        .collect()
}

/// Fault, reason, and the first ledger row of the phone's lookup.
#[rustfmt::skip]
fn diretrix_cases() -> Vec<DiretrixCase> {
    let body = |text: &str| Fault::Body(200, text.to_owned());
    vec![
        (Fault::Status(500, None), "diretrix_unavailable_500", "error 0"),
        (Fault::Status(503, None), "diretrix_unavailable_503", "error 0"),
        (Fault::Status(401, None), "diretrix_denied", "denied 0"),
        (Fault::Status(429, Some(1)), "diretrix_rate_limited", "denied 0"),
        (Fault::Hang, "diretrix_timeout", "unknown 10"),
        (Fault::Drip, "diretrix_cut_off", "unknown 10"),
        (Fault::Reset, "diretrix_broken", "unknown 10"),
        (Fault::Garbage, "diretrix_unreadable", "unknown 10"),
        (Fault::Truncated, "diretrix_cut_off", "unknown 10"),
        (body(""), "diretrix_unreadable", "unknown 10"),
        (body("{}"), "diretrix_unreadable", "unknown 10"),
    ]
}

#[tokio::test]
async fn while_diretrix_fails_for_one_contact_nothing_is_concluded_from_the_other() {
    for cases in by_service(diretrix_cases(), |(fault, ..)| fault) {
        diretrix_fails(cases).await;
    }
}

async fn diretrix_fails(cases: Vec<DiretrixCase>) {
    let service = Service::start_with(SETTINGS).await;
    let newcomers = newcomers(&service, cases.len());
    for ((fault, ..), newcomer) in cases.iter().zip(&newcomers) {
        let rule = FaultRule::always(Upstream::Diretrix, fault.clone());
        service.simulator.fault(rule.key(newcomer.person.phone()));
    }

    let answers = join_all(newcomers.iter().map(|one| service.process(&one.lead_id))).await;

    assert_eq!(service.rows_about_people().await, 0);
    assert_eq!(service.simulator.calls().to(Upstream::WorkApi), 0);
    for (((fault, reason, ledger), newcomer), answer) in cases.iter().zip(&newcomers).zip(&answers)
    {
        let what = format!("{fault:?}: {}", answer.body);
        assert_eq!((answer.status, answer.state()), (202, "retrying"), "{what}");
        assert!(answer.retry_after().is_some(), "{what}");
        answer.assert_five_keys();
        let lead_id = &newcomer.lead_id;
        assert_eq!(
            service.reason_of(lead_id).await.as_deref(),
            Some(*reason),
            "{what}"
        );
        let row = service.first_in_ledger(lead_id, "diretrix phone").await;
        assert_eq!(row.as_deref(), Some(*ledger), "{what}");
        let row = service.first_in_ledger(lead_id, "diretrix email").await;
        assert_eq!(row.as_deref(), Some("hit 10"), "{what}");
    }
    service.simulator.clear_faults();
    for newcomer in &newcomers {
        service.wait_for_state(&newcomer.lead_id, "completed").await;
        service.only_message(&newcomer.lead_id);
    }
    let calls = service.simulator.calls();
    let emails = calls.count(Upstream::Diretrix, Operation::Email);
    assert_eq!(
        emails,
        newcomers.len(),
        "the other contact's answer is kept"
    );
    assert_eq!(
        calls.count(Upstream::WorkApi, Operation::Cpf),
        newcomers.len()
    );
    println!("{emails} e-mails asked once each, in spite of the retries");
    service.stop().await;
}

#[rustfmt::skip]
fn fetch_cases() -> Vec<FetchCase> {
    vec![
        (Fault::Status(500, None), "c2s_unavailable_500"),
        (Fault::Status(503, None), "c2s_unavailable_503"),
        (Fault::Status(403, None), "c2s_denied"),
        (Fault::Status(429, Some(1)), "c2s_rate_limited"),
        (Fault::Hang, "c2s_timeout"),
        (Fault::Drip, "c2s_cut_off"),
        (Fault::Reset, "c2s_broken"),
        (Fault::Garbage, "c2s_unreadable"),
        (Fault::Truncated, "c2s_cut_off"),
    ]
}

#[tokio::test]
async fn a_lead_that_cannot_be_fetched_costs_nothing_and_heals() {
    for cases in by_service(fetch_cases(), |(fault, _)| fault) {
        leads_cannot_be_fetched(cases).await;
    }
}

async fn leads_cannot_be_fetched(cases: Vec<FetchCase>) {
    let service = Service::start_with(SETTINGS).await;
    let newcomers = newcomers(&service, cases.len());
    for ((fault, _), newcomer) in cases.iter().zip(&newcomers) {
        let rule = FaultRule::always(Upstream::C2s, fault.clone());
        let rule = rule.operation(Operation::Lead).key(&newcomer.lead_id);
        service.simulator.fault(rule);
    }

    let answers = join_all(newcomers.iter().map(|one| service.process(&one.lead_id))).await;

    assert_eq!(service.simulator.calls().paid(), 0);
    for (((fault, reason), newcomer), answer) in cases.iter().zip(&newcomers).zip(&answers) {
        let what = format!("{fault:?}: {}", answer.body);
        assert_eq!((answer.status, answer.state()), (202, "retrying"), "{what}");
        let stored = service.reason_of(&newcomer.lead_id).await;
        assert_eq!(stored.as_deref(), Some(*reason), "{what}");
    }
    service.simulator.clear_faults();
    for newcomer in &newcomers {
        service.wait_for_state(&newcomer.lead_id, "completed").await;
        service.only_message(&newcomer.lead_id);
    }
    assert_eq!(service.simulator.calls().paid(), 3 * newcomers.len());
    service.stop().await;
}

/// Nobody found, and a lookup missing: that is not "nobody".
#[tokio::test]
async fn nobody_is_concluded_only_when_everybody_was_asked() {
    let service = Service::start_with(SETTINGS).await;
    let simulator = &service.simulator;
    let world = simulator.world().clone();
    let unknown = world.lead(Situation::UnknownContact);
    let phone = unknown.lookup_phone.as_deref().unwrap();
    let rule = FaultRule::always(Upstream::Diretrix, Fault::Status(500, None));
    simulator.fault(rule.key(phone));
    let by_work_api = world.lead(Situation::WorkPhoneOnly);
    let rule = FaultRule::always(Upstream::WorkApi, Fault::InBand(403));
    simulator.fault(rule.operation(Operation::Phone));

    assert_eq!(service.process(&unknown.id).await.state(), "retrying");
    assert_eq!(service.process(&by_work_api.id).await.state(), "retrying");

    assert_eq!(
        simulator.calls().count(Upstream::WorkApi, Operation::Cpf),
        0
    );
    simulator.clear_faults();
    service.wait_for_state(&unknown.id, "unidentified").await;
    service.wait_for_state(&by_work_api.id, "completed").await;
    service.only_message(&by_work_api.id);
    service.stop().await;
}

/// "Module not in the contract" of Work API by phone is no answer, and not an alarm.
#[tokio::test]
async fn a_contract_without_the_phone_module_finds_nobody() {
    let service = Service::start_with(&[IMPATIENT]).await;
    let rule = FaultRule::always(Upstream::WorkApi, Fault::ModuleNotInContract);
    service.simulator.fault(rule.operation(Operation::Phone));

    let answer = service.process_situation(Situation::WorkPhoneOnly).await;

    assert_eq!((answer.status, answer.state()), (200, "unidentified"));
    let lead_id = Situation::WorkPhoneOnly.lead_id();
    let row = service.first_in_ledger(&lead_id, "work_api phone").await;
    assert_eq!(row.as_deref(), Some("denied 0"));
    service.stop().await;
}

/// Diretrix says in three ways that it knows nobody.
#[tokio::test]
async fn nobody_behind_one_contact_leaves_the_other_to_decide() {
    let service = Service::start_with(&[IMPATIENT]).await;
    let ways = [(200, "[]"), (400, "Nenhum registro"), (404, "Not Found")];
    for ((status, body), newcomer) in ways.into_iter().zip(newcomers(&service, 3)) {
        let rule = FaultRule::always(Upstream::Diretrix, Fault::Body(status, body.to_owned()));
        service.simulator.fault(rule.key(newcomer.person.email()));
        let answer = service.process(&newcomer.lead_id).await;
        assert!(answer.says_done(), "{status}: {}", answer.body);
        let row = service.first_in_ledger(&newcomer.lead_id, "diretrix email");
        assert_eq!(row.await.as_deref(), Some("miss 10"), "{status}");
    }
    assert_eq!(
        service
            .simulator
            .calls()
            .count(Upstream::WorkApi, Operation::Phone),
        0
    );
    service.stop().await;
}
