//! A whole service for a test: a database of its own, simulated upstreams on the wire, a socket.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    dead_code,
    reason = "tests; each binary uses a part of this"
)]

pub(crate) mod database_link;
pub(crate) mod evidence;
pub(crate) mod prometheus;

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use rust_c2s_api::app::{App, AppError};
use rust_c2s_api::clock::Clock;
use rust_c2s_api::config::Config;
use rust_c2s_api::server::Server;
use rust_c2s_api::simulator::{Simulator, SimulatorOptions, Situation};
use rust_c2s_api::storage::test_database::TestDatabase;
use serde_json::Value;
use sqlx::PgPool;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// In a test's settings: upstreams that hang are given up after one second. Otherwise five, so that
/// a busy machine is not taken for an upstream that hangs.
pub(crate) const IMPATIENT: (&str, &str) = ("", "impatient");

/// In a test's settings: upstreams are called however many requests fail. For tests that let many
/// leads fail at once, each for a reason of its own, which no breaker should take for one reason. A
/// `Retry-After` and used-up credits still stop all calls.
pub(crate) const UNDETERRED: (&str, &str) = ("", "undeterred");

/// A running service, its database and its upstreams.
pub(crate) struct Service {
    pub(crate) simulator: Simulator,
    pub(crate) database: TestDatabase,
    pub(crate) address: SocketAddr,
    shutdown: CancellationToken,
    serving: JoinHandle<Result<(), AppError>>,
    client: reqwest::Client,
}

/// What the service answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: Value,
}

/// What the service answered, as it came.
#[derive(Debug)]
pub(crate) struct Raw {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) text: String,
}

impl Raw {
    /// Its body; null when that is no JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }

    #[track_caller]
    pub(crate) fn assert_problem(&self, at: &str) {
        let kind = &self.headers["content-type"];
        assert_eq!(kind, "application/problem+json", "{at}: {self:?}");
        assert_eq!(self.json()["status"], self.status, "{at}: {self:?}");
    }
}

impl Service {
    pub(crate) async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// With variables set as an operator would; an empty value unsets one.
    pub(crate) async fn start_with(set: &[(&str, &str)]) -> Self {
        Self::start_on(TestDatabase::create().await.unwrap(), set).await
    }

    /// With upstreams of its own, on this database.
    pub(crate) async fn start_on(database: TestDatabase, set: &[(&str, &str)]) -> Self {
        let options = SimulatorOptions {
            people: 80,
            ..SimulatorOptions::default()
        };
        let simulator = Simulator::start(any_port(), options).await.unwrap();
        Self::start_beside(simulator, database, set).await
    }

    /// Another instance on the same database and upstreams; its own database stays unused.
    pub(crate) async fn second_instance(&self) -> Self {
        let unused = TestDatabase::create().await.unwrap();
        let url = self.database.url();
        Self::start_beside(self.simulator.clone(), unused, &[("DB_URL", &url)]).await
    }

    /// On a database and upstreams that exist: a restart, or a second instance.
    pub(crate) async fn start_beside(
        simulator: Simulator,
        database: TestDatabase,
        set: &[(&str, &str)],
    ) -> Self {
        let config = config(&simulator, &database.url(), set);
        let server = Server::bind(any_port()).unwrap();
        let address = server.local_addr();
        let app = App::build(&config, Clock::system()).await.unwrap();
        let shutdown = CancellationToken::new();
        let serving = tokio::spawn(app.serve(server, shutdown.clone()));
        let client = reqwest::Client::builder().no_proxy();
        let client = client.redirect(reqwest::redirect::Policy::none());
        let client = client.build().unwrap();
        Self {
            simulator,
            database,
            address,
            shutdown,
            serving,
            client,
        }
    }

    pub(crate) fn pool(&self) -> &PgPool {
        self.database.pool()
    }

    /// Triggers a lead as Make.com does.
    pub(crate) async fn process(&self, lead_id: &str) -> Answer {
        self.get(&format!("/api/v1/leads/process?id={lead_id}"))
            .await
    }

    pub(crate) async fn process_situation(&self, situation: Situation) -> Answer {
        self.process(&situation.lead_id()).await
    }

    pub(crate) async fn get(&self, path_and_query: &str) -> Answer {
        self.get_with(path_and_query, &[]).await
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the test is a caller of the service, not an upstream call"
    )]
    pub(crate) async fn get_with(&self, path_and_query: &str, headers: &[(&str, &str)]) -> Answer {
        let url = format!("http://{}{path_and_query}", self.address);
        let mut request = self.client.get(url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        read(request.send().await.unwrap()).await
    }

    /// The status of an answer to another method, with its body.
    #[expect(
        clippy::disallowed_methods,
        reason = "the test is a caller of the service, not an upstream call"
    )]
    pub(crate) async fn send(&self, method: &str, path_and_query: &str) -> Answer {
        let url = format!("http://{}{path_and_query}", self.address);
        let method = method.parse().unwrap();
        let answer = self.client.request(method, url).send().await.unwrap();
        read(answer).await
    }

    /// The answer to a POST with a body.
    #[expect(
        clippy::disallowed_methods,
        reason = "the test is a caller of the service, not an upstream call"
    )]
    pub(crate) async fn post_with(
        &self,
        path_and_query: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let url = format!("http://{}{path_and_query}", self.address);
        let mut request = self.client.post(url).body(body.to_owned());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        read(request.send().await.unwrap()).await
    }

    /// Any request; the answer as it came, whether or not it is JSON. Redirects are not followed.
    #[expect(
        clippy::disallowed_methods,
        reason = "the test is a caller of the service, not an upstream call"
    )]
    pub(crate) async fn call(
        &self,
        method: &str,
        path_and_query: &str,
        headers: &[(&str, &str)],
        body: Option<Vec<u8>>,
    ) -> Raw {
        let url = format!("http://{}{path_and_query}", self.address);
        let mut request = self.client.request(method.parse().unwrap(), url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.body(body);
        }
        let answer = request.send().await.unwrap();
        Raw {
            status: answer.status().as_u16(),
            headers: answer.headers().clone(),
            text: answer.text().await.unwrap(),
        }
    }

    /// The status of an answer without a body.
    #[expect(
        clippy::disallowed_methods,
        reason = "the test is a caller of the service, not an upstream call"
    )]
    pub(crate) async fn head(&self, path_and_query: &str) -> u16 {
        let url = format!("http://{}{path_and_query}", self.address);
        let answer = self.client.head(url).send().await.unwrap();
        answer.status().as_u16()
    }

    /// Waits until a lead is in a state, as `ops.leads` has it.
    pub(crate) async fn wait_for_state(&self, lead_id: &str, state: &str) {
        let reached = async {
            loop {
                if self.state_of(lead_id).await.as_deref() == Some(state) {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let reached = tokio::time::timeout(Duration::from_secs(30), reached).await;
        if reached.is_err() {
            panic!(
                "{lead_id} is {:?}, not {state}",
                self.state_of(lead_id).await
            );
        }
    }

    pub(crate) async fn state_of(&self, lead_id: &str) -> Option<String> {
        sqlx::query_scalar("select state from ops.leads where lead_id = $1")
            .bind(lead_id)
            .fetch_optional(self.pool())
            .await
            .unwrap()
    }

    pub(crate) async fn count(&self, query: &'static str) -> i64 {
        sqlx::query_scalar(query)
            .fetch_one(self.pool())
            .await
            .unwrap()
    }

    /// Stops in order, and asserts that no upstream got a request it should never get.
    pub(crate) async fn stop(self) -> (Simulator, TestDatabase) {
        self.shutdown.cancel();
        self.serving.await.unwrap().expect("stops in order");
        let unexpected = self.simulator.calls();
        assert_eq!(
            unexpected.unexpected().len(),
            0,
            "unexpected requests were sent"
        );
        (self.simulator, self.database)
    }
}

impl Answer {
    pub(crate) fn state(&self) -> &str {
        self.body["state"].as_str().unwrap_or_default()
    }
}

async fn read(answer: reqwest::Response) -> Answer {
    let status = answer.status().as_u16();
    let headers = answer.headers().clone();
    let text = answer.text().await.unwrap();
    let body = serde_json::from_str(&text).unwrap_or_else(|_| panic!("no JSON: {text}"));
    Answer {
        status,
        headers,
        body,
    }
}

fn any_port() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, 0))
}

/// The configuration of a test: quick retries, short timeouts, the simulator's credentials.
pub(crate) fn config(simulator: &Simulator, database_url: &str, set: &[(&str, &str)]) -> Config {
    let options = simulator.options();
    let lookup = |name: &str| {
        if let Some((_, value)) = set.iter().find(|(variable, _)| *variable == name) {
            return (!value.is_empty()).then(|| (*value).to_owned());
        }
        Some(match name {
            "DB_URL" => database_url.to_owned(),
            "C2S_BASE_URL" => simulator.c2s_base_url(),
            "C2S_TOKEN" => options.c2s_token.clone(),
            "DIRETRIX_BASE_URL" => simulator.diretrix_base_url(),
            "DIRETRIX_USER" => options.diretrix_user.clone(),
            "DIRETRIX_PASS" => options.diretrix_pass.clone(),
            "WORK_API_BASE_URL" => simulator.work_api_base_url(),
            "WORK_API" => options.work_api_token.clone(),
            "PRIVACY_KEY" => "a key for invented people".to_owned(),
            "RETRY_BASE_MS" => "50".to_owned(),
            "RETRY_MAX_MS" => "200".to_owned(),
            "C2S_TIMEOUT_SECS" | "DIRETRIX_TIMEOUT_SECS" | "WORK_API_TIMEOUT_SECS" => {
                let impatient = set.contains(&IMPATIENT);
                if impatient { "1" } else { "5" }.to_owned()
            }
            "PRICE_DIRETRIX_CENTAVOS" => "10".to_owned(),
            "PRICE_WORK_API_CENTAVOS" => "100".to_owned(),
            _ => return None,
        })
    };
    let mut config = Config::from_lookup(lookup).unwrap();
    config.pipeline.late_arrival = Duration::from_millis(200);
    if set.contains(&UNDETERRED) {
        config.pipeline.breaker_failures = usize::MAX;
    }
    config
}
