//! The migrations build everything from an empty database; the schema's own rules.

use rstest::rstest;
use rust_c2s_api::storage::test_database::TestDatabase;
use rust_c2s_api::storage::{self, Endpoint, StorageError};

use super::harness::{Db, profile};

#[tokio::test]
async fn an_empty_database_is_migrated_once_by_many_instances_at_once() {
    let database = TestDatabase::create_empty().await.unwrap();
    let options = database.connect_options().unwrap();
    let pool = storage::connect(&options, 8).await.unwrap();
    assert_eq!(storage::migrations_pending(&pool).await, Ok(true));
    let starts = (0..4).map(|_| storage::migrate(&pool, Endpoint::Direct));
    for migrated in futures::future::join_all(starts).await {
        assert_eq!(migrated, Ok(()));
    }
    assert_eq!(storage::migrations_pending(&pool).await, Ok(false));
}

#[tokio::test]
async fn a_start_with_nothing_pending_waits_for_no_lock() {
    let db = Db::new().await;
    let mut other = db.pool.begin().await.unwrap();
    sqlx::query("lock table _sqlx_migrations in share row exclusive mode")
        .execute(&mut *other)
        .await
        .unwrap();
    let locks = "select count(*) from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())";
    assert_eq!(storage::migrate(&db.pool, Endpoint::Direct).await, Ok(()));
    let held: i64 = sqlx::query_scalar(locks).fetch_one(&db.pool).await.unwrap();
    assert_eq!(held, 0);
    other.rollback().await.unwrap();
}

#[tokio::test]
async fn nothing_is_migrated_through_a_pooler() {
    let database = TestDatabase::create_empty().await.unwrap();
    let options = database.connect_options().unwrap();
    let pool = storage::connect(&options, 4).await.unwrap();
    assert_eq!(storage::probe_endpoint(&pool).await, Ok(Endpoint::Direct));
    let refused = storage::migrate(&pool, Endpoint::Pooled).await.unwrap_err();
    assert!(refused.to_string().contains("DB_DIRECT_URL"), "{refused}");
    assert_eq!(storage::migrations_pending(&pool).await, Ok(true));
    storage::migrate(&pool, Endpoint::Direct).await.unwrap();
    // With nothing pending there is nothing to refuse.
    assert_eq!(storage::migrate(&pool, Endpoint::Pooled).await, Ok(()));
}

#[tokio::test]
async fn a_migration_changed_after_it_was_applied_is_refused() {
    let db = Db::new().await;
    db.execute("update _sqlx_migrations set checksum = '\\x00' where version = 3")
        .await;
    match storage::migrate(&db.pool, Endpoint::Direct).await {
        Err(StorageError::Migration { version, .. }) => assert_eq!(version, 3),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_database_ahead_of_this_version_is_left_as_it_is() {
    let db = Db::new().await;
    db.execute(
        "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
         values (9999, 'of a newer version', true, '\\x00', 0)",
    )
    .await;
    assert_eq!(storage::migrate(&db.pool, Endpoint::Direct).await, Ok(()));
}

#[rstest]
#[case::accents("  José  da\tConceição ", "JOSE DA CONCEICAO")]
#[case::small("ÁÀÂÃÄ éê ïü ç ñ õ", "AAAAA EE IU C N O")]
#[tokio::test]
async fn names_are_folded(#[case] name: &str, #[case] folded: &str) {
    let db = Db::new().await;
    let got: String = sqlx::query_scalar("select core.fold_text($1)")
        .bind(name)
        .fetch_one(&db.pool)
        .await
        .unwrap();
    assert_eq!(got, folded);
}

#[rstest]
#[case::plain("11900000012", "11900000012")]
#[case::written("+55 (11) 90000-0012", "11900000012")]
#[case::twice("5555119 00000012", "11900000012")]
#[case::trunk("011 2000-0012", "1120000012")]
#[case::area_code_55("55912345678", "55912345678")]
#[case::country_and_area_55("5555912345678", "55912345678")]
#[case::landline_55("555532000012", "5532000012")]
#[tokio::test]
async fn phones_are_compared_by_their_national_digits(#[case] phone: &str, #[case] digits: &str) {
    let db = Db::new().await;
    let got: String = sqlx::query_scalar("select core.national_digits($1)")
        .bind(phone)
        .fetch_one(&db.pool)
        .await
        .unwrap();
    assert_eq!(got, digits);
}

#[rstest]
#[case::company_as_person(
    "insert into core.people (party_id, full_name) select id, 'x' from core.parties where party_type = 'company'",
    "fk_people_party"
)]
#[case::second_cpf(
    "insert into core.parties (id, party_type, cpf_cnpj, full_name) select gen_random_uuid(), 'person', cpf_cnpj, 'x' from core.parties where party_type = 'person'",
    "uq_parties_cpf_cnpj"
)]
#[case::blank_name("update core.parties set full_name = '  '", "ck_parties_full_name")]
#[case::guessed_sex("update core.parties set sex = 'X'", "ck_parties_sex")]
#[case::enriched_never(
    "update core.parties set enriched_at = null where enriched",
    "ck_parties_enriched"
)]
#[case::cpf_of_a_company(
    "update core.parties set cpf_cnpj = '12345678901' where party_type = 'company'",
    "ck_parties_cpf_cnpj"
)]
#[case::two_primaries(
    "update core.party_contacts set is_primary = true",
    "uq_party_contacts_primary"
)]
#[case::two_primary_addresses(
    "update core.party_addresses set is_primary = true",
    "uq_party_addresses_primary"
)]
#[case::sure_beyond_one(
    "update core.party_contacts set confidence = 1.5",
    "ck_party_contacts_confidence"
)]
#[case::unknown_source(
    "update core.party_contacts set source = 'BOM'",
    "ck_party_contacts_source"
)]
#[case::bad_zip("update core.addresses set zip_code = '1'", "ck_addresses_zip_code")]
#[case::same_contact(
    "insert into core.party_contacts (contact_id, party_id, contact_type, value, source) select gen_random_uuid(), party_id, 'whatsapp', '+55 ' || value, source from core.party_contacts where kind = 'phone' limit 1",
    "uq_party_contacts_normalized"
)]
#[case::owner_of_an_ended_lead("update ops.leads set owner = gen_random_uuid()", "ck_leads_owner")]
#[case::matched_by_nothing(
    "update core.lead_parties set matched_by = 'name'",
    "ck_lead_parties_matched_by"
)]
#[case::second_key(
    "insert into ops.privacy_key (id, key) values (false, '\\x00112233445566778899aabbccddeeff')",
    "ck_privacy_key_one_row"
)]
#[tokio::test]
async fn what_cannot_be_is_refused_by_name(#[case] sql: &'static str, #[case] constraint: &str) {
    let db = Db::new().await;
    db.completed("lead-1", &profile(1), "mensagem").await;
    db.execute("insert into core.parties (id, party_type, full_name) values (gen_random_uuid(), 'company', 'Empresa Exemplo')")
        .await;
    let refused = sqlx::query(sql).execute(&db.pool).await.unwrap_err();
    assert_eq!(
        refused.as_database_error().unwrap().constraint(),
        Some(constraint)
    );
}
