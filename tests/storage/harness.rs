//! A database, invented people, and a lead brought as far as a test needs it.

use std::time::Duration;

use chrono::{DateTime, Utc};
use rust_c2s_api::models::{
    Address, AllowedPayload, Candidate, Contact, Cpf, Email, FreeText, KeyedHash, Lead, LeadId,
    LeadSource, MatchedBy, Money, PersonName, Phone, PrivacyKey, Profile, ProfileEmail,
    ProfilePhone, Sex,
};
use rust_c2s_api::storage::test_database::TestDatabase;
use rust_c2s_api::storage::{
    self, Accepted, AcquireContacts, Acquired, CallOutcome, Claim, InstanceId, Leftovers,
    LookupKey, LookupKind, LookupTerms, NewIds, OutboxMessage, PersistProfile, Persisted,
    PersonToStore, Provider, SettledAnswer, SettledLookup, Step, StorageError, Takeover, Trigger,
    Wanted, Wish,
};
use serde_json::json;
use sqlx::PgPool;
use uuid::Uuid;

pub(crate) const LEASE: Duration = Duration::from_secs(60);
/// A trigger as Make.com sends it.
pub(crate) const MAKE: Trigger = trigger(Wish::Process {
    source: LeadSource::Make,
    dedup_ttl: Duration::from_secs(300),
});
/// Leads left behind are due at once.
pub(crate) const TAKEOVER: Takeover = Takeover {
    lease: LEASE,
    lands_within: Duration::from_secs(40),
    spread: Duration::ZERO,
};
pub(crate) const TERMS: LookupTerms<'static> = LookupTerms {
    fresh: Duration::from_secs(30 * 24 * 60 * 60),
    lease: LEASE,
    purpose: "lead_qualification",
    legal_basis: "legitimate_interest",
    diretrix_price: Money::from_centavos(10),
    work_api_price: Money::from_centavos(25),
};

/// A trigger with nothing beside its wish.
pub(crate) const fn trigger(wish: Wish) -> Trigger {
    Trigger {
        wish,
        force: false,
        asker: None,
        given: None,
    }
}

/// A migrated database with one instance in it, which is alive.
pub(crate) struct Db {
    pub(crate) pool: PgPool,
    pub(crate) me: InstanceId,
    pub(crate) database: TestDatabase,
}

impl Db {
    pub(crate) async fn new() -> Self {
        let database = TestDatabase::create().await.unwrap();
        let options = database.connect_options().unwrap();
        let pool = storage::connect(&options, 10).await.unwrap();
        let db = Self {
            pool,
            me: InstanceId(Uuid::now_v7()),
            database,
        };
        db.register(db.me).await;
        db
    }

    /// Registers an instance that has been beating for long, and so is a witness of others' death.
    async fn register(&self, instance: InstanceId) {
        storage::register_instance(&self.pool, instance, LEASE)
            .await
            .unwrap();
        self.execute("update ops.instances set unbroken_since = now() - interval '1 day'")
            .await;
    }

    /// Another instance, alive.
    pub(crate) async fn instance(&self) -> InstanceId {
        let instance = InstanceId(Uuid::now_v7());
        self.register(instance).await;
        instance
    }

    /// Makes an instance look as if it had fallen silent.
    pub(crate) async fn silence(&self, instance: InstanceId) {
        let silent =
            "update ops.instances set heartbeat_at = now() - interval '1 hour' where id = $1";
        let done = sqlx::query(silent)
            .bind(instance.0)
            .execute(&self.pool)
            .await
            .unwrap();
        assert_eq!(done.rows_affected(), 1);
    }

    pub(crate) async fn accept(&self, id: &str, owner: InstanceId) -> Accepted {
        let id = lead_id(id);
        storage::accept_lead(&self.pool, &id, MAKE, owner, &TAKEOVER)
            .await
            .unwrap()
    }

    /// A person wants the lead run again.
    pub(crate) async fn replay(&self, id: &str) -> Accepted {
        let replay = trigger(Wish::Replay);
        storage::accept_lead(&self.pool, &lead_id(id), replay, self.me, &TAKEOVER)
            .await
            .unwrap()
    }

    /// Claims ordinary due leads.
    pub(crate) async fn claim(&self, limit: i64) -> Vec<Claim> {
        storage::claim_due_leads(&self.pool, self.me, Wanted::Ordinary, limit)
            .await
            .unwrap()
    }

    /// Looks after what dead instances left behind.
    pub(crate) async fn release(&self) -> Leftovers {
        storage::release_leftovers(&self.pool, self.me, &TAKEOVER)
            .await
            .unwrap()
    }

    pub(crate) async fn run(&self, id: &str) -> Claim {
        match self.accept(id, self.me).await {
            Accepted::Run(claim) => claim,
            other => panic!("not ours to run: {other:?}"),
        }
    }

    pub(crate) async fn acquire(
        &self,
        claim: &Claim,
        keys: &[LookupKey],
    ) -> Result<Acquired, StorageError> {
        let lead = lead(claim.lead_id.as_str());
        let acquire = AcquireContacts {
            lead: &lead,
            contact_fingerprint: key().hash("contact", &["x"]),
            contact_hashes: &contact_hashes(),
            suppression_hashes: &contact_hashes(),
            keys,
            terms: &TERMS,
        };
        storage::acquire_contacts(&self.pool, claim, &acquire).await
    }

    pub(crate) async fn persist(
        &self,
        claim: &Claim,
        profile: &Profile,
        body: &str,
    ) -> Result<Persisted, StorageError> {
        persist_at(&self.pool, claim, profile, body, "2026-01-15T12:00:00Z").await
    }

    /// A lead whose message was delivered.
    pub(crate) async fn completed(&self, id: &str, profile: &Profile, body: &str) -> Claim {
        let claim = self.run(id).await;
        let persisted = self.persist(&claim, profile, body).await.unwrap();
        assert!(matches!(persisted, Persisted::Send { .. }), "{persisted:?}");
        storage::complete_delivery(&self.pool, &claim, true, &[step("send")])
            .await
            .unwrap();
        claim
    }

    pub(crate) async fn count(&self, table: &'static str) -> i64 {
        let sql = sqlx::AssertSqlSafe(format!("select count(*) from {table}"));
        sqlx::query_scalar(sql).fetch_one(&self.pool).await.unwrap()
    }

    pub(crate) async fn text(&self, sql: &'static str) -> Option<String> {
        sqlx::query_scalar(sql).fetch_one(&self.pool).await.unwrap()
    }

    pub(crate) async fn execute(&self, sql: &'static str) {
        sqlx::query(sql).execute(&self.pool).await.unwrap();
    }
}

/// T4 of a person whose profile was just bought, at a moment.
pub(crate) async fn persist_at(
    pool: &PgPool,
    claim: &Claim,
    profile: &Profile,
    body: &str,
    fetched_at: &str,
) -> Result<Persisted, StorageError> {
    let payload = payload(profile);
    let settled = settled(
        profile_key(profile),
        SettledAnswer::Profile,
        CallOutcome::Hit,
    );
    let hashes = [key().of_cpf(&profile.cpf)];
    let persist = PersistProfile {
        person: PersonToStore::Bought {
            profile,
            payload: &payload,
            settled: &settled,
            fetched_at: fetched_at.parse::<DateTime<Utc>>().unwrap(),
            new_ids: NewIds::for_profile(profile),
        },
        suppression_hashes: &hashes,
        matched_by: MatchedBy::Both,
        matched_provider: "diretrix",
        score: 90,
        evidence: json!({"reasons": ["names_agree"]}),
        message: message(body),
        timeline: &[],
    };
    storage::persist_profile(pool, claim, &persist).await
}

pub(crate) fn message(body: &str) -> OutboxMessage<'_> {
    OutboxMessage {
        body,
        fingerprint: key().hash("message", &[body]),
    }
}

pub(crate) fn key() -> PrivacyKey {
    PrivacyKey::new(b"an invented key of tests").unwrap()
}

pub(crate) fn lead_id(id: &str) -> LeadId {
    LeadId::parse(id).unwrap()
}

pub(crate) fn text(text: &str) -> Option<FreeText> {
    FreeText::parse(text)
}

/// An invented CPF whose check digits hold.
pub(crate) fn cpf(number: u32) -> Cpf {
    let mut digits = format!("{:09}", 900_000_000 + number);
    for _ in 0..2 {
        let weights = (2..=11).rev().skip(10 - digits.len());
        let sum: u32 = digits
            .chars()
            .zip(weights)
            .map(|(digit, weight)| digit.to_digit(10).unwrap() * weight)
            .sum();
        let check = (sum * 10 % 11) % 10;
        digits.push(char::from_digit(check, 10).unwrap());
    }
    Cpf::parse(&digits).unwrap()
}

pub(crate) fn lead(id: &str) -> Lead {
    Lead {
        id: lead_id(id),
        name: Some(PersonName::parse("Pessoa Exemplo").unwrap()),
        phone: Contact::Usable(Phone::parse("11900000012").unwrap()),
        email: Contact::Usable(Email::parse("pessoa@example.com").unwrap()),
        description: text("Quero visitar"),
        product: None,
        seller: None,
        source: text("Site"),
        campaign: None,
        created_at: None,
        updated_at: None,
        notes: Vec::new(),
    }
}

pub(crate) fn contact_hashes() -> [KeyedHash; 2] {
    [phone_key().hash, email_key().hash]
}

pub(crate) fn phone_key() -> LookupKey {
    LookupKey {
        provider: Provider::Diretrix,
        kind: LookupKind::Phone,
        hash: key().of_phone(&Phone::parse("11900000012").unwrap()),
    }
}

pub(crate) fn email_key() -> LookupKey {
    LookupKey {
        provider: Provider::Diretrix,
        kind: LookupKind::Email,
        hash: key().of_email(&Email::parse("pessoa@example.com").unwrap()),
    }
}

pub(crate) fn profile_key(profile: &Profile) -> LookupKey {
    LookupKey {
        provider: Provider::WorkApi,
        kind: LookupKind::Profile,
        hash: key().of_cpf(&profile.cpf),
    }
}

pub(crate) fn settled(
    key: LookupKey,
    answer: SettledAnswer,
    outcome: CallOutcome,
) -> SettledLookup {
    SettledLookup {
        key,
        answer,
        outcome,
        cost: Money::from_centavos(25),
        latency_ms: 120,
    }
}

pub(crate) fn candidate(number: u32) -> Candidate {
    Candidate {
        cpf: cpf(number),
        name: Some(PersonName::parse("PESSOA EXEMPLO").unwrap()),
    }
}

pub(crate) fn step(name: &str) -> Step {
    Step {
        name: name.to_owned(),
        outcome: "done".to_owned(),
        latency_ms: 7,
        cost_centavos: 0,
    }
}

pub(crate) fn payload(profile: &Profile) -> AllowedPayload {
    AllowedPayload::of(&json!({
        "DadosBasicos": {"nome": profile.name.as_str(), "cpf": profile.cpf.digits()},
        "DadosEconomicos": {"renda": profile.income.map(Money::centavos)},
    }))
}

pub(crate) fn profile(number: u32) -> Profile {
    Profile {
        cpf: cpf(number),
        name: PersonName::parse("José da Conceição Exemplo").unwrap(),
        birth_date: "1980-02-01".parse().ok(),
        sex: Some(Sex::Male),
        mother_name: PersonName::parse("Mãe Exemplo").ok(),
        father_name: None,
        rg: text("12.345.678-9"),
        voter_id: None,
        marital_status: text("CASADO"),
        education: None,
        nationality: text("BRASILEIRA"),
        deceased: false,
        registration_status: None,
        income: Some(Money::from_centavos(123_456)),
        purchasing_power: None,
        income_band: None,
        credit_score: Some(600),
        credit_risk: None,
        occupation: None,
        companies: Vec::new(),
        emails: vec![email("um@example.com"), email("dois@example.com")],
        phones: vec![phone("11900000012", true), phone("1120000012", false)],
        addresses: vec![address("100"), address("200")],
    }
}

pub(crate) fn email(address: &str) -> ProfileEmail {
    ProfileEmail {
        email: Email::parse(address).unwrap(),
        priority: text("ALTA"),
        quality: text("BOM"),
        personal: Some(true),
    }
}

pub(crate) fn phone(digits: &str, whatsapp: bool) -> ProfilePhone {
    ProfilePhone {
        phone: Phone::parse(digits).unwrap(),
        whatsapp,
        active: Some(true),
        kind: text("CELULAR"),
        operator: text("OPERADORA A"),
    }
}

pub(crate) fn address(number: &str) -> Address {
    Address {
        street_type: text("R"),
        street: text("Exemplo"),
        number: text(number),
        complement: None,
        neighborhood: text("Bairro Exemplo"),
        city: text("Cidade Exemplo"),
        state: Some("SP".to_owned()),
        zip_code: Some("01000000".to_owned()),
    }
}
