//! `rust-c2s-api seed`.

use rust_c2s_api::storage::test_database::TestDatabase;
use sqlx::PgPool;

use crate::home::Home;
use crate::running::{Running, run};

async fn number_of(pool: &PgPool, what: &str) -> i64 {
    let statement = format!("select count(*) from {what}");
    sqlx::query_scalar(sqlx::AssertSqlSafe(statement))
        .fetch_one(pool)
        .await
        .unwrap()
}

async fn people(pool: &PgPool) -> Vec<String> {
    sqlx::query_scalar(
        "select concat_ws('|', p.id, p.full_name, p.cpf_cnpj, e.full_name, e.document_cpf, e.birth_date, c.value)
         from core.parties p join core.people e on e.party_id = p.id join core.party_contacts c on c.party_id = p.id
         order by 1",
    )
    .fetch_all(pool)
    .await
    .unwrap()
}

#[tokio::test]
async fn as_many_as_asked_for_and_the_same_each_time() {
    let home = Home::new();
    let (one, other) = (TestDatabase::create(), TestDatabase::create());
    let (one, other) = (one.await.unwrap(), other.await.unwrap());
    let at = |database: &TestDatabase| [("DB_URL", database.url())];
    let args = |parties| ["seed", "--parties", parties, "--seed", "7"];

    let ended = run(&home, &args("300"), &at(&one)).await;
    let told = &ended.assert_success().text;
    assert!(told.starts_with("300 people, 1200 rows in "), "{told}");
    assert_eq!(number_of(one.pool(), "core.parties").await, 300);
    let indexes = "pg_indexes where schemaname = 'core'";
    let before = number_of(other.pool(), indexes).await;
    assert_eq!(number_of(one.pool(), indexes).await, before);

    // What is there already counts: in two steps it comes to the same.
    run(&home, &args("200"), &at(&other)).await.assert_success();
    run(&home, &args("300"), &at(&other)).await.assert_success();
    assert_eq!(people(one.pool()).await, people(other.pool()).await);
    let again = run(&home, &args("300"), &at(&one)).await;
    assert!(again.assert_success().text.starts_with("0 people, 0 rows"));
}

#[tokio::test]
async fn other_people_are_left_alone_unless_it_is_told() {
    let (home, database) = (Home::new(), TestDatabase::create().await.unwrap());
    let set = [("DB_URL", database.url())];
    sqlx::query("insert into core.parties (id, party_type, full_name) values (gen_random_uuid(), 'person', 'OUTRA PESSOA')")
        .execute(database.pool())
        .await
        .unwrap();
    let refused = run(&home, &["seed", "--parties", "10"], &set).await;
    refused.assert_failure("holds parties that seed 1 did not invent");
    assert_eq!(number_of(database.pool(), "core.parties").await, 1);
    let beside = ["seed", "--parties", "10", "--beside-others"];
    run(&home, &beside, &set).await.assert_success();
    assert_eq!(number_of(database.pool(), "core.parties").await, 11);
}

#[tokio::test]
async fn production_is_refused() {
    let (home, database) = (Home::new(), TestDatabase::create().await.unwrap());
    let set = [
        ("DB_URL", database.url()),
        ("APP_ENV", "production".to_owned()),
    ];
    let refused = run(&home, &["seed", "--parties", "10"], &set).await;
    refused.assert_failure("APP_ENV");
    assert_eq!(number_of(database.pool(), "core.parties").await, 0);
}

#[tokio::test]
async fn stopped_halfway_it_leaves_nothing() {
    let (home, database) = (Home::new(), TestDatabase::create().await.unwrap());
    let set = [("DB_URL", database.url())];
    let running = Running::start(&home, &["seed", "--parties", "2000000"], &set);
    let copying =
        "pg_stat_activity where datname = current_database() and query like 'copy core.people%'";
    while number_of(database.pool(), copying).await == 0 {
        tokio::task::yield_now().await;
    }
    let ended = running.stop("INT").await;
    ended.assert_failure("told to stop before it was done");
    assert_eq!(number_of(database.pool(), "core.parties").await, 0);
    let few = run(&home, &["seed", "--parties", "10"], &set).await;
    few.assert_success();
}
