#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::body::Body;
use http::{HeaderMap, StatusCode};
use http_body_util::BodyExt;
use rstest::rstest;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use super::customer_calls::tests::customer_calls;
use super::lead_calls::tests::lead_calls;
use super::review_calls::tests::review_calls;
use super::*;
use crate::config::{Config, ServerConfig};
use crate::models::{Cpf, LeadState};
use crate::services::lead_processing::{LeadRequest, ProcessAnswer, ProcessError};
use crate::telemetry;
use crate::telemetry::captured::Captured;

const KEYS: (&str, &str) = ("API_KEYS", "make:trigger:0123456789abcdef");
const PUBLIC: (&str, &str) = ("HOST", "0.0.0.0");
pub(crate) const READY: ReadinessReport = ReadinessReport {
    database: true,
    migrations: true,
    workers: true,
    upstreams: [
        ("c2s", "closed"),
        ("diretrix", "probing"),
        ("work_api", "open"),
    ],
};

/// The configuration of a server with these variables set.
pub(crate) fn server_config(variables: &[(&str, &str)]) -> ServerConfig {
    let read = Config::from_lookup(|name| match name {
        "C2S_TOKEN" | "WORK_API" | "DIRETRIX_USER" | "DIRETRIX_PASS" => Some("x".to_owned()),
        "DB_URL" => Some("postgres://user@localhost/x".to_owned()),
        _ => variables
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| (*value).to_owned()),
    });
    read.unwrap().server
}

/// A service whose leads end as their id says, and which counts and times its calls.
#[derive(Clone, Default)]
pub(crate) struct Stub {
    calls: Arc<AtomicUsize>,
    waits: Arc<Mutex<Vec<u64>>>,
}

impl Stub {
    pub(crate) fn state(&self, variables: &[(&str, &str)], report: ReadinessReport) -> AppState {
        let stub = self.clone();
        let process = Call::new(move |(request, wait): (LeadRequest, Duration)| {
            let lead_id = request.lead_id;
            stub.calls.fetch_add(1, Ordering::SeqCst);
            stub.waits.lock().unwrap().push(wait.as_secs());
            async move {
                let state = match lead_id.as_str() {
                    "unknown" => LeadState::LeadMissing,
                    "down" => return Err(ProcessError::DatabaseUnavailable),
                    "broken" => {
                        let cause = std::io::Error::other("planted-cause");
                        return Err(ProcessError::Internal(Arc::new(cause)));
                    }
                    "panics" => panic!("planted-panic"),
                    _ => LeadState::Completed,
                };
                Ok(ProcessAnswer {
                    lead_id,
                    state,
                    message_sent: true,
                    cpfs: vec![Cpf::parse("52998224725").unwrap()],
                    duplicate: false,
                    reason: None,
                    review_id: None,
                    next_attempt_in: None,
                    next_attempt_at: None,
                    upstream_ms: 30,
                    database_ms: 7,
                })
            }
        });
        let readiness = Readiness::new(move || async move { report });
        let config = server_config(variables);
        let wait = Duration::from_secs(25);
        let calls = ServiceCalls {
            leads: lead_calls(process),
            reviews: review_calls(),
            readiness,
            scrape: Scrape::new(async || "up 1\n".to_owned()),
            customers: customer_calls(),
            record_access: RecordAccess::new(|_| Box::pin(async { Ok(()) })),
        };
        AppState::new(calls, &config, wait, CancellationToken::new())
    }

    /// How many runs were started.
    pub(crate) fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }

    async fn get(&self, variables: &[(&str, &str)], uri: &str) -> (StatusCode, HeaderMap, Value) {
        send(router(self.state(variables, READY)), request("GET", uri)).await
    }
}

pub(crate) fn request(method: &str, uri: &str) -> http::Request<Body> {
    let request = http::Request::builder().method(method).uri(uri);
    request.body(Body::empty()).unwrap()
}

pub(crate) async fn send(
    router: Router,
    request: http::Request<Body>,
) -> (StatusCode, HeaderMap, Value) {
    let response = router.oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    let body = serde_json::from_slice(&bytes).unwrap_or_default();
    (parts.status, parts.headers, body)
}

#[tokio::test]
async fn health_says_who_it_is() {
    let (status, headers, body) = Stub::default().get(&[PUBLIC], "/health").await;
    assert_eq!(status, StatusCode::OK);
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(
        body,
        json!({"status": "healthy", "service": "rust-c2s-api", "version": version})
    );
    assert!(headers.contains_key("x-request-id"));
}

#[tokio::test]
async fn ready_names_what_is_not() {
    let stub = Stub::default();
    let (status, _, body) = stub.get(&[PUBLIC], "/ready").await;
    let upstreams = json!({"c2s": "closed", "diretrix": "probing", "work_api": "open"});
    let expected = json!({"status": "ready", "upstreams": upstreams});
    assert_eq!((status, body), (StatusCode::OK, expected));

    let report = ReadinessReport {
        migrations: false,
        workers: false,
        ..READY
    };
    let state = stub.state(&[], report);
    let (status, headers, body) = send(router(state.clone()), request("GET", "/ready")).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(body["detail"], json!("not ready: migrations, workers"));
    assert!(headers.contains_key("retry-after"));

    state.draining.cancel();
    let (_, _, body) = send(router(state), request("GET", "/ready")).await;
    assert_eq!(body["detail"], json!("the service is stopping"));
}

#[tokio::test]
async fn a_lead_is_processed() {
    let stub = Stub::default();
    let uri = "/api/v1/leads/process?id=a1&wait=3";
    let (status, headers, body) = stub.get(&[], uri).await;
    assert_eq!(
        (status, &body["cpfs_processed"]),
        (StatusCode::OK, &json!(["52998224725"]))
    );
    assert_eq!(headers["content-type"], "application/json");
    stub.get(&[], "/api/v1/leads/process?id=a1").await;
    assert_eq!(*stub.waits.lock().unwrap(), [3, 25]);
}

#[tokio::test]
async fn an_open_trigger_shows_masks_and_asks_for_an_unknown_lead_once() {
    let stub = Stub::default();
    let (_, _, body) = stub.get(&[PUBLIC], "/api/v1/leads/process?id=a1").await;
    assert_eq!(body["cpfs_processed"], json!(["***.982.247-**"]));

    let router = router(stub.state(&[PUBLIC], READY));
    let unknown = || request("GET", "/api/v1/leads/process?id=unknown");
    let first = send(router.clone(), unknown()).await;
    let again = send(router, unknown()).await;
    assert_eq!(
        (first.0, again.0),
        (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND)
    );
    assert_eq!(first.2["message"], again.2["message"]);
    assert_eq!(
        stub.calls.load(Ordering::SeqCst),
        2,
        "one of a1, one of the unknown lead"
    );
}

#[rstest]
#[case::no_id("process", 400, "")]
#[case::bad_id("process?id=a%2Fb", 400, "")]
#[case::two_ids("process?id=a&id=b", 400, "")]
#[case::bad_wait("process?id=a1&wait=x", 400, "a1")]
#[case::invalid_utf8("process?id=%ff", 400, "")]
#[case::nul("process?id=a%00", 400, "")]
#[case::dry_run("process?id=a1&dry_run=yes", 400, "a1")]
#[case::unknown_lead("process?id=unknown", 404, "unknown")]
#[case::database_down("process?id=down", 503, "down")]
#[case::defect("process?id=broken", 500, "broken")]
#[case::panic("process?id=panics", 500, "panics")]
#[case::no_route("no/such/route", 404, "")]
#[tokio::test]
async fn every_error_about_leads_carries_the_keys(
    #[case] rest: &str,
    #[case] expected: u16,
    #[case] lead_id: &str,
) {
    let uri = format!("/api/v1/leads/{rest}");
    let (status, headers, body) = Stub::default().get(&[], &uri).await;
    assert_eq!(status.as_u16(), expected);
    assert_eq!(headers["content-type"], "application/problem+json");
    assert_eq!(
        body["request_id"],
        json!(headers["x-request-id"].to_str().unwrap())
    );
    assert_eq!(body["status"], json!(expected));
    assert_eq!(body["error"], body["detail"]);
    assert_eq!(body["message"], body["detail"]);
    assert_eq!(body["lead_id"], json!(lead_id));
    assert_eq!(body["success"], json!(false));
    assert_eq!(body["cpfs_processed"], json!([]));
    assert_eq!(body["entities_stored"], json!(0));
    assert!(body["type"].is_string() && body["title"].is_string());
    assert!(!body.to_string().contains("planted"), "{body}");
    assert_eq!(headers.contains_key("retry-after"), expected == 503);
}

#[tokio::test]
async fn elsewhere_a_problem_has_no_lead() {
    let (status, _, body) = Stub::default().get(&[], "/nothing").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(body.get("lead_id").is_none() && body["request_id"].is_string());
}

#[tokio::test]
async fn a_stranger_is_not_told_which_routes_there_are() {
    let stub = Stub::default();
    let (status, headers, body) = stub.get(&[PUBLIC], "/nothing").await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert_eq!(headers["www-authenticate"], "Bearer");
    assert!(body["detail"].as_str().unwrap().contains("API_KEYS"));

    let (status, _, body) = stub.get(&[KEYS], "/api/v1/leads/process?id=a1").await;
    assert_eq!(
        (status, &body["lead_id"]),
        (StatusCode::UNAUTHORIZED, &json!("a1"))
    );
    assert_eq!(stub.calls.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn who_asks_too_often_waits_and_health_is_not_counted() {
    let limits = [("RATE_LIMIT_PER_SEC", "1"), ("RATE_LIMIT_BURST", "1")];
    let state = Stub::default().state(&limits, READY);
    let router = router(state.clone());
    let get = |uri: &str| send(router.clone(), request("GET", uri));
    assert_eq!(get("/api/v1/leads/process?id=a1").await.0, StatusCode::OK);
    let (status, headers, _) = get("/api/v1/leads/process?id=a1").await;
    assert_eq!(
        (status, &headers["retry-after"]),
        (StatusCode::TOO_MANY_REQUESTS, &"1".parse().unwrap())
    );
    assert_eq!(headers["ratelimit-policy"], "\"default\";q=1;w=1");
    assert_eq!(headers["ratelimit"], "\"default\";r=0;t=1");
    let (status, headers, _) = get("/health").await;
    assert_eq!(status, StatusCode::OK);
    assert!(!headers.contains_key("ratelimit"), "not counted");
    state.access().forget_idle_callers();
    assert_eq!(get("/nothing").await.0, StatusCode::TOO_MANY_REQUESTS);
}

/// The page and the document are open to everybody, as often as any other route.
#[rstest]
#[case("/docs")]
#[case("/docs/")]
#[case("/docs/swagger-ui.css")]
#[case("/api-docs/openapi.json")]
#[tokio::test]
async fn what_is_open_is_counted(#[case] uri: &str) {
    let limits = [
        PUBLIC,
        ("RATE_LIMIT_PER_SEC", "1"),
        ("RATE_LIMIT_BURST", "1"),
    ];
    let router = router(Stub::default().state(&limits, READY));
    let (status, headers, _) = send(router.clone(), request("GET", uri)).await;
    assert!(status.is_success() || status.is_redirection(), "{status}");
    assert_eq!(headers["ratelimit"], "\"default\";r=0;t=1");
    let (status, headers, body) = send(router, request("GET", uri)).await;
    assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(body["status"], json!(429));
    assert_eq!(headers["content-type"], "application/problem+json");
}

#[tokio::test]
async fn a_request_id_is_taken_over_when_it_is_a_uuid() {
    let router = router(Stub::default().state(&[], READY));
    let with_id = |id: &str| {
        let mut request = request("GET", "/health");
        request
            .headers_mut()
            .insert("x-request-id", id.parse().unwrap());
        request
    };
    let uuid = "01890a5d-ac96-774b-bcce-b302099a8057";
    let (_, headers, _) = send(router.clone(), with_id(uuid)).await;
    assert_eq!(headers["x-request-id"], uuid);
    let (_, headers, _) = send(router, with_id("11999990001")).await;
    assert_ne!(headers["x-request-id"], "11999990001");
}

#[tokio::test]
async fn one_log_line_tells_all_of_a_request() {
    let captured = Captured::default();
    let subscriber = telemetry::subscriber(true, "trace", captured.clone()).unwrap();
    let guard = tracing::subscriber::set_default(subscriber);
    let router = router(Stub::default().state(&[KEYS], READY));
    let mut keyed = request("GET", "/api/v1/leads/process?id=a1&contact=planted");
    keyed
        .headers_mut()
        .insert("x-api-key", "0123456789abcdef".parse().unwrap());
    send(router.clone(), keyed).await;
    send(router, request("PLANTED", "/planted/path")).await;
    drop(guard);

    let lines = captured.lines();
    assert_eq!(lines.len(), 2, "{lines:?}");
    let line = &lines[0];
    assert_eq!(line["message"], json!("request"));
    let expected = json!({
        "method": "GET", "route": "/api/v1/leads/process", "status": 200, "lead_id": "a1",
        "outcome": "completed", "upstream_ms": 30, "db_ms": 7, "key": "make",
    });
    for (key, value) in expected.as_object().unwrap() {
        assert_eq!(&line[key], value, "{key}");
    }
    assert_eq!(lines[1]["method"], json!("other"));
    assert!(line["request_id"].is_string() && line["duration_ms"].is_u64());
    assert_eq!(
        (&lines[1]["route"], &lines[1]["status"]),
        (&json!("unknown"), &json!(401))
    );
    let text = captured.text();
    assert!(
        !text.to_lowercase().contains("planted") && !text.contains("0123456789abcdef"),
        "{text}"
    );
}

#[tokio::test]
async fn a_defect_is_logged_once_with_its_cause() {
    let captured = Captured::default();
    let subscriber = telemetry::subscriber(true, "info", captured.clone()).unwrap();
    let guard = tracing::subscriber::set_default(subscriber);
    let (_, headers, _) = Stub::default()
        .get(&[], "/api/v1/leads/process?id=broken")
        .await;
    drop(guard);
    let lines = captured.lines();
    let causes: Vec<&Value> = lines
        .iter()
        .filter(|line| line.get("cause").is_some())
        .collect();
    assert_eq!(causes.len(), 1);
    assert_eq!(
        causes[0]["cause"],
        json!("the lead could not be accepted: planted-cause")
    );
    assert_eq!(
        causes[0]["request_id"],
        json!(headers["x-request-id"].to_str().unwrap())
    );
}

#[tokio::test]
async fn a_caller_who_leaves_is_logged() {
    let captured = Captured::default();
    let subscriber = telemetry::subscriber(true, "info", captured.clone()).unwrap();
    let guard = tracing::subscriber::set_default(subscriber);
    let never = Router::new().route("/health", get(std::future::pending::<()>));
    let router = with_layers(never, Stub::default().state(&[], READY), REQUEST_TIMEOUT);
    let mut answer = Box::pin(router.oneshot(request("GET", "/health")));
    assert!(futures::poll!(answer.as_mut()).is_pending());
    drop(answer);
    drop(guard);
    assert_eq!(captured.lines()[0]["status"], json!(499));
}
