//! `rust-c2s-api reviews`.

use anyhow::{Context, Result};
use chrono::{DateTime, SecondsFormat, Utc};
use clap::Subcommand;
use uuid::Uuid;

use super::on_migrated_database;
use super::output::say;
use crate::app::Database;
use crate::config::{self, PrivacyConfig};
use crate::models::{Cpf, Email, LeadState, PersonName, Phone};
use crate::services::reviews::{DecidedReview, Reviews, explain};
use crate::storage::{Decision, ReviewCandidate, StoredReview};

/// What to do with reviews.
#[derive(Debug, Subcommand)]
pub enum ReviewsCommand {
    /// Those that wait, the longest first, with their candidates; names are whole, CPFs masked
    List {
        /// Those that are decided too
        #[arg(long)]
        decided: bool,
        /// How many
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=1000))]
        limit: u16,
    },
    /// The lead is this candidate: its run goes on with that person
    Choose {
        /// The review, as `list` shows it
        review_id: Uuid,
        /// The number of the candidate, as `list` shows it
        #[arg(value_parser = clap::value_parser!(u16).range(1..))]
        candidate: u16,
        /// Who decides; the operating system's user unless given
        #[arg(long, value_name = "NAME", value_parser = read_name)]
        by: Option<String>,
    },
    /// The lead is none of the candidates: they are never proposed for its contacts again. Takes a
    /// choice back, too
    Reject {
        /// The review, as `list` shows it
        review_id: Uuid,
        /// Who decides; the operating system's user unless given
        #[arg(long, value_name = "NAME", value_parser = read_name)]
        by: Option<String>,
    },
}

/// Prints the reviews, or decides one.
pub(super) async fn run(command: &ReviewsCommand) -> Result<()> {
    match command {
        ReviewsCommand::List { decided, limit } => {
            on_migrated_database(async |database| list(database, *decided, *limit).await).await
        }
        ReviewsCommand::Choose {
            review_id,
            candidate,
            by,
        } => decide(*review_id, Decision::Choose(*candidate), by.as_deref()).await,
        ReviewsCommand::Reject { review_id, by } => {
            decide(*review_id, Decision::Reject, by.as_deref()).await
        }
    }
}

async fn list(database: &Database, with_decided: bool, limit: u16) -> Result<()> {
    let purpose = PrivacyConfig::purpose_from_env()?;
    let reviews = Reviews::new(database.pool.clone(), purpose);
    let actor = actor(None).unwrap_or_else(|_| "cli".to_owned());
    let page = reviews.list(with_decided, i64::from(limit), None, &actor);
    let page = page.await?;
    if page.reviews.is_empty() {
        say("no reviews")?;
        return Ok(());
    }
    for line in page.reviews.iter().flat_map(lines) {
        say(&line)?;
    }
    if page.next.is_some() {
        say("… and others: --limit shows more")?;
    }
    Ok(())
}

async fn decide(review_id: Uuid, decision: Decision, by: Option<&str>) -> Result<()> {
    let actor = actor(by)?;
    let purpose = PrivacyConfig::purpose_from_env()?;
    on_migrated_database(async |database| {
        let reviews = Reviews::new(database.pool.clone(), purpose.clone());
        let decided = reviews.decide(review_id, decision, &actor).await?;
        say(&told(&decided, decision))?;
        Ok(())
    })
    .await
}

/// What was done, and what comes of it.
fn told(decided: &DecidedReview, decision: Decision) -> String {
    let lead = &decided.review.lead_id;
    let done = match decision {
        Decision::Choose(number) => format!("lead {lead} is candidate {number}"),
        Decision::Reject => format!("lead {lead} is none of the candidates"),
    };
    if decided.state == LeadState::Accepted {
        return format!("{done}: a running service continues with the lead within a second");
    }
    format!("{done}: the lead stands as {}", decided.state.as_str())
}

/// Who decides, as it is stored.
fn actor(by: Option<&str>) -> Result<String> {
    let name = by.map(str::to_owned).or_else(config::operating_system_user);
    let name = name.context("neither USER nor LOGNAME says who decides: say it with --by NAME")?;
    Ok(format!("cli:{name}"))
}

/// A name that can stand in a record.
fn read_name(text: &str) -> Result<String, &'static str> {
    let name = text.trim();
    if name.is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control) {
        return Err("is blank, longer than 100 characters, or holds control characters");
    }
    Ok(name.to_owned())
}

fn lines(review: &StoredReview) -> Vec<String> {
    let score = review
        .score
        .map_or_else(|| "-".to_owned(), |score| score.to_string());
    let since = instant(review.created_at);
    let mut lines = vec![format!(
        "{}  lead {}  score {score}  since {since}{}",
        review.review_id,
        review.lead_id,
        decided(review)
    )];
    let name = review.lead_name.as_ref().map_or("-", PersonName::as_str);
    let phone = review.lead_phone.as_ref().map(Phone::masked);
    let email = review.lead_email.as_ref().map(Email::masked);
    let contacts: Vec<String> = phone.into_iter().chain(email).collect();
    lines.push(format!("  lead says  {name}  {}", contacts.join("  ")));
    let candidates = review.candidates.iter();
    lines.extend(candidates.flat_map(|(number, one)| candidate(*number, one)));
    lines
}

fn decided(review: &StoredReview) -> String {
    let Some(decided) = &review.decided else {
        return String::new();
    };
    let decision = match decided.decision {
        Decision::Choose(number) => format!("candidate {number} chosen"),
        Decision::Reject => "rejected".to_owned(),
    };
    format!("  {decision} by {} at {}", decided.by, instant(decided.at))
}

/// A candidate, and below it what speaks for and against. Of whom it was decided against there is no name and no CPF.
fn candidate(number: usize, one: &ReviewCandidate) -> Vec<String> {
    let name = one.name.as_ref().map_or("-", PersonName::as_str);
    let profile = one.profile_name.as_ref();
    let profile = profile.map_or_else(String::new, |name| {
        format!("  (profile: {})", name.as_str())
    });
    let cpf = one.cpf.as_ref();
    let cpf = cpf.map_or_else(|| "-".to_owned(), Cpf::masked);
    let mut lines = vec![format!(
        "  {number}  {name}{profile}  {cpf}  by {}  score {}",
        one.matched_by.as_str(),
        one.score
    )];
    let reasons = explain(&one.reasons).into_iter();
    lines.extend(reasons.map(|reason| format!("       {reason}")));
    lines
}

fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
