//! Retries, waits and the message.

use std::time::Duration;

use super::reader::Reader;
use crate::models::MessageField;

/// See [`PipelineConfig::late_arrival`].
const LATE_ARRIVAL: Duration = Duration::from_secs(10);

/// See [`PipelineConfig::queue_runs`].
const QUEUE_RUNS: usize = 16;

/// See [`PipelineConfig::breaker_failures`].
const BREAKER_FAILURES: usize = 5;

/// How leads are worked on.
#[derive(Debug, Clone)]
pub struct PipelineConfig {
    /// `RETRY_BASE_MS`: the backoff of the first retry.
    pub retry_base: Duration,
    /// `RETRY_MAX_MS`: the longest backoff.
    pub retry_max: Duration,
    /// `RETRY_MAX_ATTEMPTS`: after so many failures of a lead it is given up.
    pub retry_max_attempts: u16,
    /// `LEASE_SECS`: an instance silent for so long loses its leads.
    pub lease: Duration,
    /// `CRASH_MAX`: crashes of a lead in a row after which it is given up.
    pub crash_max: u16,
    /// `DEDUP_TTL_SECS`: how long a finished lead answers a repeated trigger.
    pub dedup_ttl: Duration,
    /// `PROCESS_WAIT_SECS`: how long a caller waits for a run.
    pub process_wait: Duration,
    /// `FRESH_DAYS`: how long a paid answer is used again.
    pub fresh_days: u16,
    /// After a send of unknown outcome, how long beyond the call's timeout a late request may
    /// still land at the CRM (UPSTREAMS.md §1, `create_message`). No variable: tests shorten it.
    pub late_arrival: Duration,
    /// Leads from the queue that run at once in one process; leads that somebody waits for come on
    /// top. No variable: a command for one lead takes none.
    pub queue_runs: usize,
    /// Requests that must fail in a row, each another, before an upstream is left alone. No
    /// variable: tests in which many leads fail at once for reasons of their own change it.
    pub breaker_failures: usize,
    /// `IDENTITY_ACCEPT_SCORE`: a person with this score or more is accepted, if no rule forbids it.
    pub identity_accept_score: u8,
    /// `IDENTITY_REVIEW_SCORE`: with this score or more, and less than the other, a person decides.
    pub identity_review_score: u8,
    /// `NOTE_WHEN_UNSURE`: whether the broker is told, in a note without personal data, that nobody was accepted.
    pub note_when_unsure: bool,
    /// `INCOME_MULTIPLIER`, in thousandths (1000 = as the provider says).
    pub income_multiplier_thousandths: u32,
    /// `MESSAGE_FIELDS`: the parts of the message; all if unset.
    pub message_fields: Vec<MessageField>,
}
impl PipelineConfig {
    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let retry_base = reader.milliseconds("RETRY_BASE_MS", 1..=3_600_000);
        let retry_max = reader.milliseconds("RETRY_MAX_MS", 1..=86_400_000);
        if retry_base > retry_max && retry_max.is_some() {
            let wrong = "is shorter than RETRY_BASE_MS";
            reader.problem("RETRY_MAX_MS", wrong, "set it to RETRY_BASE_MS or more");
        }
        let retry_max_attempts = reader.number("RETRY_MAX_ATTEMPTS", 1..=1_000);
        let lease = reader.seconds("LEASE_SECS", 5..=3_600);
        let crash_max = reader.number("CRASH_MAX", 1..=1_000);
        let dedup_ttl = reader.seconds("DEDUP_TTL_SECS", 0..=86_400);
        let process_wait = reader.seconds("PROCESS_WAIT_SECS", 0..=25);
        let fresh_days = reader.number("FRESH_DAYS", 0..=3_650);
        let accept = reader.number("IDENTITY_ACCEPT_SCORE", 1..=100);
        let review = reader.number("IDENTITY_REVIEW_SCORE", 1..=100);
        if review > accept && accept.is_some() {
            let wrong = "is above IDENTITY_ACCEPT_SCORE";
            let ask = "set it to IDENTITY_ACCEPT_SCORE or less";
            reader.problem("IDENTITY_REVIEW_SCORE", wrong, ask);
        }
        let note_when_unsure = reader.boolean("NOTE_WHEN_UNSURE");
        let income = "a number from 0.001 to 100 with at most three decimals, such as 1.9";
        let income = reader.parsed("INCOME_MULTIPLIER", income, thousandths);
        let message_fields = read_message_fields(reader);
        Some(Self {
            retry_base: retry_base?,
            retry_max: retry_max?,
            retry_max_attempts: retry_max_attempts?,
            lease: lease?,
            crash_max: crash_max?,
            dedup_ttl: dedup_ttl?,
            process_wait: process_wait?,
            fresh_days: fresh_days?,
            late_arrival: LATE_ARRIVAL,
            queue_runs: QUEUE_RUNS,
            breaker_failures: BREAKER_FAILURES,
            identity_accept_score: accept?,
            identity_review_score: review?,
            note_when_unsure: note_when_unsure?,
            income_multiplier_thousandths: income?,
            message_fields: message_fields?,
        })
    }
}

/// A decimal number with a point or a comma, in thousandths.
fn thousandths(text: &str) -> Option<u32> {
    let text = text.replace(',', ".");
    let (whole, decimals) = text.split_once('.').unwrap_or((&text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(decimals) || decimals.len() > 3 {
        return None;
    }
    let whole: u32 = whole.parse().ok()?;
    let decimals: u32 = format!("{decimals:0<3}").parse().ok()?;
    let value = whole.checked_mul(1_000)?.checked_add(decimals)?;
    (1..=100_000).contains(&value).then_some(value)
}

/// The parts named, in the order of the message; all when unset.
fn read_message_fields(reader: &mut Reader<'_>) -> Option<Vec<MessageField>> {
    let name = "MESSAGE_FIELDS";
    if reader.set(name).is_none() {
        return Some(MessageField::ALL.to_vec());
    }
    let expected = "parts of the message separated by commas: \
                    personal, financial, emails, phones, addresses, companies";
    let named = reader.parsed(name, expected, |text| {
        let words = text.split(',').map(str::trim);
        words.map(message_field).collect::<Option<Vec<_>>>()
    })?;
    let ordered = MessageField::ALL.into_iter();
    Some(ordered.filter(|field| named.contains(field)).collect())
}

fn message_field(word: &str) -> Option<MessageField> {
    match word {
        "personal" => Some(MessageField::Personal),
        "financial" => Some(MessageField::Financial),
        "emails" => Some(MessageField::Emails),
        "phones" => Some(MessageField::Phones),
        "addresses" => Some(MessageField::Addresses),
        "companies" => Some(MessageField::Companies),
        _ => None,
    }
}
