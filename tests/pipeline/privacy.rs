//! What is kept of a paid answer: what API.md allows, as it was meant, and nothing else.

use futures::future::join_all;
use rust_c2s_api::simulator::{Person, Situation};

use crate::support::Service;
use crate::support::evidence::{Newcomer, newcomer_like};

/// The forbidden values that stand in a text.
fn found_in<'a>(forbidden: &'a [String], text: &str) -> Vec<&'a str> {
    let text = text.to_uppercase();
    let found = forbidden
        .iter()
        .filter(|value| text.contains(&value.to_uppercase()));
    found.map(String::as_str).collect()
}

#[tokio::test]
async fn nothing_forbidden_is_in_a_dump_a_message_or_an_answer() {
    let service = Service::start().await;
    let world = service.simulator.world().clone();
    let forbidden = world.forbidden_values();
    assert!(forbidden.len() > 400, "there is something to look for");

    let leads = world.leads();
    let answers = join_all(leads.iter().map(|lead| service.process(&lead.id))).await;

    let profiles = service
        .count("select count(*) from core.party_enrichments")
        .await;
    assert!(profiles > 40, "there are profiles to look into");
    let dump = service.dump().await;
    assert_eq!(found_in(&forbidden, &dump), Vec::<&str>::new(), "dump");
    let mut messages = 0;
    for (lead, answer) in leads.iter().zip(&answers) {
        let text = answer.body.to_string();
        assert_eq!(found_in(&forbidden, &text), Vec::<&str>::new(), "answer");
        for message in service.simulator.messages(&lead.id) {
            messages += 1;
            let found = found_in(&forbidden, &message.body);
            assert_eq!(found, Vec::<&str>::new(), "message");
        }
    }

    // The search finds what is there.
    sqlx::query("update ops.leads set last_error = $1 where lead_id = $2")
        .bind(forbidden.join(" "))
        .bind(&leads[0].id)
        .execute(service.pool())
        .await
        .unwrap();
    let planted = service.dump().await;
    assert_eq!(found_in(&forbidden, &planted), forbidden, "planted");
    println!(
        "{} forbidden values sought in {} bytes of database, {messages} messages, {} answers",
        forbidden.len(),
        dump.len(),
        answers.len()
    );
    service.stop().await;
}

#[tokio::test]
async fn the_house_number_is_kept_and_a_bad_address_spoils_nothing() {
    let service = Service::start().await;
    let world = service.simulator.world().clone();
    let stored = async |cpf: &str| -> Vec<(Option<String>, Option<String>, Option<String>)> {
        sqlx::query_as(
            "select a.number, a.state, a.zip_code
             from core.addresses a join core.party_addresses l on l.address_id = a.id
                  join core.parties p on p.id = l.party_id
             where p.cpf_cnpj = $1 order by a.number nulls first",
        )
        .bind(cpf)
        .fetch_all(service.pool())
        .await
        .unwrap()
    };
    let some = |text: &str| Some(text.to_owned());

    assert!(
        service
            .process_situation(Situation::BadAddress)
            .await
            .says_done()
    );

    let cpf = world.lead(Situation::BadAddress).cpf.as_deref().unwrap();
    let good = &world.person(cpf).unwrap().addresses[1];
    let kept = (some(&good.number), some(&good.state), some(&good.zip_code));
    assert_eq!(stored(cpf).await, [(None, None, None), kept]);
    let message = service.only_message(&Situation::BadAddress.lead_id());
    assert!(message.contains(&format!(", {}", good.number)), "{message}");
    service.stop().await;
}

#[tokio::test]
async fn an_unknown_sex_stays_unknown() {
    let service = Service::start().await;
    assert!(
        service
            .process_situation(Situation::UnknownSex)
            .await
            .says_done()
    );
    let known = "select count(*) from core.parties p join core.people q on q.party_id = p.id
                 where p.sex is not null or q.sex is not null";
    assert_eq!(service.count(known).await, 0);
    let message = service.only_message(&Situation::UnknownSex.lead_id());
    assert!(!message.contains("Sexo"), "{message}");
    assert!(
        service
            .process_situation(Situation::Plain)
            .await
            .says_done()
    );
    assert_eq!(service.count(known).await, 1, "a known one is stored");
    service.stop().await;
}

#[tokio::test]
async fn income_is_read_as_brazilians_write_it() {
    let service = Service::start().await;
    let written = |thousands_dot: bool| {
        move |person: Person| Person {
            income_centavos: Some(123_456),
            // Even: "1.234,56". Odd: "1234,56".
            style: u64::from(!thousands_dot),
            ..person
        }
    };
    for (number, thousands_dot) in [(1, true), (2, false)] {
        let Newcomer { lead_id, .. } =
            newcomer_like(&service.simulator, number, written(thousands_dot));
        assert!(service.process(&lead_id).await.says_done());
        let message = service.only_message(&lead_id);
        assert!(message.contains("Renda: R$ 1.234,56"), "{message}");
    }
    let read = "select count(*) from core.party_enrichments
                where normalized_data::text like '%123456%'";
    assert_eq!(service.count(read).await, 2, "in centavos");
    service.stop().await;
}

#[tokio::test]
async fn nothing_financial_of_a_minor_is_told() {
    let service = Service::start().await;
    assert!(
        service
            .process_situation(Situation::Minor)
            .await
            .says_done()
    );
    let message = service.only_message(&Situation::Minor.lead_id());
    assert!(
        !message.contains("💰") && !message.contains("R$"),
        "{message}"
    );
    service.stop().await;
}
