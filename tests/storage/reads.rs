//! How leads stand, for answers and operators; the key kept in the database.

use rust_c2s_api::models::LeadState;
use rust_c2s_api::storage::{self, Accepted, LeadCursor, LeadFilter, LeadSearch};

use super::harness::{Db, key, lead_id, profile};

#[tokio::test]
async fn a_lead_nobody_heard_of_is_none() {
    let db = Db::new().await;
    let id = lead_id("lead-1");
    assert_eq!(storage::read_lead_result(&db.pool, &id).await, Ok(None));
    assert_eq!(storage::show_lead(&db.pool, &id).await, Ok(None));
}

#[tokio::test]
async fn a_lead_alone_shows_its_steps_and_masked_people() {
    let db = Db::new().await;
    let person = profile(1);
    db.completed("lead-1", &person, "mensagem").await;
    let shown = storage::show_lead(&db.pool, &lead_id("lead-1"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(shown.summary.state, LeadState::Completed);
    assert_eq!(shown.summary.source, "make");
    assert_eq!(shown.steps.len(), 1);
    assert_eq!(
        shown.people[0].to_string(),
        format!("J. d. C. E. {}", person.cpf.masked())
    );
    assert_eq!(shown.message.as_deref(), Some("mensagem"));
    assert!(!format!("{shown:?}").contains("mensagem"));
}

#[tokio::test]
async fn a_list_is_read_page_by_page_and_by_state() {
    let db = Db::new().await;
    for i in 0..5 {
        db.run(&format!("lead-{i}")).await;
    }
    db.execute("update ops.leads set first_seen_at = '2026-01-01'")
        .await;
    db.completed("lead-9", &profile(1), "mensagem").await;
    let mut seen = Vec::new();
    let mut cursor = None;
    for _ in 0..3 {
        let page = storage::list_leads(&db.pool, LeadFilter::default(), 2, cursor.as_ref())
            .await
            .unwrap();
        seen.extend(
            page.leads
                .into_iter()
                .map(|lead| lead.lead_id.as_str().to_owned()),
        );
        cursor = page
            .next
            .and_then(|next| LeadCursor::parse(&next.as_text()));
    }
    assert_eq!(
        seen,
        ["lead-9", "lead-4", "lead-3", "lead-2", "lead-1", "lead-0"]
    );
    assert_eq!(cursor, None);
    let completed = LeadFilter {
        state: Some(LeadState::Completed),
        search: None,
    };
    let page = storage::list_leads(&db.pool, completed, 50, None).await;
    let page = page.unwrap();
    assert_eq!(page.leads.len(), 1);
    assert_eq!(page.leads[0].outcome, Some(LeadState::Completed));
}

async fn found(db: &Db, typed: &str) -> Vec<String> {
    let search = LeadSearch::parse(typed).unwrap();
    let filter = LeadFilter {
        state: None,
        search: Some(&search),
    };
    let page = storage::list_leads(&db.pool, filter, 50, None)
        .await
        .unwrap();
    let ids = page
        .leads
        .into_iter()
        .map(|lead| lead.lead_id.as_str().to_owned());
    ids.collect()
}

#[tokio::test]
async fn a_lead_is_found_by_its_id_its_contacts_and_part_of_its_name() {
    let db = Db::new().await;
    for id in ["lead-1", "lead-2", "lead-3"] {
        db.run(id).await;
    }
    db.execute(
        "insert into ops.lead_details (lead_id, name, phone, email)
         values ('lead-1', 'José  da Conceição', '11900000012', 'jose@example.com'),
                ('lead-2', '100% Exemplo_Um', null, null)",
    )
    .await;
    db.execute(
        "insert into ops.given_leads (lead_id, name, email, phones)
         values ('lead-3', 'Conceição Dada', 'dada@example.com', '{11900000013,11900000014}')",
    )
    .await;
    for (typed, expected) in [
        ("lead-2", vec!["lead-2"]),
        ("LEAD-2", vec![]),
        ("+55 (11) 90000-0012", vec!["lead-1"]),
        ("11900000014", vec!["lead-3"]),
        (" JOSE@example.com ", vec!["lead-1"]),
        ("dada@example.com", vec!["lead-3"]),
        ("conceicao", vec!["lead-3", "lead-1"]),
        ("jose da", vec!["lead-1"]),
        ("ÇÃO D", vec!["lead-3"]),
        ("100% e", vec!["lead-2"]),
        ("plo_um", vec!["lead-2"]),
        ("0% ex", vec![]),
        ("o_um", vec![]),
        ("jo", vec![]),
        ("0%", vec![]),
        ("o_", vec![]),
        ("exe%o", vec![]),
        ("ex\\exe", vec![]),
        ("nobody", vec![]),
    ] {
        assert_eq!(found(&db, typed).await, expected, "{typed}");
    }
    assert_eq!(LeadSearch::parse("  "), None);
    assert_eq!(LeadSearch::parse(&"a".repeat(201)), None);
}

/// The plan of a query when reading a whole table is the last resort.
async fn plan(db: &Db, query: &str) -> String {
    let mut connection = db.pool.acquire().await.unwrap();
    sqlx::query("set enable_seqscan = off")
        .execute(&mut *connection)
        .await
        .unwrap();
    let explain = sqlx::AssertSqlSafe(format!("explain {query}"));
    let lines: Vec<String> = sqlx::query_scalar(explain)
        .fetch_all(&mut *connection)
        .await
        .unwrap();
    lines.join("\n")
}

#[tokio::test]
async fn a_search_goes_by_the_indexes() {
    let db = Db::new().await;
    for (condition, index) in [
        ("d.phone = '11900000012'", "ix_lead_details_phone"),
        ("d.email = 'a@example.com'", "ix_lead_details_email"),
        (
            "core.fold_text(d.name) like '%' || core.fold_text('conceicao') || '%'",
            "ix_lead_details_name",
        ),
    ] {
        let plan = plan(
            &db,
            &format!("select from ops.lead_details d where {condition}"),
        )
        .await;
        assert!(plan.contains(index), "{condition}: {plan}");
    }
    for (condition, index) in [
        ("g.phones @> array['11900000012']", "ix_given_leads_phones"),
        ("g.email = 'a@example.com'", "ix_given_leads_email"),
        (
            "core.fold_text(g.name) like '%' || core.fold_text('conceicao') || '%'",
            "ix_given_leads_name",
        ),
    ] {
        let plan = plan(
            &db,
            &format!("select from ops.given_leads g where {condition}"),
        )
        .await;
        assert!(plan.contains(index), "{condition}: {plan}");
    }
}

#[tokio::test]
async fn a_lead_costs_what_its_calls_cost() {
    let db = Db::new().await;
    db.run("lead-1").await;
    db.execute(
        "insert into ops.provider_calls (provider, operation, lead_id, outcome, cost_centavos, latency_ms, purpose, legal_basis)
         values ('diretrix', 'phone', 'lead-1', 'hit', 10, 1, 'p', 'l'), ('work_api', 'profile', 'lead-1', 'unknown', 25, 1, 'p', 'l'),
                ('work_api', 'profile', 'lead-2', 'hit', 99, 1, 'p', 'l')",
    )
    .await;
    let page = storage::list_leads(&db.pool, LeadFilter::default(), 50, None)
        .await
        .unwrap();
    assert_eq!(page.leads[0].cost_centavos, 35);
}

#[tokio::test]
async fn a_state_of_a_newer_version_is_an_error_without_data() {
    let db = Db::new().await;
    db.run("lead-1").await;
    db.execute("alter table ops.leads drop constraint ck_leads_state")
        .await;
    db.execute("update ops.leads set state = 'new_state', owner = null, finished_at = now()")
        .await;
    let read = storage::read_lead_result(&db.pool, &lead_id("lead-1")).await;
    assert_eq!(read.unwrap_err().code(), "stored_row_unreadable");
}

#[tokio::test]
async fn the_privacy_key_is_made_once_whoever_asks() {
    let db = Db::new().await;
    let asked = (0..8).map(|_| storage::load_or_create_privacy_key(&db.pool));
    let keys = futures::future::join_all(asked).await;
    let hashes: std::collections::BTreeSet<_> = keys
        .into_iter()
        .map(|key| key.unwrap().of_cpf(&profile(1).cpf))
        .collect();
    assert_eq!(hashes.len(), 1);
    assert!(!hashes.contains(&key().of_cpf(&profile(1).cpf)));
}

#[tokio::test]
async fn a_database_that_answers_is_pinged() {
    let db = Db::new().await;
    assert_eq!(storage::ping(&db.pool).await, Ok(()));
    db.pool.close().await;
    assert!(storage::ping(&db.pool).await.unwrap_err().is_unavailable());
}

/// Between a run's end and the look at what it stored another run may begin.
#[tokio::test]
async fn whom_a_lead_was_enriched_with_is_known_while_it_runs_again() {
    let db = Db::new().await;
    db.completed("lead-1", &profile(1), "mensagem").await;
    let read = async || {
        let read = storage::read_enriched_lead(&db.pool, &lead_id("lead-1")).await;
        read.unwrap().party_ids
    };
    let before = read().await;
    assert_eq!(before.len(), 1);
    assert!(matches!(db.replay("lead-1").await, Accepted::Run(_)));
    assert_eq!(read().await, before);
}
