//! `rust-c2s-api identity`.

use std::time::Instant;

use anyhow::Result;
use clap::Subcommand;

use super::output::{say, table};
use super::{configured, shutdown_signal};
use crate::app::{App, DRAIN};
use crate::clock::Clock;
use crate::models::LeadId;

/// What to tell.
#[derive(Debug, Subcommand)]
pub enum IdentityCommand {
    /// How a lead is decided and why, from the CRM and the stored answers; people are masked, nothing is
    /// bought or posted. As every command that asks the CRM it applies pending migrations first
    Explain {
        /// The lead's id at Contact2Sale
        lead_id: String,
    },
}

/// Prints a decision with its reasons.
pub(super) async fn run(command: &IdentityCommand) -> Result<()> {
    let IdentityCommand::Explain { lead_id } = command;
    let lead_id = LeadId::parse(lead_id)?;
    let mut config = configured()?;
    // A command for one lead takes no others from the queue.
    config.pipeline.queue_runs = 0;
    let shutdown = shutdown_signal()?;
    let app = App::build_beside(&config, Clock::system()).await?;
    let processing = app.processing().clone();
    let explained = tokio::select! {
        explained = processing.explain(&lead_id) => Some(explained),
        () = shutdown.cancelled() => None,
    };
    let stopped = app.stop(Instant::now() + DRAIN).await;
    if let Some(explanation) = explained.transpose()? {
        let lines = explanation.lines.into_iter();
        let lines = lines.map(|(of, what)| [of.to_owned(), what]);
        for line in table(&lines.collect::<Vec<_>>()) {
            say(&line)?;
        }
    }
    Ok(stopped?)
}
