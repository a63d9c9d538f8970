//! Rows without what differs from run to run.

use serde_json::Value;

/// When everything happened, in the examples.
const MOMENT: &str = "2026-01-15T12:00:00+00:00";

/// When an answer of that moment is no longer used (FRESH_DAYS).
const THIRTY_DAYS_LATER: &str = "2026-02-14T12:00:00+00:00";

/// The length of a hash as `\x` and hexadecimal digits.
const HASH: usize = 2 + 64;

/// Stand-ins for the values of one database: the same value, the same stand-in.
#[derive(Debug, Default)]
pub(crate) struct Placeholders {
    ids: Vec<String>,
}

impl Placeholders {
    /// A value of a column or a key with this name, without what differs from run to run.
    pub(crate) fn stable(&mut self, key: &str, value: Value) -> Value {
        match value {
            Value::Object(map) => map
                .into_iter()
                .map(|(key, value)| {
                    let value = self.stable(&key, value);
                    (key, value)
                })
                .collect(),
            Value::Array(values) => values
                .into_iter()
                .map(|value| self.stable(key, value))
                .collect(),
            Value::Number(_) if key == "latency_ms" => 12.into(),
            Value::String(text) => self.text(key, text).into(),
            other => other,
        }
    }

    fn text(&mut self, key: &str, text: String) -> String {
        // With its hyphens: a lead's id may be 32 hexadecimal digits.
        if text.len() == 36 && uuid::Uuid::parse_str(&text).is_ok() {
            let known = self.ids.iter().position(|id| *id == text);
            let place = known.unwrap_or_else(|| {
                self.ids.push(text);
                self.ids.len() - 1
            });
            return format!("00000000-0000-7000-8000-{:012}", place + 1);
        }
        if chrono::DateTime::parse_from_rfc3339(&text).is_ok() {
            let is_end = key == "expires_at";
            return if is_end { THIRTY_DAYS_LATER } else { MOMENT }.to_owned();
        }
        if text.len() == HASH && text.starts_with("\\x") {
            return format!("{}…", &text[..10]);
        }
        match text.split_once("Work API em ") {
            Some((before, rest)) => format!("{before}Work API em 15/01/2026{}", &rest[10..]),
            None => text,
        }
    }
}

#[test]
fn what_differs_from_run_to_run_is_replaced_and_the_rest_is_not() {
    let mut stand_ins = Placeholders::default();
    let mut stable = |key: &str, text: &str| match stand_ins.stable(key, text.into()) {
        Value::String(text) => text,
        other => panic!("{other}"),
    };
    let id = "0199f0c2-aaaa-7bbb-8ccc-000000000001";
    let first = stable("party_id", id);
    assert_eq!(first, "00000000-0000-7000-8000-000000000001");
    assert_eq!(stable("id", id), first, "the same id");
    assert_ne!(stable("id", "0199f0c2-aaaa-7bbb-8ccc-000000000002"), first);
    assert_eq!(stable("at", "2026-11-24T07:30:00.123+00:00"), MOMENT);
    assert_eq!(
        stable("expires_at", "2026-12-24T07:30:00Z"),
        THIRTY_DAYS_LATER
    );
    assert_eq!(
        stable("key_hash", &format!("\\x{}", "ab".repeat(32))),
        "\\xabababab…"
    );
    assert_eq!(
        stable("body", "Fonte: Work API em 24/11/2026 · ref. A"),
        "Fonte: Work API em 15/01/2026 · ref. A"
    );
    assert_eq!(stable("birth_date", "1955-08-11"), "1955-08-11");
    assert_eq!(
        stable("lead_id", "00000000000000000000000000000a01"),
        "00000000000000000000000000000a01"
    );
}
