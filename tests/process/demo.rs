//! `demo`: one command, no configuration, nothing left behind.

use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use rust_c2s_api::simulator::Situation;

use crate::home::Home;
use crate::running::{DEMO, Running, get, run};

const NOTHING: [(&str, &str); 0] = [];

/// A demo whose tour is over, what it said, and how long it took from its start to "Ready".
async fn toured(home: &Home) -> (Running, String, Duration) {
    let demo = Running::start(home, &DEMO, &NOTHING);
    demo.until_it_says("Ready in").await;
    let ready = demo.since.elapsed();
    let tour = demo.until_it_says("Ctrl-C stops everything").await;
    (demo, tour, ready)
}

/// The URLs that the tour tells its reader to call.
fn urls(tour: &str) -> Vec<String> {
    let parts = tour.split("curl ").skip(1);
    let url = |part: &str| {
        let end = part.split_whitespace().next().unwrap_or_default();
        end.trim_matches('\'').to_owned()
    };
    parts.map(url).collect()
}

fn is_open(url: &str) -> bool {
    let address = url.trim_start_matches("http://").split('/').next().unwrap();
    let address: SocketAddr = address.parse().unwrap();
    TcpStream::connect_timeout(&address, Duration::from_secs(1)).is_ok()
}

#[tokio::test]
async fn the_tour_is_true_and_ctrl_c_leaves_nothing_running() {
    let home = Home::new();
    let (demo, tour, ready) = toured(&home).await;
    println!("first start: ready after {} ms", ready.as_millis());
    assert!(ready < Duration::from_secs(10), "{ready:?}");

    let urls = urls(&tour);
    let expected = [
        (200, Situation::Plain.lead_id(), "completed"),
        (200, Situation::Namesake.lead_id(), "review"),
        (200, Situation::NullEmail.lead_id(), "completed"),
        (404, format!("{:032x}", 0xffff), "lead_missing"),
    ];
    for (url, (status, lead_id, state)) in urls.iter().zip(expected) {
        assert!(url.ends_with(&lead_id), "{url}");
        let (answered, body) = get(url).await;
        assert_eq!((answered, body["state"].as_str()), (status, Some(state)));
        assert_eq!(body["lead_id"], lead_id);
    }
    let (plain, rest) = (&urls[0], &urls[4..]);
    assert_eq!(get(plain).await.1["duplicate_request"], true);
    let [messages, leads] = rest else {
        panic!("other calls than expected: {urls:?}");
    };
    let (_, messages) = get(messages).await;
    let message = messages[0]["body"].as_str().unwrap();
    assert!(message.contains("✅ DADOS PESSOAIS"));
    for line in message.lines() {
        assert!(tour.contains(line), "the tour does not show {line:?}");
    }
    assert!(get(leads).await.1.as_array().unwrap().len() > 30);

    let beside = run(&home, &DEMO, &NOTHING).await;
    beside.assert_failure("another demo is running");
    assert_eq!(get(plain).await.0, 200, "the second demo did it harm");

    let ended = demo.stop("INT").await;
    ended.assert_success();
    assert!(ended.text.contains("nothing is left running"));
    assert!(!home.server_runs("demo"));
    for url in &urls {
        assert!(!is_open(url), "{url}");
    }
}

#[tokio::test]
async fn a_killed_demo_is_followed_by_another() {
    let home = Home::new();
    let (killed, _, first) = toured(&home).await;
    killed.kill().await;
    assert!(home.server_runs("demo"), "nothing left to adopt");

    let (demo, tour, adopted) = toured(&home).await;
    assert_eq!(get(&urls(&tour)[0]).await.0, 200);
    demo.stop("INT").await.assert_success();
    assert!(!home.server_runs("demo"));

    let (demo, _, again) = toured(&home).await;
    demo.stop("TERM").await.assert_success();
    assert!(!home.server_runs("demo"));
    println!("ready: first {first:?}, after a kill {adopted:?}, restart {again:?}");
}

#[tokio::test]
async fn a_taken_port_is_told_and_nothing_stays_behind() {
    let home = Home::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let arguments = ["demo", "--port", &port, "--simulator-port", "0"];

    let ended = run(&home, &arguments, &NOTHING).await;

    ended.assert_failure("--port 0");
    assert!(ended.text.contains(&port), "{}", ended.text);
    assert!(!home.server_runs("demo"));
}
