//! Taking up leads that wait.

use rust_c2s_api::storage::{self, Claim, Wanted};

use super::harness::Db;

fn ids(claims: &[Claim]) -> Vec<&str> {
    claims.iter().map(|claim| claim.lead_id.as_str()).collect()
}

#[tokio::test]
async fn live_leads_go_first_and_what_is_not_due_waits() {
    let db = Db::new().await;
    db.execute(
        "insert into ops.leads (lead_id, source, priority, state, due_at) values
             ('bulk', 'backfill', 1, 'accepted', now() - interval '3 hours'),
             ('live-late', 'make', 0, 'retrying', now() - interval '1 minute'),
             ('live-early', 'make', 0, 'accepted', now() - interval '1 hour'),
             ('not-yet', 'make', 0, 'retrying', now() + interval '1 hour')",
    )
    .await;
    assert_eq!(ids(&db.claim(1).await), ["live-early"]);
    let mut rest = db.claim(10).await;
    rest.sort_by(|a, b| a.lead_id.cmp(&b.lead_id));
    assert_eq!(ids(&rest), ["bulk", "live-late"]);
    assert!(db.claim(10).await.is_empty());
}

#[tokio::test]
async fn what_another_instance_is_claiming_is_passed_over() {
    let db = Db::new().await;
    db.execute(
        "insert into ops.leads (lead_id, source, state, due_at) values
             ('locked', 'make', 'accepted', now() - interval '2 hours'),
             ('free', 'make', 'accepted', now() - interval '1 hour')",
    )
    .await;
    let mut other = db.pool.begin().await.unwrap();
    sqlx::query("select from ops.leads where lead_id = 'locked' for update")
        .execute(&mut *other)
        .await
        .unwrap();
    assert_eq!(ids(&db.claim(10).await), ["free"]);
    other.rollback().await.unwrap();
    assert_eq!(ids(&db.claim(10).await), ["locked"]);
}

#[tokio::test]
async fn two_instances_at_once_share_the_queue_and_no_lead() {
    let db = Db::new().await;
    let other = db.instance().await;
    db.execute(
        "insert into ops.leads (lead_id, source, state, due_at)
         select 'lead-' || n, 'make', 'accepted', now() - interval '1 minute' from generate_series(1, 40) n",
    )
    .await;
    let (mine, theirs) = tokio::join!(
        db.claim(40),
        storage::claim_due_leads(&db.pool, other, Wanted::Ordinary, 40)
    );
    let theirs = theirs.unwrap();
    let rest = db.claim(40).await;
    let mut all: Vec<_> = mine
        .iter()
        .chain(&theirs)
        .chain(&rest)
        .map(|c| &c.lead_id)
        .collect();
    all.sort();
    all.dedup();
    assert_eq!(
        (all.len(), mine.len() + theirs.len() + rest.len()),
        (40, 40)
    );
}

#[tokio::test]
async fn claiming_costs_the_same_beside_many_waiting_leads() {
    let db = Db::new().await;
    db.execute(
        "insert into ops.leads (lead_id, source, state, due_at, finished_at)
         select 'done-' || n, 'make', 'completed', null, now() from generate_series(1, 20000) n",
    )
    .await;
    db.execute(
        "insert into ops.leads (lead_id, source, state, due_at)
         select 'later-' || n, 'make', 'retrying', now() + interval '1 hour' from generate_series(1, 20000) n",
    )
    .await;
    db.execute("analyze ops.leads").await;
    let mut transaction = db.pool.begin().await.unwrap();
    let claims = storage::claim_due_leads(&mut *transaction, db.me, Wanted::Ordinary, 10).await;
    assert_eq!(claims, Ok(Vec::new()));
    let rows_read: i64 = sqlx::query_scalar(
        "select seq_tup_read + idx_tup_fetch from pg_stat_xact_user_tables
         where schemaname = 'ops' and relname = 'leads'",
    )
    .fetch_one(&mut *transaction)
    .await
    .unwrap();
    assert!(rows_read < 20, "{rows_read} rows read");
}
