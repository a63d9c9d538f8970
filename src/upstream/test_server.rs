//! A server that answers as told, byte by byte: an HTTP library would not let it misbehave.

#![expect(clippy::expect_used, reason = "tests")]

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use url::Url;

use super::BreakerRules;

/// A breaker that stays out of the way of a test of something else.
pub(crate) const PATIENT: BreakerRules = BreakerRules {
    failures: usize::MAX,
    base: Duration::from_millis(1),
    max: Duration::from_millis(1),
};

/// What the server does once it has read a request.
#[derive(Clone)]
pub(crate) enum Step {
    /// Writes this.
    Write(Vec<u8>),
    /// Writes this a byte at a time.
    Drip(Vec<u8>),
    /// Keeps the connection open and says no more.
    Hang,
    /// Resets the connection. Without this it is closed in order.
    Reset,
}

/// Serves every connection by the same steps and keeps what was asked.
pub(crate) struct TestServer {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl TestServer {
    pub(crate) async fn start(steps: Vec<Step>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, steps.clone(), Arc::clone(&seen)));
            }
        });
        Self {
            address,
            requests,
            task,
        }
    }

    /// A server that answers completely.
    pub(crate) async fn answering(status: &str, body: &[u8]) -> Self {
        Self::start(vec![Step::Write(complete(status, "", body))]).await
    }

    /// Its address, with a path, as a base URL may have one.
    pub(crate) fn url(&self) -> Url {
        self.url_of("http")
    }

    pub(crate) fn url_of(&self, scheme: &str) -> Url {
        Url::parse(&format!("{scheme}://{}/base/", self.address)).expect("a URL")
    }

    /// The requests so far, heads and bodies.
    pub(crate) fn requests(&self) -> Vec<String> {
        let requests = self.requests.lock();
        requests.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A base URL at which nobody listens.
pub(crate) async fn refusing_url() -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    Url::parse(&format!("http://{address}/")).expect("a URL")
}

/// A complete answer; `headers` are lines that end in `\r\n`.
pub(crate) fn complete(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n"
    );
    [head.as_bytes(), body].concat()
}

async fn serve(mut stream: TcpStream, steps: Vec<Step>, requests: Arc<Mutex<Vec<String>>>) {
    let Some(request) = read_request(&mut stream).await else {
        return;
    };
    requests
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(request);
    for step in steps {
        let done = match step {
            Step::Write(bytes) => stream.write_all(&bytes).await,
            Step::Drip(bytes) => drip(&mut stream, &bytes).await,
            Step::Hang => std::future::pending().await,
            Step::Reset => stream.set_zero_linger(),
        };
        if done.is_err() {
            return; // The client has gone.
        }
    }
}

async fn drip(stream: &mut TcpStream, bytes: &[u8]) -> std::io::Result<()> {
    for byte in bytes {
        stream.write_all(&[*byte]).await?;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

async fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut read = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let n = stream.read(&mut buffer).await.ok()?;
        if n == 0 {
            return None;
        }
        read.extend_from_slice(&buffer[..n]);
        let text = String::from_utf8_lossy(&read);
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length = head
            .lines()
            .filter_map(|line| {
                line.to_lowercase()
                    .strip_prefix("content-length: ")?
                    .parse()
                    .ok()
            })
            .next()
            .unwrap_or(0);
        if body.len() >= length {
            return Some(text.into_owned());
        }
    }
}
