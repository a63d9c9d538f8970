//! `GET /api/v1/reviews`: what a person needs to decide, and nothing more.

use rust_c2s_api::simulator::Situation;
use serde_json::{Value, json};

use super::{doubtful, first_name_only, listed, masked, namesakes};
use crate::leads::looks;
use crate::support::Service;

#[tokio::test]
async fn candidates_are_shown_with_what_speaks_for_and_against_them() {
    let service = Service::start().await;
    let (review_id, people) = namesakes(&service).await;

    let reviews = listed(&service, "").await;

    assert_eq!(reviews.len(), 1, "{reviews:?}");
    let review = &reviews[0];
    assert_eq!(review["review_id"], json!(review_id));
    assert_eq!(review["lead_id"], json!(Situation::Namesake.lead_id()));
    assert!(review["score"].is_u64(), "{review}");
    for open in ["decision", "chosen", "decided_by", "decided_at"] {
        assert_eq!(review[open], Value::Null, "{open}");
    }
    let created = review["created_at"].as_str().unwrap();
    assert!(created.ends_with('Z') && created.len() == 20, "{created}");
    let candidates = review["candidates"].as_array().unwrap();
    assert_eq!(candidates.len(), 2, "{review}");
    for ((number, candidate), person) in (1..).zip(candidates).zip(&people) {
        assert_eq!(candidate["candidate"], json!(number));
        assert_eq!(candidate["name"], json!(person.provider_name()));
        assert_eq!(candidate["profile_name"], Value::Null);
        assert_eq!(candidate["cpf"], json!(masked(&person.cpf)));
        let reasons = candidate["reasons"].as_array().unwrap();
        assert!(reasons.contains(&json!("several_agree")), "{candidate}");
        let explained = candidate["explanation"].as_array().unwrap();
        assert_eq!(explained.len(), reasons.len());
        let sentence = json!("Mais de uma pessoa combina com o lead.");
        assert!(explained.contains(&sentence), "{candidate}");
        assert!(!review.to_string().contains(&person.cpf), "a whole CPF");
    }
    let mut ways: Vec<_> = candidates.iter().map(|one| &one["matched_by"]).collect();
    ways.sort_by_key(ToString::to_string);
    assert_eq!(ways, ["email", "phone"]);
    let looks = looks(&service).await;
    assert!(
        looks.contains(&format!(
            "developer reviews_list {}",
            Situation::Namesake.lead_id()
        )),
        "{looks:?}"
    );
    service.stop().await;
}

#[tokio::test]
async fn those_that_wait_longest_come_first_page_by_page() {
    let service = Service::start().await;
    let mut expected = Vec::new();
    for number in 1..=3 {
        let lead = first_name_only(&service.simulator, number);
        expected.push(doubtful(&service, &lead.lead_id).await);
    }
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    for _ in 0..5 {
        let path = format!("/api/v1/reviews?limit=2{cursor}");
        let answer = service.get(&path).await;
        let items = answer.body["items"].as_array().unwrap();
        seen.extend(items.iter().map(|item| item["review_id"].clone()));
        let Some(next) = answer.body["next_cursor"].as_str() else {
            break;
        };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(seen, expected);

    assert_eq!(
        super::reject(&service, &expected[0]).await.status,
        200,
        "the first is decided"
    );
    let ids = |reviews: Vec<Value>| -> Vec<Value> {
        reviews.iter().map(|one| one["review_id"].clone()).collect()
    };
    assert_eq!(ids(listed(&service, "").await), expected[1..]);
    assert_eq!(ids(listed(&service, "?decided=false").await), expected[1..]);
    let all = listed(&service, "?decided=true").await;
    assert_eq!(all[0]["decision"], "reject");
    assert_eq!(all[0]["decided_by"], "developer");
    assert!(all[0]["decided_at"].is_string(), "{}", all[0]);
    // Of whom it was decided against nothing is kept that names them.
    let one = &all[0]["candidates"][0];
    assert_eq!((&one["name"], &one["cpf"]), (&Value::Null, &Value::Null));
    assert_eq!(ids(all), expected);
    service.stop().await;
}

#[tokio::test]
async fn what_cannot_be_used_is_named() {
    let service = Service::start().await;
    for (query, field) in [
        ("decided=yes", "decided"),
        ("limit=0", "limit"),
        ("cursor=1.a", "cursor"),
        ("cursor=-1.01990f2e-7d6c-7c3a-9b1d-2f4e6a8c0e12", "cursor"),
        ("q=%ff", "query"),
    ] {
        let answer = service.get(&format!("/api/v1/reviews?{query}")).await;
        assert_eq!(
            (answer.status, &answer.body["field"]),
            (400, &json!(field)),
            "{query}"
        );
        assert_eq!(answer.body["lead_id"], Value::Null, "no route about leads");
    }
    service.stop().await;
}
