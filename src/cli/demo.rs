//! `rust-c2s-api demo`: everything on one command, on invented people.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::Args;
use tokio_util::sync::CancellationToken;

use super::output::say;
use super::shutdown_signal;
use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::server::Server;
use crate::simulator::{Latency, Simulator, SimulatorOptions, Situation};
use crate::storage::private_server::{PrivateServer, PrivateServerError};
use crate::storage::test_database::TestDatabase;

/// The database on the demo's own server; made anew at each start, as the simulator forgets too.
const DATABASE: &str = "demo";

/// Where the demo listens, unless told otherwise.
const PORT: u16 = 8081;
const SIMULATOR_PORT: u16 = 8090;

/// What the upstreams of the demo take to answer, so that it feels like the real thing and shows
/// that phone and e-mail are asked at the same time.
const LATENCY: Latency = Latency {
    c2s: Duration::from_millis(60),
    diretrix: Duration::from_millis(250),
    work_api: Duration::from_millis(400),
};

/// What of it a fresh lead waits for: it is fetched, both contacts are asked at once, then the
/// profile, and the message is sent.
const LATENCY_OF_A_LEAD: Duration = LATENCY
    .c2s
    .saturating_mul(2)
    .saturating_add(LATENCY.diretrix)
    .saturating_add(LATENCY.work_api);

/// How the demo is started.
#[derive(Debug, Args)]
pub struct DemoArguments {
    /// Port of the service on 127.0.0.1; 0 takes any free one
    #[arg(long, default_value_t = PORT)]
    port: u16,
    /// Port of the simulated upstreams on 127.0.0.1; 0 takes any free one
    #[arg(long, default_value_t = SIMULATOR_PORT)]
    simulator_port: u16,
}

/// Starts it, gives the tour, and stays until Ctrl-C. Neither `.env` nor the environment is looked
/// at, but for TEST_DATABASE_URL and PG_BIN_DIR.
pub(super) async fn run(arguments: &DemoArguments) -> Result<()> {
    let since = Instant::now();
    let shutdown = shutdown_signal()?;
    let database = DemoDatabase::start().await?;
    let outcome = run_on(&database, arguments, since, shutdown).await;
    let stopped = database.stop().await;
    outcome?;
    stopped?;
    say("Stopped; nothing is left running.")?;
    Ok(())
}

/// Where the demo keeps its leads, from an empty database on at each start.
enum DemoDatabase {
    Private(PrivateServer),
    /// On the server that TEST_DATABASE_URL names; dropped at the end.
    Given(TestDatabase),
}

impl DemoDatabase {
    async fn start() -> Result<Self> {
        if TestDatabase::server_is_given() {
            return Ok(Self::Given(TestDatabase::create_empty().await?));
        }
        let root = PrivateServer::default_root("demo")?;
        let server = match PrivateServer::start(&root).await {
            Err(PrivateServerError::InUse { .. }) => {
                bail!("another demo is running for this user: use it, or stop it with Ctrl-C first")
            }
            started => started?,
        };
        server.recreate_database(DATABASE).await?;
        Ok(Self::Private(server))
    }

    fn url(&self) -> String {
        match self {
            Self::Private(server) => server.url(DATABASE),
            Self::Given(database) => database.url(),
        }
    }

    const fn about(&self) -> &'static str {
        match self {
            Self::Private(_) => "a private PostgreSQL",
            Self::Given(_) => "the PostgreSQL of TEST_DATABASE_URL",
        }
    }

    async fn stop(self) -> Result<()> {
        match self {
            Self::Private(server) => server.stop().await?,
            Self::Given(database) => drop(database),
        }
        Ok(())
    }
}

async fn run_on(
    database: &DemoDatabase,
    arguments: &DemoArguments,
    since: Instant,
    shutdown: CancellationToken,
) -> Result<()> {
    let local = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let server = Server::bind(local(arguments.port))
        .context("start the demo with --port 0, or stop what listens there")?;
    let options = SimulatorOptions {
        latency: LATENCY,
        ..SimulatorOptions::default()
    };
    let simulator = Simulator::start(local(arguments.simulator_port), options)
        .await
        .context("start the demo with --simulator-port 0, or stop what listens there")?;
    let config = config(&database.url(), &simulator)?;
    let app = App::build(&config, Clock::system()).await?;
    let address = server.local_addr();
    let serving = tokio::spawn(app.serve(server, shutdown.clone()));
    let tour = tour(address, &simulator, database.about(), since).await;
    if tour.is_err() {
        shutdown.cancel();
    }
    let served = serving.await.context("the service panicked")?;
    simulator.stop().await;
    tour?;
    Ok(served?)
}

/// The configuration of the demo: the database and the simulator, and nothing else.
fn config(database_url: &str, simulator: &Simulator) -> Result<Config> {
    let options = simulator.options();
    let set = [
        ("DB_URL", database_url.to_owned()),
        ("C2S_BASE_URL", simulator.c2s_base_url()),
        ("C2S_TOKEN", options.c2s_token.clone()),
        ("DIRETRIX_BASE_URL", simulator.diretrix_base_url()),
        ("DIRETRIX_USER", options.diretrix_user.clone()),
        ("DIRETRIX_PASS", options.diretrix_pass.clone()),
        ("WORK_API_BASE_URL", simulator.work_api_base_url()),
        ("WORK_API", options.work_api_token.clone()),
        ("PRIVACY_KEY", "demo-key-for-invented-people".to_owned()),
    ];
    let lookup = |name: &str| {
        let found = set.iter().find(|(variable, _)| *variable == name);
        found.map(|(_, value)| value.clone())
    };
    Ok(Config::from_lookup(lookup)?)
}

async fn tour(
    address: SocketAddr,
    simulator: &Simulator,
    database: &str,
    since: Instant,
) -> Result<()> {
    let url = |situation: Situation| {
        let lead_id = situation.lead_id();
        format!("http://{address}/api/v1/leads/process?id={lead_id}")
    };
    say(&format!(
        "\nReady in {:.1} s: http://{address} (invented people, {database}, simulated upstreams)\n",
        since.elapsed().as_secs_f64()
    ))?;
    say("A lead enters. What Make.com gets:\n")?;
    say(&format!("  curl '{}'", url(Situation::Plain)))?;
    // made before the clock starts: it reads the system's certificates, the service's work does not
    let client = reqwest::Client::builder().no_proxy().build()?;
    let started = Instant::now();
    let answer = get(&client, &url(Situation::Plain)).await?;
    say(&format!("  {answer}"))?;
    say(&format!(
        "  ({} ms, of them {} in the simulated upstreams)\n",
        started.elapsed().as_millis(),
        LATENCY_OF_A_LEAD.as_millis()
    ))?;
    say("What the broker reads in the CRM, seconds later:\n")?;
    for message in simulator.messages(&Situation::Plain.lead_id()) {
        for line in message.body.lines() {
            say(&format!("  │ {line}"))?;
        }
    }
    say(
        "\nTry these (the lead above again is answered from memory for five minutes, and costs nothing):\n",
    )?;
    let unknown = "0000000000000000000000000000ffff";
    let more = [
        (url(Situation::Namesake), Situation::Namesake.about()),
        (url(Situation::NullEmail), Situation::NullEmail.about()),
        (
            format!("http://{address}/api/v1/leads/process?id={unknown}"),
            "The CRM does not know this lead.",
        ),
    ];
    for (url, about) in more {
        say(&format!("  curl '{url}'\n      {about}"))?;
    }
    let simulator = simulator.addr();
    say(&format!(
        "\nMessages of a lead: curl http://{simulator}/_sim/messages/{}",
        Situation::Plain.lead_id()
    ))?;
    say(&format!(
        "All leads to try:   curl http://{simulator}/_sim/leads\n\nCtrl-C stops everything."
    ))?;
    Ok(())
}

#[expect(
    clippy::disallowed_methods,
    reason = "the demo is a caller of the service, not an upstream call"
)]
async fn get(client: &reqwest::Client, url: &str) -> Result<String> {
    let answer = client.get(url).send().await?;
    Ok(answer.text().await?)
}
