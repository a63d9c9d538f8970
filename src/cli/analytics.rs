//! `rust-c2s-api analytics`.

use anyhow::Result;
use clap::Subcommand;
use rand::RngExt;
use rand::distr::Alphanumeric;

use super::output::say;
use super::{on_database, on_migrated_database, require_migrated};
use crate::app::Database;
use crate::config::{DatabaseConfig, DatabaseLocation};
use crate::services::analytics::{Analytics, ViewRefresh};
use crate::storage::{self, ReaderName};

/// Characters of a generated password, each of 62: 190 bits.
const PASSWORD_LENGTH: usize = 32;

/// What to do with the views that marketing reads.
#[derive(Debug, Subcommand)]
pub enum AnalyticsCommand {
    /// Refresh both now, while others read them, and wait until it is done
    Refresh,
    /// Make a role for dashboards, which reads the two views and nothing else, and print its password; of a
    /// role that is there the rights are set again
    Reader {
        /// The role's name, such as painel
        #[arg(value_parser = ReaderName::parse)]
        role: ReaderName,
        /// Another password for a role that is there
        #[arg(long)]
        new_password: bool,
    },
}

/// Refreshes, or makes the role.
pub(super) async fn run(command: &AnalyticsCommand) -> Result<()> {
    match command {
        AnalyticsCommand::Refresh => on_migrated_database(refresh).await,
        AnalyticsCommand::Reader { role, new_password } => reader(role, *new_password).await,
    }
}

async fn refresh(database: &Database) -> Result<()> {
    let analytics = Analytics::new(database.pool.clone(), None);
    let Some(refreshed) = analytics.refresh_now().await? else {
        say("another process has just refreshed both views")?;
        return Ok(());
    };
    for (view, done) in refreshed {
        if let ViewRefresh::Done(took) = done {
            say(&format!("{}: {:.1} s", view.name(), took.as_secs_f64()))?;
        }
    }
    Ok(())
}

/// On the direct endpoint if there is one: its role owns the views.
async fn reader(role: &ReaderName, new_password: bool) -> Result<()> {
    let mut config = DatabaseConfig::from_env()?;
    if let Some(direct) = config.direct_url.take() {
        config.location = DatabaseLocation::Url(direct);
    }
    on_database(&config, async |database| {
        require_migrated(database).await?;
        let mut told = None;
        let password = |is_new: bool| {
            told = (is_new || new_password).then(password);
            told.clone()
        };
        let is_new = storage::let_reader_in(&database.pool, role, password).await?;
        let done = if is_new { "created" } else { "set up again" };
        say(&format!(
            "role {} {done}: it reads core.mv_party_analytics and analytics.mv_mkt_lead_star, and nothing else",
            role.as_str()
        ))?;
        if let Some(password) = told {
            say(&format!("password, shown this once: {password}"))?;
        }
        Ok(())
    })
    .await
}

fn password() -> String {
    let letters = rand::rng().sample_iter(Alphanumeric);
    letters.take(PASSWORD_LENGTH).map(char::from).collect()
}
