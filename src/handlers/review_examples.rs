//! The answers about reviews that the OpenAPI document shows: of two of the demo's invented people, who share a name.

use serde_json::{Value, json};

use crate::services::reviews::explain;

/// What speaks for each of the two.
const REASONS: [&str; 4] = [
    "name_agrees",
    "rare_name",
    "other_contact_of_another",
    "several_agree",
];

/// A list of the one review that waits.
pub(super) fn list() -> Value {
    json!({"items": [review(&[Some("***.281.125-**"), Some("***.932.642-**")])], "next_cursor": null})
}

/// The same review, once the first candidate was chosen.
pub(super) fn chosen() -> Value {
    let mut decided = review(&[Some("***.281.125-**"), None]);
    decided["decision"] = json!("choose");
    decided["chosen"] = json!(1);
    decided["decided_by"] = json!("ops");
    decided["decided_at"] = json!("2026-01-15T12:40:00Z");
    decided["state"] = json!("accepted");
    decided
}

/// A review of the people with these CPFs; of `None` it was decided against.
fn review(cpfs: &[Option<&str>]) -> Value {
    let contacts = ["phone", "email"].into_iter();
    let candidates = (1..).zip(cpfs.iter().zip(contacts));
    let candidates = candidates.map(|(number, (cpf, contact))| candidate(number, *cpf, contact));
    json!({
        "review_id": "0199c2a4-5b7e-7d10-8f3a-6c1e9b2d4f50",
        "lead_id": "00000000000000000000000000000a04",
        "lead_name": "Cláudia Ramos Azevedo",
        "lead_phone": "(11) *****-3637",
        "lead_email": "t***@example.com",
        "score": 69,
        "reasons": REASONS,
        "candidates": candidates.collect::<Vec<_>>(),
        "created_at": "2026-01-15T12:00:03Z",
        "decision": null,
        "chosen": null,
        "decided_by": null,
        "decided_at": null
    })
}

fn candidate(number: u8, cpf: Option<&str>, matched_by: &str) -> Value {
    let reasons = REASONS.map(str::to_owned);
    json!({
        "candidate": number,
        "name": cpf.map(|_| "CLAUDIA RAMOS AZEVEDO"),
        "profile_name": null,
        "cpf": cpf,
        "matched_by": matched_by,
        "score": 69,
        "reasons": reasons,
        "explanation": explain(&reasons)
    })
}
