//! A person is told of a lead that no retry mends.

use std::net::Ipv4Addr;
use std::time::Duration;

use rust_c2s_api::simulator::{Fault, FaultRule, Operation, Situation, Upstream};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use crate::support::evidence::{Newcomer, newcomer};
use crate::support::{IMPATIENT, Service};

/// The path that a request was posted to, and its body.
type Posted = (String, Value);

/// A chat's webhook that answers with these statuses, one after the other, and then with 200.
async fn webhook(statuses: &'static [u16]) -> (String, mpsc::UnboundedReceiver<Posted>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let url = format!("http://{}/hooks/secret", listener.local_addr().unwrap());
    let (sender, posted) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        let mut statuses = statuses.iter().copied().chain(std::iter::repeat(200));
        while let Ok((stream, _)) = listener.accept().await {
            let status = statuses.next().unwrap();
            let received = receive(stream, status).await;
            sender.send(received).unwrap();
        }
    });
    (url, posted)
}

async fn receive(stream: TcpStream, status: u16) -> Posted {
    let mut stream = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert_ne!(stream.read_line(&mut head).await.unwrap(), 0, "{head}");
    }
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let is_length = name.eq_ignore_ascii_case("content-length");
        is_length.then(|| value.trim().parse().unwrap())
    });
    let mut body = vec![0; length.unwrap()];
    stream.read_exact(&mut body).await.unwrap();
    let answer = format!("HTTP/1.1 {status} \r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    stream.write_all(answer.as_bytes()).await.unwrap();
    let path = head.split(' ').nth(1).unwrap().to_owned();
    (path, serde_json::from_slice(&body).unwrap())
}

async fn next(posted: &mut mpsc::UnboundedReceiver<Posted>) -> Posted {
    let next = tokio::time::timeout(Duration::from_secs(20), posted.recv()).await;
    next.expect("an alert is posted").unwrap()
}

#[tokio::test]
async fn a_delivery_that_stays_unknown_is_told_to_a_person_once() {
    let (url, mut posted) = webhook(&[503]).await;
    let service = Service::start_with(&[IMPATIENT, ("ALERT_WEBHOOK_URL", &url)]).await;
    let Newcomer { lead_id, person } = newcomer(&service.simulator, 1);
    let healthy = newcomer(&service.simulator, 2).lead_id;
    let rule = FaultRule::always(Upstream::C2s, Fault::Reset).operation(Operation::CreateMessage);
    service.simulator.fault(rule.key(&lead_id));
    assert!(service.process(&healthy).await.says_done());
    service.process(&lead_id).await;
    service.wait_for_state(&lead_id, "delivery_unknown").await;

    // The first answer is 503, so it is posted again, a minute later: now.
    for time in 0..2 {
        if time == 1 {
            sqlx::query("update ops.leads set alert_at = now() where alert_at is not null")
                .execute(service.pool())
                .await
                .unwrap();
        }
        let (path, alert) = next(&mut posted).await;
        assert_eq!(path, "/hooks/secret");
        assert_eq!(alert["alert"], "delivery_unknown");
        assert_eq!(alert["lead_id"], lead_id);
        assert_eq!(alert["service"], "rust-c2s-api");
        let text = alert["text"].as_str().unwrap();
        assert!(text.contains("sem confirmação"), "{text}");
        for personal in [
            person.name.as_str(),
            &person.cpf,
            person.phone(),
            person.email(),
        ] {
            assert!(!alert.to_string().contains(personal), "{alert}");
        }
    }
    let told = async {
        while service.count("select count(alert_at) from ops.leads").await > 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let told = tokio::time::timeout(Duration::from_secs(20), told).await;
    told.expect("that it was told is written down");
    service.stop().await;
    assert!(posted.try_recv().is_err(), "told twice, or of another lead");
}

/// Once a day, however many wait: about none of them in particular, and without a word about people.
#[tokio::test]
async fn waiting_reviews_are_told_of_together() {
    let (url, mut posted) = webhook(&[503]).await;
    let service = Service::start_with(&[("ALERT_WEBHOOK_URL", &url)]).await;
    let run = service.process_situation(Situation::Namesake).await;
    assert_eq!(run.state(), "review", "{}", run.body);
    for attempt in 1..=2 {
        let (_, alert) = next(&mut posted).await;
        assert_eq!(alert["alert"], "reviews_waiting", "{attempt}");
        assert_eq!(alert["lead_id"], Value::Null);
        let text = alert["text"].as_str().unwrap();
        assert!(text.contains("1 lead espera"), "{text}");
        assert!(text.contains("rust-c2s-api reviews list"), "{text}");
        // Not taken by the chat: a minute later it is told again.
        sqlx::query("update ops.daily_alerts set due_at = due_at - interval '1 minute'")
            .execute(service.pool())
            .await
            .unwrap();
    }
    let told = "select count(*) from ops.daily_alerts where due_at > now() + interval '23 hours'";
    while service.count(told).await == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    service.stop().await;
}
