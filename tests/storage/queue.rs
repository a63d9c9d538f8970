//! The queue as the metrics tell of it.

use std::time::Duration;

use rust_c2s_api::models::LeadState;
use rust_c2s_api::storage;
use sqlx::PgPool;

use super::harness::{Db, profile};

/// Leads in every open state: two due, one of them for an hour, one later, one with a message that
/// was sent a minute ago and may have arrived.
const QUEUE: &str = "
    insert into ops.leads (lead_id, source, state, run_no, due_at) values
        ('due', 'backfill', 'accepted', 0, now() - interval '1 hour'),
        ('held', 'make', 'budget_hold', 1, now() - interval '1 minute'),
        ('later', 'make', 'retrying', 1, now() + interval '1 minute'),
        ('sent', 'make', 'retrying', 1, now() + interval '1 minute')";

const SENT: &str = "
    insert into ops.outbox (lead_id, kind, body, fingerprint, state, run_no, first_sent_at) values
        ('sent', 'message', 'mensagem', 'x', 'unknown', 1, now() - interval '90 seconds')";

fn about(age: Option<Duration>, seconds: u64) -> bool {
    let age = age.unwrap().as_secs();
    (seconds..seconds + 60).contains(&age)
}

#[tokio::test]
async fn the_queue_is_counted_by_state_and_moment() {
    let db = Db::new().await;
    let empty = storage::read_queue(&db.pool).await.unwrap();
    assert_eq!((empty.due, empty.waiting), (0, 0));
    assert_eq!((empty.oldest_due, empty.oldest_undelivered), (None, None));

    db.completed("ended", &profile(1), "mensagem").await;
    db.run("running").await;
    db.execute(QUEUE).await;
    db.execute(SENT).await;
    let queue = storage::read_queue(&db.pool).await.unwrap();
    assert_eq!(
        queue.open,
        [
            (LeadState::Accepted, 1),
            (LeadState::Processing, 1),
            (LeadState::Retrying, 2),
            (LeadState::BudgetHold, 1),
        ]
    );
    assert_eq!((queue.due, queue.waiting), (2, 2));
    assert!(about(queue.oldest_due, 3_600), "{queue:?}");
    assert!(about(queue.oldest_undelivered, 90), "{queue:?}");

    db.execute("delete from ops.outbox where lead_id = 'sent'")
        .await;
    let queue = storage::read_queue(&db.pool).await.unwrap();
    assert_eq!(queue.oldest_undelivered, None, "none is on its way");
}

#[tokio::test]
async fn a_message_of_a_run_in_progress_is_undelivered() {
    let db = Db::new().await;
    let claim = db.run("running").await;
    db.persist(&claim, &profile(1), "mensagem").await.unwrap();
    db.execute("update ops.outbox set first_sent_at = now() - interval '5 minutes'")
        .await;
    let queue = storage::read_queue(&db.pool).await.unwrap();
    assert!(about(queue.oldest_undelivered, 300), "{queue:?}");
    // A send of unknown outcome stays undelivered until it is known.
    let unknown = storage::RunEnd::Retry {
        reason: "c2s_timeout".to_owned(),
        after: Duration::from_secs(40),
        spends_attempt: false,
        send: storage::LastSend::Unknown,
    };
    storage::end_run(&db.pool, &claim, &unknown, &[], &[], 20)
        .await
        .unwrap();
    let queue = storage::read_queue(&db.pool).await.unwrap();
    assert!(about(queue.oldest_undelivered, 300), "{queue:?}");
}

#[tokio::test]
async fn ended_leads_are_counted_by_state() {
    let db = Db::new().await;
    db.completed("ended", &profile(1), "mensagem").await;
    db.run("running").await;
    let ended = storage::count_ended_leads(&db.pool).await.unwrap();
    let of = |state| ended.iter().find(|(of, _)| *of == state).unwrap().1;
    assert_eq!(of(LeadState::Completed), 1);
    assert_eq!(ended.iter().map(|(_, leads)| leads).sum::<u64>(), 1);
    let open = storage::read_queue(&db.pool).await.unwrap().open;
    let mut states: Vec<_> = open.iter().chain(&ended).map(|(of, _)| *of).collect();
    states.sort_by_key(|state| state.as_str());
    states.dedup();
    assert_eq!(states.len(), LeadState::ALL.len(), "every state is counted");
}

/// How often all leads, and all messages, were read so far.
async fn scans(pool: &PgPool) -> (i64, i64) {
    let mut connection = pool.acquire().await.unwrap();
    let flush = "select pg_stat_force_next_flush()";
    sqlx::query(flush).execute(&mut *connection).await.unwrap();
    sqlx::query_as(
        "select (select seq_scan from pg_stat_user_tables where schemaname = 'ops' and relname = 'leads'),
                (select seq_scan from pg_stat_user_tables where schemaname = 'ops' and relname = 'outbox')",
    )
    .fetch_one(&mut *connection)
    .await
    .unwrap()
}

#[tokio::test]
async fn the_queue_is_read_without_reading_all_leads() {
    let db = Db::new().await;
    db.execute(
        "insert into ops.leads (lead_id, source, state, outcome, run_no, finished_at)
         select 'ended-' || i, 'make', 'completed', 'completed', 1, now() from generate_series(1, 20000) i",
    )
    .await;
    db.execute(
        "insert into ops.outbox (lead_id, kind, body, fingerprint, state, run_no, sent_at)
         select lead_id, 'message', 'mensagem', 'x', 'sent', 1, now() from ops.leads",
    )
    .await;
    db.execute(QUEUE).await;
    db.execute(SENT).await;
    db.execute("analyze ops.leads, ops.outbox").await;
    // One connection, so that what it has counted is what is asked for.
    let options = db.database.connect_options().unwrap();
    let pool = storage::connect(&options, 1).await.unwrap();

    let before = scans(&pool).await;
    let queue = storage::read_queue(&pool).await.unwrap();
    assert_eq!(queue.due + queue.waiting, 4);
    assert!(about(queue.oldest_undelivered, 90), "{queue:?}");
    assert_eq!(scans(&pool).await, before);

    storage::count_ended_leads(&pool).await.unwrap();
    let (leads, messages) = scans(&pool).await;
    assert!(leads > before.0, "this one does read all leads");
    assert_eq!(messages, before.1);
}
