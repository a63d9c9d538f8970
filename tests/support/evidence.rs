//! What a test looks at afterwards: every row, the ledger, the messages; and people to do it with.

use rust_c2s_api::simulator::{Fault, Person, ReceivedMessage, SimulatedLead, Simulator};
use serde_json::Value;
use sqlx::AssertSqlSafe;

use super::{Answer, Service};

/// An invented person whom all providers know, and the lead he or she left.
pub(crate) struct Newcomer {
    pub(crate) lead_id: String,
    pub(crate) person: Person,
}

/// Lets a person who is not of the world leave a lead; the same for the same number.
pub(crate) fn newcomer(simulator: &Simulator, number: u64) -> Newcomer {
    newcomer_like(simulator, number, |person| person)
}

/// The same, with traits of the test's choice.
pub(crate) fn newcomer_like(
    simulator: &Simulator,
    number: u64,
    change: impl FnOnce(Person) -> Person,
) -> Newcomer {
    let person = change(Person::invented(number));
    simulator.put_person(person.clone());
    let lead_id = format!("newcomer-{number}");
    simulator.put_lead(lead_of(&lead_id, &person)).unwrap();
    Newcomer { lead_id, person }
}

/// A lead with the person's name, phone and e-mail.
pub(crate) fn lead_of(lead_id: &str, person: &Person) -> SimulatedLead {
    SimulatedLead::new(lead_id)
        .name(person.name.clone())
        .phone(person.phone())
        .email(person.email())
}

/// Cases to be run together on one service, and those that need one of their own: what asks to be
/// left alone, or to be called less, is said of the upstream and not of the lead.
pub(crate) fn by_service<T>(cases: Vec<T>, fault: impl Fn(&T) -> &Fault) -> Vec<Vec<T>> {
    let stops_others =
        |fault: &Fault| matches!(fault, Fault::Status(429 | 503, _) | Fault::InBand(429));
    let (alone, together): (Vec<T>, Vec<T>) = cases
        .into_iter()
        .partition(|case| stops_others(fault(case)));
    let alone = alone.into_iter().map(|case| vec![case]);
    std::iter::once(together).chain(alone).collect()
}

impl Service {
    /// Every row of every table of ours as JSON: what a dump of the database would hold.
    pub(crate) async fn dump(&self) -> String {
        let tables: Vec<String> = sqlx::query_scalar(
            "select format('%I.%I', table_schema, table_name) from information_schema.tables
             where table_schema in ('core', 'ops') and table_type = 'BASE TABLE' order by 1",
        )
        .fetch_all(self.pool())
        .await
        .unwrap();
        assert!(tables.len() > 10, "the tables are not where they should be");
        let mut dump = String::new();
        for table in tables {
            let rows = format!("select row_to_json(t)::text from {table} t");
            let rows: Vec<String> = sqlx::query_scalar(AssertSqlSafe(rows))
                .fetch_all(self.pool())
                .await
                .unwrap();
            for row in rows {
                dump.push_str(&table);
                dump.push_str(&row);
                dump.push('\n');
            }
        }
        dump
    }

    /// The paid calls of a lead as the ledger has them, in order: `work_api profile hit 100`.
    pub(crate) async fn ledger(&self, lead_id: &str) -> Vec<String> {
        sqlx::query_scalar(
            "select concat_ws(' ', provider, operation, outcome, cost_centavos)
             from ops.provider_calls where lead_id = $1 order by call_id",
        )
        .bind(lead_id)
        .fetch_all(self.pool())
        .await
        .unwrap()
    }

    /// The first ledger row of a lead about this question.
    pub(crate) async fn first_in_ledger(&self, lead_id: &str, question: &str) -> Option<String> {
        let ledger = self.ledger(lead_id).await;
        let mut rows = ledger.iter().filter_map(|row| row.strip_prefix(question));
        rows.next().map(|rest| rest.trim().to_owned())
    }

    /// Why the lead stands as it does, as a code.
    pub(crate) async fn reason_of(&self, lead_id: &str) -> Option<String> {
        sqlx::query_scalar("select last_error from ops.leads where lead_id = $1")
            .bind(lead_id)
            .fetch_one(self.pool())
            .await
            .unwrap()
    }

    /// Rows about people, in all tables that hold any.
    pub(crate) async fn rows_about_people(&self) -> i64 {
        self.count(
            "select (select count(*) from core.parties) + (select count(*) from core.people)
                  + (select count(*) from core.party_contacts) + (select count(*) from core.addresses)
                  + (select count(*) from core.party_enrichments) + (select count(*) from core.lead_parties)",
        )
        .await
    }

    /// The only message of a lead.
    pub(crate) fn only_message(&self, lead_id: &str) -> String {
        let messages: Vec<ReceivedMessage> = self.simulator.messages(lead_id);
        assert_eq!(messages.len(), 1, "messages of {lead_id}");
        messages[0].body.clone()
    }
}

impl Answer {
    /// Make.com branches on these keys, so their types never change.
    pub(crate) fn assert_five_keys(&self) {
        let body = &self.body;
        assert!(body["success"].is_boolean(), "{body}");
        assert!(body["message"].is_string(), "{body}");
        assert!(body["lead_id"].is_string(), "{body}");
        assert!(body["cpfs_processed"].is_array(), "{body}");
        assert!(body["entities_stored"].is_u64(), "{body}");
    }

    /// The CPFs as shown.
    pub(crate) fn cpfs(&self) -> Vec<&str> {
        let cpfs = self.body["cpfs_processed"].as_array();
        cpfs.into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect()
    }

    /// Whether the caller was told that all is done.
    pub(crate) fn says_done(&self) -> bool {
        self.body["success"] == true && self.state() == "completed"
    }

    /// The seconds of `Retry-After`.
    pub(crate) fn retry_after(&self) -> Option<u64> {
        self.headers.get("retry-after")?.to_str().ok()?.parse().ok()
    }
}
