//! Who refreshes the views of analytics, when, and what is in them then.

use std::time::Duration;

use rstest::rstest;
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
    db.execute("update ops.analytics_schedule set due_at = now()")
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

async fn texts(db: &Db, query: &str) -> Vec<String> {
    sqlx::query_scalar(AssertSqlSafe(query.to_owned()))
        .fetch_all(&db.pool)
        .await
        .unwrap()
}

async fn refreshed(db: &Db) {
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
    let due = "select (due_at - now() between interval '14 min' and interval '15 min')::text
               from ops.analytics_schedule where owner is null";
    assert_eq!(db.text(due).await.as_deref(), Some("true"));
    let log = "select concat_ws(' ', view_name, asked, outcome, duration_ms is not null)
               from ops.analytics_refreshes order by refresh_id";
    assert_eq!(
        texts(&db, log).await,
        [
            "core.mv_party_analytics f done t",
            "analytics.mv_mkt_lead_star f done t"
        ]
    );
}

#[tokio::test]
async fn a_view_is_skipped_until_something_of_it_changes() {
    let db = Db::new().await;
    db.completed("lead-1", &profile(1), "message").await;
    let analytics = analytics(&db);
    until_writes_are_counted(&db).await;
    analytics.refresh_due().await.unwrap();

    // Counts of other tables may still have come late; then nothing changes any more.
    loop {
        let_time_pass(&db).await;
        let again = analytics.refresh_due().await.unwrap();
        if done(again).is_empty() {
            break;
        }
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
    let claim = storage::claim_refresh(&db.pool).await.unwrap().unwrap();
    assert!(claim.asked);
    let second = storage::ask_for_refresh(&db.pool).await.unwrap();
    storage::release_refresh(&db.pool, &claim, RefreshEnd::Done(EVERY))
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
async fn without_a_schedule_only_what_is_asked_for_is_done() {
    let db = Db::new().await;
    let analytics = Analytics::new(db.pool.clone(), None);
    assert_eq!(analytics.refresh_due().await.unwrap(), None);
    let due = "select due_at::text from ops.analytics_schedule";
    assert_eq!(db.text(due).await.as_deref(), Some("infinity"));
    assert!(analytics.refresh_now().await.unwrap().is_some());
    assert_eq!(db.text(due).await.as_deref(), Some("infinity"));
}

#[tokio::test]
async fn whoever_waits_for_another_ones_refresh_is_told_when_it_is_done() {
    let db = Db::new().await;
    let claim = storage::claim_refresh(&db.pool).await.unwrap().unwrap();
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
    storage::release_refresh(&db.pool, &claim, RefreshEnd::Done(EVERY))
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
    let dead = storage::claim_refresh(&db.pool).await.unwrap().unwrap();
    db.execute(
        "insert into ops.analytics_refreshes (view_name, asked, marks)
         values ('core.mv_party_analytics', false, '')",
    )
    .await;
    assert_eq!(storage::claim_refresh(&db.pool).await.unwrap(), None);
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
    let late = storage::release_refresh(&db.pool, &dead, RefreshEnd::Done(EVERY)).await;
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
    let due = "select (due_at - now() between interval '50 s' and interval '1 min')::text
               from ops.analytics_schedule where owner is null";
    assert_eq!(db.text(due).await.as_deref(), Some("true"));
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
    refreshed(&db).await;
    let leads = "select lead_id from analytics.mv_mkt_lead_star order by 1";
    assert_eq!(texts(&db, leads).await, ["lead-1", "lead-2"]);

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
async fn what_nobody_expects_is_counted_where_it_belongs() {
    let db = Db::new().await;
    for unexpected in [
        // born tomorrow, at the end of time, before it began
        "insert into core.parties (id, party_type, full_name, birth_date) values
            (gen_random_uuid(), 'person', 'A', current_date + 2), (gen_random_uuid(), 'person', 'B', 'infinity'),
            (gen_random_uuid(), 'person', 'C', '-infinity'), (gen_random_uuid(), 'person', 'D', '0044-03-15 BC'),
            (gen_random_uuid(), 'person', 'E', current_date - interval '40 years 10 days')",
        // enriched at the end of time, and without a quality
        "update core.parties set enriched = true, enriched_at = 'infinity' where full_name in ('A', 'B')",
        "insert into core.party_enrichments
             (party_id, provider, raw_payload, normalized_data, quality_score, payload_sha256, enriched_at)
         select id, 'work_api', '{}', '{}', case when full_name = 'A' then 0.5 end, sha256(''), 'infinity'
         from core.parties where enriched",
        // a property without an address and one without a value, owned twice at once, by two, and no longer
        "insert into core.real_estate_properties (property_code, market_value_brl)
         values ('p1', 100000), ('p2', null), ('p3', 9999999999999.99), ('p4', 9999999999999.99)",
        "insert into core.ownerships (party_id, property_id, start_date, end_date)
         select p.id, r.property_id, o.since::date, o.until::date
         from (values ('A', 'p1', '2020-01-01', null), ('A', 'p1', '2021-01-01', null), ('A', 'p1', '2019-01-01', '2022-01-01'),
                      ('A', 'p2', null, null), ('B', 'p1', null, null), ('C', 'p2', null, null),
                      ('D', 'p1', '2020-01-01', '2020-01-01'), ('D', 'p1', null, 'infinity'),
                      ('E', 'p3', null, null), ('E', 'p4', 'infinity', null)) o (owner, code, since, until)
         join core.parties p on p.full_name = o.owner join core.real_estate_properties r on r.property_code = o.code",
        // an address of nothing, and two that are nobody's main one
        "insert into core.addresses (id) values (gen_random_uuid())",
        "insert into core.addresses (id, city) values (gen_random_uuid(), 'PERTO'), (gen_random_uuid(), 'LONGE')",
        "insert into core.party_addresses (party_id, address_id, confidence_score)
         select p.id, a.id, case a.city when 'PERTO' then 0.9 when 'LONGE' then 0.2 end
         from core.parties p, core.addresses a where p.full_name = 'E'",
        // leads without details, without a person, of the end of time, of a price beyond all bounds
        "insert into ops.leads (lead_id, source, state, due_at) values ('bare', 'api', 'accepted', now())",
        "insert into ops.leads (lead_id, source, state, outcome, finished_at)
         values ('nobody', 'api', 'unidentified', 'unidentified', now()), ('endless', 'api', 'failed', 'failed', now())",
        "insert into ops.lead_details (lead_id, name, phone, email, campaign, price_centavos, crm_created_at)
         values ('nobody', ' ', '', ' ', ' ', 0, '2026-03-01 02:30Z'),
                ('endless', 'Z', '+1 212 555 0100', 'Z@Example.com', 'C', 9223372036854775807, 'infinity')",
    ] {
        db.execute(unexpected).await;
    }
    refreshed(&db).await;
    let parties = "select concat_ws(' ', name, coalesce(age::text, '-'), coalesce(lead_score::text, '-'), property_count,
                          coalesce(total_assets_brl::text, '-'), city)
                   from core.mv_party_analytics order by name";
    assert_eq!(
        texts(&db, parties).await,
        [
            "A - - 2 100000.00",
            "B - - 1 100000.00",
            "C - - 1 -",
            "D - - 0 0",
            "E 40 - 2 19999999999999.98 PERTO"
        ]
    );
    let leads = "select concat_ws(' ', lead_id, coalesce(lead_name, '-'), coalesce(email, '-'), coalesce(phone, '-'),
                        coalesce(campaign_name, '-'), coalesce(cohort_month, '-'), coalesce(day_of_week::text, '-'),
                        is_enriched, coalesce(property_count::text, '-'), coalesce(price_brl::text, '-'))
                 from analytics.mv_mkt_lead_star where lead_id <> 'bare' order by lead_id";
    assert_eq!(
        texts(&db, leads).await,
        [
            "endless Z z@example.com +1 212 555 0100 C - - f - 92233720368547758.07",
            "nobody - - - - 2026-02 6 f - 0.00"
        ]
    );
    let bare = "select (lead_created_at > now() - interval '1 hour')::text from analytics.mv_mkt_lead_star where lead_id = 'bare'";
    assert_eq!(texts(&db, bare).await, ["true"]);
}

#[rstest]
#[case::word("Teste Silva", "", true)]
#[case::inside("Maria (TESTE 2)", "", true)]
#[case::foreign("test", "", true)]
#[case::by_its_email("Maria Silva", "teste.site@example.com", true)]
#[case::numbered("Maria Silva", "test2@example.com", true)]
#[case::surname("Ana Testa", "ana@example.com", false)]
#[case::longer("Maria Testemunha", "testemunha@example.com", false)]
#[case::later("Maria Silva", "maria.teste@example.com", false)]
#[case::nothing("", "", false)]
#[tokio::test]
async fn a_test_is_told_by_its_word(
    #[case] name: &str,
    #[case] email: &str,
    #[case] is_test: bool,
) {
    let db = Db::new().await;
    let told: bool = sqlx::query_scalar("select analytics.is_test_lead($1, $2)")
        .bind(name)
        .bind(email)
        .fetch_one(&db.pool)
        .await
        .unwrap();
    assert_eq!(told, is_test);
    let nothing: bool = sqlx::query_scalar("select analytics.is_test_lead(null, null)")
        .fetch_one(&db.pool)
        .await
        .unwrap();
    assert!(!nothing);
}

#[tokio::test]
async fn a_cpf_is_masked_wherever_it_was_typed() {
    let db = Db::new().await;
    for number in 0..200 {
        let (valid, mut wrong) = (cpf(number), cpf(number).digits().to_owned());
        let last = wrong.pop().unwrap();
        wrong.push(if last == '0' { '1' } else { '0' });
        let typed = valid.digits();
        let dotted = format!(
            "{}.{}.{}-{}",
            &typed[..3],
            &typed[3..6],
            &typed[6..9],
            &typed[9..]
        );
        let mask = valid.masked();
        for (text, expected) in [
            (typed.to_owned(), mask.clone()),
            (format!("Maria {dotted}, CPF"), format!("Maria {mask}, CPF")),
            (
                format!("{typed}@example.com"),
                format!("{mask}@example.com"),
            ),
            (format!("{typed} {dotted}"), format!("{mask} {mask}")),
            (format!("1{typed}"), format!("1{typed}")),
            (wrong.clone(), wrong.clone()),
        ] {
            let masked: String = sqlx::query_scalar("select core.mask_cpfs($1)")
                .bind(&text)
                .fetch_one(&db.pool)
                .await
                .unwrap();
            assert_eq!(masked, expected);
        }
    }
}

#[rstest]
#[case(90, 0, "0.90")]
#[case(90, 30, "0.90")]
#[case(90, 31, "0.81")]
#[case(90, 90, "0.81")]
#[case(90, 91, "0.68")]
#[case(90, 181, "0.45")]
#[case(90, 366, "0.23")]
#[case(100, -1, "1.00")]
#[case(0, 0, "0.00")]
#[tokio::test]
async fn a_score_is_completeness_by_freshness(
    #[case] quality: i32,
    #[case] days: i32,
    #[case] expected: &str,
) {
    let db = Db::new().await;
    // at a quarter to midnight in São Paulo
    let score: String = sqlx::query_scalar(
        "select analytics.lead_score($1::numeric / 100, '2026-06-11 02:45Z'::timestamptz - $2 * interval '1 day', '2026-06-10')::text",
    )
    .bind(quality)
    .bind(days)
    .fetch_one(&db.pool)
    .await
    .unwrap();
    assert_eq!(score, expected);
}
