//! Callers, good and bad.

use std::sync::LazyLock;
use std::time::Duration;

use futures::StreamExt;
use reqwest::Method;
use rust_c2s_api::simulator::{Person, Simulator, World};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{KEY, WRONG_KEYS};

/// Calls at once, as a brokerage with a busy day makes.
const AT_ONCE: usize = 8;

/// Triggers each lead of the world, and one that no CRM knows.
pub(super) async fn trigger_every_lead(address: &str, simulator: &Simulator) {
    let leads = simulator.world().leads().iter();
    let ids = leads.map(|lead| lead.id.as_str()).chain(["unknown-lead"]);
    let calls = ids.map(|id| {
        let url = format!("http://{address}/api/v1/leads/process?id={id}");
        async move { send(Method::GET, &url, &[("X-API-Key", KEY)], None).await }
    });
    let statuses: Vec<u16> = futures::stream::iter(calls)
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    assert!(
        statuses
            .iter()
            .all(|status| matches!(status, 200 | 202 | 404)),
        "{statuses:?}"
    );
}

/// Looks some people up by all that they are known by.
pub(super) async fn look_people_up(address: &str, world: &World) {
    let key = [("X-API-Key", KEY)];
    let mut found = 0;
    for person in &world.people()[..8] {
        let [name, email, cpf, phone] = spellings(person).try_into().unwrap();
        for (parameter, text) in [
            ("cpf", cpf),
            ("email", email),
            ("phone", phone),
            ("name", name),
        ] {
            let text =
                percent_encoding::utf8_percent_encode(&text, percent_encoding::NON_ALPHANUMERIC);
            let url = format!("http://{address}/api/v1/contributor/customer?{parameter}={text}");
            let status = send(Method::GET, &url, &key, None).await;
            assert!(matches!(status, 200 | 404 | 503), "{status}");
            found += usize::from(status == 200);
        }
        let body = Some(format!(r#"{{"cpf":"{}"}}"#, person.cpf));
        let headers = [key[0], ("Content-Type", "application/json")];
        let url = format!("http://{address}/api/v1/enrich");
        let status = send(Method::POST, &url, &headers, body).await;
        assert!(matches!(status, 200 | 404 | 503), "{status}");
        let url = format!(
            "http://{address}/api/v1/work/modules/all?documento={}",
            person.cpf
        );
        let status = send(Method::GET, &url, &key, None).await;
        assert!(matches!(status, 200 | 404 | 503), "{status}");
    }
    assert!(found > 0, "nobody was found");
}

/// Requests that put a person, or a key, where a log might take it from.
pub(super) async fn ask_wrongly(address: &str, world: &World) {
    for person in &world.people()[..3] {
        for text in spellings(person) {
            let text =
                percent_encoding::utf8_percent_encode(&text, percent_encoding::NON_ALPHANUMERIC);
            let key = [("X-API-Key", KEY)];
            for place in [
                format!("/{text}"),
                format!("/api/v1/leads/{text}/enrich"),
                format!("/api/v1/leads/process/{text}"),
                format!("/api/v1/leads/process?id=%00{text}"),
                format!("/api/v1/leads/process?id=a&wait={text}"),
                format!("/api/v1/leads/process?id=a&{text}=1"),
                format!("/api/v1/leads/process?cpf={text}"),
            ] {
                let url = format!("http://{address}{place}");
                let status = send(Method::GET, &url, &key, None).await;
                assert!((400..500).contains(&status), "{status}");
            }
        }
        ask_in_headers_and_bodies(address, person).await;
        break_the_protocol(address, person).await;
    }
}

async fn ask_in_headers_and_bodies(address: &str, person: &Person) {
    let url = format!("http://{address}/api/v1/leads/process?id=a%20b");
    let (cpf, email) = (person.cpf.as_str(), person.email());
    let headers = [
        ("X-Request-Id", cpf),
        ("User-Agent", email),
        ("Referer", email),
        ("X-Forwarded-For", cpf),
        ("Content-Type", cpf),
        ("Cookie", email),
    ];
    for wrong in WRONG_KEYS {
        let bearer = format!("Bearer {wrong}");
        let mut headers = headers.to_vec();
        headers.push(("Authorization", &bearer));
        assert_eq!(send(Method::GET, &url, &headers, None).await, 401);
    }
    let body = format!(
        r#"{{"lead_id":"{cpf}","personal_info":{{"name":"{}"}}"#,
        person.name
    );
    let method = Method::from_bytes(cpf.as_bytes()).unwrap();
    for method in [Method::POST, Method::PUT, method] {
        let headers = [("X-API-Key", KEY)];
        let status = send(method, &url, &headers, Some(body.clone())).await;
        assert!((400..500).contains(&status), "{status}");
    }
}

/// What no HTTP client would send.
async fn break_the_protocol(address: &str, person: &Person) {
    let (cpf, name) = (&person.cpf, &person.name);
    for head in [
        format!("{name} {cpf}\r\n\r\n"),
        format!("GET /{name} HTTP/1.1\r\nHost: x\r\n\r\n"),
        format!("GET / HTTP/1.1\r\n{name}: {cpf}\r\n\r\n"),
        format!("GET / HTTP/1.1\r\nHost: {cpf}\r\nContent-Length: {cpf}\r\n\r\n{cpf}"),
        format!("GET http://{cpf}:{cpf}@{cpf}/ HTTP/1.1\r\nHost: {cpf}\r\n\r\n"),
    ] {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut answer = Vec::new();
        let read = stream.read_to_end(&mut answer);
        // answered or reset: only that it is done with matters
        let read = tokio::time::timeout(Duration::from_secs(10), read).await;
        assert!(read.is_ok(), "an answer to nonsense never ends");
    }
}

fn spellings(person: &Person) -> Vec<String> {
    let (cpf, phone) = (&person.cpf, person.phone());
    vec![
        person.name.clone(),
        person.email().to_owned(),
        format!("{}.{}.{}-{}", &cpf[..3], &cpf[3..6], &cpf[6..9], &cpf[9..]),
        format!("({}) {}-{}", &phone[..2], &phone[2..7], &phone[7..]),
    ]
}

/// One for all calls: making one reads the system's certificates, which takes a while.
fn client() -> &'static reqwest::Client {
    static CLIENT: LazyLock<reqwest::Client> =
        LazyLock::new(|| reqwest::Client::builder().no_proxy().build().unwrap());
    &CLIENT
}

#[expect(
    clippy::disallowed_methods,
    reason = "the test is a caller of the service, not an upstream call"
)]
async fn send(method: Method, url: &str, headers: &[(&str, &str)], body: Option<String>) -> u16 {
    let mut request = client().request(method, url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    if let Some(body) = body {
        request = request.body(body);
    }
    request.send().await.unwrap().status().as_u16()
}
