//! What a fresh lead costs at the database: round trips decide (DATABASE.md).

use rust_c2s_api::storage::{
    self, Accepted, Acquired, CallOutcome, Claim, LookupState, Persisted, Recalled, SettledAnswer,
};
use sqlx::PgPool;

use super::counting_proxy::{CountingProxy, Seen};
use super::harness::{
    Db, MAKE, TAKEOVER, TERMS, candidate, email_key, lead_id, persist_at, phone_key, profile,
    profile_key, settled, step,
};

/// A pool of one connection, so that its statements are prepared once.
async fn counted(db: &Db) -> (CountingProxy, PgPool) {
    let proxy = CountingProxy::before(db.database.connect_options().unwrap()).await;
    let pool = storage::connect(&proxy.options, 1).await.unwrap();
    (proxy, pool)
}

/// Everything a fresh lead does at the database, for a person nobody knows yet.
async fn fresh_lead(pool: &PgPool, db: &Db, number: u32) {
    // Forgets the contacts of the lead before, on a connection that is not counted.
    db.execute("delete from ops.lookups").await;
    let id = lead_id(&format!("fresh-{number}"));
    let accepted = storage::accept_lead(pool, &id, MAKE, db.me, &TAKEOVER).await;
    let Ok(Accepted::Run(claim)) = accepted else {
        panic!("{accepted:?}")
    };
    acquire_contacts(pool, &claim).await;
    let person = profile(number);
    let answers = [
        settled(
            phone_key(),
            SettledAnswer::Candidates(vec![candidate(number)].into()),
            CallOutcome::Hit,
        ),
        settled(email_key(), SettledAnswer::Absent, CallOutcome::Miss),
    ];
    let ask = [profile_key(&person)];
    let acquired = storage::settle_and_acquire(pool, &claim, &answers, &ask, &TERMS).await;
    assert_eq!(acquired, Ok(vec![LookupState::Mine]));
    let persisted = persist_at(pool, &claim, &person, "mensagem", "2026-01-15T12:00:00Z").await;
    assert!(
        matches!(persisted, Ok(Persisted::Send { .. })),
        "{persisted:?}"
    );
    let timeline = [step("fetch_lead"), step("send")];
    storage::complete_delivery(pool, &claim, true, &timeline)
        .await
        .unwrap();
}

async fn acquire_contacts(pool: &PgPool, claim: &Claim) {
    let lead = super::harness::lead(claim.lead_id.as_str());
    let hashes = super::harness::contact_hashes();
    let contacts = storage::AcquireContacts {
        lead: &lead,
        contact_fingerprint: hashes[0],
        contact_hashes: &hashes,
        suppression_hashes: &hashes,
        keys: &[phone_key(), email_key()],
        terms: &TERMS,
    };
    let acquired = storage::acquire_contacts(pool, claim, &contacts).await;
    let states = vec![LookupState::Mine, LookupState::Mine];
    let recalled = Recalled::default();
    assert_eq!(acquired, Ok(Acquired::Lookups { states, recalled }));
}

#[tokio::test]
async fn a_fresh_lead_takes_five_commits_and_a_round_trip_for_each() {
    let db = Db::new().await;
    let (proxy, pool) = counted(&db).await;
    fresh_lead(&pool, &db, 1).await;
    proxy.take();
    fresh_lead(&pool, &db, 2).await;
    let Seen {
        round_trips,
        transactions,
    } = proxy.take();
    assert_eq!(transactions, 5);
    assert!(round_trips <= 5, "{round_trips} round trips");
}

#[tokio::test]
async fn the_counter_counts() {
    let db = Db::new().await;
    let (proxy, pool) = counted(&db).await;
    storage::ping(&pool).await.unwrap();
    proxy.take();
    storage::ping(&pool).await.unwrap();
    assert_eq!(
        proxy.take(),
        Seen {
            round_trips: 1,
            transactions: 1
        }
    );
    let mut transaction = pool.begin().await.unwrap();
    storage::ping(&mut *transaction).await.unwrap();
    storage::ping(&mut *transaction).await.unwrap();
    transaction.commit().await.unwrap();
    let Seen {
        round_trips,
        transactions,
    } = proxy.take();
    assert_eq!(transactions, 1);
    assert!((3..=4).contains(&round_trips), "{round_trips} round trips");
}
