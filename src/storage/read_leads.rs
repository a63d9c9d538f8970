//! How leads stand, for answers and for operators.

use std::fmt;

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{PgExecutor, PgPool};
use uuid::Uuid;

use super::list_leads::SummaryRow;
use super::result_row::ResultRow;
use super::retry::{again_if_dead, in_time};
use super::{LeadResult, LeadSummary, Step, StorageError, StoredBody};
use crate::models::{Cpf, Email, LeadId, PersonName, Phone};

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

/// How a lead was tied to its person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredIdentity {
    /// How much speaks for the person, 0–100: an order, no probability.
    pub score: Option<u8>,
    /// What speaks for the person, as codes.
    pub reasons: Vec<String>,
    /// Which of the lead's contacts led to the person; `review`: a person chose.
    pub matched_by: String,
    /// Who named the person: `diretrix` or `work_api`.
    pub provider: String,
    /// How many people the phone has; `None` when it was not asked for.
    pub phone_people: Option<u32>,
    /// How many people the e-mail has; `None` when it was not asked for.
    pub email_people: Option<u32>,
}

/// A doubt about who a lead is that no person has decided yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenReview {
    /// The review.
    pub review_id: Uuid,
    /// How much speaks for the best candidate, 0–100.
    pub score: Option<u8>,
    /// What speaks for and against, as codes.
    pub reasons: Vec<String>,
}

/// Whom a lead is about: the people stored for it, and the contacts that the CRM or a caller named.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LeadSubjects {
    /// The rows of its people.
    pub party_ids: Vec<Uuid>,
    /// Their CPFs.
    pub cpfs: Vec<Cpf>,
    /// Phones of the lead.
    pub phones: Vec<Phone>,
    /// E-mails of the lead.
    pub emails: Vec<Email>,
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
    /// Who it was taken for and how sure that is, of the last run that found somebody.
    pub identity: Option<StoredIdentity>,
    /// The doubt that waits for a person, if one does.
    pub review: Option<OpenReview>,
    /// Whose objection hides the message.
    pub about: LeadSubjects,
    /// The message, as last queued.
    pub message: Option<StoredBody>,
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
                  reason, next_attempt_at, finished_at,
                  (select r.review_id from ops.reviews r
                   where r.lead_id = $1 and r.decision is null) as review_id
           from ops.lead_result($1)"#,
        lead_id.as_str()
    )
    .fetch_optional(exec);
    let row = in_time(async { Ok(row.await?) }).await?;
    row.map(|row| row.read(lead_id)).transpose()
}

/// A lead alone; `None` when we never heard of it.
///
/// # Errors
/// [`StorageError`].
pub async fn show_lead(
    pool: &PgPool,
    lead_id: &LeadId,
) -> Result<Option<LeadDetail>, StorageError> {
    again_if_dead(|| show_once(pool, lead_id)).await
}

async fn show_once(pool: &PgPool, lead_id: &LeadId) -> Result<Option<LeadDetail>, StorageError> {
    let row = sqlx::query_as!(
        DetailRow,
        r#"select l.lead_id, l.state, l.source, l.outcome, l.attempts,
                  (select coalesce(sum(c.cost_centavos), 0)::bigint from ops.provider_calls c
                   where c.lead_id = l.lead_id) as "cost_centavos!",
                  l.first_seen_at, l.finished_at, l.timeline, l.last_error, l.due_at,
                  coalesce(p.ids, '{}') as "party_ids!: Vec<Uuid>",
                  coalesce(p.names, '{}') as "names!: Vec<String>",
                  coalesce(p.cpfs, '{}') as "cpfs!: Vec<Option<String>>",
                  p.scores as "scores: Vec<Option<i32>>", p.evidence as "evidence: Vec<Value>",
                  r.review_id as "review_id?", r.score as review_score, r.reasons as "review_reasons?",
                  array_remove(array[d.phone] || g.phones, null) as "phones!: Vec<String>",
                  array_remove(array[d.email, g.email], null) as "emails!: Vec<String>",
                  (select nullif(o.body, '') from ops.outbox o where o.lead_id = l.lead_id and o.kind = 'message') as message
           from ops.leads l
           left join ops.lead_details d on d.lead_id = l.lead_id
           left join ops.given_leads g on g.lead_id = l.lead_id
           left join ops.reviews r on r.lead_id = l.lead_id and r.decision is null
           left join lateral (
               select array_agg(p.id order by p.id) as ids, array_agg(p.full_name order by p.id) as names,
                      array_agg(p.cpf_cnpj order by p.id) as cpfs,
                      array_agg((lp.confidence * 100)::integer order by p.id) as scores,
                      array_agg(lp.evidence || jsonb_build_object(
                          'matched_by', lp.matched_by, 'provider', lp.provider) order by p.id) as evidence
               from core.lead_parties lp join core.parties p on p.id = lp.party_id
               where lp.lead_id = l.lead_id) p on true
           where l.lead_id = $1"#,
        lead_id.as_str()
    )
    .fetch_optional(pool)
    .await?;
    row.map(DetailRow::read).transpose()
}

struct DetailRow {
    lead_id: String,
    state: String,
    source: String,
    outcome: Option<String>,
    attempts: i32,
    cost_centavos: i64,
    first_seen_at: DateTime<Utc>,
    finished_at: Option<DateTime<Utc>>,
    timeline: Value,
    last_error: Option<String>,
    due_at: Option<DateTime<Utc>>,
    party_ids: Vec<Uuid>,
    names: Vec<String>,
    cpfs: Vec<Option<String>>,
    scores: Option<Vec<Option<i32>>>,
    evidence: Option<Vec<Value>>,
    review_id: Option<Uuid>,
    review_score: Option<i16>,
    review_reasons: Option<Vec<String>>,
    phones: Vec<String>,
    emails: Vec<String>,
    message: Option<String>,
}

impl DetailRow {
    fn read(self) -> Result<LeadDetail, StorageError> {
        let cpfs = self.cpfs.iter().map(|cpf| cpf.as_deref().map(Cpf::parse));
        let cpfs = cpfs.map(Option::transpose).collect::<Result<Vec<_>, _>>();
        let cpfs = cpfs.map_err(|_| StorageError::Corrupt("CPF"))?;
        let people = self.names.iter().zip(&cpfs).map(|(name, cpf)| {
            let name = PersonName::parse(name).map_err(|_| StorageError::Corrupt("name"))?;
            let cpf = cpf.as_ref().map_or_else(String::new, Cpf::masked);
            Ok(MaskedPerson {
                name: name.masked(),
                cpf,
            })
        });
        Ok(LeadDetail {
            people: people.collect::<Result<_, StorageError>>()?,
            identity: self.evidence.and_then(|evidence| {
                let score = self.scores?.first().copied().flatten();
                Some(identity(score, evidence.first()?))
            }),
            review: self.review_id.map(|review_id| OpenReview {
                review_id,
                score: self.review_score.and_then(|score| u8::try_from(score).ok()),
                reasons: self.review_reasons.unwrap_or_default(),
            }),
            about: LeadSubjects {
                party_ids: self.party_ids,
                cpfs: cpfs.into_iter().flatten().collect(),
                phones: readable(&self.phones, |phone| Phone::parse(phone).ok()),
                emails: readable(&self.emails, |email| Email::parse(email).ok()),
            },
            steps: serde_json::from_value(self.timeline)
                .map_err(|_| StorageError::Corrupt("timeline"))?,
            last_error: self.last_error,
            due_at: self.due_at,
            message: self.message.map(StoredBody),
            summary: SummaryRow {
                lead_id: self.lead_id,
                state: self.state,
                source: self.source,
                outcome: self.outcome,
                attempts: self.attempts,
                cost_centavos: self.cost_centavos,
                first_seen_at: self.first_seen_at,
                finished_at: self.finished_at,
            }
            .read()?,
        })
    }
}

/// What was confirmed by the profile, which repeats what the contacts had decided.
fn identity(score: Option<i32>, evidence: &Value) -> StoredIdentity {
    let reasons = evidence.get("confirmed").and_then(Value::as_array);
    let reasons = reasons.into_iter().flatten().filter_map(Value::as_str);
    let text = |key| {
        evidence
            .get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let count = |key| {
        let people = evidence.get(key).and_then(Value::as_u64);
        people.and_then(|people| u32::try_from(people).ok())
    };
    StoredIdentity {
        score: score.and_then(|score| u8::try_from(score).ok()),
        reasons: reasons.map(str::to_owned).collect(),
        matched_by: text("matched_by"),
        provider: text("provider"),
        phone_people: count("phone_people"),
        email_people: count("email_people"),
    }
}

/// A contact of an older numbering plan can belong to nobody any more.
fn readable<T>(texts: &[String], read: impl Fn(&str) -> Option<T>) -> Vec<T> {
    texts.iter().filter_map(|text| read(text)).collect()
}

/// Whom an enriched lead was taken for, for its caller.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EnrichedLead {
    /// The customer's name: as given, else as in the CRM.
    pub customer_name: Option<PersonName>,
    /// The rows of the people of the last run that stored somebody; a run of the moment has not yet.
    pub party_ids: Vec<Uuid>,
}

/// Whom a lead was taken for; empty when nobody was stored for it.
///
/// # Errors
/// [`StorageError`].
pub async fn read_enriched_lead(
    pool: &PgPool,
    lead_id: &LeadId,
) -> Result<EnrichedLead, StorageError> {
    again_if_dead(|| enriched_once(pool, lead_id)).await
}

async fn enriched_once(pool: &PgPool, lead_id: &LeadId) -> Result<EnrichedLead, StorageError> {
    let row = sqlx::query!(
        r#"select coalesce(g.name, d.name) as name,
                  array(select lp.party_id from core.lead_parties lp
                        where lp.lead_id = l.lead_id
                          and lp.run_no = (select max(n.run_no) from core.lead_parties n
                                           where n.lead_id = l.lead_id)
                        order by lp.party_id) as "party_ids!: Vec<Uuid>"
           from ops.leads l
           left join ops.lead_details d on d.lead_id = l.lead_id
           left join ops.given_leads g on g.lead_id = l.lead_id
           where l.lead_id = $1"#,
        lead_id.as_str()
    )
    .fetch_optional(pool)
    .await?;
    Ok(row.map_or_else(EnrichedLead::default, |row| EnrichedLead {
        customer_name: row.name.and_then(|name| PersonName::parse(&name).ok()),
        party_ids: row.party_ids,
    }))
}
