//! The command line.

mod analytics;
mod database;
mod demo;
mod identity;
mod leads;
mod output;
mod reviews;
mod seed;
mod simulator;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use clap::{Parser, Subcommand};
use tokio_util::sync::CancellationToken;

use crate::app::{App, DRAIN};
use crate::clock::Clock;
use crate::config::{Config, DatabaseConfig, LogFormat};
use crate::models::{LeadId, LeadSource, LeadState};
use crate::server::Server;
use crate::services::lead_processing::{LeadRequest, RunWhen};
use crate::storage::private_server::{
    PrivateServer, SharedServer, Stopped, TEST_SERVER, stop_shared,
};
use crate::telemetry;
use database::{on_database, on_migrated_database, require_migrated};
use leads::LeadsCommand;
use output::say;
use reviews::ReviewsCommand;

/// How long `process` waits for its run: longer than any retry of a healthy upstream takes.
const PROCESS_WAIT: Duration = Duration::from_secs(300);

/// Said below the problems of a configuration.
const FIRST_START: &str =
    "a first start: cp .env.example .env; without any configuration: rust-c2s-api demo";

/// Tells the broker who a Contact2Sale lead is.
#[derive(Debug, Parser)]
#[command(version, about, disable_help_subcommand = true)]
pub struct Arguments {
    /// What to do; `serve` if nothing is named.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Apply pending migrations, listen, and work on leads (the default)
    Serve,
    /// The whole service on invented people, with a tour; needs no configuration
    Demo(demo::DemoArguments),
    /// Apply pending migrations and end; in production the whole configuration is checked before
    Migrate,
    /// Process one lead and print the answer, CPFs masked; fails unless a profile was delivered
    Process {
        /// The lead's id at Contact2Sale
        lead_id: String,
    },
    /// What became of leads
    Leads {
        /// Which.
        #[command(subcommand)]
        command: LeadsCommand,
    },
    /// Who a lead is taken for
    Identity {
        /// What to tell.
        #[command(subcommand)]
        command: identity::IdentityCommand,
    },
    /// Doubtful identities, which a person decides
    Reviews {
        /// What to do.
        #[command(subcommand)]
        command: ReviewsCommand,
    },
    /// The views that marketing reads
    Analytics {
        /// What to do.
        #[command(subcommand)]
        command: analytics::AnalyticsCommand,
    },
    /// The three upstreams, simulated, as a process of their own
    Simulator(simulator::SimulatorArguments),
    /// Fill a database with invented people; refused in production
    Seed(seed::SeedArguments),
    /// The PostgreSQL that the tests share
    DevPostgres {
        /// What to do with it.
        #[command(subcommand)]
        command: DevPostgresCommand,
    },
}

/// What to do with the PostgreSQL of the tests.
#[derive(Debug, Clone, Copy, Subcommand)]
pub enum DevPostgresCommand {
    /// Start it, if it does not run
    Start,
    /// Stop it, unless somebody uses it
    Stop,
    /// Print its URL
    Url,
}

impl Command {
    /// Whether the command works on the operator's database and upstreams, and so reads the
    /// environment and `.env`. The others must not look at them.
    #[must_use]
    pub const fn reads_environment(&self) -> bool {
        match self {
            Self::Serve
            | Self::Migrate
            | Self::Process { .. }
            | Self::Leads { .. }
            | Self::Reviews { .. }
            | Self::Identity { .. }
            | Self::Analytics { .. }
            | Self::Seed(_) => true,
            Self::Demo(_) | Self::Simulator(_) | Self::DevPostgres { .. } => false,
        }
    }
}

/// Runs a command until it is done, or until the process is told to stop.
///
/// # Errors
/// What went wrong, and what to do.
pub async fn run(command: Command) -> Result<()> {
    match command {
        Command::Serve
        | Command::Process { .. }
        | Command::Identity { .. }
        | Command::Leads {
            command: LeadsCommand::Replay { .. },
        } => {}
        // Open to every caller of this machine on purpose: no cause for a warning.
        Command::Demo(_) => telemetry::init(false, "warn,rust_c2s_api::handlers::access=error")?,
        // What these commands have to say they print; their logs are for trouble only.
        _ => telemetry::init(false, "warn")?,
    }
    match command {
        Command::Serve => serve().await,
        Command::Demo(arguments) => demo::run(&arguments).await,
        Command::Migrate => migrate().await,
        Command::Process { lead_id } => run_one(&lead_id, Wish::Process).await,
        Command::Leads { command } => leads::run(&command).await,
        Command::Reviews { command } => reviews::run(&command).await,
        Command::Identity { command } => identity::run(&command).await,
        Command::Analytics { command } => analytics::run(&command).await,
        Command::Simulator(arguments) => simulator::run(&arguments).await,
        Command::Seed(arguments) => seed::run(&arguments).await,
        Command::DevPostgres { command } => dev_postgres(command).await,
    }
}

/// An error with its causes, each told once: libraries repeat a cause in their own words.
#[must_use]
pub fn told(error: &anyhow::Error) -> String {
    let mut told = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !told.ends_with(&cause) {
            told.push_str(": ");
            told.push_str(&cause);
        }
    }
    told
}

async fn serve() -> Result<()> {
    let config = configured()?;
    let address = SocketAddr::new(config.server.host, config.server.port);
    let server = Server::bind(address)?;
    let metrics = config.server.metrics_addr.map(Server::bind_for_metrics);
    let metrics = metrics.transpose()?;
    let shutdown = shutdown_signal()?;
    let app = App::build(&config, Clock::system()).await?;
    Ok(app.with_metrics_on(metrics).serve(server, shutdown).await?)
}

/// The configuration, with logs set up as it says.
fn configured() -> Result<Config> {
    let config = Config::from_env().map_err(|error| anyhow!("{error}\n{FIRST_START}"))?;
    let json = config.server.log_format == LogFormat::Json;
    telemetry::init(json, &config.server.log_level)?;
    Ok(config)
}

async fn migrate() -> Result<()> {
    let config = DatabaseConfig::for_migration()?;
    on_database(&config, async |database| {
        database.migrate(&config).await?;
        Ok(())
    })
    .await?;
    say("the database is up to date")?;
    Ok(())
}

/// What a command wants of one lead.
#[derive(Debug, Clone, Copy)]
enum Wish {
    /// That it is accepted and run, or how it ended a moment ago.
    Process,
    /// That it is run again; with answers bought anew when forced.
    Replay { force: bool },
}

async fn run_one(lead_id: &str, wish: Wish) -> Result<()> {
    let lead_id = LeadId::parse(lead_id)?;
    let mut config = configured()?;
    // A command for one lead takes no others from the queue.
    config.pipeline.queue_runs = 0;
    let shutdown = shutdown_signal()?;
    let app = App::build_beside(&config, Clock::system()).await?;
    let processing = app.processing().clone();
    let when = match wish {
        Wish::Process => RunWhen::NotEndedLately(LeadSource::Api),
        Wish::Replay { .. } => RunWhen::Replay,
    };
    let request = LeadRequest {
        force: matches!(wish, Wish::Replay { force: true }),
        ..LeadRequest::of(lead_id.clone(), when)
    };
    let running = processing.process(request, PROCESS_WAIT);
    let answer = tokio::select! {
        answer = running => Some(answer),
        () = shutdown.cancelled() => None,
    };
    let stopped = app.stop(Instant::now() + DRAIN).await;
    let Some(answer) = answer else {
        stopped?;
        bail!("told to stop: lead {lead_id} is handed back, and runs when a service does");
    };
    let answer = answer?;
    say(&output::process_answer(&answer)?)?;
    stopped?;
    if answer.state != LeadState::Completed {
        bail!("lead {}: {}", answer.lead_id, answer.state.as_str());
    }
    Ok(())
}

async fn dev_postgres(command: DevPostgresCommand) -> Result<()> {
    let root = PrivateServer::default_root(TEST_SERVER)?;
    match command {
        DevPostgresCommand::Start => {
            SharedServer::join(&root).await?;
        }
        DevPostgresCommand::Stop => match stop_shared(&root).await? {
            Stopped::Yes => say("stopped")?,
            Stopped::StillInUse => say("still in use by another process; left running")?,
        },
        DevPostgresCommand::Url => say(&SharedServer::join(&root).await?.url("postgres"))?,
    }
    Ok(())
}

/// Cancelled by SIGTERM or Ctrl-C.
fn shutdown_signal() -> Result<CancellationToken> {
    use tokio::signal::unix::{SignalKind, signal};
    let failed = "the handler of a stop signal could not be installed";
    let mut terminate = signal(SignalKind::terminate()).context(failed)?;
    let mut interrupt = signal(SignalKind::interrupt()).context(failed)?;
    let shutdown = CancellationToken::new();
    let stopping = shutdown.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        stopping.cancel();
    });
    Ok(shutdown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_told_once() {
        let cause = anyhow!("no such role").context("refused: no such role");
        let error = cause.context("the database");
        assert_eq!(told(&error), "the database: refused: no such role");
    }
}
