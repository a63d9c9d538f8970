//! `GET /metrics` of a service that works. The counters are those of the process, and nextest gives
//! each test a process of its own.

use std::time::Duration;

use rstest::rstest;
use rust_c2s_api::simulator::{Fault, FaultRule, Operation, Simulator, Situation, Upstream};
use rust_c2s_api::storage::test_database::TestDatabase;

use crate::support::Service;
use crate::support::database_link::{DatabaseLink, Link};
use crate::support::evidence::{lead_of, newcomer};
use crate::support::prometheus::Scraped;

#[expect(
    clippy::disallowed_methods,
    reason = "the test is a caller of the service, not an upstream call"
)]
async fn scrape(service: &Service) -> Scraped {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("http://{}/metrics", service.address);
    let answer = client.get(url).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(
        answer.headers()["content-type"],
        "text/plain; version=0.0.4; charset=utf-8"
    );
    Scraped::read(&answer.text().await.unwrap())
}

/// Two leads of one person at once, one of them again, one of the same person later, and one that
/// nobody knows.
async fn five_triggers(service: &Service, simulator: &Simulator) {
    let slow = |upstream| FaultRule::always(upstream, Fault::Slow(Duration::from_millis(800)));
    simulator.fault(slow(Upstream::Diretrix));
    simulator.fault(slow(Upstream::WorkApi));
    let first = newcomer(simulator, 1);
    for id in ["second", "third"] {
        simulator.put_lead(lead_of(id, &first.person)).unwrap();
    }
    let (one, two) = tokio::join!(service.process(&first.lead_id), service.process("second"));
    assert!(one.says_done() && two.says_done());
    simulator.clear_faults();
    assert_eq!(
        service.process("second").await.body["duplicate_request"],
        true
    );
    assert!(service.process("third").await.says_done());
    let nobody = service.process_situation(Situation::UnknownContact).await;
    assert_eq!(nobody.state(), "unidentified");
}

#[tokio::test]
async fn what_happened_is_counted_exactly() {
    let service = Service::start().await;
    let simulator = service.simulator.clone();
    five_triggers(&service, &simulator).await;

    let metrics = scrape(&service).await;
    let lookups = |of: &str| {
        let (provider, kind) = of.split_once(' ').unwrap();
        ["hit", "joined", "miss"].map(|result| {
            let labels = format!("provider=\"{provider}\",kind=\"{kind}\",result=\"{result}\"");
            metrics.value(&format!("rust_c2s_lookups_total{{{labels}}}"))
        })
    };
    assert_eq!(lookups("diretrix phone"), [1.0, 1.0, 2.0]);
    assert_eq!(lookups("diretrix email"), [1.0, 1.0, 2.0]);
    assert_eq!(lookups("work_api phone"), [0.0, 0.0, 1.0]);
    assert_eq!(lookups("work_api profile"), [1.0, 1.0, 1.0]);

    for (provider, spent) in [("diretrix", 40.0), ("work_api", 200.0)] {
        let series = format!("rust_c2s_spend_centavos_total{{provider=\"{provider}\"}}");
        assert_eq!(metrics.value(&series), spent, "{provider}");
    }
    let ledger = "select sum(cost_centavos)::bigint from ops.provider_calls";
    assert_eq!(service.count(ledger).await, 240);

    let calls = simulator.calls();
    for (upstream, of, operation, outcome, expected) in [
        ("c2s", Upstream::C2s, Operation::Lead, "lead,found", 4),
        (
            "c2s",
            Upstream::C2s,
            Operation::CreateMessage,
            "create_message,delivered",
            3,
        ),
        (
            "work_api",
            Upstream::WorkApi,
            Operation::Cpf,
            "profile,found",
            1,
        ),
    ] {
        let (name, outcome) = outcome.split_once(',').unwrap();
        let labels = format!("upstream=\"{upstream}\",operation=\"{name}\",outcome=\"{outcome}\"");
        let counted = metrics.value(&format!("rust_c2s_upstream_calls_total{{{labels}}}"));
        assert_eq!(counted, f64::from(expected), "{labels}");
        assert_eq!(calls.count(of, operation), expected as usize, "{labels}");
    }

    assert_eq!(
        metrics.value("rust_c2s_runs_total{outcome=\"completed\"}"),
        3.0
    );
    assert_eq!(
        metrics.value("rust_c2s_runs_total{outcome=\"unidentified\"}"),
        1.0
    );
    let runs = metrics.beginning("rust_c2s_runs_total");
    assert_eq!(
        (runs.len(), runs.iter().map(|run| run.1).sum::<f64>()),
        (11, 4.0)
    );
    assert_eq!(
        metrics.value("rust_c2s_delivery_duration_seconds_count"),
        3.0
    );
    assert_eq!(
        metrics.value("rust_c2s_delivery_duration_seconds_bucket{le=\"0.5\"}"),
        1.0,
        "two waited for slow upstreams"
    );
    let process = "method=\"GET\",route=\"/api/v1/leads/process\"";
    let requests = format!("rust_c2s_http_requests_total{{{process},status=\"2xx\"}}");
    assert_eq!(metrics.value(&requests), 5.0);
    service.stop().await;
}

#[tokio::test]
async fn leads_queue_and_pool_are_those_of_now() {
    let service = Service::start().await;
    assert!(
        service
            .process_situation(Situation::Plain)
            .await
            .says_done()
    );
    let late = "insert into ops.leads (lead_id, source, state, due_at)
                values ('late', 'make', 'retrying', now() + interval '1 hour')";
    sqlx::query(late).execute(service.pool()).await.unwrap();

    let metrics = scrape(&service).await;
    assert_eq!(metrics.value("rust_c2s_database_up"), 1.0);
    assert_eq!(metrics.beginning("rust_c2s_leads{").len(), 11);
    for (state, leads) in [("completed", 1.0), ("retrying", 1.0), ("failed", 0.0)] {
        let series = format!("rust_c2s_leads{{state=\"{state}\"}}");
        assert_eq!(metrics.value(&series), leads, "{state}");
    }
    assert_eq!(metrics.value("rust_c2s_queue_depth{when=\"later\"}"), 1.0);
    assert_eq!(metrics.value("rust_c2s_queue_depth{when=\"due\"}"), 0.0);
    assert_eq!(metrics.value("rust_c2s_queue_oldest_due_seconds"), 0.0);
    assert_eq!(metrics.value("rust_c2s_pool_max_connections"), 10.0);
    assert!(metrics.value("rust_c2s_pool_connections") >= 1.0);
    sqlx::query("delete from ops.leads where lead_id = 'late'")
        .execute(service.pool())
        .await
        .unwrap();
    let again = scrape(&service).await;
    let later = "rust_c2s_queue_depth{when=\"later\"}";
    assert_eq!(
        again.value(later),
        1.0,
        "the database is not asked at each scrape"
    );
    let version = env!("CARGO_PKG_VERSION");
    let build = format!("rust_c2s_build_info{{version=\"{version}\"}}");
    assert_eq!(metrics.value(&build), 1.0);
    service.stop().await;
}

#[rstest]
#[case::no_help("# TYPE rust_c2s_x gauge\nrust_c2s_x 1\n")]
#[case::no_type("# HELP rust_c2s_x A word.\nrust_c2s_x 1\n")]
#[case::unknown_type("# HELP rust_c2s_x A word.\n# TYPE rust_c2s_x summary\nrust_c2s_x 1\n")]
#[case::counter_by_name("# HELP rust_c2s_x A word.\n# TYPE rust_c2s_x counter\nrust_c2s_x 1\n")]
#[case::twice("# HELP rust_c2s_x A word.\n# TYPE rust_c2s_x gauge\nrust_c2s_x 1\nrust_c2s_x 2\n")]
#[case::no_number("# HELP rust_c2s_x A word.\n# TYPE rust_c2s_x gauge\nrust_c2s_x one\n")]
#[case::free_text("# HELP rust_c2s_x A word.\n# TYPE rust_c2s_x gauge\nrust_c2s_x{a=\"b c\"} 1\n")]
#[case::another_name("# HELP rust_c2s_x A word.\n# TYPE rust_c2s_x gauge\nrust_c2s_xy 1\n")]
#[case::no_end("# HELP rust_c2s_x A word.\n# TYPE rust_c2s_x gauge\nrust_c2s_x 1")]
#[case::no_bucket(
    "# HELP rust_c2s_x A word.\n# TYPE rust_c2s_x histogram\nrust_c2s_x_sum 1\nrust_c2s_x_count 1\n"
)]
#[should_panic]
fn what_a_scraper_would_take_amiss_is_refused(#[case] text: &str) {
    Scraped::read(text);
}

/// Scrapes until the database is, or is not, there.
async fn scrape_until(service: &Service, up: f64) -> Scraped {
    let scraping = async {
        loop {
            let metrics = scrape(service).await;
            if metrics.value("rust_c2s_database_up") == up {
                return metrics;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    let scraped = tokio::time::timeout(Duration::from_secs(30), scraping).await;
    scraped.expect("the database is seen to come and go")
}

#[tokio::test]
async fn while_the_database_is_away_the_rest_is_told() {
    let database = TestDatabase::create().await.unwrap();
    let link = DatabaseLink::to(&database).await;
    let service = Service::start_on(database, &[("DB_URL", &link.url())]).await;
    assert!(
        service
            .process_situation(Situation::Plain)
            .await
            .says_done()
    );
    let of_the_database = [
        "rust_c2s_leads",
        "rust_c2s_queue",
        "rust_c2s_delivery_oldest",
    ];
    let there = scrape_until(&service, 1.0).await;
    for name in of_the_database {
        assert!(!there.beginning(name).is_empty(), "{name}");
    }
    for state in [Link::Cut, Link::Silent] {
        link.set(state);
        let away = scrape_until(&service, 0.0).await;
        for name in of_the_database {
            assert_eq!(
                away.beginning(name),
                [],
                "{name}: never of an earlier scrape"
            );
        }
        assert_eq!(
            away.value("rust_c2s_runs_total{outcome=\"completed\"}"),
            1.0
        );
        assert_eq!(away.value("rust_c2s_pool_max_connections"), 10.0);
        link.set(Link::Up);
        let back = scrape_until(&service, 1.0).await;
        assert_eq!(back.value("rust_c2s_leads{state=\"completed\"}"), 1.0);
    }
    service.stop().await;
}
