//! One message per lead, whatever happens while it is posted.

use futures::future::join_all;
use rust_c2s_api::simulator::{Fault, FaultRule, Operation, Upstream};

use crate::support::evidence::{Newcomer, by_service, newcomer};
use crate::support::{IMPATIENT, Service, UNDETERRED};

struct Case {
    fault: Fault,
    times: u32,
    /// State in the end.
    end: &'static str,
    /// Messages that the broker sees in the end.
    messages: usize,
    /// Times it was posted.
    posted: usize,
}

fn case(fault: Fault, times: u32, end: &'static str, messages: usize, posted: usize) -> Case {
    Case {
        fault,
        times,
        end,
        messages,
        posted,
    }
}

fn cases() -> Vec<Case> {
    vec![
        case(Fault::Status(500, None), 1, "completed", 1, 2),
        case(Fault::Status(503, None), 2, "completed", 1, 3),
        case(Fault::Status(429, Some(1)), 1, "completed", 1, 2),
        case(Fault::Status(403, None), 1, "completed", 1, 2),
        case(Fault::Status(404, None), 1, "lead_missing", 0, 1),
        case(Fault::Status(422, None), 1, "failed", 0, 1),
        // Not stored, and the answer was lost: read back as absent, posted again.
        case(Fault::Reset, 1, "completed", 1, 2),
        case(Fault::Hang, 1, "completed", 1, 2),
        // Stored, and the answer was lost: found when read back.
        case(Fault::StoredThenReset, 1, "completed", 1, 1),
        case(Fault::StoredThenHang, 1, "completed", 1, 1),
        case(Fault::Truncated, 1, "completed", 1, 1),
        case(Fault::Drip, 1, "completed", 1, 1),
        // A complete 2xx is success, whatever its body.
        case(Fault::Garbage, 1, "completed", 1, 1),
        // Lost twice, then stored with the answer lost.
        case(Fault::Reset, 2, "completed", 1, 3),
        // Three sends of unknown outcome, none of which arrived: a person looks.
        case(Fault::Reset, 3, "delivery_unknown", 0, 3),
    ]
}

#[tokio::test]
async fn the_broker_sees_one_message_whatever_happens_to_the_answer() {
    for cases in by_service(cases(), |case| &case.fault) {
        messages_fail(cases).await;
    }
}

async fn messages_fail(cases: Vec<Case>) {
    let settings = [IMPATIENT, UNDETERRED, ("RETRY_MAX_ATTEMPTS", "1000")];
    let service = Service::start_with(&settings).await;
    let cases: Vec<(Case, Newcomer)> = (0..)
        .zip(cases)
        .map(|(number, case)| (case, newcomer(&service.simulator, number)))
        .collect();
    for (case, newcomer) in &cases {
        let rule = FaultRule::always(Upstream::C2s, case.fault.clone())
            .operation(Operation::CreateMessage)
            .key(&newcomer.lead_id);
        service.simulator.fault(rule.times(case.times));
    }

    let answers = join_all(cases.iter().map(|(_, one)| service.process(&one.lead_id))).await;

    for ((case, newcomer), answer) in cases.iter().zip(&answers) {
        let what = format!("{:?} x {}: {}", case.fault, case.times, answer.body);
        assert!(answer.status < 500, "{what}");
        answer.assert_five_keys();
        let delivered_at_once = case.fault == Fault::Garbage;
        assert_eq!(answer.says_done(), delivered_at_once, "{what}");
        service.wait_for_state(&newcomer.lead_id, case.end).await;
        let received = service.simulator.messages(&newcomer.lead_id);
        assert_eq!(received.len(), case.messages, "{what}");
        let calls = service.simulator.calls();
        let posted = calls.keys(Upstream::C2s, Operation::CreateMessage);
        let posted = posted.iter().filter(|id| **id == newcomer.lead_id).count();
        assert_eq!(posted, case.posted, "{what}");
    }
    let calls = service.simulator.calls();
    assert_eq!(calls.paid(), 3 * cases.len(), "nobody is paid for twice");
    println!(
        "{} messages posted {} times, none shown twice",
        cases.iter().map(|(case, _)| case.messages).sum::<usize>(),
        calls.count(Upstream::C2s, Operation::CreateMessage)
    );
    service.stop().await;
}

#[tokio::test]
async fn whoever_triggers_a_lead_whose_message_may_still_land_posts_nothing() {
    let service = Service::start_with(&[IMPATIENT]).await;
    let Newcomer { lead_id, .. } = newcomer(&service.simulator, 1);
    let rule = FaultRule::always(Upstream::C2s, Fault::StoredThenReset);
    let rule = rule.operation(Operation::CreateMessage).times(1);
    service.simulator.fault(rule);

    let first = service.process(&lead_id).await;
    let again = service.process(&lead_id).await;

    assert_eq!([first.state(), again.state()], ["retrying", "retrying"]);
    assert_eq!(again.body["duplicate_request"], true);
    service.wait_for_state(&lead_id, "completed").await;
    service.only_message(&lead_id);
    let calls = service.simulator.calls();
    assert_eq!(calls.count(Upstream::C2s, Operation::CreateMessage), 1);
    let last = service.process(&lead_id).await;
    assert!(last.says_done(), "{}", last.body);
    service.only_message(&lead_id);
    service.stop().await;
}

#[tokio::test]
async fn the_last_attempt_ends_the_lead() {
    let service = Service::start_with(&[IMPATIENT, ("RETRY_MAX_ATTEMPTS", "3")]).await;
    let Newcomer { lead_id, .. } = newcomer(&service.simulator, 1);
    let rule = FaultRule::always(Upstream::WorkApi, Fault::Status(500, None));
    service.simulator.fault(rule);

    assert_eq!(service.process(&lead_id).await.state(), "retrying");
    service.wait_for_state(&lead_id, "failed").await;

    let calls = service.simulator.calls();
    assert_eq!(calls.count(Upstream::WorkApi, Operation::Cpf), 3);
    assert_eq!(service.simulator.messages(&lead_id).len(), 0);
    assert_eq!(service.rows_about_people().await, 0);
    service.stop().await;
}
