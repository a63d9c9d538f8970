//! What a refresh costs and how long the questions take: a few thousand parties in each run of the tests, 1.5 million by
//! `make analytics-size`, which also prints the figures.
#![expect(clippy::print_stdout, reason = "what `make analytics-size` tells")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures::StreamExt;
use rust_c2s_api::models::AnalyticsView;
use rust_c2s_api::services::analytics::{Analytics, ViewRefresh};
use rust_c2s_api::storage::test_database::TestDatabase;
use sqlx::{AssertSqlSafe, PgPool};
use tokio::task::JoinHandle;

use crate::marketing::MARKETING;
use crate::questions::text_of;
use crate::reader::Reader;
use crate::seeded::seed;

/// What is promised of each question at 1.5 million parties and 100,000 leads.
const PROMISED: Duration = Duration::from_secs(2);

/// A reader that takes longer was waiting for something, and not for its turn on a busy machine.
const PROMPT: Duration = Duration::from_millis(100);

/// How many people, and so whether it is for the figures.
#[expect(
    clippy::disallowed_methods,
    reason = "a variable of the test's own; the service does not read it"
)]
fn asked_for() -> Option<u64> {
    let text = std::env::var("ANALYTICS_PARTIES").ok()?;
    Some(text.parse().unwrap())
}

async fn number(pool: &PgPool, query: &str) -> i64 {
    sqlx::query_scalar(AssertSqlSafe(query.to_owned()))
        .fetch_one(pool)
        .await
        .unwrap()
}

async fn execute(pool: &PgPool, statements: &str) {
    let statements = AssertSqlSafe(statements.to_owned());
    sqlx::raw_sql(statements).execute(pool).await.unwrap();
}

/// Invented people, and what the views read besides.
async fn filled(parties: u64) -> TestDatabase {
    let database = TestDatabase::create().await.unwrap();
    // Most of the time would go into what only searches for names read.
    execute(
        database.pool(),
        "drop index core.ix_parties_normalized_name, core.ix_parties_name_pieces",
    )
    .await;
    println!("{}", seed(&database, parties).await.trim());
    execute(database.pool(), include_str!("at_size.sql")).await;
    execute(database.pool(), "vacuum analyze").await;
    database
}

/// Somebody who reads one row of each view after another.
struct Reading {
    stop: Arc<AtomicBool>,
    task: JoinHandle<Vec<Duration>>,
}

impl Reading {
    fn begin(pool: &PgPool) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (pool, stopped) = (pool.clone(), Arc::clone(&stop));
        let task = tokio::spawn(async move {
            let mut times = Vec::new();
            while !stopped.load(Ordering::Relaxed) {
                let lead = format!("invented-{}", 1 + times.len() % 90 * 15);
                let since = Instant::now();
                let read: Vec<(String, Option<String>)> = sqlx::query_as(
                    "select l.lead_id, p.name from analytics.mv_mkt_lead_star l
                     left join core.mv_party_analytics p on p.party_id = l.party_id where l.lead_id = $1",
                )
                .bind(&lead)
                .fetch_all(&pool)
                .await
                .unwrap();
                times.push(since.elapsed());
                assert_eq!(read.len(), 1, "{lead} is there all the time");
            }
            times
        });
        Self { stop, task }
    }

    /// What each read took, the quickest first.
    async fn end(self) -> Vec<Duration> {
        self.stop.store(true, Ordering::Relaxed);
        let mut times = self.task.await.unwrap();
        times.sort();
        times
    }
}

fn of_100(times: &[Duration], percent: usize) -> Duration {
    times[(times.len() * percent / 100).min(times.len() - 1)]
}

fn told(times: &[Duration]) -> String {
    let of = |percent| of_100(times, percent);
    format!(
        "{} reads, p50 {:?}, p99 {:?}, longest {:?}",
        times.len(),
        of(50),
        of(99),
        of(100)
    )
}

/// What the server says while a refresh runs.
#[derive(Default)]
struct Watched {
    /// Somebody who waited for a lock on one of the views.
    waiting: i64,
    /// The most memory of its own that the refreshing process had, in kB.
    memory: u64,
}

/// Looks until the refresh is done.
async fn watch(pool: PgPool, done: Arc<AtomicBool>) -> Watched {
    let mut watched = Watched::default();
    while !done.load(Ordering::Relaxed) {
        let waiting = "select count(*) from pg_locks l where not l.granted and l.mode = 'AccessShareLock' and l.relation = any (array[
                       'core.mv_party_analytics'::regclass, 'analytics.mv_mkt_lead_star'::regclass])";
        watched.waiting += number(&pool, waiting).await;
        let processes: Vec<i32> = sqlx::query_scalar(
            "select pid from pg_stat_activity
             where datname = current_database() and state = 'active' and query like 'select ops.refresh_view%'",
        )
        .fetch_all(&pool)
        .await
        .unwrap();
        for process in processes {
            watched.memory = watched.memory.max(own_memory(process));
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    watched
}

/// 0 where there is no such file, or of a server on another machine.
fn own_memory(process: i32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("RssAnon:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok());
    kilobytes.unwrap_or(0)
}

/// Refreshes both views and tells what that took.
async fn refresh(pool: &PgPool, name: &str) -> Watched {
    let done = Arc::new(AtomicBool::new(false));
    let watching = tokio::spawn(watch(pool.clone(), Arc::clone(&done)));
    let written = "select (pg_current_wal_lsn() - '0/0')::bigint";
    let spilled = "select temp_bytes from pg_stat_database where datname = current_database()";
    let before = (number(pool, written).await, number(pool, spilled).await);
    let refreshed = Analytics::new(pool.clone(), None).refresh_now().await;
    done.store(true, Ordering::Relaxed);
    let watched = watching.await.unwrap();
    let after = (number(pool, written).await, number(pool, spilled).await);
    for (view, one) in refreshed.unwrap().unwrap() {
        if let ViewRefresh::Done(took) = one {
            println!("{name}: {} in {:.1} s", view.name(), took.as_secs_f64());
        }
    }
    println!(
        "{name}: memory {} MB, log {} MB, temporary files {} MB or more",
        watched.memory / 1_024,
        (after.0 - before.0) / 1_048_576,
        (after.1 - before.1) / 1_048_576
    );
    watched
}

/// What a question takes with all its rows sent, as text: what a client makes of them is not the question's.
async fn ask(pool: &PgPool, question: &str, is_measured: bool) {
    let copied = format!("copy ({}) to stdout", text_of(question));
    let mut times = Vec::new();
    for _ in 0..3 {
        let mut connection = pool.acquire().await.unwrap();
        let since = Instant::now();
        let mut rows = connection.copy_out_raw(&copied).await.unwrap();
        let mut bytes = 0;
        while let Some(part) = rows.next().await {
            bytes += part.unwrap().len();
        }
        times.push(since.elapsed());
        assert!(!is_measured || bytes > 0, "{question}");
    }
    times.sort();
    if !is_measured {
        return;
    }
    println!("\n{question}: {times:?}");
    let plan: Vec<String> = sqlx::query_scalar(AssertSqlSafe(format!(
        "explain (analyze, costs off) {}",
        text_of(question)
    )))
    .fetch_all(pool)
    .await
    .unwrap();
    println!("{}", plan.join("\n"));
    assert!(times[2] < PROMISED, "{question}: {times:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refresh_blocks_no_reader_and_each_question_is_answered_in_time() {
    let asked_for = asked_for();
    let database = filled(asked_for.unwrap_or(3_000)).await;
    let pool = database.pool();
    let Some(reader) = Reader::of(&database).await else {
        return;
    };
    refresh(pool, "first refresh").await;
    execute(
        pool,
        "vacuum analyze core.mv_party_analytics, analytics.mv_mkt_lead_star",
    )
    .await;
    for view in AnalyticsView::ALL {
        let rows = number(pool, &format!("select count(*) from {}", view.name())).await;
        let size = format!("select pg_total_relation_size('{}')", view.name());
        let size = number(pool, &size).await / 1_048_576;
        println!("{}: {rows} rows, {size} MB", view.name());
    }
    execute(
        pool,
        "update core.parties set full_name = full_name || ' NETO' where id in (select id from core.parties limit 500)",
    )
    .await;

    let alone = Reading::begin(reader.pool());
    tokio::time::sleep(Duration::from_secs(if asked_for.is_some() {
        10
    } else {
        1
    }))
    .await;
    println!("a reader alone: {}", told(&alone.end().await));
    let reading = Reading::begin(reader.pool());
    let watched = refresh(pool, "refresh of 500 changed parties").await;
    let times = reading.end().await;
    println!("a reader meanwhile: {}", told(&times));
    assert_eq!(watched.waiting, 0, "somebody waited for a view");
    refresh(pool, "refresh of nothing").await;
    for question in MARKETING {
        ask(reader.pool(), question, asked_for.is_some()).await;
    }
    if asked_for.is_some() {
        assert!(of_100(&times, 99) < PROMPT, "{}", told(&times));
    }
    reader.leave().await;
}
