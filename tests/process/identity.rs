//! `identity explain`: a decision with its reasons, people masked.

use rust_c2s_api::simulator::Situation;
use rust_c2s_api::storage::test_database::TestDatabase;

use crate::home::Home;
use crate::running::{run, simulator, variables};

#[tokio::test]
async fn a_decision_is_explained_and_nothing_is_bought_or_told() {
    let (home, simulator) = (Home::new(), simulator().await);
    let database = TestDatabase::create().await.unwrap();
    let set = variables(&simulator, &database.url(), &[]);
    let unasked = run(&home, &["identity", "explain", "unknown"], &set).await;
    let text = &unasked.assert_success().text;
    assert!(
        text.contains("Contact2Sale does not know this lead"),
        "{text}"
    );

    for (situation, said) in [
        (
            Situation::Plain,
            &["both_contacts: Telefone e e-mail", "second look", "accept"][..],
        ),
        (
            Situation::Namesake,
            &["candidate", "several_agree: Mais de uma pessoa", "review"],
        ),
        (Situation::Deceased, &["deceased", "none"]),
        (
            Situation::UnknownContact,
            &["0 people", "no_candidate", "none"],
        ),
    ] {
        let lead_id = situation.lead_id();
        let explain = ["identity", "explain", lead_id.as_str()];
        let before = run(&home, &explain, &set).await;
        let missing = "these answers are not stored: Diretrix by phone";
        assert!(
            before.assert_success().text.contains(missing),
            "{}",
            before.text
        );
        run(&home, &["process", &lead_id], &set).await;

        let (paid, stored) = (simulator.calls().paid(), rows(&database).await);
        let explained = run(&home, &explain, &set).await;
        let text = &explained.assert_success().text;
        for part in said {
            assert!(text.contains(part), "{situation:?}: no {part:?} in {text}");
        }
        let personal = simulator.world().personal_values();
        let named: Vec<_> = personal.iter().filter(|one| text.contains(*one)).collect();
        assert!(named.is_empty(), "{named:?} in {text}");
        assert_eq!(simulator.calls().paid(), paid);
        assert_eq!(rows(&database).await, stored);
    }
}

/// Rows that say something of leads, people or payments.
async fn rows(database: &TestDatabase) -> i64 {
    sqlx::query_scalar(
        "select (select count(*) from ops.leads) + (select count(*) from ops.lookups)
              + (select count(*) from ops.provider_calls) + (select count(*) from ops.outbox)
              + (select count(*) from ops.reviews) + (select count(*) from core.parties)",
    )
    .fetch_one(database.pool())
    .await
    .unwrap()
}

/// Of a candidate who objected nothing is told, not even initials.
#[tokio::test]
async fn whoever_objected_is_not_explained() {
    let (home, simulator) = (Home::new(), simulator().await);
    let database = TestDatabase::create().await.unwrap();
    let set = variables(&simulator, &database.url(), &[]);
    let lead_id = Situation::Namesake.lead_id();
    run(&home, &["process", &lead_id], &set).await;
    sqlx::query(
        "insert into ops.suppressions (key_hash, kind, reason)
         select decode(c.item ->> 'cpf_hash', 'hex'), 'cpf', 'objection'
         from ops.reviews r, jsonb_array_elements(r.candidates) as c (item)",
    )
    .execute(database.pool())
    .await
    .unwrap();
    let explained = run(&home, &["identity", "explain", &lead_id], &set).await;
    let text = &explained.assert_success().text;
    assert!(
        text.contains("somebody who objected or was erased"),
        "{text}"
    );
    assert!(!text.contains("candidate"), "{text}");
}
