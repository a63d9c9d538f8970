//! Work API fails: nothing is stored as a person, nothing is told, and the lead heals by itself.

use std::time::Duration;

use futures::future::join_all;
use rust_c2s_api::simulator::{
    Candidate, Fault, FaultRule, Operation, Person, SimulatedLead, Simulator, Upstream,
};
use serde_json::Value;

use crate::support::evidence::{Newcomer, by_service, newcomer};
use crate::support::{IMPATIENT, Service, UNDETERRED};

struct Case {
    fault: Fault,
    /// State, or `retrying`, while the fault lasts.
    state: &'static str,
    reason: &'static str,
    /// Outcome and centavos in the ledger.
    ledger: &'static str,
}

fn case(fault: Fault, state: &'static str, reason: &'static str, ledger: &'static str) -> Case {
    Case {
        fault,
        state,
        reason,
        ledger,
    }
}

#[rustfmt::skip]
fn cases() -> Vec<Case> {
    let retrying = |fault, reason, ledger| case(fault, "retrying", reason, ledger);
    vec![
        retrying(Fault::InBand(403), "work_api_denied", "denied 0"),
        retrying(Fault::ModuleNotInContract, "work_api_not_in_contract", "denied 0"),
        retrying(Fault::InBand(429), "work_api_no_credits", "denied 0"),
        retrying(Fault::InBand(500), "work_api_reported_error", "error 0"),
        retrying(Fault::Body(200, r#"{"erro":"x"}"#.to_owned()), "work_api_reported_error", "error 0"),
        retrying(Fault::Truncated, "work_api_cut_off", "unknown 100"),
        retrying(Fault::Garbage, "work_api_unreadable", "unknown 100"),
        retrying(Fault::Body(200, String::new()), "work_api_unreadable", "unknown 100"),
        retrying(Fault::Body(200, "{}".to_owned()), "work_api_unreadable", "unknown 100"),
        retrying(Fault::Body(200, without_basics()), "work_api_unreadable", "unknown 100"),
        retrying(Fault::Status(500, None), "work_api_unavailable_500", "error 0"),
        retrying(Fault::Status(503, None), "work_api_unavailable_503", "error 0"),
        retrying(Fault::Status(401, None), "work_api_denied", "denied 0"),
        retrying(Fault::Hang, "work_api_timeout", "unknown 100"),
        retrying(Fault::Drip, "work_api_cut_off", "unknown 100"),
        retrying(Fault::Reset, "work_api_broken", "unknown 100"),
        // The same answer would come again, and be paid again: given up at once.
        case(Fault::Body(200, of_somebody_else()), "failed", "work_api_wrong_person", "unknown 100"),
        // An answer, and no failure.
        case(Fault::InBand(404), "unidentified", "no_profile", "miss 100"),
    ]
}

fn without_basics() -> String {
    let mut answer = Simulator::profile_of(&Person::invented(9_001));
    answer.as_object_mut().unwrap().remove("DadosBasicos");
    answer.to_string()
}

fn of_somebody_else() -> String {
    profile_with_cpf(&Person::invented(9_002)).to_string()
}

/// The provider leaves the CPF out at times; here it must be there.
fn profile_with_cpf(person: &Person) -> Value {
    let mut answer = Simulator::profile_of(person);
    answer["DadosBasicos"]["cpf"] = person.cpf.clone().into();
    answer
}

fn fault_for(person: &Person, fault: Fault) -> FaultRule {
    FaultRule::always(Upstream::WorkApi, fault)
        .operation(Operation::Cpf)
        .key(&person.cpf)
}

const SETTINGS: &[(&str, &str)] = &[
    IMPATIENT,
    UNDETERRED,
    ("RETRY_MAX_ATTEMPTS", "1000"),
    ("UPSTREAM_CONCURRENCY", "40"),
];

#[tokio::test]
async fn while_a_fault_lasts_nothing_is_stored_or_told_and_then_the_lead_heals() {
    for cases in by_service(cases(), |case| &case.fault) {
        work_api_fails(cases).await;
    }
}

async fn work_api_fails(cases: Vec<Case>) {
    let service = Service::start_with(SETTINGS).await;
    let cases: Vec<(Case, Newcomer)> = (0..)
        .zip(cases)
        .map(|(number, case)| (case, newcomer(&service.simulator, number)))
        .collect();
    for (case, newcomer) in &cases {
        let fault = fault_for(&newcomer.person, case.fault.clone());
        service.simulator.fault(fault);
    }

    let answers = join_all(cases.iter().map(|(_, one)| service.process(&one.lead_id))).await;

    assert_eq!(service.rows_about_people().await, 0);
    for ((case, newcomer), answer) in cases.iter().zip(&answers) {
        let what = format!("{:?}: {}", case.fault, answer.body);
        assert!(!answer.says_done(), "{what}");
        assert_eq!(answer.state(), case.state, "{what}");
        answer.assert_five_keys();
        let retrying = case.state == "retrying";
        assert_eq!(answer.status, if retrying { 202 } else { 200 }, "{what}");
        assert_eq!(answer.retry_after().is_some(), retrying, "{what}");
        let lead_id = &newcomer.lead_id;
        let reason = service.reason_of(lead_id).await;
        assert_eq!(reason.as_deref(), Some(case.reason), "{what}");
        let paid = service.first_in_ledger(lead_id, "work_api profile").await;
        assert_eq!(paid.as_deref(), Some(case.ledger), "{what}");
        assert_eq!(service.simulator.messages(lead_id).len(), 0, "{what}");
    }

    service.simulator.clear_faults();
    for (case, newcomer) in &cases {
        let lead_id = &newcomer.lead_id;
        match case.state {
            "retrying" => service.wait_for_state(lead_id, "completed").await,
            // Paid for, useless, and not bought again; a failed lead leaves no mark, so whoever asks
            // again starts it again.
            "failed" => {
                let again = service.process(lead_id).await;
                assert_eq!(again.state(), "failed");
                assert_eq!(again.body["reason"], case.reason);
                let bought = service.ledger(lead_id).await;
                let bought = bought
                    .iter()
                    .filter(|call| call.contains("profile unknown"));
                assert_eq!(bought.count(), 1);
                continue;
            }
            _ => continue,
        }
        let message = service.only_message(lead_id);
        assert!(message.contains(&newcomer.person.provider_name()));
        let ledger = service.ledger(lead_id).await;
        assert_eq!(
            ledger.last().map(String::as_str),
            Some("work_api profile hit 100")
        );
    }
    let healed = cases
        .iter()
        .filter(|(case, _)| case.state == "retrying")
        .count();
    let parties = service.count("select count(*) from core.parties").await;
    assert_eq!(usize::try_from(parties), Ok(healed));
    println!(
        "{healed} of {} faulty leads healed, one message each",
        cases.len()
    );
    service.stop().await;
}

/// A lead whose phone is known for two people, the first of whom is meant.
fn lead_with_two_candidates(simulator: &Simulator, number: u64) -> (String, Person, Person) {
    let (first, second) = (Person::invented(number), Person::invented(number + 1));
    for person in [&first, &second] {
        simulator.put_person(person.clone());
    }
    let candidates = [&first, &second].map(|person| Candidate {
        nome: person.provider_name(),
        cpf: person.cpf.clone(),
    });
    simulator.put_contact_answer(first.phone(), candidates.to_vec());
    let lead = SimulatedLead::new(&format!("two-candidates-{number}"))
        .name(first.name.clone())
        .phone(first.phone());
    let lead_id = simulator.put_lead(lead).unwrap();
    (lead_id, first, second)
}

#[tokio::test]
async fn of_two_candidates_the_first_failing_no_data_stands_under_the_wrong_cpf() {
    let service = Service::start_with(SETTINGS).await;
    let simulator = &service.simulator;
    let (unknown, unknown_one, _) = lead_with_two_candidates(simulator, 100);
    simulator.fault(fault_for(&unknown_one, Fault::InBand(404)));
    let (down, down_one, _) = lead_with_two_candidates(simulator, 110);
    simulator.fault(fault_for(&down_one, Fault::Status(500, None)));
    let (mixed_up, mixed_up_one, other) = lead_with_two_candidates(simulator, 120);
    simulator.put_profile(&mixed_up_one.cpf, profile_with_cpf(&other));

    assert_eq!(service.process(&unknown).await.state(), "unidentified");
    assert_eq!(service.process(&down).await.state(), "retrying");
    let failed = service.process(&mixed_up).await;

    assert_eq!(failed.state(), "failed");
    assert_eq!(failed.body["reason"], "work_api_wrong_person");
    assert_eq!(service.rows_about_people().await, 0);
    let dump = service.dump().await;
    assert!(
        !dump.contains(&other.mother),
        "the other one's profile is kept"
    );
    simulator.clear_faults();
    service.wait_for_state(&down, "completed").await;
    let stored: Vec<String> = sqlx::query_scalar("select cpf_cnpj from core.parties")
        .fetch_all(service.pool())
        .await
        .unwrap();
    assert_eq!(stored, std::slice::from_ref(&down_one.cpf));
    let calls = service.simulator.calls();
    let asked = calls.keys(Upstream::WorkApi, Operation::Cpf);
    let meant = [&unknown_one, &down_one, &mixed_up_one].map(|person| person.cpf.as_str());
    assert!(
        asked.iter().all(|cpf| meant.contains(cpf)),
        "only the accepted"
    );
    assert!(
        service
            .only_message(&down)
            .contains(&down_one.provider_name())
    );
    service.stop().await;
}

/// Paid answers before the failure are kept: only what failed is asked again.
#[tokio::test]
async fn a_retry_pays_only_for_what_failed() {
    let service = Service::start_with(SETTINGS).await;
    let Newcomer { lead_id, person } = newcomer(&service.simulator, 7);
    let fault = fault_for(&person, Fault::Slow(Duration::from_millis(1_500))).times(1);
    service.simulator.fault(fault);

    assert_eq!(service.process(&lead_id).await.state(), "retrying");
    service.wait_for_state(&lead_id, "completed").await;

    let ledger = service.ledger(&lead_id).await;
    let again = [
        "work_api profile unknown 100",
        "diretrix email cached 0",
        "diretrix phone cached 0",
        "work_api profile hit 100",
    ];
    assert_eq!(ledger[2..], again);
    assert_eq!(service.simulator.calls().to(Upstream::Diretrix), 2);
    service.only_message(&lead_id);
    service.stop().await;
}
