//! Claiming from a long queue costs what it costs from a short one.

use std::time::{Duration, Instant};

use rust_c2s_api::storage::test_database::TestDatabase;
use rust_c2s_api::storage::{self, InstanceId, Wanted};
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use uuid::Uuid;

use crate::report::{Report, median};
use crate::size::Size;

const LEASE: Duration = Duration::from_secs(60);

/// As many as a process runs at a time.
const AT_ONCE: i64 = 16;

const CLAIMS: usize = 31;

/// A claim of a long queue may take so many times as long as one of a short one …
const LARGEST_FACTOR: f64 = 3.0;

/// … or so many milliseconds longer: less than anybody notices.
const LARGEST_DIFFERENCE_MS: f64 = 2.0;

/// One connection, so that its statistics are all there are.
async fn queue_of(database: &TestDatabase, leads: i32) -> PgPool {
    let options = database.connect_options().unwrap();
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .connect_with(options)
        .await
        .unwrap();
    // a third each: due, due later, backfilled and due
    sqlx::query(
        "insert into ops.leads (lead_id, source, priority, state, due_at)
         select 'queued-' || n, 'make', (n % 3 = 0)::int, case when n % 2 = 0 then 'accepted' else 'retrying' end,
                now() + case when n % 3 = 1 then interval '1 hour' else interval '-1 hour' end + n * interval '1 ms'
         from generate_series(1, $1) n",
    )
    .bind(leads)
    .execute(&pool)
    .await
    .unwrap();
    sqlx::query("vacuum analyze ops.leads")
        .execute(&pool)
        .await
        .unwrap();
    pool
}

/// The median of some claims, in milliseconds.
async fn claim(pool: &PgPool) -> f64 {
    let me = InstanceId(Uuid::now_v7());
    storage::register_instance(pool, me, LEASE).await.unwrap();
    let mut times = Vec::new();
    for _ in 0..CLAIMS {
        let since = Instant::now();
        let claimed = storage::claim_due_leads(pool, me, Wanted::Ordinary, AT_ONCE)
            .await
            .unwrap();
        times.push(since.elapsed().as_secs_f64() * 1_000.0);
        assert_eq!(claimed.len(), 16);
        let lands_within = Duration::from_secs(60);
        storage::hand_back_leads(pool, me, lands_within)
            .await
            .unwrap();
    }
    median(times)
}

/// How often the table of leads was read from end to end, and how often the queue's index was used.
async fn scans(pool: &PgPool) -> (i64, i64) {
    sqlx::query("select pg_stat_force_next_flush()")
        .execute(pool)
        .await
        .unwrap();
    sqlx::query_as(
        "select (select seq_scan from pg_stat_user_tables where relid = 'ops.leads'::regclass),
                (select idx_scan from pg_stat_user_indexes where indexrelid = 'ops.ix_leads_queue'::regclass)",
    )
    .fetch_one(pool)
    .await
    .unwrap()
}

#[tokio::test]
async fn claiming_from_a_long_queue_costs_what_it_costs_from_a_short_one() {
    let backlog = Size::asked_for().of(20_000, 100_000);
    let database = TestDatabase::create().await.unwrap();
    let short = claim(&queue_of(&database, 100).await).await;
    drop(database);
    let database = TestDatabase::create().await.unwrap();
    let pool = queue_of(&database, backlog).await;
    let before = scans(&pool).await;
    let long = claim(&pool).await;
    let after = scans(&pool).await;

    let mut report = Report::of("backlog");
    report.line(format!(
        "claiming {AT_ONCE} leads, median of {CLAIMS}: {short:.2} ms of 100, {long:.2} ms of {backlog}; {} scans of the whole table",
        after.0 - before.0
    ));
    report.tell();
    assert_eq!(after.0, before.0, "the whole table was read");
    assert!(after.1 > before.1, "the queue's index was not used");
    let costs_the_same = long <= short * LARGEST_FACTOR || long - short <= LARGEST_DIFFERENCE_MS;
    assert!(
        costs_the_same,
        "{short:.2} ms of 100, {long:.2} ms of {backlog}"
    );
}
