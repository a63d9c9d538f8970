//! `GET /api/v1/leads`: complete, stable, and narrowed by what an operator types.

use rust_c2s_api::simulator::{Person, Situation};
use serde_json::{Value, json};

use super::{key, looks, suppress};
use crate::support::Service;
use crate::support::evidence::{Newcomer, newcomer, newcomer_like};

async fn ids(service: &Service, query: &str) -> Vec<String> {
    let answer = service.get(&format!("/api/v1/leads?{query}")).await;
    assert_eq!(answer.status, 200, "{query}: {}", answer.body);
    let items = answer.body["items"].as_array().unwrap();
    let id = |item: &Value| item["lead_id"].as_str().unwrap().to_owned();
    items.iter().map(id).collect()
}

#[tokio::test]
async fn pages_are_complete_while_new_leads_come() {
    let service = Service::start().await;
    for number in 0..7 {
        sqlx::query(
            "insert into ops.leads (lead_id, source, state, finished_at, first_seen_at)
             values ($1, 'make', 'failed', now(), now() - interval '1 hour' * $2)",
        )
        .bind(format!("lead-{number}"))
        .bind(number / 3)
        .execute(service.pool())
        .await
        .unwrap();
    }
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    for page in 0..10 {
        let answer = service.get(&format!("/api/v1/leads?limit=2{cursor}")).await;
        for item in answer.body["items"].as_array().unwrap() {
            seen.push(item["lead_id"].as_str().unwrap().to_owned());
        }
        let Some(next) = answer.body["next_cursor"].as_str() else {
            break;
        };
        cursor = format!("&cursor={next}");
        let newer = format!("newer-{page}");
        sqlx::query("insert into ops.leads (lead_id, source, state, finished_at) values ($1, 'make', 'failed', now())")
            .bind(newer)
            .execute(service.pool())
            .await
            .unwrap();
    }
    assert_eq!(
        seen,
        [
            "lead-2", "lead-1", "lead-0", "lead-5", "lead-4", "lead-3", "lead-6"
        ]
    );
    assert_eq!(ids(&service, "limit=100").await.len(), 7 + 3);
    service.stop().await;
}

#[tokio::test]
async fn a_lead_is_found_by_what_an_operator_types() {
    let service = Service::start().await;
    let Newcomer { lead_id, person } = newcomer(&service.simulator, 1);
    assert!(service.process(&lead_id).await.says_done());
    let nobody = service.process_situation(Situation::UnknownContact).await;
    assert_eq!(nobody.state(), "unidentified");

    let first = person.name.split(' ').next().unwrap().to_uppercase();
    let phone = format!("%2B55{}", person.phone());
    let email = person.email().to_uppercase();
    for typed in [lead_id.as_str(), &first, &phone, &email] {
        let found = ids(&service, &format!("q={typed}")).await;
        assert!(found.contains(&lead_id), "{typed}: {found:?}");
    }
    assert_eq!(
        ids(&service, &format!("q={phone}&state=completed")).await,
        [lead_id.as_str()]
    );
    assert_eq!(
        ids(&service, &format!("q={phone}&state=failed")).await,
        Vec::<String>::new()
    );
    assert_eq!(
        ids(&service, "q=nobody+of+this+name").await,
        Vec::<String>::new()
    );
    let unidentified = Situation::UnknownContact.lead_id();
    assert_eq!(
        ids(&service, "state=unidentified&unknown=1").await,
        [unidentified.as_str()]
    );

    let answer = service.get(&format!("/api/v1/leads?q={lead_id}")).await;
    let item = &answer.body["items"][0];
    assert_eq!(item["state"], "completed");
    assert_eq!(item["outcome"], "completed");
    assert_eq!(item["source"], "make");
    assert_eq!(
        (&item["attempts"], &item["cost_centavos"]),
        (&json!(0), &json!(120))
    );
    for instant in ["first_seen_at", "finished_at"] {
        let text = item[instant].as_str().unwrap();
        assert!(text.ends_with('Z') && text.len() == 20, "{text}");
    }
    assert_eq!(item.as_object().unwrap().len(), 8);
    assert!(!answer.body.to_string().contains(&person.cpf));
    service.stop().await;
}

/// Which leads an objector has is nobody's affair; that somebody searched is recorded.
#[tokio::test]
async fn a_suppressed_contact_finds_no_lead() {
    let service = Service::start().await;
    let Newcomer { lead_id, person } = newcomer(&service.simulator, 1);
    assert!(service.process(&lead_id).await.says_done());
    let by_phone = format!("q={}", person.phone());
    assert_eq!(ids(&service, &by_phone).await, [lead_id.as_str()]);

    let phone = rust_c2s_api::models::Phone::parse(person.phone()).unwrap();
    let hash = key().of_phone(&phone);
    suppress(&service, "phone", hash.as_bytes().as_slice()).await;

    assert_eq!(ids(&service, &by_phone).await, Vec::<String>::new());
    let searches = looks(&service).await;
    let search = |look: &&String| look.as_str() == "developer leads_search";
    assert_eq!(searches.iter().filter(search).count(), 2, "{searches:?}");
    service.stop().await;
}

/// Without three letters in a row it is in no index: it finds nobody, and reads nothing.
#[tokio::test]
async fn two_letters_are_no_part_of_a_name() {
    let service = Service::start().await;
    let dotted = |person: Person| Person {
        name: format!("{} ... - - Silva", person.name),
        ..person
    };
    let Newcomer { lead_id, person } = newcomer_like(&service.simulator, 1, dotted);
    assert!(service.process(&lead_id).await.says_done());
    let folded = deunicode::deunicode(&person.name);
    assert_eq!(
        ids(&service, &format!("q={}", &folded[..3])).await,
        [lead_id.as_str()]
    );
    for nothing in [&folded[..2], "...", "-+-", "-+-+S"] {
        assert_eq!(
            ids(&service, &format!("q={nothing}")).await,
            Vec::<String>::new(),
            "{nothing}"
        );
    }
    service.stop().await;
}

#[tokio::test]
async fn what_cannot_be_used_is_named() {
    let service = Service::start().await;
    let long = "a".repeat(10_240);
    for (query, field) in [
        ("state=done", "state"),
        ("state=", "state"),
        ("state=failed&state=failed", "state"),
        ("q=", "q"),
        ("q=+", "q"),
        (&format!("q={long}"), "q"),
        // 200 letters and a space: the document counts it too.
        (&format!("q={}+", &long[..200]), "q"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=ten", "limit"),
        ("cursor=nonsense", "cursor"),
        ("cursor=-99999999999999999.a1", "cursor"),
        (&format!("cursor={long}"), "cursor"),
        ("q=%00", "query"),
        ("q=%ff", "query"),
    ] {
        let answer = service.get(&format!("/api/v1/leads?{query}")).await;
        assert_eq!(
            (answer.status, &answer.body["field"]),
            (400, &json!(field)),
            "{query:.40}"
        );
        answer.assert_five_keys();
    }
    for query in ["q=%25", "q=%5C", "q='", "cursor=9223372036854775.a1"] {
        assert_eq!(
            service.get(&format!("/api/v1/leads?{query}")).await.status,
            200,
            "{query}"
        );
    }
    service.stop().await;
}
