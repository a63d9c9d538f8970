//! `rust-c2s-api analytics`, and the schedule of a running service.

use std::collections::BTreeSet;

use rust_c2s_api::simulator::Situation;
use rust_c2s_api::storage::test_database::TestDatabase;
use sqlx::{AssertSqlSafe, PgPool};
use url::Url;
use uuid::Uuid;

use crate::home::Home;
use crate::prometheus::Scraped;
use crate::running::{Running, eventually, process, run, simulator, text_of, variables};

const VIEWS: [&str; 2] = ["analytics.mv_mkt_lead_star", "core.mv_party_analytics"];

async fn code_of(pool: &PgPool, statement: &str) -> Option<String> {
    let tried = sqlx::raw_sql(AssertSqlSafe(statement.to_owned())).execute(pool);
    let refused = tried.await.err()?.into_database_error()?;
    refused.code().map(std::borrow::Cow::into_owned)
}

async fn texts(pool: &PgPool, query: String) -> Vec<String> {
    sqlx::query_scalar(AssertSqlSafe(query))
        .fetch_all(pool)
        .await
        .unwrap()
}

/// Each relation of ours, as the catalog has it.
async fn relations(owner: &PgPool) -> Vec<String> {
    let query = "select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
                 where c.relkind in ('r', 'p', 'v', 'm', 'S') and n.nspname in ('core', 'ops', 'analytics', 'public')";
    texts(owner, query.to_owned()).await
}

async fn reads_the_two_views_and_nothing_else(owner: &PgPool, reader: &PgPool) {
    let relations = relations(owner).await;
    assert!(relations.len() > 30, "{relations:?}");
    let mut readable = BTreeSet::new();
    for relation in &relations {
        match code_of(reader, &format!("select * from {relation}"))
            .await
            .as_deref()
        {
            None => assert!(readable.insert(relation.as_str())),
            Some(code) => assert_eq!(code, "42501", "{relation}"),
        }
    }
    assert_eq!(readable, BTreeSet::from(VIEWS));
    for (forbidden, code) in [
        (
            "select core.search_names('SILVA', 10, 10, null, null)",
            "42501",
        ),
        (
            "select ops.refresh_view('core.mv_party_analytics')",
            "42501",
        ),
        ("select * from core.party_enrichment_history", "42501"),
        ("refresh materialized view core.mv_party_analytics", "25006"),
        (
            "set transaction read write; refresh materialized view core.mv_party_analytics",
            "42501",
        ),
        (
            "set transaction read write; create table core.own (id int)",
            "42501",
        ),
        ("set transaction read write; delete from ops.leads", "42501"),
        (
            "set transaction read write; grant select on core.parties to public",
            "42501",
        ),
        ("select pg_read_file('PG_VERSION')", "42501"),
        ("copy (select 1) to program 'true'", "42501"),
        ("set role postgres", "42501"),
    ] {
        assert_eq!(
            code_of(reader, forbidden).await.as_deref(),
            Some(code),
            "{forbidden}"
        );
    }
    // What the planner knows of values is told only to who may read them.
    let told = "select count(*)::text from pg_stats where schemaname in ('core', 'ops') and tablename <> 'mv_party_analytics'";
    assert_eq!(texts(reader, told.to_owned()).await, ["0"]);
}

#[tokio::test]
async fn the_dashboards_role_reads_neither_a_cpf_nor_a_payload() {
    if TestDatabase::server_is_given() {
        println!("not tried: roles belong to the whole server, and this one is somebody's");
        return;
    }
    let (home, simulator) = (Home::new(), simulator().await);
    let database = TestDatabase::create().await.unwrap();
    let owner = database.pool();
    let set = variables(&simulator, &database.url(), &[]);
    let only_database = [("DB_URL", database.url())];
    for situation in [Situation::Plain, Situation::NullEmail, Situation::NullPhone] {
        run(&home, &["process", &situation.lead_id()], &set)
            .await
            .assert_success();
    }
    // People type their CPF where it does not belong.
    sqlx::raw_sql(
        "update ops.lead_details d set name = d.name || ' ' || p.cpf_cnpj, phone = p.cpf_cnpj,
                email = p.cpf_cnpj || '@example.com', campaign = 'CPF ' || p.cpf_cnpj
         from core.lead_parties lp join core.parties p on p.id = lp.party_id where lp.lead_id = d.lead_id;
         update core.party_contacts c set value = case c.kind when 'phone' then p.cpf_cnpj
                    else substr(p.cpf_cnpj, 1, 3) || '.' || substr(p.cpf_cnpj, 4) || '@example.com' end
         from core.parties p where p.id = c.party_id and c.is_primary;
         with place as (insert into core.addresses (id, city, neighborhood)
                        select id, cpf_cnpj, 'CPF ' || cpf_cnpj from core.parties returning id)
         insert into core.party_addresses (party_id, address_id, confidence_score) select id, id, 1 from place;
         update core.party_addresses set is_primary = false where address_id <> party_id;
         update core.parties set full_name = full_name || ' ' || cpf_cnpj, fantasy_name = cpf_cnpj, company_type = cpf_cnpj,
                company_size = cpf_cnpj;
         analyze",
    )
    .execute(owner)
    .await
    .unwrap();

    let refreshed = run(&home, &["analytics", "refresh"], &only_database).await;
    let told = &refreshed.assert_success().text;
    assert!(VIEWS.iter().all(|view| told.contains(view)), "{told}");

    let role = format!("test_{}", Uuid::now_v7().simple());
    let made = run(&home, &["analytics", "reader", &role], &only_database).await;
    let told = &made.assert_success().text;
    let (_, password) = told.trim().rsplit_once(' ').unwrap();
    let mut url = Url::parse(&database.url()).unwrap();
    url.set_username(&role).unwrap();
    url.set_password(Some(password)).unwrap();
    let reader = PgPool::connect(url.as_str()).await.unwrap();
    reads_the_two_views_and_nothing_else(owner, &reader).await;

    let cpfs = texts(owner, "select cpf_cnpj from core.parties".to_owned()).await;
    assert_eq!(cpfs.len(), 3);
    for view in VIEWS {
        let rows = texts(&reader, format!("select to_json(v)::text from {view} v")).await;
        assert_eq!(rows.len(), 3, "{view}");
        let seen = rows.concat();
        for cpf in &cpfs {
            let masked = format!("***.{}.{}-**", &cpf[3..6], &cpf[6..9]);
            assert!(seen.contains(&masked), "{view}: {seen}");
            let digits: String = seen.chars().filter(char::is_ascii_digit).collect();
            assert!(
                !seen.contains(cpf) && !digits.contains(cpf),
                "{view}: {seen}"
            );
        }
    }

    // Once more: no other password, and whoever reads goes on reading.
    let again = run(&home, &["analytics", "reader", &role], &only_database).await;
    assert!(!again.assert_success().text.contains("password"));
    assert_eq!(
        code_of(&reader, "select * from core.mv_party_analytics").await,
        None
    );
    let anew = ["analytics", "reader", &role, "--new-password"];
    let anew = run(&home, &anew, &only_database).await;
    let told = &anew.assert_success().text;
    assert!(told.contains("password, shown this once") && !told.contains(password));
    reader.close().await;
    let gone = format!("drop owned by {role}; drop role {role}");
    assert_eq!(code_of(owner, &gone).await, None);
}

#[tokio::test]
async fn a_running_service_refreshes_the_views_by_itself_and_says_so_in_its_metrics() {
    let (home, simulator) = (Home::new(), simulator().await);
    let database = TestDatabase::create().await.unwrap();
    let settings = [
        ("METRICS_ADDR", "127.0.0.1:0"),
        ("API_KEYS", "make:trigger:key-of-make-0123456789"),
    ];
    let set = variables(&simulator, &database.url(), &settings);
    let begun: f64 = sqlx::query_scalar("select extract(epoch from now())::float8")
        .fetch_one(database.pool())
        .await
        .unwrap();
    let service = Running::start(&home, &["serve"], &set);
    let address = service.address().await;
    let metrics = service.metrics_address().await;
    let (status, _) = process(&address, &Situation::Plain.lead_id()).await;
    assert_eq!(status, 401, "needs its key");

    let refreshes = |view: &str, outcome: &str| {
        format!("rust_c2s_analytics_refreshes_total{{view=\"{view}\",outcome=\"{outcome}\"}}")
    };
    eventually("both views are refreshed", async || {
        let (_, text) = text_of(&format!("http://{metrics}/metrics"), "").await;
        let scraped = Scraped::read(&text);
        VIEWS
            .iter()
            .all(|view| scraped.value(&refreshes(view, "done")) == 1.0)
    })
    .await;
    let (_, text) = text_of(&format!("http://{metrics}/metrics"), "").await;
    let scraped = Scraped::read(&text);
    for view in VIEWS {
        assert_eq!(scraped.value(&refreshes(view, "failed")), 0.0);
        let count = format!("rust_c2s_analytics_refresh_duration_seconds_count{{view=\"{view}\"}}");
        assert_eq!(scraped.value(&count), 1.0);
    }
    service.stop("TERM").await.assert_success();

    // When, of all instances: what the next one reads first.
    let service = Running::start(&home, &["serve"], &set);
    let metrics = service.metrics_address().await;
    let (_, text) = text_of(&format!("http://{metrics}/metrics"), "").await;
    for view in VIEWS {
        let at = format!("rust_c2s_analytics_refreshed_timestamp_seconds{{view=\"{view}\"}}");
        let at = Scraped::read(&text).value(&at);
        assert!((begun..begun + 60.0).contains(&at), "{at} {begun}");
    }
    service.stop("TERM").await.assert_success();
}
