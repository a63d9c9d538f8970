//! People found by their names.

use rust_c2s_api::storage::{self, NamePage, NameSearch};
use sqlx::PgPool;

use super::harness::Db;

async fn store(pool: &PgPool, names: &[&str]) {
    for name in names {
        sqlx::query(
            "insert into core.parties (id, party_type, full_name) values (gen_random_uuid(), 'person', $1)",
        )
        .bind(name)
        .execute(pool)
        .await
        .unwrap();
    }
}

async fn find(pool: &PgPool, text: &str) -> NamePage {
    let search = NameSearch {
        text,
        limit: 100,
        after: None,
    };
    storage::search_names(pool, &search).await.unwrap()
}

#[tokio::test]
async fn the_best_match_is_first() {
    let db = Db::new().await;
    store(
        &db.pool,
        &[
            "ANA MARIA JOÃO DA SILVA",
            "JOAOZINHO SILVANO",
            "JOÃO  SILVA",
            "JOAO DA SILVA",
            "JOAO SILVA NETO",
            "SILVA JOAO",
            "PEDRO SILVA",
        ],
    )
    .await;
    let page = find(&db.pool, "joão silva").await;
    let found: Vec<_> = page
        .found
        .iter()
        .map(|found| (found.name.as_str(), found.score))
        .collect();
    assert_eq!(
        found,
        [
            ("JOÃO SILVA", 100),
            ("JOAO SILVA NETO", 96),
            ("JOAO DA SILVA", 84),
            ("ANA MARIA JOÃO DA SILVA", 78),
            ("SILVA JOAO", 69),
            ("JOAOZINHO SILVANO", 31),
        ]
    );
    assert!(!page.truncated && page.next.is_none());
}
