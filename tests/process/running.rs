//! The executable, started as a process of its own.

use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rust_c2s_api::simulator::{Simulator, SimulatorOptions};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::home::{Home, signal};

/// Longer than anything here takes, on a machine with other work to do.
const PATIENCE: Duration = Duration::from_secs(60);

/// A process, and all that it has written so far, to standard output and standard error.
pub(crate) struct Running {
    child: Child,
    written: watch::Receiver<String>,
    readers: Vec<JoinHandle<()>>,
    pub(crate) since: Instant,
}

/// How a process ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    pub(crate) text: String,
}

impl Running {
    /// Starts it with these variables and no others but PATH and the place of its private servers.
    pub(crate) fn start<V: AsRef<str>>(home: &Home, arguments: &[&str], set: &[(&str, V)]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rust-c2s-api"));
        command
            .args(arguments)
            .env_clear()
            .env("PATH", path())
            .env("XDG_STATE_HOME", home.path())
            .envs(set.iter().map(|(name, value)| (*name, value.as_ref())))
            .current_dir(home.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let since = Instant::now();
        let mut child = command.spawn().unwrap();
        let (writer, written) = watch::channel(String::new());
        let readers = vec![
            tokio::spawn(collect(child.stdout.take().unwrap(), writer.clone())),
            tokio::spawn(collect(child.stderr.take().unwrap(), writer)),
        ];
        Self {
            child,
            written,
            readers,
            since,
        }
    }

    /// Waits until it has written this, and returns all that it has written.
    pub(crate) async fn until_it_says(&self, what: &str) -> String {
        let mut written = self.written.clone();
        let said = written.wait_for(|text| text.contains(what));
        match tokio::time::timeout(PATIENCE, said).await {
            Ok(Ok(text)) => text.clone(),
            _ => panic!("never said {what:?}: {}", *self.written.borrow()),
        }
    }

    /// The address a service says it listens on.
    pub(crate) async fn address(&self) -> String {
        self.address_told("listening").await
    }

    /// The address where it says it serves the metrics.
    pub(crate) async fn metrics_address(&self) -> String {
        self.address_told("the metrics are served").await
    }

    async fn address_told(&self, what: &str) -> String {
        self.until_it_says(what).await;
        let text = self.written.borrow();
        let line = text.lines().find(|line| line.contains(what));
        let (_, rest) = line.unwrap().split_once("127.0.0.1:").unwrap();
        let port: String = rest.chars().take_while(char::is_ascii_digit).collect();
        format!("127.0.0.1:{port}")
    }

    /// Sends a signal: `TERM`, `INT`.
    pub(crate) fn signal(&self, name: &str) {
        signal(&self.child.id().unwrap().to_string(), name);
    }

    /// Waits for its end.
    pub(crate) async fn end(mut self) -> Ended {
        let ended = tokio::time::timeout(PATIENCE, self.child.wait()).await;
        let Ok(status) = ended else {
            panic!("does not end: {}", *self.written.borrow());
        };
        for reader in self.readers {
            reader.await.unwrap();
        }
        let text = self.written.borrow().clone();
        Ended {
            status: status.unwrap(),
            text,
        }
    }

    /// Tells it to stop, and waits for its end.
    pub(crate) async fn stop(self, name: &str) -> Ended {
        self.signal(name);
        self.end().await
    }

    /// Ends it as `kill -9` does.
    pub(crate) async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }
}

impl Ended {
    #[track_caller]
    pub(crate) fn assert_success(&self) -> &Self {
        assert!(self.status.success(), "{}: {}", self.status, self.text);
        self
    }

    /// It failed by its own decision, with this in what it said last.
    #[track_caller]
    pub(crate) fn assert_failure(&self, saying: &str) -> &Self {
        let failed = self.status.code().is_some_and(|code| code != 0);
        let said = self.text.contains(saying);
        assert!(failed && said, "{}: {}", self.status, self.text);
        self
    }
}

/// A demo on free ports.
pub(crate) const DEMO: [&str; 5] = ["demo", "--port", "0", "--simulator-port", "0"];

/// Starts a demo; it, and all that it has said once its tour is over.
pub(crate) async fn demo<V: AsRef<str>>(home: &Home, set: &[(&str, V)]) -> (Running, String) {
    let demo = Running::start(home, &DEMO, set);
    let tour = demo.until_it_says("Ctrl-C stops everything").await;
    (demo, tour)
}

/// The URLs of a demo's service and of its simulator, as its tour tells them.
pub(crate) fn urls_of(tour: &str) -> [String; 2] {
    ["/api/v1/", "/_sim/"].map(|path| {
        let (before, _) = tour.split_once(path).unwrap();
        format!("http://{}", before.rsplit("http://").next().unwrap())
    })
}

/// Runs a command to its end.
pub(crate) async fn run<V: AsRef<str>>(
    home: &Home,
    arguments: &[&str],
    set: &[(&str, V)],
) -> Ended {
    Running::start(home, arguments, set).end().await
}

async fn collect(from: impl AsyncRead + Unpin, to: watch::Sender<String>) {
    let mut lines = BufReader::new(from).split(b'\n');
    while let Some(line) = lines.next_segment().await.unwrap() {
        to.send_modify(|text| {
            text.push_str(&String::from_utf8_lossy(&line));
            text.push('\n');
        });
    }
}

#[expect(clippy::disallowed_methods, reason = "a child needs our PATH")]
pub(crate) fn path() -> String {
    std::env::var("PATH").unwrap()
}

/// Upstreams in this process, with as few people as the situations need and some more.
pub(crate) async fn simulator() -> Simulator {
    let options = SimulatorOptions {
        people: 80,
        ..SimulatorOptions::default()
    };
    let address = "127.0.0.1:0".parse().unwrap();
    Simulator::start(address, options).await.unwrap()
}

/// What a service needs to be told to work with these upstreams and this database.
pub(crate) fn variables(
    simulator: &Simulator,
    database_url: &str,
    more: &[(&'static str, &str)],
) -> Vec<(&'static str, String)> {
    let options = simulator.options();
    let more = more
        .iter()
        .map(|(name, value)| (*name, (*value).to_owned()));
    let mut set = vec![
        ("DB_URL", database_url.to_owned()),
        ("C2S_BASE_URL", simulator.c2s_base_url()),
        ("C2S_TOKEN", options.c2s_token.clone()),
        ("DIRETRIX_BASE_URL", simulator.diretrix_base_url()),
        ("DIRETRIX_USER", options.diretrix_user.clone()),
        ("DIRETRIX_PASS", options.diretrix_pass.clone()),
        ("WORK_API_BASE_URL", simulator.work_api_base_url()),
        ("WORK_API", options.work_api_token.clone()),
        ("PRIVACY_KEY", "a-key-for-invented-people".to_owned()),
        ("PORT", "0".to_owned()),
    ];
    set.extend(more);
    set
}

/// Status and body of a GET.
#[expect(
    clippy::disallowed_methods,
    reason = "the test is a caller of the service, not an upstream call"
)]
pub(crate) async fn get(url: &str) -> (u16, Value) {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = client.get(url).send().await.unwrap();
    let status = answer.status().as_u16();
    (status, answer.json().await.unwrap())
}

/// The status of a GET with a key, and its body as text.
#[expect(
    clippy::disallowed_methods,
    reason = "the test is a caller of the service, not an upstream call"
)]
pub(crate) async fn text_of(url: &str, key: &str) -> (u16, String) {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = client.get(url).header("x-api-key", key);
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    (status, answer.text().await.unwrap())
}

/// Triggers a lead as Make.com does.
pub(crate) async fn process(address: &str, lead_id: &str) -> (u16, Value) {
    get(&format!(
        "http://{address}/api/v1/leads/process?id={lead_id}"
    ))
    .await
}

/// Waits for something to become so.
pub(crate) async fn eventually(what: &str, mut check: impl AsyncFnMut() -> bool) {
    let patience = Instant::now() + PATIENCE;
    while !check().await {
        assert!(Instant::now() < patience, "never so: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The file of this package that the test reads as a user would.
pub(crate) fn of_the_package(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}
