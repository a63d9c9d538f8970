//! Reviews, as a person reads and decides them.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::PgPool;
use uuid::Uuid;

use super::accept_lead::look_json;
use super::result_row::read_state;
use super::retry::again_if_dead;
use super::{Asker, ReviewCandidate, StorageError};
use crate::models::{Email, LeadId, LeadState, PersonName, Phone};

/// A doubtful identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredReview {
    /// Its id.
    pub review_id: Uuid,
    /// The lead.
    pub lead_id: LeadId,
    /// The name that the lead left, given or in the CRM.
    pub lead_name: Option<PersonName>,
    /// The phone that the lead left.
    pub lead_phone: Option<Phone>,
    /// The e-mail that the lead left.
    pub lead_email: Option<Email>,
    /// How much speaks for the best candidate, 0–100.
    pub score: Option<u8>,
    /// What speaks for and against, as codes.
    pub reasons: Vec<String>,
    /// The candidates with their numbers, from 1; whoever objected since is left out.
    pub candidates: Vec<(usize, ReviewCandidate)>,
    /// Since when it waits, or waited.
    pub created_at: DateTime<Utc>,
    /// What was decided, by whom and when.
    pub decided: Option<Decided>,
}

/// A decision that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// What.
    pub decision: Decision,
    /// The name of the key, or of whoever gave it on the command line.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// What a person decides of a review.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// The lead is this candidate, by number, from 1.
    Choose(u16),
    /// The lead is none of them.
    Reject,
}

/// Where a list of reviews goes on: after this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReviewCursor {
    created_at: DateTime<Utc>,
    review_id: Uuid,
}

impl ReviewCursor {
    /// Reads a cursor; `None` when it is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (micros, review_id) = text.split_once('.')?;
        let micros = micros.parse().ok().filter(|at| *at >= 0)?;
        Some(Self {
            created_at: DateTime::from_timestamp_micros(micros)?,
            review_id: Uuid::try_parse(review_id).ok()?,
        })
    }

    /// As the next request carries it.
    #[must_use]
    pub fn as_text(&self) -> String {
        let micros = self.created_at.timestamp_micros();
        format!("{micros}.{}", self.review_id)
    }
}

/// Some reviews, those that have waited longest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewPage {
    /// The reviews.
    pub reviews: Vec<StoredReview>,
    /// Where the next page begins, if there is one.
    pub next: Option<ReviewCursor>,
}

/// A person's decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DecideReview {
    /// It stands, as this or an earlier call made it.
    Done {
        /// How its lead stands now.
        state: LeadState,
    },
    /// There is no such review, or it went when its lead ran again, or its lead has a newer one.
    Unknown,
    /// It was decided otherwise before.
    DecidedBefore,
    /// Its lead is being worked on at the moment.
    Running,
    /// It has no candidate of this number.
    NoSuchCandidate,
}

struct ReviewRow {
    review_id: Uuid,
    lead_id: String,
    lead_name: Option<String>,
    lead_phone: Option<String>,
    lead_email: Option<String>,
    score: Option<i16>,
    reasons: Vec<String>,
    candidates: Value,
    objected: Vec<i32>,
    created_at: DateTime<Utc>,
    decision: Option<String>,
    chosen: Option<i32>,
    decided_by: Option<String>,
    decided_at: Option<DateTime<Utc>>,
}

/// Reviews, those that have waited longest first: the undecided ones, or all. `limit` is clamped to 1–1,000.
///
/// # Errors
/// [`StorageError`].
pub async fn list_reviews(
    pool: &PgPool,
    with_decided: bool,
    limit: i64,
    cursor: Option<&ReviewCursor>,
) -> Result<ReviewPage, StorageError> {
    let limit = limit.clamp(1, 1_000);
    let read = async || {
        let rows = sqlx::query_as!(
            ReviewRow,
            r#"select r.review_id, r.lead_id, coalesce(g.name, d.name) as lead_name,
                      coalesce(g.phones[1], d.phone) as lead_phone, coalesce(g.email, d.email) as lead_email, r.score, r.reasons, r.candidates,
                      array(select c.ordinality::integer
                            from jsonb_array_elements(r.candidates) with ordinality as c (item, ordinality)
                            where ops.is_suppressed_candidate(c.item))
                          as "objected!: Vec<i32>",
                      r.created_at, r.decision, r.chosen, r.decided_by, r.decided_at
               from ops.reviews r
               left join ops.lead_details d on d.lead_id = r.lead_id
               left join ops.given_leads g on g.lead_id = r.lead_id
               where ($1 or r.decision is null)
                 and ($2::timestamptz is null or (r.created_at, r.review_id) > ($2, $3))
               order by r.created_at, r.review_id
               limit $4"#,
            with_decided,
            cursor.map(|cursor| cursor.created_at),
            cursor.map(|cursor| cursor.review_id),
            limit + 1,
        )
        .fetch_all(pool)
        .await?;
        Ok(rows)
    };
    let rows: Vec<ReviewRow> = again_if_dead(read).await?;
    let limit = usize::try_from(limit).unwrap_or(1);
    let has_more = rows.len() > limit;
    let reviews = rows.into_iter().take(limit).map(ReviewRow::read);
    let reviews: Vec<StoredReview> = reviews.collect::<Result<_, _>>()?;
    let next = reviews.last().filter(|_| has_more);
    let next = next.map(|review| ReviewCursor {
        created_at: review.created_at,
        review_id: review.review_id,
    });
    Ok(ReviewPage { reviews, next })
}

/// One review; `None` when there is none of this id.
///
/// # Errors
/// [`StorageError`].
pub async fn read_review(
    pool: &PgPool,
    review_id: Uuid,
) -> Result<Option<StoredReview>, StorageError> {
    let read = async || {
        let row = sqlx::query_as!(
            ReviewRow,
            r#"select r.review_id, r.lead_id, coalesce(g.name, d.name) as lead_name,
                      coalesce(g.phones[1], d.phone) as lead_phone, coalesce(g.email, d.email) as lead_email, r.score, r.reasons, r.candidates,
                      array(select c.ordinality::integer
                            from jsonb_array_elements(r.candidates) with ordinality as c (item, ordinality)
                            where ops.is_suppressed_candidate(c.item))
                          as "objected!: Vec<i32>",
                      r.created_at, r.decision, r.chosen, r.decided_by, r.decided_at
               from ops.reviews r
               left join ops.lead_details d on d.lead_id = r.lead_id
               left join ops.given_leads g on g.lead_id = r.lead_id
               where r.review_id = $1"#,
            review_id,
        )
        .fetch_optional(pool)
        .await?;
        Ok(row)
    };
    again_if_dead(read).await?.map(ReviewRow::read).transpose()
}

impl ReviewRow {
    fn read(self) -> Result<StoredReview, StorageError> {
        let corrupt = || StorageError::Corrupt("review");
        let candidates: Vec<ReviewCandidate> =
            serde_json::from_value(self.candidates).map_err(|_| corrupt())?;
        let objected = |number: usize| {
            let mut objected = self.objected.iter();
            objected.any(|place| usize::try_from(*place) == Ok(number))
        };
        let numbered = (1..).zip(candidates);
        let candidates: Vec<_> = numbered.filter(|(number, _)| !objected(*number)).collect();
        // Where everybody objected, the lead is theirs.
        let is_told = !candidates.is_empty();
        let decided = match (self.decision.as_deref(), self.decided_by, self.decided_at) {
            (None, ..) => None,
            (Some(word), Some(by), Some(at)) => Some(Decided {
                decision: read_decision(word, self.chosen).ok_or_else(corrupt)?,
                by,
                at,
            }),
            _ => return Err(corrupt()),
        };
        Ok(StoredReview {
            review_id: self.review_id,
            lead_id: LeadId::parse(&self.lead_id).map_err(|_| StorageError::Corrupt("lead id"))?,
            lead_name: self
                .lead_name
                .filter(|_| is_told)
                .and_then(|name| PersonName::parse(&name).ok()),
            lead_phone: self
                .lead_phone
                .filter(|_| is_told)
                .and_then(|phone| Phone::parse(&phone).ok()),
            lead_email: self
                .lead_email
                .filter(|_| is_told)
                .and_then(|email| Email::parse(&email).ok()),
            score: self.score.and_then(|score| u8::try_from(score).ok()),
            reasons: self.reasons,
            candidates,
            created_at: self.created_at,
            decided,
        })
    }
}

fn read_decision(word: &str, chosen: Option<i32>) -> Option<Decision> {
    match (word, chosen) {
        ("choose", Some(number)) => u16::try_from(number).ok().map(Decision::Choose),
        ("reject", None) => Some(Decision::Reject),
        _ => None,
    }
}

/// Decides a review. Choosing lets the run go on with the person chosen; rejecting turns all candidates down for the
/// lead's contacts, removes what was stored of them for this lead only, and notes that the broker has to be told if
/// a message about them went out. A choice can be taken back by rejecting: that is about the chosen one alone, and the
/// lead is looked at anew. Said twice, it is done once.
///
/// # Errors
/// [`StorageError`]; then nothing was decided, as far as anybody can know.
pub async fn decide_review(
    pool: &PgPool,
    review_id: Uuid,
    decision: Decision,
    asker: &Asker,
) -> Result<DecideReview, StorageError> {
    let (word, number) = match decision {
        Decision::Choose(number) => ("choose", Some(i32::from(number))),
        Decision::Reject => ("reject", None),
    };
    let decide = async || {
        let row = sqlx::query!(
            r#"select answer as "answer!", state from ops.decide_review($1, $2, $3, $4)"#,
            review_id,
            word,
            number,
            look_json(asker),
        )
        .fetch_one(pool)
        .await?;
        Ok(row)
    };
    let row = again_if_dead(decide).await?;
    let corrupt = StorageError::Corrupt("answer to a decided review");
    match (row.answer.as_str(), row.state) {
        ("done", Some(state)) => Ok(DecideReview::Done {
            state: read_state(&state)?,
        }),
        ("unknown", ..) => Ok(DecideReview::Unknown),
        ("decided", ..) => Ok(DecideReview::DecidedBefore),
        ("running", ..) => Ok(DecideReview::Running),
        ("no_such_candidate", ..) => Ok(DecideReview::NoSuchCandidate),
        _ => Err(corrupt),
    }
}
