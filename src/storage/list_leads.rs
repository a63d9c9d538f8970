//! Lists of leads.

use std::fmt;

use chrono::{DateTime, Utc};
use sqlx::PgPool;

use super::StorageError;
use super::result_row::read_state;
use super::retry::again_if_dead;
use crate::models::{Email, LeadId, LeadState, Phone};

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
            first_seen_at: DateTime::from_timestamp_micros(
                micros.parse().ok().filter(|at| *at >= 0)?,
            )?,
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

/// What a list is narrowed to.
#[derive(Debug, Clone, Copy, Default)]
pub struct LeadFilter<'a> {
    /// Leads in this state.
    pub state: Option<LeadState>,
    /// Leads that this leads to.
    pub search: Option<&'a LeadSearch>,
}

/// A lead id, a phone, an e-mail, or part of a name, as somebody typed it. Not shown in `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct LeadSearch {
    text: String,
    phone: Option<Phone>,
    email: Option<Email>,
}

impl LeadSearch {
    /// Reads what was typed; `None` when it is blank, or longer than 200 characters, spaces around it included.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.chars().count() > 200 {
            return None;
        }
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        Some(Self {
            text: text.to_owned(),
            phone: Phone::parse(text).ok(),
            email: Email::parse(text).ok(),
        })
    }

    /// The phone, if it is one.
    #[must_use]
    pub const fn phone(&self) -> Option<&Phone> {
        self.phone.as_ref()
    }

    /// The e-mail, if it is one.
    #[must_use]
    pub const fn email(&self) -> Option<&Email> {
        self.email.as_ref()
    }

    /// As part of a pattern in which nothing of it is a wildcard.
    fn escaped(&self) -> String {
        let escaped = self.text.chars().flat_map(|c| {
            let escape = matches!(c, '\\' | '%' | '_').then_some('\\');
            escape.into_iter().chain([c])
        });
        escaped.collect()
    }
}

impl fmt::Debug for LeadSearch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LeadSearch(…)")
    }
}

pub(super) struct SummaryRow {
    pub(super) lead_id: String,
    pub(super) state: String,
    pub(super) source: String,
    pub(super) outcome: Option<String>,
    pub(super) attempts: i32,
    pub(super) cost_centavos: i64,
    pub(super) first_seen_at: DateTime<Utc>,
    pub(super) finished_at: Option<DateTime<Utc>>,
}

impl SummaryRow {
    pub(super) fn read(self) -> Result<LeadSummary, StorageError> {
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

/// Leads, the newest first; `limit` is clamped to 1–1,000. Of a part of a name that very many leads have
/// (5,000), only some are found.
///
/// # Errors
/// [`StorageError`].
pub async fn list_leads(
    pool: &PgPool,
    filter: LeadFilter<'_>,
    limit: i64,
    cursor: Option<&LeadCursor>,
) -> Result<LeadPage, StorageError> {
    again_if_dead(|| once(pool, filter, limit, cursor)).await
}

async fn once(
    pool: &PgPool,
    filter: LeadFilter<'_>,
    limit: i64,
    cursor: Option<&LeadCursor>,
) -> Result<LeadPage, StorageError> {
    let search = filter.search;
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
             -- An array, so that each part of the search goes by its own index. What has no three letters in a
             -- row is in no index, and a common name is in too many rows to read.
             and ($5::boolean is not true or l.lead_id = any (array(
                 select $6 union all
                 select d.lead_id from ops.lead_details d where d.phone = $7 union all
                 select d.lead_id from ops.lead_details d where d.email = $8 union all
                 (select d.lead_id from ops.lead_details d where core.fold_text($6) ~ '[A-Z0-9]{3}' and core.fold_text(d.name) like '%' || core.fold_text($9) || '%' limit 5000) union all
                 select g.lead_id from ops.given_leads g where g.phones @> array[$7] union all
                 select g.lead_id from ops.given_leads g where g.email = $8 union all
                 (select g.lead_id from ops.given_leads g where core.fold_text($6) ~ '[A-Z0-9]{3}' and core.fold_text(g.name) like '%' || core.fold_text($9) || '%' limit 5000))))
           order by l.first_seen_at desc, l.lead_id desc
           limit $4"#,
        filter.state.map(LeadState::as_str),
        cursor.map(|cursor| cursor.first_seen_at),
        cursor.map(|cursor| cursor.lead_id.as_str()),
        i64::try_from(limit + 1).unwrap_or(MOST_LEADS),
        search.is_some(),
        search.map(|search| search.text.as_str()),
        search.and_then(|search| search.phone.as_ref()).map(Phone::national),
        search.and_then(|search| search.email.as_ref()).map(Email::as_str),
        search.map(LeadSearch::escaped),
    )
    .fetch_all(pool)
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
