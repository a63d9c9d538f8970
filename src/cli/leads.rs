//! `rust-c2s-api leads`.

use anyhow::{Result, bail};
use clap::Subcommand;

use super::output::say;
use crate::app::Database;
use crate::config::DatabaseConfig;
use crate::models::{LeadId, LeadState};
use crate::storage::{self, LeadDetail, LeadSummary};

/// Which leads.
#[derive(Debug, Subcommand)]
pub enum LeadsCommand {
    /// The latest leads, one a line
    List {
        /// Only leads in this state
        #[arg(long, value_parser = LeadState::parse)]
        state: Option<LeadState>,
        /// How many
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=1000))]
        limit: u16,
    },
    /// One lead with its timeline; people are masked
    Show {
        /// The lead's id at Contact2Sale
        lead_id: String,
    },
}

/// Prints what the database knows.
pub(super) async fn run(command: &LeadsCommand) -> Result<()> {
    let database = Database::join(&DatabaseConfig::from_env()?).await?;
    let printed = match command {
        LeadsCommand::List { state, limit } => list(&database, *state, *limit).await,
        LeadsCommand::Show { lead_id } => show(&database, lead_id).await,
    };
    database.close().await?;
    printed
}

async fn list(database: &Database, state: Option<LeadState>, limit: u16) -> Result<()> {
    let page = storage::list_leads(&database.pool, state, i64::from(limit), None).await?;
    if page.leads.is_empty() {
        say("no leads")?;
    }
    for lead in &page.leads {
        say(&line(lead))?;
    }
    Ok(())
}

async fn show(database: &Database, lead_id: &str) -> Result<()> {
    let lead_id = LeadId::parse(lead_id)?;
    let Some(detail) = storage::show_lead(&database.pool, &lead_id).await? else {
        bail!("no lead {lead_id} was ever accepted here");
    };
    say(&line(&detail.summary))?;
    for text in details(&detail) {
        say(&text)?;
    }
    Ok(())
}

fn line(lead: &LeadSummary) -> String {
    let seen = lead.first_seen_at.format("%Y-%m-%dT%H:%M:%SZ");
    format!(
        "{}  {:<16} {:<6} attempts {}  {} centavos  first seen {seen}",
        lead.lead_id,
        lead.state.as_str(),
        lead.source,
        lead.attempts,
        lead.cost_centavos
    )
}

fn details(detail: &LeadDetail) -> Vec<String> {
    let steps = detail.steps.iter().map(|step| {
        format!(
            "  {:<22} {:<12} {:>6} ms  {} centavos",
            step.name, step.outcome, step.latency_ms, step.cost_centavos
        )
    });
    let reason = detail
        .last_error
        .iter()
        .map(|code| format!("  reason: {code}"));
    let due = detail.due_at.iter().map(|at| format!("  next run: {at}"));
    let people = detail
        .people
        .iter()
        .map(|person| format!("  person: {person}"));
    steps.chain(reason).chain(due).chain(people).collect()
}
