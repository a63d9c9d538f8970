//! The operator's questions (`docs/queries`), asked of leads that really ran.

use std::collections::BTreeSet;
use std::fs;

use serde_json::{Map, Value};
use sqlx::{AssertSqlSafe, PgPool};

use crate::answers;
use crate::generated::package_file;
use crate::marketing::MARKETING;
use crate::ran::Ran;
use crate::support::Service;

/// Every file, with the columns of its answer.
pub(crate) const QUESTIONS: &[(&str, &str)] = &[
    (
        "cost_of_a_lead",
        "provider operation outcome calls cost_centavos",
    ),
    (
        "enrichment_freshness",
        "provider profiles fresh expiring_in_7_days oldest newest mean_completeness",
    ),
    (
        "leads_by_state",
        "state leads oldest_first_seen_at next_due_at",
    ),
    ("leads_per_person", "leads people"),
    ("leads_unidentified_by_reason", "reason leads latest"),
    (
        "leads_waiting_for_a_retry",
        "lead_id last_error attempts due_at waiting_for",
    ),
    (
        "messages_not_delivered",
        "lead_id lead_state message_state unknown_sends reason next_try_at",
    ),
    (
        "person_of_a_lead",
        "cpf matched_by provider confidence evidence enriched_at",
    ),
    (
        "provider_health",
        "provider operation calls hits misses denied failed p50_ms p95_ms",
    ),
    ("shared_contacts", "kind people contacts"),
    (
        "spend_per_provider_and_day",
        "day provider calls spent_centavos cached saved_centavos",
    ),
    (
        "time_to_finish_per_day",
        "day leads first_run p50_secs p95_secs max_secs",
    ),
];

pub(crate) type Row = Map<String, Value>;

/// A question, without its last semicolon.
pub(crate) fn text_of(question: &str) -> String {
    let path = package_file(&format!("docs/queries/{question}.sql"));
    let text = fs::read_to_string(path).unwrap();
    text.trim_end().trim_end_matches(';').to_owned()
}

/// The answer to a question; where it is about one lead, to that of this lead.
pub(crate) async fn ask(service: &Service, question: &str, lead_id: &str) -> Vec<Row> {
    ask_of(service.pool(), question, lead_id).await
}

/// As [`ask`], of a database.
pub(crate) async fn ask_of(pool: &PgPool, question: &str, lead_id: &str) -> Vec<Row> {
    let text = text_of(question);
    let text = text.replace(":'lead_id'", &format!("'{lead_id}'"));
    assert!(
        !text.contains(":'"),
        "{question} has a parameter that psql is not given"
    );
    let query = format!("select row_to_json(q) from ({text}) q");
    let rows: Vec<Value> = sqlx::query_scalar(AssertSqlSafe(query))
        .fetch_all(pool)
        .await
        .unwrap();
    let row = |row| match row {
        Value::Object(row) => row,
        other => panic!("{question}: {other}"),
    };
    rows.into_iter().map(row).collect()
}

/// A column, as a number.
pub(crate) fn number(row: &Row, column: &str) -> usize {
    let number = row[column]
        .as_u64()
        .unwrap_or_else(|| panic!("{column}: {row:?}"));
    usize::try_from(number).unwrap()
}

/// The sum of a column, over the rows whose other column holds this.
pub(crate) fn sum_where(rows: &[Row], key: &str, value: &str, column: &str) -> usize {
    let rows = rows.iter().filter(|row| row[key] == value);
    rows.map(|row| number(row, column)).sum()
}

#[test]
fn each_question_begins_with_itself_and_is_listed() {
    let index = fs::read_to_string(package_file("docs/queries/README.md")).unwrap();
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(package_file("docs/queries")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "sql") {
            continue;
        }
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = fs::read_to_string(&path).unwrap();
        let first = text.lines().next().unwrap();
        assert!(
            first.starts_with("-- ") && first.contains('?'),
            "{name}: {first}"
        );
        assert!(
            index.contains(&format!("({name}.sql)")),
            "the index lacks {name}"
        );
        found.insert(name);
    }
    let of_the_operator = QUESTIONS.iter().map(|(name, _)| (*name).to_owned());
    let of_marketing = MARKETING.iter().map(|name| (*name).to_owned());
    let asked: BTreeSet<String> = of_the_operator.chain(of_marketing).collect();
    assert_eq!(found, asked, "every question is asked by a test");
}

#[tokio::test]
async fn the_answers_agree_with_what_happened() {
    let ran = Ran::all_leads().await;
    answers::tell_nobody(&ran).await;
    answers::count_leads(&ran).await;
    answers::name_what_did_not_arrive(&ran).await;
    answers::count_calls_and_money(&ran).await;
    answers::count_people(&ran).await;
    answers::tell_of_one_lead(&ran).await;
    ran.service.stop().await;
}
