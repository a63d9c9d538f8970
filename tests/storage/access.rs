//! Who looked at whose data.

use rust_c2s_api::storage::{self, AccessRecord};
use uuid::Uuid;

use super::harness::{Db, lead_id, profile};

/// The rows, in the order they were written.
async fn rows(db: &Db) -> Vec<(String, String, Option<Uuid>, Option<String>, String)> {
    sqlx::query_as(
        "select actor, action, party_id, lead_id, reason from ops.access_log
         where at > now() - interval '1 minute' order by access_id",
    )
    .fetch_all(&db.pool)
    .await
    .unwrap()
}

#[tokio::test]
async fn a_look_is_a_row_for_each_person_shown() {
    let db = Db::new().await;
    for (lead, person) in [("lead-1", 1), ("lead-2", 2)] {
        db.completed(lead, &profile(person), "mensagem").await;
    }
    let parties: Vec<Uuid> = sqlx::query_scalar("select id from core.parties order by 1")
        .fetch_all(&db.pool)
        .await
        .unwrap();
    assert_eq!(parties.len(), 2);
    db.execute("truncate ops.access_log").await;
    let lead = lead_id("lead-1");
    let look = AccessRecord {
        actor: "ops",
        action: "customer",
        party_ids: &parties,
        lead_id: Some(&lead),
        reason: "purpose",
    };
    storage::record_access(&db.pool, look).await.unwrap();
    let nobody = AccessRecord {
        actor: "developer",
        action: "lead",
        party_ids: &[],
        lead_id: None,
        reason: "purpose",
    };
    storage::record_access(&db.pool, nobody).await.unwrap();

    let of = |party: Uuid| {
        let lead = Some("lead-1".to_owned());
        let words = ["ops", "customer", "purpose"].map(str::to_owned);
        let [actor, action, reason] = words;
        (actor, action, Some(party), lead, reason)
    };
    let of_nobody = (
        "developer".to_owned(),
        "lead".to_owned(),
        None,
        None,
        "purpose".to_owned(),
    );
    let written = rows(&db).await;
    assert_eq!(written, [of(parties[0]), of(parties[1]), of_nobody]);
}

#[tokio::test]
async fn a_look_that_cannot_be_recorded_is_an_error() {
    let db = Db::new().await;
    db.execute("alter table ops.access_log rename to access_log_away")
        .await;
    let look = AccessRecord {
        actor: "ops",
        action: "customer",
        party_ids: &[],
        lead_id: None,
        reason: "purpose",
    };
    assert!(storage::record_access(&db.pool, look).await.is_err());
}
