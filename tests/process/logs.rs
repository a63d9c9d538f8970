//! Nothing that the service writes names a person or holds a secret, at any level.

mod leaks;
mod requests;
mod world;

use rust_c2s_api::simulator::Simulator;
use rust_c2s_api::storage::test_database::TestDatabase;
use serde_json::Value;

use crate::home::Home;
use crate::prometheus::Scraped;
use crate::running::{Running, eventually, simulator, text_of, variables};
use leaks::Secrets;
use world::{hostile_faults, open_leads};

/// The key of the caller that has one.
const KEY: &str = "key-of-the-caller-0123456789";
/// Keys that are refused, and must not be written either.
const WRONG_KEYS: [&str; 2] = ["wrong-key-0123456789-abcdef", "short"];

/// What the log must tell of the faults: otherwise the day was not as bad as it should be.
const FAULTS_SEEN: [&str; 12] = [
    "work_api_timeout",
    "work_api_unreadable",
    "work_api_denied",
    "work_api_no_credits",
    "work_api_cut_off",
    "work_api_not_in_contract",
    "work_api_reported_error",
    "diretrix_broken",
    "diretrix_timeout",
    "c2s_denied",
    "c2s_timeout",
    "c2s_status_422",
];

/// Every lead of the world through a service that logs all it has to say, with upstreams that
/// fail in every way, and callers that put people everywhere.
async fn log_of_a_bad_day(format: &str) -> (Simulator, String, Secrets) {
    let simulator = simulator().await;
    let database = TestDatabase::create().await.unwrap();
    let home = Home::new();
    let keys = format!("make:trigger+read:{KEY}");
    let settings = [
        ("RUST_LOG", "trace"),
        ("LOG_FORMAT", format),
        ("API_KEYS", keys.as_str()),
        ("C2S_TIMEOUT_SECS", "1"),
        ("DIRETRIX_TIMEOUT_SECS", "1"),
        ("WORK_API_TIMEOUT_SECS", "1"),
        ("RETRY_BASE_MS", "100"),
        ("RETRY_MAX_MS", "500"),
        // nobody is turned away before the log has seen the request
        ("RATE_LIMIT_PER_SEC", "10000"),
        ("RATE_LIMIT_BURST", "10000"),
        ("METRICS_ADDR", "127.0.0.1:0"),
    ];
    let set = variables(&simulator, &database.url(), &settings);
    let service = Running::start(&home, &["serve"], &set);
    let address = service.address().await;

    hostile_faults(&simulator);
    requests::trigger_every_lead(&address, &simulator).await;
    requests::look_people_up(&address, simulator.world()).await;
    requests::ask_wrongly(&address, simulator.world()).await;
    eventually(
        "every lead has ended or waits for its late message",
        async || open_leads(database.pool()).await == 0,
    )
    .await;

    let metrics = format!("http://{}/metrics", service.metrics_address().await);
    let (_, metrics) = text_of(&metrics, "").await;
    let ended = service.stop("TERM").await;
    let secrets = Secrets::of(&simulator, &set, database.pool()).await;
    ended.assert_success();
    secrets.assert_none_in(&metrics);
    assert_tells_of_that_day(&Scraped::read(&metrics));
    for code in FAULTS_SEEN {
        assert!(ended.text.contains(code), "{code} did not happen");
    }
    // nothing panicked, and the database was never away
    for trouble in ["panic", "not been written", "internal error"] {
        assert!(!ended.text.contains(trouble), "{trouble}: {}", ended.text);
    }
    (simulator, ended.text, secrets)
}

/// The day was as bad for the metrics: the codes of the faults, and requests of every kind.
fn assert_tells_of_that_day(metrics: &Scraped) {
    for code in FAULTS_SEEN {
        let outcome = format!("outcome=\"{code}\"");
        let calls = metrics.beginning("rust_c2s_upstream_calls_total");
        let counted = calls.iter().any(|(series, _)| series.contains(&outcome));
        assert!(counted, "{code}: {}", metrics.text);
    }
    for class in ["2xx", "4xx"] {
        let status = format!("status=\"{class}\"");
        let requests = metrics.beginning("rust_c2s_http_requests_total");
        let counted = requests.iter().any(|(series, _)| series.contains(&status));
        assert!(counted, "{class}: {}", metrics.text);
    }
}

#[tokio::test]
async fn json_lines_name_nobody() {
    let (simulator, text, secrets) = log_of_a_bad_day("json").await;
    secrets.assert_none_in(&text);
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}")))
        .collect();
    for lead in simulator.world().leads() {
        let of_lead = |event: &str| {
            lines.iter().any(|line| {
                line["message"] == event
                    && line["lead_id"] == lead.id.as_str()
                    && line["outcome"].is_string()
            })
        };
        assert!(of_lead("run"), "no outcome of {}", lead.id);
        assert!(of_lead("request"), "no request of {}", lead.id);
    }
    println!("{} lines, {} values searched", lines.len(), secrets.len());
}

#[tokio::test]
async fn text_lines_name_nobody() {
    let (simulator, text, secrets) = log_of_a_bad_day("text").await;
    secrets.assert_none_in(&text);
    for lead in simulator.world().leads() {
        let run = format!("run lead_id={} outcome=\"", lead.id);
        let request = format!("lead_id=\"{}\" outcome=\"", lead.id);
        assert!(text.contains(&run), "no outcome of {}", lead.id);
        assert!(text.contains(&request), "no request of {}", lead.id);
    }
}
