//! `process-leads.sh`; the scripts that need the database alone are below.

mod backup;
mod connection;

use std::fs;

use rust_c2s_api::simulator::{Fault, FaultRule, Operation, Simulator, Situation, Upstream};
use rust_c2s_api::storage::test_database::TestDatabase;

use super::walk::closed;
use super::{Guarded, script};
use crate::home::Home;
use crate::running::{Ended, Running, simulator, variables};

const PROCESS: &str = "data/process-leads.sh";

/// The second column of a file of results.
fn states(home: &Home, name: &str) -> Vec<String> {
    let results = fs::read_to_string(home.path().join(name)).unwrap();
    let state = |line: &str| line.split('\t').nth(1).unwrap().to_owned();
    results.lines().map(state).collect()
}

#[track_caller]
fn assert_says(ended: &Ended, what: &str) {
    assert!(ended.text.contains(what), "{}", ended.text);
}

/// The CRM fails for this lead, once. It asks for no pause, which would hold the others too.
fn fail_once(simulator: &Simulator, lead_id: &str) {
    let fault = FaultRule::always(Upstream::C2s, Fault::Status(502, None));
    simulator.fault(fault.key(lead_id).times(1));
}

#[tokio::test]
async fn leads_of_a_file_are_processed_once_and_a_retrying_one_is_left_alone() {
    let (home, simulator) = (Home::new(), simulator().await);
    let database = TestDatabase::create().await.unwrap();
    let set = variables(&simulator, &database.url(), &[]);
    let service = Running::start(&home, &["serve"], &set);
    let base = format!("http://{}", service.address().await);
    let simulated = format!("http://{}", simulator.addr());
    let set = [("SIM_URL", simulated.as_str())];
    let [plain, namesake, null_email] =
        [Situation::Plain, Situation::Namesake, Situation::NullEmail].map(Situation::lead_id);
    fail_once(&simulator, &plain);

    let ids = format!("# first\n{plain}\r\n\n{namesake} # who\nno such/id\nunknown\n{plain}\n");
    home.write("ids", &ids);
    let first = script(&home, PROCESS, &["ids", &base], &set).await;
    first.assert_failure("2 ended, 0 ended before, 2 did not end");
    assert_says(&first, &format!("{plain}   retrying "));
    assert_says(&first, &format!("{namesake}   review "));
    assert_eq!(states(&home, "ids.results"), ["review", "lead_missing"]);

    home.write("ids", &format!("{plain}\n{null_email}\nunknown\n"));
    let sent = simulator.calls().all().len();
    let second = script(&home, PROCESS, &["ids", &base], &set).await;
    second.assert_success();
    assert_says(&second, "2 ended, 1 ended before, 0 did not end");
    assert!(simulator.calls().all().len() > sent);
    service.stop("TERM").await.assert_success();
    let third = script(&home, PROCESS, &["ids", &base, "--yes"], &[]).await;
    third.assert_success();
    assert_says(&third, "0 ended, 3 ended before");
}

/// awk would take the one path for an assignment and the other ids for equal numbers.
#[tokio::test]
async fn every_lead_is_asked_for_whatever_file_and_ids_are_called() {
    let home = Home::new();
    let guarded = Guarded::start(&home).await;
    let ids = [
        "12345678901234567890123456789012",
        "12345678901234567890123456789099",
        "007",
        "7",
        "0e1",
        "0e2",
    ];
    home.write("batch=2", &ids.join("\n"));
    let key = [("API_KEY", Guarded::KEY)];
    let port = &guarded.base["http://127.0.0.1".len()..];
    for (base, said) in [
        (guarded.base.clone(), "6 ended, 0 ended before"),
        (
            format!("HTTP://127.0.0.1{port}/"),
            "0 ended, 6 ended before",
        ),
    ] {
        let done = script(&home, PROCESS, &["batch=2", &base, "--yes"], &key).await;
        done.assert_success();
        assert_says(&done, said);
    }
    let calls = guarded.simulator.calls();
    assert_eq!(calls.keys(Upstream::C2s, Operation::Lead), ids);
    guarded.stop().await;
}

/// A trial run must not stand in for the real one, and a corrected lead can be processed again.
#[tokio::test]
async fn what_ended_elsewhere_or_can_be_mended_is_processed_again() {
    let home = Home::new();
    let guarded = Guarded::start(&home).await;
    let [plain, namesake] = [Situation::Plain, Situation::Namesake].map(Situation::lead_id);
    home.write("ids", &format!("{plain}\nunknown\n{namesake}\n"));
    let base = &guarded.base;
    let before = [
        (plain.as_str(), "completed", "http://elsewhere.example"),
        ("unknown", "failed", base),
        (&namesake, "unidentified", base),
    ];
    let before = before.map(|(id, state, base)| format!("{id}\t{state}\t2026\t{base}\n"));
    home.write("ids.results", &before.concat());
    let key = [("API_KEY", Guarded::KEY)];
    let arguments = ["ids", base, "--yes"];
    for (more, said) in [
        (&[][..], "1 ended, 2 ended before"),
        (&["--again"], "1 ended, 2 ended before"),
    ] {
        let arguments = [&arguments[..], more].concat();
        let done = script(&home, PROCESS, &arguments, &key).await;
        done.assert_success();
        assert_says(&done, said);
    }
    let states = states(&home, "ids.results");
    assert_eq!(states[3..], ["completed", "lead_missing"]);
    guarded.stop().await;
}

#[tokio::test]
async fn leads_that_may_be_real_are_asked_for_first() {
    let home = Home::new();
    let guarded = Guarded::start(&home).await;
    home.write("ids", "unknown\n");
    home.write(
        "ids.results",
        "unknown\tcompleted\t2026\thttp://other.example\n",
    );
    let no_simulator = closed();
    // on this machine, too, the CRM may be the real one
    for base in [guarded.base.as_str(), "https://192.0.2.1"] {
        let set = [("SIM_URL", no_simulator.as_str())];
        let real = script(&home, PROCESS, &["ids", base], &set).await;
        real.assert_failure("Nothing was done");
        assert_says(&real, "1 leads (1 of the results are of another address): ");
        assert_says(&real, "so each new one spends money");
    }
    guarded.stop().await;
}

#[tokio::test]
async fn what_a_spreadsheet_writes_is_read_and_results_must_have_a_place() {
    let home = Home::new();
    let guarded = Guarded::start(&home).await;
    let plain = Situation::Plain.lead_id();
    home.write("ids", &format!("\u{feff}{plain}\r\n"));
    let key = [("API_KEY", Guarded::KEY)];
    let arguments = ["ids", &guarded.base, "--yes", "--results"];

    let nowhere = [&arguments[..], &["no-such-directory/results"]].concat();
    let refused = script(&home, PROCESS, &nowhere, &key).await;
    refused.assert_failure("no-such-directory/results cannot be written");
    assert!(guarded.simulator.calls().all().is_empty());

    let done = [&arguments[..], &["results"]].concat();
    let done = script(&home, PROCESS, &done, &key).await;
    done.assert_success();
    assert_eq!(states(&home, "results"), ["completed"]);
    guarded.stop().await;
}

#[tokio::test]
async fn a_service_that_wants_a_key_ends_the_list_at_once() {
    let home = Home::new();
    let guarded = Guarded::start(&home).await;
    home.write("ids", &format!("{}\n", Situation::Plain.lead_id()));
    let refused = script(&home, PROCESS, &["ids", &guarded.base, "--yes"], &[]).await;
    refused.assert_failure("answers 401: set API_KEY");
    let key = [("API_KEY", Guarded::KEY)];
    let done = script(&home, PROCESS, &["ids", &guarded.base, "--yes"], &key).await;
    done.assert_success();
    guarded.stop().await;
}
