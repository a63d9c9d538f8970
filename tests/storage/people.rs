//! T4: one party per CPF, one row per address, contacts not doubled, newest value wins.

use rust_c2s_api::models::{Contact, Lead, PersonName};
use rust_c2s_api::storage::Persisted;

use super::harness::{Db, address, email, lead, payload, persist_at, phone, profile, text};

const JANUARY: &str = "2026-01-15T12:00:00Z";
const MARCH: &str = "2026-03-15T12:00:00Z";

#[tokio::test]
async fn enriching_thrice_leaves_everything_once() {
    let db = Db::new().await;
    for lead in ["lead-1", "lead-2", "lead-3"] {
        let claim = db.run(lead).await;
        db.persist(&claim, &profile(1), lead).await.unwrap();
    }
    for (table, rows) in [
        ("core.parties", 1),
        ("core.people", 1),
        ("core.party_contacts", 4),
        ("core.addresses", 2),
        ("core.party_addresses", 2),
        ("core.party_enrichments", 1),
        ("core.party_enrichment_history", 0),
        ("core.lead_parties", 3),
    ] {
        assert_eq!(db.count(table).await, rows, "{table}");
    }
}

#[tokio::test]
async fn eight_at_once_for_one_cpf_make_one_party() {
    let db = Db::new().await;
    let mut claims = Vec::new();
    for i in 0..8 {
        claims.push(db.run(&format!("lead-{i}")).await);
    }
    let profile = profile(1);
    let runs = claims
        .iter()
        .map(|claim| db.persist(claim, &profile, "mensagem"));
    let persisted = futures::future::join_all(runs).await;
    let parties: std::collections::BTreeSet<_> = persisted
        .into_iter()
        .map(|persisted| match persisted.unwrap() {
            Persisted::Send { party_id } => party_id,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(parties.len(), 1);
    assert_eq!(db.count("core.parties").await, 1);
    assert_eq!(db.count("core.party_contacts").await, 4);
    assert_eq!(db.count("core.addresses").await, 2);
}

#[tokio::test]
async fn people_of_one_house_do_not_stand_in_each_others_way() {
    let db = Db::new().await;
    let mut runs = Vec::new();
    for i in 0..8 {
        let claim = db.run(&format!("lead-{i}")).await;
        let mut person = profile(i);
        person.addresses = (0..20).map(|n| address(&n.to_string())).collect();
        if i % 2 == 1 {
            person.addresses.reverse();
        }
        runs.push((claim, person));
    }
    let runs = runs
        .iter()
        .map(|(claim, person)| db.persist(claim, person, "mensagem"));
    for persisted in futures::future::join_all(runs).await {
        assert!(persisted.is_ok(), "{persisted:?}");
    }
    assert_eq!(db.count("core.parties").await, 8);
    assert_eq!(db.count("core.addresses").await, 20);
    assert_eq!(db.count("core.party_addresses").await, 160);
}

#[tokio::test]
async fn what_is_stored_is_what_the_profile_says() {
    let db = Db::new().await;
    let claim = db.run("lead-1").await;
    let mut person = profile(1);
    person.sex = None;
    db.persist(&claim, &person, "mensagem").await.unwrap();
    let party = db
        .text("select concat_ws('|', normalized_name, coalesce(sex, '-'), birth_date, mother_name, rg, enriched) from core.parties")
        .await;
    assert_eq!(
        party.as_deref(),
        Some("JOSE DA CONCEICAO EXEMPLO|-|1980-02-01|Mãe Exemplo|12.345.678-9|t")
    );
    let people = db
        .text("select concat_ws('|', full_name, mothers_name, marital_status, document_cpf = (select cpf_cnpj from core.parties)) from core.people")
        .await;
    assert_eq!(
        people.as_deref(),
        Some("José da Conceição Exemplo|Mãe Exemplo|CASADO|t")
    );
    let contacts = db
        .text("select string_agg(concat_ws('|', kind, value_normalized, is_primary, is_whatsapp, source, confidence), ' ' order by kind, is_primary desc) from core.party_contacts")
        .await;
    assert_eq!(
        contacts.as_deref(),
        Some(
            "email|um@example.com|t|f|work_api|0.85 email|dois@example.com|f|f|work_api|0.85 \
             phone|11900000012|t|t|work_api|0.95 phone|1120000012|f|f|work_api|0.75"
        )
    );
    let address = db
        .text("select concat_ws('|', formatted_address, a.number, state, zip_code) from core.addresses a join core.party_addresses l on l.address_id = a.id where l.is_primary")
        .await;
    assert_eq!(
        address.as_deref(),
        Some("R, Exemplo, 100, Bairro Exemplo, Cidade Exemplo, SP|100|SP|01000000")
    );
    let scores = db
        .text("select quality_score || ' ' || risk_score || ' ' || (normalized_data ->> 'income') from core.party_enrichments")
        .await;
    assert_eq!(scores.as_deref(), Some("0.52 0.40 123456"));
}

#[tokio::test]
async fn the_payload_stored_is_the_allowed_one_unchanged() {
    let db = Db::new().await;
    let claim = db.run("lead-1").await;
    db.persist(&claim, &profile(1), "mensagem").await.unwrap();
    let stored: serde_json::Value =
        sqlx::query_scalar("select raw_payload from core.party_enrichments")
            .fetch_one(&db.pool)
            .await
            .unwrap();
    assert_eq!(&stored, payload(&profile(1)).as_json());
}

#[tokio::test]
async fn newest_wins_unless_it_is_empty_and_what_vanished_is_closed() {
    let db = Db::new().await;
    let claim = db.run("lead-1").await;
    persist_at(&db.pool, &claim, &profile(1), "a", JANUARY)
        .await
        .unwrap();
    let mut later = profile(1);
    later.name = PersonName::parse("José Exemplo Novo").unwrap();
    later.mother_name = None;
    later.emails = vec![email("dois@example.com"), email("tres@example.com")];
    later.phones = vec![phone("1120000012", true)];
    later.addresses = vec![address("300"), address("200")];
    let claim = db.run("lead-2").await;
    persist_at(&db.pool, &claim, &later, "b", MARCH)
        .await
        .unwrap();

    let party = db
        .text("select full_name || '|' || mother_name from core.parties")
        .await;
    assert_eq!(party.as_deref(), Some("José Exemplo Novo|Mãe Exemplo"));
    let contacts = db
        .text("select string_agg(concat_ws('|', value, is_primary, valid_to is null), ' ' order by value) from core.party_contacts")
        .await;
    assert_eq!(
        contacts.as_deref(),
        Some(
            "1120000012|t|t 11900000012|f|f dois@example.com|t|t tres@example.com|f|t um@example.com|f|f"
        )
    );
    let addresses = db
        .text("select string_agg(concat_ws('|', a.number, l.is_primary, l.is_current), ' ' order by a.number) from core.party_addresses l join core.addresses a on a.id = l.address_id")
        .await;
    assert_eq!(addresses.as_deref(), Some("100|f|f 200|f|t 300|t|t"));
    assert_eq!(db.count("core.party_enrichment_history").await, 1);
}

#[tokio::test]
async fn an_answer_older_than_what_is_stored_only_fills_gaps() {
    let db = Db::new().await;
    let mut newer = profile(1);
    newer.mother_name = None;
    newer.emails = vec![email("novo@example.com")];
    let claim = db.run("lead-1").await;
    persist_at(&db.pool, &claim, &newer, "a", MARCH)
        .await
        .unwrap();
    let mut older = profile(1);
    older.name = PersonName::parse("Nome Antigo").unwrap();
    let claim = db.run("lead-2").await;
    persist_at(&db.pool, &claim, &older, "b", JANUARY)
        .await
        .unwrap();
    let party = db
        .text("select full_name || '|' || mother_name from core.parties")
        .await;
    assert_eq!(
        party.as_deref(),
        Some("José da Conceição Exemplo|Mãe Exemplo")
    );
    let emails = db
        .text("select string_agg(value, ' ') from core.party_contacts where kind = 'email'")
        .await;
    assert_eq!(emails.as_deref(), Some("novo@example.com"));
    assert_eq!(db.count("core.party_enrichment_history").await, 0);
}

#[tokio::test]
async fn a_contact_listed_twice_and_a_bad_address_cost_nobody_the_person() {
    let db = Db::new().await;
    let mut person = profile(1);
    person.emails.push(email("um@example.com"));
    person.addresses.push(address("100"));
    let mut odd = address("400");
    odd.state = Some("São Paulo".to_owned());
    odd.zip_code = Some("1".to_owned());
    person.addresses.push(odd);
    let claim = db.run("lead-1").await;
    db.persist(&claim, &person, "mensagem").await.unwrap();
    assert_eq!(db.count("core.party_contacts").await, 4);
    let odd = db
        .text("select concat_ws('|', coalesce(state, '-'), coalesce(zip_code, '-')) from core.addresses where number = '400'")
        .await;
    assert_eq!(odd.as_deref(), Some("-|-"));
    assert_eq!(db.count("core.addresses").await, 3);
}

#[tokio::test]
async fn nul_characters_reach_no_table() {
    let db = Db::new().await;
    let mut person = profile(1);
    person.name = PersonName::parse("Pessoa\0Exemplo").unwrap();
    person.rg = text("12\u{0}345");
    let claim = db.run("lead-1").await;
    db.persist(&claim, &person, "mensagem").await.unwrap();
    let stored = db
        .text("select full_name || '|' || rg from core.parties")
        .await;
    assert_eq!(stored.as_deref(), Some("Pessoa Exemplo|12 345"));
}

#[tokio::test]
async fn a_lead_without_contacts_is_written_down_as_it_is() {
    let db = Db::new().await;
    let claim = db.run("lead-1").await;
    db.acquire(&claim, &[]).await.unwrap();
    let details = db
        .text("select concat_ws('|', name, phone, email, source) from ops.lead_details")
        .await;
    let Lead { name, phone, .. } = lead("lead-1");
    assert!(name.is_some() && matches!(phone, Contact::Usable(_)));
    assert_eq!(
        details.as_deref(),
        Some("Pessoa Exemplo|11900000012|pessoa@example.com|Site")
    );
}
