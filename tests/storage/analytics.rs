//! Who refreshes the views of analytics, and when.

use std::time::Duration;

use rust_c2s_api::models::AnalyticsView;
use rust_c2s_api::services::analytics::{Analytics, Refreshed, ViewRefresh};
use rust_c2s_api::storage::{self, RefreshEnd, StorageError};
use sqlx::AssertSqlSafe;

use super::harness::{Db, cpf, profile};

const EVERY: Option<Duration> = Some(Duration::from_secs(900));

fn analytics(db: &Db) -> Analytics {
    Analytics::new(db.pool.clone(), EVERY)
}

/// The next look at the schedule finds the views due.
async fn let_time_pass(db: &Db) {
    db.execute(
        "update ops.analytics_schedule
         set done_at = done_at - interval '901 s', retry_at = retry_at - interval '61 s'",
    )
    .await;
}

/// What other connections wrote is counted.
async fn until_writes_are_counted(db: &Db) {
    let begun = std::time::Instant::now();
    loop {
        let pending: bool = sqlx::query_scalar(
            "select not exists (select from pg_stat_user_tables
             where relid = 'core.parties'::regclass and n_tup_ins = (select count(*) from core.parties))",
        )
        .fetch_one(&db.pool)
        .await
        .unwrap();
        if !pending {
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(20));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn done(refreshed: Option<Refreshed>) -> Vec<AnalyticsView> {
    let refreshed = refreshed.unwrap().into_iter();
    let done = refreshed.filter(|(_, one)| matches!(one, ViewRefresh::Done(_)));
    done.map(|(view, _)| view).collect()
}

pub(crate) async fn texts(db: &Db, query: &str) -> Vec<String> {
    sqlx::query_scalar(AssertSqlSafe(query.to_owned()))
        .fetch_all(&db.pool)
        .await
        .unwrap()
}

pub(crate) async fn refreshed(db: &Db) {
    analytics(db).refresh_now().await.unwrap();
}

#[tokio::test]
async fn what_is_due_is_refreshed_once_and_then_waits_for_its_time() {
    let db = Db::new().await;
    let analytics = analytics(&db);
    assert_eq!(
        done(analytics.refresh_due().await.unwrap()),
        AnalyticsView::ALL
    );
    assert_eq!(analytics.refresh_due().await.unwrap(), None);
    let log = "select concat_ws(' ', view_name, asked, outcome, duration_ms is not null)
               from ops.analytics_refreshes order by refresh_id";
    assert_eq!(
        texts(&db, log).await,
        [
            "core.mv_party_analytics f done t",
            "analytics.mv_mkt_lead_star f done t"
        ]
    );
    let_time_pass(&db).await;
    assert!(analytics.refresh_due().await.unwrap().is_some());
}

#[tokio::test]
async fn a_view_is_skipped_until_something_of_it_changes() {
    let db = Db::new().await;
    db.completed("lead-1", &profile(1), "message").await;
    let analytics = analytics(&db);
    until_writes_are_counted(&db).await;
    analytics.refresh_due().await.unwrap();

    // Counts of other tables may still have come late; then nothing changes any more.
    let begun = std::time::Instant::now();
    loop {
        let_time_pass(&db).await;
        let again = analytics.refresh_due().await.unwrap();
        if done(again).is_empty() {
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "always changing");
    }
    let before = texts(
        &db,
        "select refresh_id::text from ops.analytics_refreshes order by 1",
    )
    .await;
    let_time_pass(&db).await;
    let skipped = analytics.refresh_due().await.unwrap().unwrap();
    assert!(
        skipped.iter().all(|(_, one)| *one == ViewRefresh::Skipped),
        "{skipped:?}"
    );
    let after = texts(
        &db,
        "select refresh_id::text from ops.analytics_refreshes order by 1",
    )
    .await;
    assert_eq!(before, after, "nothing was refreshed, so nothing is logged");

    // A lead alone: the parties are as they were.
    db.execute("update ops.leads set priority = 1").await;
    let begun = std::time::Instant::now();
    let changed = loop {
        let_time_pass(&db).await;
        let changed = done(analytics.refresh_due().await.unwrap());
        if !changed.is_empty() {
            break changed;
        }
        assert!(begun.elapsed() < Duration::from_secs(20));
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    assert_eq!(changed, [AnalyticsView::Leads]);
}

#[tokio::test]
async fn a_day_later_ages_may_be_others_so_both_are_refreshed() {
    let db = Db::new().await;
    let analytics = analytics(&db);
    analytics.refresh_due().await.unwrap();
    // As if it had been yesterday.
    db.execute(
        "update ops.analytics_refreshes
         set marks = (split_part(marks, ' ', 1)::date - 1)::text || substr(marks, 11)",
    )
    .await;
    let_time_pass(&db).await;
    assert_eq!(
        done(analytics.refresh_due().await.unwrap()),
        AnalyticsView::ALL
    );
}

#[tokio::test]
async fn one_of_many_refreshes_and_what_was_asked_for_is_never_skipped() {
    let db = Db::new().await;
    let analytics = analytics(&db);
    analytics.refresh_due().await.unwrap();
    storage::ask_for_refresh(&db.pool).await.unwrap();
    let tries = (0..8).map(|_| analytics.refresh_due());
    let tries = futures::future::join_all(tries).await;
    let done: Vec<_> = tries
        .into_iter()
        .filter_map(Result::unwrap)
        .map(|one| done(Some(one)))
        .collect();
    assert_eq!(done, [AnalyticsView::ALL.to_vec()]);
}

#[tokio::test]
async fn what_is_asked_for_during_a_refresh_is_done_after_it() {
    let db = Db::new().await;
    let analytics = analytics(&db);
    let first = storage::ask_for_refresh(&db.pool).await.unwrap();
    let claim = storage::claim_refresh(&db.pool, EVERY)
        .await
        .unwrap()
        .unwrap();
    assert!(claim.asked);
    let second = storage::ask_for_refresh(&db.pool).await.unwrap();
    storage::release_refresh(&db.pool, &claim, RefreshEnd::Done)
        .await
        .unwrap();
    assert_eq!(storage::refresh_is_done(&db.pool, first).await, Ok(true));
    assert_eq!(storage::refresh_is_done(&db.pool, second).await, Ok(false));
    assert_eq!(
        done(analytics.refresh_due().await.unwrap()),
        AnalyticsView::ALL
    );
    assert_eq!(storage::refresh_is_done(&db.pool, second).await, Ok(true));
}

#[tokio::test]
async fn without_a_schedule_only_what_is_asked_for_is_done_and_the_schedule_of_others_stays() {
    let db = Db::new().await;
    let command = Analytics::new(db.pool.clone(), None);
    assert_eq!(command.refresh_due().await.unwrap(), None);
    assert!(command.refresh_now().await.unwrap().is_some());
    let_time_pass(&db).await;
    assert_eq!(command.refresh_due().await.unwrap(), None);
    assert!(analytics(&db).refresh_due().await.unwrap().is_some());
}

#[tokio::test]
async fn whoever_waits_for_another_ones_refresh_is_told_when_it_is_done() {
    let db = Db::new().await;
    let claim = storage::claim_refresh(&db.pool, EVERY)
        .await
        .unwrap()
        .unwrap();
    let analytics = analytics(&db);
    let waiting = tokio::spawn({
        let analytics = analytics.clone();
        async move { analytics.refresh_now().await }
    });
    until(
        &db,
        "select (requested_no = 1)::text from ops.analytics_schedule",
    )
    .await;
    // It began before: what it sees is not what was asked for.
    storage::release_refresh(&db.pool, &claim, RefreshEnd::Done)
        .await
        .unwrap();
    let refreshed = waiting.await.unwrap().unwrap();
    assert_eq!(done(refreshed), AnalyticsView::ALL);
}

async fn until(db: &Db, true_text: &'static str) {
    let begun = std::time::Instant::now();
    while db.text(true_text).await.as_deref() != Some("true") {
        assert!(begun.elapsed() < Duration::from_secs(20), "{true_text}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_claim_passes_on_when_its_owner_falls_silent_and_the_refresh_counts_as_lost() {
    let db = Db::new().await;
    let dead = storage::claim_refresh(&db.pool, EVERY)
        .await
        .unwrap()
        .unwrap();
    db.execute(
        "insert into ops.analytics_refreshes (view_name, asked, marks)
         values ('core.mv_party_analytics', false, '')",
    )
    .await;
    assert_eq!(storage::claim_refresh(&db.pool, EVERY).await.unwrap(), None);
    assert_eq!(storage::keep_refresh(&db.pool, &dead).await, Ok(()));

    db.execute("update ops.analytics_schedule set owned_until = now() - interval '1 s'")
        .await;
    let analytics = analytics(&db);
    assert_eq!(
        done(analytics.refresh_due().await.unwrap()),
        AnalyticsView::ALL
    );
    let lost = "select outcome from ops.analytics_refreshes order by refresh_id limit 1";
    assert_eq!(db.text(lost).await.as_deref(), Some("lost"));
    assert_eq!(
        storage::keep_refresh(&db.pool, &dead).await,
        Err(StorageError::LostClaim)
    );
    let late = storage::release_refresh(&db.pool, &dead, RefreshEnd::Done).await;
    assert_eq!(late, Err(StorageError::LostClaim));
}

#[tokio::test]
async fn a_failure_is_recorded_and_tried_again_after_a_minute() {
    let db = Db::new().await;
    let number = storage::ask_for_refresh(&db.pool).await.unwrap();
    // Nobody expects a view to fail; this makes one fail.
    db.execute("drop index analytics.uq_mv_mkt_lead_star_lead")
        .await;
    let failed = analytics(&db).refresh_due().await.unwrap_err();
    assert!(failed.to_string().contains("SQLSTATE 55000"), "{failed}");
    let log = "select concat_ws(' ', view_name, outcome, error) from ops.analytics_refreshes order by refresh_id";
    assert_eq!(
        texts(&db, log).await,
        [
            "core.mv_party_analytics done",
            "analytics.mv_mkt_lead_star failed database_55000"
        ]
    );
    assert_eq!(analytics(&db).refresh_due().await.unwrap(), None);
    assert_eq!(storage::refresh_is_done(&db.pool, number).await, Ok(false));

    db.execute(
        "create unique index uq_mv_mkt_lead_star_lead on analytics.mv_mkt_lead_star (lead_id)",
    )
    .await;
    let_time_pass(&db).await;
    analytics(&db).refresh_due().await.unwrap();
    assert_eq!(storage::refresh_is_done(&db.pool, number).await, Ok(true));
}

#[tokio::test]
async fn a_removed_person_is_gone_after_one_refresh_with_what_their_lead_left() {
    let db = Db::new().await;
    db.completed("lead-1", &profile(1), "message").await;
    db.completed("lead-2", &profile(2), "message").await;
    // Its message is not known to have arrived, and may be given up.
    let claim = db.run("lead-3").await;
    db.persist(&claim, &profile(1), "message").await.unwrap();
    db.execute("insert into ops.lead_details (lead_id) select lead_id from ops.leads")
        .await;
    refreshed(&db).await;
    let leads = "select lead_id from analytics.mv_mkt_lead_star order by 1";
    assert_eq!(texts(&db, leads).await, ["lead-1", "lead-2", "lead-3"]);

    let mut removal = db.pool.begin().await.unwrap();
    sqlx::query("delete from core.parties where cpf_cnpj = $1")
        .bind(cpf(1).digits())
        .execute(&mut *removal)
        .await
        .unwrap();
    storage::ask_for_refresh(&mut *removal).await.unwrap();
    removal.commit().await.unwrap();
    let done = done(analytics(&db).refresh_due().await.unwrap());
    assert_eq!(done, AnalyticsView::ALL);
    assert_eq!(texts(&db, leads).await, ["lead-2"]);
    let parties = "select count(*)::text from core.mv_party_analytics";
    assert_eq!(texts(&db, parties).await, ["1"]);
}

#[tokio::test]
async fn a_view_that_was_restored_without_its_rows_is_filled() {
    let db = Db::new().await;
    db.completed("lead-1", &profile(1), "message").await;
    db.execute("insert into ops.lead_details (lead_id) select lead_id from ops.leads")
        .await;
    for view in AnalyticsView::ALL {
        let emptied = format!("refresh materialized view {} with no data", view.name());
        let emptied = sqlx::query(AssertSqlSafe(emptied)).execute(&db.pool);
        emptied.await.unwrap();
    }
    refreshed(&db).await;
    let leads = "select lead_id from analytics.mv_mkt_lead_star";
    assert_eq!(texts(&db, leads).await, ["lead-1"]);
}
