//! People found by their names.

use rstest::rstest;
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

const ODD_NAMES: &[&str] = &[
    "ANTÔNIO 100% _DA_ CRUZ",
    "ANTONIO DA CRUZ",
    "LI WU",
    "D'ÁVILA \\ FILHO",
    "ЖАННА 😀",
];

const BOTH: &[&str] = &["ANTONIO DA CRUZ", "ANTÔNIO 100% _DA_ CRUZ"];
const WITH_SIGNS: &[&str] = &["ANTÔNIO 100% _DA_ CRUZ"];
const WITH_BACKSLASH: &[&str] = &["D'ÁVILA \\ FILHO"];

#[rstest]
#[case::lower_case_without_accents("antonio", BOTH, false)]
#[case::decomposed_accents("anto\u{302}nio 100", WITH_SIGNS, false)]
#[case::words_in_any_order("cruz ANTONIO 100", WITH_SIGNS, false)]
#[case::parts_of_words("ntoni ruz da", BOTH, false)]
#[case::a_word_within_a_word("antonio toni cruz da", BOTH, false)]
#[case::percent_is_no_wildcard("ant%cruz", &[], false)]
#[case::percent_is_a_character("100%", WITH_SIGNS, false)]
#[case::underscore_is_no_wildcard("antoni_", &[], false)]
#[case::backslash("filho \\", WITH_BACKSLASH, false)]
#[case::quote("d'avila", WITH_BACKSLASH, false)]
#[case::only_wildcards("%%_%", &[], false)]
#[case::short("li w", &["LI WU"], true)]
#[case::short_and_not_at_the_beginning("wu", &[], true)]
#[case::emoji("😀", &[], true)]
#[case::nul("LI\0WU", &["LI WU"], true)]
#[case::only_nul("\0", &[], false)]
#[case::direction_marks("\u{202E}cru\u{200F}z ant\u{2066}onio 100", WITH_SIGNS, false)]
#[case::empty("", &[], false)]
#[case::blank(" \t\n ", &[], false)]
#[case::long(&"ANTONIO ".repeat(1_300), &[], false)]
#[case::one_long_word(&"A".repeat(400), &[], false)]
#[case::many_words(&"ab cd ef ".repeat(44), &[], true)]
#[case::a_format_string("%s %L %I %%", &[], true)]
#[tokio::test]
async fn a_text_is_taken_literally(
    #[case] text: &str,
    #[case] expected: &[&str],
    #[case] truncated: bool,
) {
    let db = Db::new().await;
    store(&db.pool, ODD_NAMES).await;
    let page = find(&db.pool, text).await;
    let names: Vec<_> = page.found.iter().map(|found| found.name.as_str()).collect();
    assert_eq!((names.as_slice(), page.truncated), (expected, truncated));
    assert_eq!(page.next, None);
}

#[tokio::test]
async fn companies_and_names_that_are_none_are_left_out() {
    let db = Db::new().await;
    store(&db.pool, &["MARIA EXEMPLO"]).await;
    let long = format!("MARIA {}", "A".repeat(300));
    store(&db.pool, &[&long]).await;
    db.execute(
        "insert into core.parties (id, party_type, full_name) values (gen_random_uuid(), 'company', 'MARIA EXEMPLO LTDA')",
    )
    .await;
    let page = find(&db.pool, "MARIA").await;
    assert_eq!(page.found.len(), 1);
    assert_eq!(page.found[0].name.as_str(), "MARIA EXEMPLO");
    assert_eq!(page.found[0].cpf, None);
}

#[tokio::test]
async fn equal_names_are_paged_by_their_ids() {
    let db = Db::new().await;
    store(&db.pool, &["JOSE EXEMPLO"; 7]).await;
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let search = NameSearch {
            text: "josé exemplo",
            limit: 3,
            after: after.as_ref(),
        };
        let page = storage::search_names(&db.pool, &search).await.unwrap();
        assert!(page.found.len() == 3 || page.next.is_none());
        seen.extend(page.found.into_iter().map(|found| found.party_id));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen.len(), 7);
    assert!(seen.is_sorted_by(|a, b| a < b));
}
