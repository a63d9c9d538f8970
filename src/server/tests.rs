#![expect(clippy::unwrap_used, reason = "tests")]
use std::sync::Arc;

use axum::body::Body;
use axum::routing::get;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::*;
use crate::handlers;

const SOON: Duration = Duration::from_secs(10);

struct Running {
    address: SocketAddr,
    shutdown: CancellationToken,
    served: JoinHandle<Result<(), ServerError>>,
}

fn start(router: Router, header_timeout: Duration, deadline: Duration) -> Running {
    let server = Server::bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
    let (address, shutdown) = (server.local_addr(), CancellationToken::new());
    let server = server.with_header_timeout(header_timeout);
    let served = tokio::spawn(server.serve(router, shutdown.clone(), deadline));
    Running {
        address,
        shutdown,
        served,
    }
}

fn service() -> Router {
    handlers::router(handlers::tests::Stub::default().state(&[], handlers::tests::READY))
}

async fn send(address: SocketAddr, text: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    stream
}

/// All that comes until the server closes. A reset after an answer is a close as well.
async fn rest(mut stream: TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    while let Ok(read) = timeout(SOON, stream.read(&mut chunk)).await.unwrap() {
        if read == 0 {
            break;
        }
        bytes.extend_from_slice(&chunk[..read]);
    }
    String::from_utf8(bytes).unwrap()
}

fn body_of(answer: &str) -> Value {
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    serde_json::from_str(body).unwrap()
}

#[tokio::test]
async fn a_half_sent_head_is_closed() {
    let running = start(service(), Duration::from_millis(200), SOON);
    let half = send(
        running.address,
        "GET /health HTTP/1.1\r\nHost: x\r\nX-Half: ",
    )
    .await;
    let silent = TcpStream::connect(running.address).await.unwrap();
    rest(half).await;
    rest(silent).await;
}

#[tokio::test]
async fn a_large_body_is_refused() {
    let running = start(service(), SOON, SOON);
    let head = "POST /api/v1/leads/process?id=a1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
                Content-Length: 2097152\r\n\r\n";
    let answer = rest(send(running.address, head).await).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    assert_eq!(body_of(&answer)["lead_id"], json!("a1"));
}

#[tokio::test]
async fn a_panic_is_answered_with_its_request_id() {
    let running = start(service(), SOON, SOON);
    let get =
        "GET /api/v1/leads/process?id=panics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let answer = rest(send(running.address, get).await).await;
    assert!(answer.starts_with("HTTP/1.1 500"), "{answer}");
    let body = body_of(&answer);
    let id = body["request_id"].as_str().unwrap();
    assert!(answer.contains(&format!("x-request-id: {id}")), "{answer}");
    assert!(!answer.contains("planted"), "{answer}");
}

/// What the library answers before a request is one: as docs/security/ACCESS_AND_HEADERS.md says.
#[tokio::test]
async fn what_is_no_request_is_answered_by_the_status_alone() {
    let running = start(service(), SOON, SOON);
    let malformed = "GET /health HTTP/1.1\r\nno header\r\n\r\n".to_owned();
    let too_long = format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "a".repeat(70_000));
    let headers = "X-Many: 1\r\n".repeat(200);
    let too_many = format!("GET /health HTTP/1.1\r\nHost: x\r\n{headers}\r\n");
    for (sent, status) in [(malformed, 400), (too_long, 414), (too_many, 431)] {
        let answer = rest(send(running.address, &sent).await).await;
        let expected = format!("HTTP/1.1 {status} ");
        assert!(answer.starts_with(&expected), "{status}: {answer}");
        assert!(answer.ends_with("\r\n\r\n"), "{status}: {answer}");
        assert!(!answer.contains("x-content-type-options"), "{answer}");
    }
}

/// A router whose only request runs until it is let go.
fn held() -> (Router, Arc<Notify>, Arc<Notify>) {
    let (begun, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (tell, wait) = (begun.clone(), go.clone());
    let router = Router::new().route(
        "/held",
        get(move || async move {
            tell.notify_one();
            wait.notified().await;
            Body::from("finished")
        }),
    );
    (router, begun, go)
}

#[tokio::test]
async fn stopping_finishes_what_runs_and_does_not_wait_for_half_a_request() {
    let (router, begun, go) = held();
    let running = start(router, Duration::from_secs(600), Duration::from_secs(2));
    let half = send(running.address, "GET /held HTTP/1.1\r\nHost: ").await;
    let held = send(running.address, "GET /held HTTP/1.1\r\nHost: x\r\n\r\n").await;
    timeout(SOON, begun.notified()).await.unwrap();
    running.shutdown.cancel();
    // Stopping has begun when no connection is taken any more.
    timeout(SOON, async {
        while TcpStream::connect(running.address).await.is_ok() {
            tokio::task::yield_now().await;
        }
    })
    .await
    .unwrap();
    go.notify_one();
    assert!(rest(held).await.ends_with("finished"));
    timeout(SOON, running.served)
        .await
        .unwrap()
        .unwrap()
        .unwrap();
    rest(half).await;
}

#[tokio::test]
async fn what_does_not_end_by_the_deadline_is_dropped() {
    let (router, begun, _go) = held();
    let running = start(router, SOON, Duration::from_millis(100));
    let held = send(running.address, "GET /held HTTP/1.1\r\nHost: x\r\n\r\n").await;
    timeout(SOON, begun.notified()).await.unwrap();
    running.shutdown.cancel();
    timeout(SOON, running.served)
        .await
        .unwrap()
        .unwrap()
        .unwrap();
    assert_eq!(rest(held).await, "");
}

#[test]
fn a_taken_address_is_named() {
    let first = Server::bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
    let again = Server::bind(first.local_addr()).unwrap_err();
    assert!(again.to_string().contains(&first.local_addr().to_string()));
}
