//! What each question must answer of the leads that ran.

use std::collections::{BTreeMap, BTreeSet};

use rust_c2s_api::simulator::Upstream;
use serde_json::{Value, json};

use crate::questions::{QUESTIONS, ask, number, sum_where};
use crate::ran::Ran;

pub(crate) async fn tell_nobody(ran: &Ran) {
    let dump = ran.service.dump().await;
    let stored = ran
        .personal
        .iter()
        .filter(|value| dump.contains(value.as_str()));
    assert!(
        stored.take(101).count() > 100,
        "there is something that could be told"
    );
    for (question, columns) in QUESTIONS {
        let rows = ask(&ran.service, question, &ran.plain).await;
        let expected: BTreeSet<&str> = columns.split(' ').collect();
        assert!(!rows.is_empty(), "{question} has no answer");
        for row in rows {
            let columns: BTreeSet<&str> = row.keys().map(String::as_str).collect();
            assert_eq!(columns, expected, "{question}");
            let text = Value::Object(row).to_string();
            let told = ran
                .personal
                .iter()
                .find(|value| text.contains(value.as_str()));
            assert_eq!(told, None, "{question}: {text}");
        }
    }
}

pub(crate) async fn count_leads(ran: &Ran) {
    let mut expected: BTreeMap<&str, usize> = BTreeMap::new();
    for answer in ran.answers.values() {
        *expected.entry(answer.state()).or_default() += 1;
    }
    let rows = ask(&ran.service, "leads_by_state", "").await;
    let counted = rows
        .iter()
        .map(|row| (row["state"].as_str().unwrap(), number(row, "leads")));
    assert_eq!(counted.collect::<BTreeMap<_, _>>(), expected);

    let reasons = ask(&ran.service, "leads_unidentified_by_reason", "").await;
    let unidentified: usize = reasons.iter().map(|row| number(row, "leads")).sum();
    assert_eq!(unidentified, expected["unidentified"]);
    let of = |reason| sum_where(&reasons, "reason", reason, "leads");
    let known = ["deceased", "no_candidate", "no_contact", "no_profile"].map(of);
    assert_eq!(known, [1; 4], "one situation each: {reasons:?}");

    let days = ask(&ran.service, "time_to_finish_per_day", "").await;
    let finished: usize = days.iter().map(|row| number(row, "leads")).sum();
    assert_eq!(finished, ran.answers.len() - expected["retrying"]);
    for day in &days {
        let secs = ["p50_secs", "p95_secs", "max_secs"].map(|column| day[column].as_f64().unwrap());
        assert!(secs.is_sorted() && secs[2] < 60.0, "{day:?}");
        assert_eq!(day["first_run"], day["leads"], "no lead ran twice");
    }
}

pub(crate) async fn name_what_did_not_arrive(ran: &Ran) {
    let waiting = ask(&ran.service, "leads_waiting_for_a_retry", "").await;
    let waiting: BTreeMap<&str, &str> = waiting
        .iter()
        .map(|row| {
            (
                row["lead_id"].as_str().unwrap(),
                row["last_error"].as_str().unwrap(),
            )
        })
        .collect();
    let expected = [
        (ran.retrying.as_str(), "work_api_unavailable_503"),
        (ran.unknown_send.as_str(), "c2s_broken"),
    ];
    assert_eq!(waiting, BTreeMap::from(expected));

    let messages = ask(&ran.service, "messages_not_delivered", "").await;
    assert_eq!(messages.len(), 1, "{messages:?}");
    assert_eq!(messages[0]["lead_id"], ran.unknown_send);
    assert_eq!(messages[0]["message_state"], "unknown");
    assert_eq!(messages[0]["unknown_sends"], 1);
}

/// By the simulator's own count of the calls, at the prices of the tests' configuration.
pub(crate) async fn count_calls_and_money(ran: &Ran) {
    let asked = ran.service.simulator.calls();
    let spent = ask(&ran.service, "spend_per_provider_and_day", "").await;
    let health = ask(&ran.service, "provider_health", "").await;
    let (diretrix, work_api) = (asked.to(Upstream::Diretrix), asked.to(Upstream::WorkApi));
    for (provider, calls) in [("diretrix", diretrix), ("work_api", work_api)] {
        assert_eq!(
            sum_where(&spent, "provider", provider, "calls"),
            calls,
            "{provider}"
        );
        assert_eq!(
            sum_where(&health, "provider", provider, "calls"),
            calls,
            "{provider}"
        );
    }
    let centavos = |provider| sum_where(&spent, "provider", provider, "spent_centavos");
    assert_eq!(centavos("diretrix"), 10 * diretrix);
    assert_eq!(
        centavos("work_api"),
        100 * (work_api - 1),
        "the failed call is not paid"
    );
    assert_eq!(sum_where(&health, "provider", "work_api", "failed"), 1);
    let answered =
        ["hits", "misses"].map(|column| sum_where(&health, "provider", "diretrix", column));
    assert_eq!(answered.iter().sum::<usize>(), diretrix);

    for (provider, price) in [("diretrix", 10), ("work_api", 100)] {
        let cached = sum_where(&spent, "provider", provider, "cached");
        assert!(cached > 0, "{provider}");
        let saved = sum_where(&spent, "provider", provider, "saved_centavos");
        assert_eq!(saved, price * cached, "{provider}");
    }
}

/// By the CPFs that the callers were told.
pub(crate) async fn count_people(ran: &Ran) {
    let mut leads_of: BTreeMap<&str, usize> = BTreeMap::new();
    for cpf in ran.answers.values().flat_map(|answer| answer.cpfs()) {
        *leads_of.entry(cpf).or_default() += 1;
    }
    let people = leads_of.len();
    let counted = ask(&ran.service, "leads_per_person", "").await;
    let twice = leads_of.values().filter(|leads| **leads == 2).count();
    let of = |leads: usize| {
        counted
            .iter()
            .find(|row| row["leads"] == leads)
            .map(|row| number(row, "people"))
    };
    assert_eq!(of(2), Some(twice));
    assert_eq!(of(1), Some(people - twice));

    let fresh = ask(&ran.service, "enrichment_freshness", "").await;
    assert_eq!(fresh.len(), 1, "{fresh:?}");
    assert_eq!(number(&fresh[0], "profiles"), people);
    assert_eq!(number(&fresh[0], "fresh"), people);
    assert_eq!(number(&fresh[0], "expiring_in_7_days"), 0);

    let shared = ask(&ran.service, "shared_contacts", "").await;
    let ties: usize = shared
        .iter()
        .map(|row| number(row, "people") * number(row, "contacts"))
        .sum();
    let contacts = ran
        .service
        .count("select count(*) from core.party_contacts where valid_to is null");
    assert_eq!(i64::try_from(ties).unwrap(), contacts.await);
}

pub(crate) async fn tell_of_one_lead(ran: &Ran) {
    let person = ask(&ran.service, "person_of_a_lead", &ran.plain).await;
    let cpf = ran.answers[&ran.plain].cpfs()[0];
    let masked = format!("***.{}.{}-**", &cpf[3..6], &cpf[6..9]);
    assert_eq!(person.len(), 1, "{person:?}");
    assert_eq!(person[0]["cpf"], masked);
    assert_eq!(person[0]["matched_by"], "both");

    for (lead_id, outcome, total) in [(&ran.plain, "hit", 120), (&ran.again, "cached", 0)] {
        let cost = ask(&ran.service, "cost_of_a_lead", lead_id).await;
        let told = cost
            .iter()
            .map(|row| json!([row["operation"], row["outcome"], row["calls"]]));
        let expected =
            ["email", "phone", "profile"].map(|operation| json!([operation, outcome, 1]));
        assert_eq!(told.collect::<Vec<_>>(), expected);
        let centavos: usize = cost.iter().map(|row| number(row, "cost_centavos")).sum();
        assert_eq!(centavos, total, "{lead_id}");
    }
}
