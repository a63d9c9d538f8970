//! `rust-c2s-api leads`.

use anyhow::{Result, bail};
use chrono::{DateTime, SecondsFormat, Utc};
use clap::Subcommand;

use super::output::{say, table};
use super::{Wish, on_migrated_database, run_one};
use crate::app::Database;
use crate::models::{LeadId, LeadState, Money};
use crate::storage::{self, LeadDetail, LeadFilter, LeadSummary};

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
    /// Run a lead again, whatever became of it, and print the answer, CPFs masked; fails unless a
    /// profile was delivered
    Replay {
        /// The lead's id at Contact2Sale
        lead_id: String,
        /// Buy the providers' answers anew, whatever is stored
        #[arg(long)]
        force: bool,
    },
}

/// Prints what the database knows, or what comes of a replay.
pub(super) async fn run(command: &LeadsCommand) -> Result<()> {
    match command {
        LeadsCommand::List { state, limit } => {
            on_migrated_database(async |database| list(database, *state, *limit).await).await
        }
        LeadsCommand::Show { lead_id } => {
            on_migrated_database(async |database| show(database, lead_id).await).await
        }
        LeadsCommand::Replay { lead_id, force } => {
            run_one(lead_id, Wish::Replay { force: *force }).await
        }
    }
}

async fn list(database: &Database, state: Option<LeadState>, limit: u16) -> Result<()> {
    let filter = LeadFilter {
        state,
        search: None,
    };
    let page = storage::list_leads(&database.pool, filter, i64::from(limit), None).await?;
    if page.leads.is_empty() {
        say("no leads")?;
        return Ok(());
    }
    let head = ["LEAD", "STATE", "SOURCE", "FAILURES", "COST", "FIRST SEEN"].map(str::to_owned);
    let rows = page.leads.iter().map(row);
    for line in table(&std::iter::once(head).chain(rows).collect::<Vec<_>>()) {
        say(&line)?;
    }
    if page.next.is_some() {
        say("… and older ones: --limit shows more")?;
    }
    Ok(())
}

async fn show(database: &Database, lead_id: &str) -> Result<()> {
    let lead_id = LeadId::parse(lead_id)?;
    let Some(detail) = storage::show_lead(&database.pool, &lead_id).await? else {
        bail!("no lead {lead_id} was ever accepted here");
    };
    for line in table(&facts(&detail)) {
        say(&line)?;
    }
    if detail.steps.is_empty() {
        return Ok(());
    }
    say("")?;
    let head = ["STEP", "OUTCOME", "TIME", "COST"].map(str::to_owned);
    let steps = detail.steps.iter().map(|step| {
        let time = format!("{} ms", step.latency_ms);
        let cost = money(step.cost_centavos);
        [step.name.clone(), step.outcome.clone(), time, cost]
    });
    for line in table(&std::iter::once(head).chain(steps).collect::<Vec<_>>()) {
        say(&line)?;
    }
    Ok(())
}

fn row(lead: &LeadSummary) -> [String; 6] {
    [
        lead.lead_id.as_str().to_owned(),
        lead.state.as_str().to_owned(),
        lead.source.clone(),
        lead.attempts.to_string(),
        money(lead.cost_centavos),
        instant(lead.first_seen_at),
    ]
}

/// What is known of a lead, each with its name; what is not known is left out.
fn facts(detail: &LeadDetail) -> Vec<[String; 2]> {
    let lead = &detail.summary;
    let known = [
        ("lead", lead.lead_id.as_str().to_owned()),
        ("state", lead.state.as_str().to_owned()),
        ("source", lead.source.clone()),
        ("failures", lead.attempts.to_string()),
        ("cost", money(lead.cost_centavos)),
        ("first seen", instant(lead.first_seen_at)),
    ];
    let reason = detail.last_error.clone().map(|code| ("reason", code));
    let due = detail.due_at.map(|at| ("next run", instant(at)));
    let finished = lead.finished_at.map(|at| ("finished", instant(at)));
    let people = detail
        .people
        .iter()
        .map(|person| ("person", person.to_string()));
    let facts = known.into_iter().chain(finished).chain(reason).chain(due);
    let facts = facts.chain(people);
    facts
        .map(|(name, value)| [name.to_owned(), value])
        .collect()
}

fn money(centavos: i64) -> String {
    Money::from_centavos(centavos).formatted()
}

fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
