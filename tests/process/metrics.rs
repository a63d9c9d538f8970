//! METRICS_ADDR: the metrics on an address of their own.

use std::net::TcpListener;

use rust_c2s_api::storage::test_database::TestDatabase;

use crate::home::Home;
use crate::prometheus::Scraped;
use crate::running::{Running, process, run, simulator, text_of, variables};

const KEYS: (&str, &str) = (
    "API_KEYS",
    "make:trigger:key-of-make-0123456789;scraper:metrics:key-of-scraper-0123456789",
);

#[tokio::test]
async fn the_metrics_have_an_address_without_a_key_and_stop_with_the_service() {
    let simulator = simulator().await;
    let database = TestDatabase::create().await.unwrap();
    let home = Home::new();
    let settings = [KEYS, ("METRICS_ADDR", "127.0.0.1:0")];
    let set = variables(&simulator, &database.url(), &settings);
    let service = Running::start(&home, &["serve"], &set);
    let own = service.metrics_address().await;
    let public = service.address().await;
    assert_ne!(own, public);
    assert_eq!(process(&public, "a01").await.0, 401);

    let (status, text) = text_of(&format!("http://{own}/metrics"), "").await;
    assert_eq!(status, 200);
    let metrics = Scraped::read(&text);
    let refused = "rust_c2s_http_requests_total{method=\"GET\",route=\"/api/v1/leads/process\",status=\"4xx\"}";
    assert_eq!(metrics.value(refused), 1.0);
    for path in ["/health", "/ready", "/", "/api/v1/leads/process?id=a01"] {
        let (status, _) = text_of(&format!("http://{own}{path}"), "").await;
        assert_eq!(status, 404, "{path}");
    }
    let public_metrics = format!("http://{public}/metrics");
    for (key, expected) in [
        ("", 401),
        ("key-of-make-0123456789", 403),
        ("key-of-scraper-0123456789", 200),
    ] {
        let (status, _) = text_of(&public_metrics, key).await;
        assert_eq!(status, expected, "{key}");
    }

    service.stop("TERM").await.assert_success();
    TcpListener::bind(&own).unwrap();
}

#[tokio::test]
async fn an_address_that_is_taken_or_the_services_own_is_told() {
    let simulator = simulator().await;
    let database = TestDatabase::create().await.unwrap();
    let home = Home::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let (metrics, port) = (address.to_string(), address.port().to_string());

    let set = variables(&simulator, &database.url(), &[("METRICS_ADDR", &metrics)]);
    let ended = run(&home, &["serve"], &set).await;
    ended.assert_failure(&format!("cannot listen on {metrics}"));
    ended.assert_failure("set METRICS_ADDR to another address");

    let both = [("METRICS_ADDR", metrics.as_str()), ("PORT", &port)];
    let set = variables(&simulator, &database.url(), &both);
    let ended = run(&home, &["serve"], &set).await;
    ended.assert_failure("METRICS_ADDR: is the service's own address");
}
