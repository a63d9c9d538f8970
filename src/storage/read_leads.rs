//! How leads stand, for answers and for operators.

use std::fmt;

use chrono::{DateTime, Utc};
use sqlx::PgExecutor;

use super::result_row::{ResultRow, read_state};
use super::retry::in_time;
use super::{LeadResult, Step, StorageError, StoredBody};
use crate::models::{Cpf, LeadId, LeadState, PersonName};

/// The longest list that is read at once.
const MOST_LEADS: i64 = 1_000;

/// A lead in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeadSummary {
    /// The lead.
    pub lead_id: LeadId,
    /// Where it is.
    pub state: LeadState,
    /// Who told us of it first: `make`, `api`, …
    pub source: String,
    /// The last end it reached.
    pub outcome: Option<LeadState>,
    /// Failures of the lead so far.
    pub attempts: i32,
    /// What it cost in all its runs.
    pub cost_centavos: i64,
    /// When we first heard of it.
    pub first_seen_at: DateTime<Utc>,
    /// When it reached its end, if it has.
    pub finished_at: Option<DateTime<Utc>>,
}

/// Where a list of leads goes on: before this lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeadCursor {
    first_seen_at: DateTime<Utc>,
    lead_id: LeadId,
}

impl LeadCursor {
    /// Reads a cursor; `None` when it is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (micros, lead_id) = text.split_once('.')?;
        Some(Self {
            first_seen_at: DateTime::from_timestamp_micros(micros.parse().ok()?)?,
            lead_id: LeadId::parse(lead_id).ok()?,
        })
    }

    /// As the next request carries it.
    #[must_use]
    pub fn as_text(&self) -> String {
        format!(
            "{}.{}",
            self.first_seen_at.timestamp_micros(),
            self.lead_id.as_str()
        )
    }
}

/// Some leads, the newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeadPage {
    /// The leads.
    pub leads: Vec<LeadSummary>,
    /// Where the next page begins, if there is one.
    pub next: Option<LeadCursor>,
}

/// A person of a lead, as an operator sees them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MaskedPerson {
    /// Initials.
    pub name: String,
    /// `***.982.247-**`.
    pub cpf: String,
}

impl fmt::Display for MaskedPerson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.cpf)
    }
}

/// A lead alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeadDetail {
    /// As in a list.
    pub summary: LeadSummary,
    /// The steps of the last run.
    pub steps: Vec<Step>,
    /// Why it is where it is: a code.
    pub last_error: Option<String>,
    /// When the next run is due, if one is.
    pub due_at: Option<DateTime<Utc>>,
    /// The people stored for it.
    pub people: Vec<MaskedPerson>,
    /// The message, as last queued.
    pub message: Option<StoredBody>,
}

struct SummaryRow {
    lead_id: String,
    state: String,
    source: String,
    outcome: Option<String>,
    attempts: i32,
    cost_centavos: i64,
    first_seen_at: DateTime<Utc>,
    finished_at: Option<DateTime<Utc>>,
}

impl SummaryRow {
    fn read(self) -> Result<LeadSummary, StorageError> {
        Ok(LeadSummary {
            lead_id: LeadId::parse(&self.lead_id).map_err(|_| StorageError::Corrupt("lead id"))?,
            state: read_state(&self.state)?,
            source: self.source,
            outcome: self.outcome.as_deref().map(read_state).transpose()?,
            attempts: self.attempts,
            cost_centavos: self.cost_centavos,
            first_seen_at: self.first_seen_at,
            finished_at: self.finished_at,
        })
    }
}

/// How a lead stands; `None` when we never heard of it.
///
/// # Errors
/// [`StorageError`].
pub async fn read_lead_result(
    exec: impl PgExecutor<'_>,
    lead_id: &LeadId,
) -> Result<Option<LeadResult>, StorageError> {
    let row = sqlx::query_as!(
        ResultRow,
        r#"select state as "state!", message_sent as "message_sent!", cpfs as "cpfs!: Vec<String>",
                  reason, next_attempt_at, finished_at
           from ops.lead_result($1)"#,
        lead_id.as_str()
    )
    .fetch_optional(exec);
    let row = in_time(async { Ok(row.await?) }).await?;
    row.map(|row| row.read(lead_id)).transpose()
}

/// Leads, the newest first, of one state or of all; `limit` is clamped to 1–1,000.
///
/// # Errors
/// [`StorageError`].
pub async fn list_leads(
    exec: impl PgExecutor<'_>,
    state: Option<LeadState>,
    limit: i64,
    cursor: Option<&LeadCursor>,
) -> Result<LeadPage, StorageError> {
    let limit = usize::try_from(limit.clamp(1, MOST_LEADS)).unwrap_or(1);
    let rows = sqlx::query_as!(
        SummaryRow,
        r#"select l.lead_id, l.state, l.source, l.outcome, l.attempts,
                  (select coalesce(sum(c.cost_centavos), 0)::bigint from ops.provider_calls c
                   where c.lead_id = l.lead_id) as "cost_centavos!",
                  l.first_seen_at, l.finished_at
           from ops.leads l
           where ($1::text is null or l.state = $1)
             and ($2::timestamptz is null or (l.first_seen_at, l.lead_id) < ($2, $3))
           order by l.first_seen_at desc, l.lead_id desc
           limit $4"#,
        state.map(LeadState::as_str),
        cursor.map(|cursor| cursor.first_seen_at),
        cursor.map(|cursor| cursor.lead_id.as_str()),
        i64::try_from(limit + 1).unwrap_or(MOST_LEADS),
    )
    .fetch_all(exec)
    .await?;
    let has_more = rows.len() > limit;
    let shown = rows.into_iter().take(limit).map(SummaryRow::read);
    let leads: Vec<LeadSummary> = shown.collect::<Result<_, _>>()?;
    let next = leads.last().filter(|_| has_more).map(|summary| LeadCursor {
        first_seen_at: summary.first_seen_at,
        lead_id: summary.lead_id.clone(),
    });
    Ok(LeadPage { leads, next })
}

/// A lead alone; `None` when we never heard of it.
///
/// # Errors
/// [`StorageError`].
pub async fn show_lead(
    exec: impl PgExecutor<'_>,
    lead_id: &LeadId,
) -> Result<Option<LeadDetail>, StorageError> {
    let row = sqlx::query!(
        r#"select l.lead_id, l.state, l.source, l.outcome, l.attempts,
                  (select coalesce(sum(c.cost_centavos), 0)::bigint from ops.provider_calls c
                   where c.lead_id = l.lead_id) as "cost_centavos!",
                  l.first_seen_at, l.finished_at, l.timeline, l.last_error, l.due_at,
                  array(select p.full_name from core.lead_parties lp join core.parties p on p.id = lp.party_id
                        where lp.lead_id = l.lead_id order by p.id) as "names!: Vec<String>",
                  array(select p.cpf_cnpj from core.lead_parties lp join core.parties p on p.id = lp.party_id
                        where lp.lead_id = l.lead_id order by p.id) as "cpfs!: Vec<Option<String>>",
                  (select o.body from ops.outbox o where o.lead_id = l.lead_id and o.kind = 'message') as message
           from ops.leads l where l.lead_id = $1"#,
        lead_id.as_str()
    )
    .fetch_optional(exec)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let people = row.names.iter().zip(&row.cpfs).map(|(name, cpf)| {
        let name = PersonName::parse(name).map_err(|_| StorageError::Corrupt("name"))?;
        let cpf = cpf
            .as_deref()
            .map(Cpf::parse)
            .transpose()
            .map_err(|_| StorageError::Corrupt("CPF"))?;
        Ok(MaskedPerson {
            name: name.masked(),
            cpf: cpf.map_or_else(String::new, |cpf| cpf.masked()),
        })
    });
    Ok(Some(LeadDetail {
        people: people.collect::<Result<_, StorageError>>()?,
        steps: serde_json::from_value(row.timeline)
            .map_err(|_| StorageError::Corrupt("timeline"))?,
        last_error: row.last_error,
        due_at: row.due_at,
        message: row.message.map(StoredBody),
        summary: SummaryRow {
            lead_id: row.lead_id,
            state: row.state,
            source: row.source,
            outcome: row.outcome,
            attempts: row.attempts,
            cost_centavos: row.cost_centavos,
            first_seen_at: row.first_seen_at,
            finished_at: row.finished_at,
        }
        .read()?,
    }))
}
