//! A stored person is found by CPF and contact, and read as it was stored.

use rust_c2s_api::models::{Cpf, Money, PersonContact};
use rust_c2s_api::storage::{self, KnownPerson};
use uuid::Uuid;

use super::harness::{Db, cpf, key, profile};

async fn by_phone(db: &Db, limit: u16) -> Vec<KnownPerson> {
    let phone = PersonContact::parse("phone", "11900000012").unwrap();
    let holders = storage::find_people_by_contact(&db.pool, &phone, limit).await;
    holders.unwrap().people
}

async fn by_cpf(db: &Db, cpf: Cpf) -> Vec<KnownPerson> {
    storage::find_people_by_cpf(&db.pool, &[cpf]).await.unwrap()
}

#[tokio::test]
async fn a_person_is_found_by_cpf_and_by_each_contact_that_holds() {
    let db = Db::new().await;
    db.completed("lead-1", &profile(1), "mensagem").await;
    db.completed("lead-2", &profile(2), "mensagem").await;
    assert_eq!(by_cpf(&db, cpf(3)).await, []);
    let found = by_cpf(&db, cpf(1)).await;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].cpf, Some(cpf(1)));
    // Stored by a run that had not acquired the question: for no time at all is it used again.
    assert!(!found[0].is_fresh);
    for (expires, is_fresh) in [("+ interval '1 day'", true), ("- interval '1 day'", false)] {
        let expire = format!("update core.party_enrichments set expires_at = now() {expires}");
        sqlx::query(sqlx::AssertSqlSafe(expire))
            .execute(&db.pool)
            .await
            .unwrap();
        assert_eq!(by_cpf(&db, cpf(1)).await[0].is_fresh, is_fresh);
    }
    assert_eq!(by_phone(&db, 101).await.len(), 2);
    assert_eq!(by_phone(&db, 1).await.len(), 1);
    let email = PersonContact::parse("email", "dois@example.com").unwrap();
    let holders = storage::find_people_by_contact(&db.pool, &email, 101).await;
    assert_eq!(holders.unwrap().people.len(), 2);
    db.execute(
        "update core.party_contacts set valid_to = now(), is_primary = false where kind = 'phone'",
    )
    .await;
    assert_eq!(by_phone(&db, 101).await, []);
}

#[tokio::test]
async fn a_customer_is_read_as_it_was_stored() {
    let db = Db::new().await;
    let person = profile(1);
    db.completed("lead-1", &person, "mensagem").await;
    let party_id = by_cpf(&db, cpf(1)).await[0].party_id;
    let read = storage::read_customer(&db.pool, party_id).await.unwrap();
    let read = read.unwrap();
    assert_eq!(read.cpf, Some(cpf(1)));
    assert_eq!(read.name.as_ref(), Some(&person.name));
    assert_eq!(read.birth_date, person.birth_date);
    assert_eq!(read.marital_status, person.marital_status);
    assert_eq!(read.father_name, None);
    let emails: Vec<_> = read.emails.iter().map(|e| e.email.as_str()).collect();
    assert_eq!(emails, ["um@example.com", "dois@example.com"]);
    let phones: Vec<_> = read.phones.iter().map(|p| p.phone.national()).collect();
    assert_eq!(phones, ["11900000012", "1120000012"]);
    assert_eq!(read.phones[0].active, Some(true));
    assert_eq!(read.phones[0].operator, person.phones[0].operator);
    assert_eq!(read.phones[0].source, "work_api");
    let addresses: Vec<_> = read.addresses.iter().map(|a| a.address.clone()).collect();
    assert_eq!(addresses.len(), 2);
    assert!(addresses.iter().all(|a| person.addresses.contains(a)));
    assert_eq!(addresses[0], person.addresses[0], "the primary one first");
    let enrichment = read.enrichment.unwrap();
    assert_eq!(enrichment.profile, person);
    let payload = storage::read_payload(&db.pool, party_id).await.unwrap();
    let income = payload.unwrap()["DadosEconomicos"]["renda"].clone();
    assert_eq!(income, person.income.map(Money::centavos).unwrap());
}

#[tokio::test]
async fn nobody_and_a_company_are_no_customers() {
    let db = Db::new().await;
    let company = Uuid::now_v7();
    sqlx::query(
        "insert into core.parties (id, party_type, cpf_cnpj, full_name)
         values ($1, 'company', '11222333000181', 'Empresa Exemplo')",
    )
    .bind(company)
    .execute(&db.pool)
    .await
    .unwrap();
    for id in [company, Uuid::now_v7()] {
        assert_eq!(storage::read_customer(&db.pool, id).await, Ok(None));
        assert_eq!(storage::read_payload(&db.pool, id).await, Ok(None));
    }
}

#[tokio::test]
async fn the_suppressed_ones_are_told_apart() {
    let db = Db::new().await;
    let hashes = [1, 2, 3].map(|number| key().of_cpf(&cpf(number)));
    sqlx::query(
        "insert into ops.suppressions (key_hash, kind, reason) values ($1, 'cpf', 'erasure')",
    )
    .bind(hashes[1].as_bytes().as_slice())
    .execute(&db.pool)
    .await
    .unwrap();
    let suppressed = storage::suppressed_among(&db.pool, &hashes).await;
    assert_eq!(suppressed, Ok(vec![hashes[1]]));
    assert_eq!(storage::suppressed_among(&db.pool, &[]).await, Ok(vec![]));
}
