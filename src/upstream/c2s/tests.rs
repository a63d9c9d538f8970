//! C2S on the wire, and with it everything `http` promises.

#![expect(clippy::expect_used, clippy::panic, reason = "tests")]

use std::sync::atomic::{AtomicUsize, Ordering};

use rstest::rstest;
use secrecy::SecretString;

use super::*;
use crate::upstream::test_server::{PATIENT, Step, TestServer, complete, refusing_url};

const TOKEN: &str = "token-of-nobody";
const ID: &str = "00000000000000000000000000000a01";
const LEAD_BODY: &str = include_str!("../../../tests/fixtures/c2s/lead.json");
const TIMEOUT: Duration = Duration::from_millis(400);

fn config_of(base_url: Url, concurrency: usize) -> C2sConfig {
    C2sConfig {
        base_url,
        token: SecretString::from(TOKEN),
        timeout: TIMEOUT,
        concurrency,
    }
}

fn c2s_at(base_url: Url, concurrency: usize) -> C2s {
    let config = config_of(base_url, concurrency);
    C2s::new(&config, PATIENT, Permission::new(|_| true)).expect("a client")
}

fn id() -> LeadId {
    LeadId::parse(ID).expect("an id")
}

fn cut(status: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status}\r\nContent-Length: 500\r\n\r\n{body}").into_bytes()
}

fn chunk_then_nothing() -> Vec<u8> {
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"dat\r\n".to_vec()
}

fn huge_chunk() -> Vec<u8> {
    let length = BODY_LIMIT + 1;
    let head = format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{length:x}\r\n");
    [head.as_bytes(), &vec![b' '; length]].concat()
}

fn huge_announced() -> Vec<u8> {
    let length = BODY_LIMIT + 1;
    format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n").into_bytes()
}

/// An error must carry nothing personal, secret or addressed.
fn assert_tells_nothing(error: &UpstreamError, server: &str) {
    for text in [format!("{error:?}"), format!("{error}"), error.code()] {
        for secret in [
            TOKEN,
            "Bearer",
            server,
            "http",
            "integration",
            ID,
            "Pessoa",
            "5511900000001",
        ] {
            assert!(!text.contains(secret), "{secret} stands in {text}");
        }
    }
}

#[derive(Debug, PartialEq)]
enum Sent {
    Yes,
    Rejected,
    No,
    ProbablyNot,
    Unknown,
}

fn word(outcome: &SendOutcome) -> Sent {
    match outcome {
        SendOutcome::Delivered { .. } => Sent::Yes,
        SendOutcome::Rejected(_) => Sent::Rejected,
        SendOutcome::NotSent(_) => Sent::No,
        SendOutcome::MostLikelyNot(_) => Sent::ProbablyNot,
        SendOutcome::Unknown(_) => Sent::Unknown,
    }
}

#[rstest]
#[case::created(vec![Step::Write(complete("201 Created", "", b"{}"))], Sent::Yes, None)]
#[case::garbage(vec![Step::Write(complete("200 OK", "", b"<\xff"))], Sent::Yes, None)]
#[case::no_body(vec![Step::Write(complete("204 No Content", "", b""))], Sent::Yes, None)]
#[case::truncated(vec![Step::Write(cut("201 Created", "{"))], Sent::Unknown, Some(UpstreamErrorKind::CutOff))]
#[case::chunk_abort(vec![Step::Write(chunk_then_nothing())], Sent::Unknown, Some(UpstreamErrorKind::CutOff))]
#[case::body_hangs(vec![Step::Write(cut("201 Created", "{")), Step::Hang], Sent::Unknown, Some(UpstreamErrorKind::CutOff))]
#[case::body_drips(vec![Step::Write(cut("201 Created", "")), Step::Drip(vec![b' '; 500])], Sent::Unknown, Some(UpstreamErrorKind::CutOff))]
#[case::body_resets(vec![Step::Write(cut("201 Created", "{")), Step::Reset], Sent::Unknown, Some(UpstreamErrorKind::CutOff))]
#[case::huge(vec![Step::Write(huge_announced()), Step::Hang], Sent::Unknown, Some(UpstreamErrorKind::TooLarge))]
#[case::hangs(vec![Step::Hang], Sent::Unknown, Some(UpstreamErrorKind::Timeout))]
#[case::slow_headers(vec![Step::Drip(cut("201 Created", ""))], Sent::Unknown, Some(UpstreamErrorKind::Timeout))]
#[case::resets(vec![Step::Reset], Sent::Unknown, Some(UpstreamErrorKind::Broken))]
#[case::closes(vec![], Sent::Unknown, Some(UpstreamErrorKind::Broken))]
#[case::no_http(vec![Step::Write(b"220 mail\r\n\r\n".to_vec())], Sent::Unknown, Some(UpstreamErrorKind::Broken))]
#[case::missing(vec![Step::Write(complete("404 Not Found", "", b"x"))], Sent::Rejected, Some(UpstreamErrorKind::Status(404)))]
#[case::refused(vec![Step::Write(complete("403 Forbidden", "", b"{\"error\":\"not_authorized\"}"))], Sent::Rejected, Some(UpstreamErrorKind::Denied))]
#[case::refusal_cut(vec![Step::Write(cut("422 Unprocessable", "{"))], Sent::Unknown, Some(UpstreamErrorKind::CutOff))]
#[case::broken(vec![Step::Write(complete("503 Busy", "", b""))], Sent::ProbablyNot, Some(UpstreamErrorKind::Unavailable(503)))]
#[case::moved(vec![Step::Write(complete("307 Moved", "Location: /elsewhere\r\n", b""))], Sent::ProbablyNot, Some(UpstreamErrorKind::Status(307)))]
#[tokio::test]
async fn a_message_is_sent_once_and_its_end_told_apart(
    #[case] steps: Vec<Step>,
    #[case] expected: Sent,
    #[case] kind: Option<UpstreamErrorKind>,
) {
    let server = TestServer::start(steps).await;
    let outcome = c2s_at(server.url(), 16)
        .create_message(&id(), Instant::now(), "Olá")
        .await;
    assert_eq!(word(&outcome), expected);
    assert_eq!(outcome.error().map(|error| error.kind), kind);
    if let Some(error) = outcome.error() {
        assert_tells_nothing(error, server.url().as_str());
    }
    let requests = server.requests();
    let [request] = requests.as_slice() else {
        panic!("{} requests", requests.len());
    };
    let path = format!("POST /base/integration/leads/{ID}/create_message HTTP/1.1\r\n");
    assert!(request.starts_with(&path));
    assert!(request.contains(&format!("authorization: Bearer {TOKEN}\r\n")));
    assert!(request.ends_with("\r\n\r\n{\"body\":\"Olá\"}"));
}

#[tokio::test]
async fn a_message_not_sent_is_known_not_to_be() {
    let url = refusing_url().await;
    let outcome = c2s_at(url.clone(), 16)
        .create_message(&id(), Instant::now(), "Olá")
        .await;
    assert_eq!(word(&outcome), Sent::No);
    let error = outcome.error().expect("an error");
    assert_tells_nothing(error, url.as_str());
    assert!(error.holds_the_queue());

    let no_tls = TestServer::start(vec![]).await;
    let outcome = c2s_at(no_tls.url_of("https"), 16)
        .create_message(&id(), Instant::now(), "Olá")
        .await;
    assert_eq!(word(&outcome), Sent::No);
    assert_eq!(no_tls.requests(), Vec::<String>::new());
}

#[tokio::test]
async fn too_many_calls_say_how_long_to_stay_away() {
    let answer = complete("429 Too Many Requests", "Retry-After: 7\r\n", b"");
    let server = TestServer::start(vec![Step::Write(answer)]).await;
    let c2s = c2s_at(server.url(), 16);
    let outcome = c2s.create_message(&id(), Instant::now(), "Olá").await;
    assert_eq!(word(&outcome), Sent::Rejected);
    let another = c2s_at(server.url(), 16);
    let error = another
        .lead(&id(), Instant::now())
        .await
        .expect_err("an error");
    for error in [outcome.error().expect("an error"), &error] {
        assert_eq!(error.kind, UpstreamErrorKind::RateLimited);
        assert_eq!(error.retry_after, Some(Duration::from_secs(7)));
    }
    // Now nobody calls.
    let outcome = c2s.create_message(&id(), Instant::now(), "Olá").await;
    assert_eq!(word(&outcome), Sent::No);
    let error = outcome.error().expect("an error");
    assert_eq!(error.code(), "c2s_held");
    assert!(error.retry_after.expect("a wait") > Duration::from_secs(6));
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_lead_is_fetched() {
    let server = TestServer::answering("200 OK", LEAD_BODY.as_bytes()).await;
    let fetched = c2s_at(server.url(), 16)
        .lead(&id(), Instant::now())
        .await
        .expect("an answer");
    assert_eq!(fetched.lead.map(|lead| lead.id), Some(id()));
    let requests = server.requests();
    assert!(requests[0].starts_with(&format!("GET /base/integration/leads/{ID} HTTP/1.1\r\n")));
}

#[tokio::test]
async fn an_unknown_lead_is_an_answer() {
    let server = TestServer::answering("404 Not Found", b"not found").await;
    let fetched = c2s_at(server.url(), 16)
        .lead(&id(), Instant::now())
        .await
        .expect("an answer");
    assert_eq!(fetched.lead, None);
}

#[rstest]
#[case::unauthorized(vec![Step::Write(complete("401 No", "", b""))], "c2s_denied")]
#[case::forbidden(vec![Step::Write(complete("403 No", "", b""))], "c2s_denied")]
#[case::unprocessable(vec![Step::Write(complete("422 No", "", b""))], "c2s_status_422")]
#[case::broken(vec![Step::Write(complete("500 No", "", b""))], "c2s_unavailable_500")]
#[case::moved(vec![Step::Write(complete("301 Moved", "Location: /elsewhere\r\n", b""))], "c2s_status_301")]
#[case::html(vec![Step::Write(complete("200 OK", "", b"<html>"))], "c2s_unreadable")]
#[case::empty(vec![Step::Write(complete("200 OK", "", b""))], "c2s_unreadable")]
#[case::truncated(vec![Step::Write(cut("200 OK", "{\"data\":"))], "c2s_cut_off")]
#[case::not_found_cut(vec![Step::Write(cut("404 No", ""))], "c2s_cut_off")]
#[case::chunk_abort(vec![Step::Write(chunk_then_nothing())], "c2s_cut_off")]
#[case::drips(vec![Step::Write(cut("200 OK", "")), Step::Drip(vec![b' '; 500])], "c2s_cut_off")]
#[case::huge(vec![Step::Write(huge_chunk())], "c2s_too_large")]
#[case::huge_announced(vec![Step::Write(huge_announced())], "c2s_too_large")]
#[case::resets(vec![Step::Reset], "c2s_broken")]
#[case::hangs(vec![Step::Hang], "c2s_timeout")]
#[tokio::test]
async fn a_failed_fetch_says_how(#[case] steps: Vec<Step>, #[case] code: &str) {
    let server = TestServer::start(steps).await;
    let error = c2s_at(server.url(), 16)
        .lead(&id(), Instant::now())
        .await
        .expect_err("an error");
    assert_eq!(error.code(), code);
    assert_tells_nothing(&error, server.url().as_str());
    assert_eq!(server.requests().len(), 1);
    let waited = matches!(error.kind, UpstreamErrorKind::Timeout);
    assert_eq!(waited, code == "c2s_timeout");
    assert!(!waited || error.latency >= TIMEOUT);
}

#[tokio::test]
async fn who_has_no_turn_in_time_and_who_was_let_go_has_sent_nothing() {
    let server = TestServer::start(vec![Step::Hang]).await;
    let c2s = c2s_at(server.url(), 1);
    let id = id();
    let (_, _, third) = tokio::join!(
        c2s.lead(&id, Instant::now()),
        c2s.lead(&id, Instant::now()),
        c2s.create_message(&id, Instant::now(), "x")
    );
    assert!(matches!(&third, SendOutcome::NotSent(error) if error.code() == "c2s_no_turn"));
    assert_eq!(server.requests().len(), 2);

    let config = config_of(server.url(), 1);
    let let_go = C2s::new(&config, PATIENT, Permission::new(|_| false)).expect("a client");
    let outcome = let_go.create_message(&id, Instant::now(), "x").await;
    assert!(matches!(&outcome, SendOutcome::NotSent(error) if error.code() == "c2s_let_go"));
    assert_eq!(server.requests().len(), 2);

    // Allowed before it connects and not afterwards, as of a process that was frozen in between.
    let asked = AtomicUsize::new(0);
    let once = Permission::new(move |_| asked.fetch_add(1, Ordering::SeqCst) == 0);
    let frozen = C2s::new(&config, PATIENT, once).expect("a client");
    let outcome = frozen.create_message(&id, Instant::now(), "x").await;
    assert!(matches!(&outcome, SendOutcome::NotSent(error) if error.code() == "c2s_let_go"));
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn calls_in_flight_are_bounded_and_the_wait_is_not_their_latency() {
    let server = TestServer::start(vec![Step::Hang]).await;
    let c2s = c2s_at(server.url(), 1);
    let started = tokio::time::Instant::now();
    let id = id();
    let (one, two) = tokio::join!(c2s.lead(&id, Instant::now()), c2s.lead(&id, Instant::now()));
    assert!(started.elapsed() >= 2 * TIMEOUT);
    for error in [one.expect_err("an error"), two.expect_err("an error")] {
        assert!(error.latency < 2 * TIMEOUT);
    }
}

/// Opens at the first failure, for 50 ms.
const NERVOUS: BreakerRules = BreakerRules {
    failures: 1,
    base: Duration::from_millis(50),
    max: Duration::from_millis(50),
};

fn nervous_c2s_at(base_url: Url) -> C2s {
    let config = config_of(base_url, 16);
    C2s::new(&config, NERVOUS, Permission::new(|_| true)).expect("a client")
}

async fn wait_for_a_probe_to_be_due(c2s: &C2s) {
    let due = BreakerState::Open {
        remaining: Duration::ZERO,
    };
    while c2s.health().breaker != due {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn of_many_callers_one_probes_and_the_others_send_nothing() {
    let server = TestServer::start(vec![Step::Hang]).await;
    let c2s = nervous_c2s_at(server.url());
    let id = id();
    assert_eq!(
        c2s.lead(&id, Instant::now())
            .await
            .expect_err("an error")
            .code(),
        "c2s_timeout"
    );
    wait_for_a_probe_to_be_due(&c2s).await;

    let calls = futures::future::join_all((0..10).map(|_| c2s.lead(&id, Instant::now()))).await;

    let codes = calls
        .into_iter()
        .map(|call| call.expect_err("an error").code());
    let (probes, held): (Vec<_>, Vec<_>) = codes.partition(|code| code == "c2s_timeout");
    assert_eq!((probes.len(), held.len()), (1, 9));
    assert!(held.iter().all(|code| code == "c2s_held"));
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_probe_that_is_dropped_gives_its_place_back() {
    let server = TestServer::start(vec![Step::Hang]).await;
    let c2s = nervous_c2s_at(server.url());
    let id = id();
    c2s.lead(&id, Instant::now()).await.expect_err("an error");
    wait_for_a_probe_to_be_due(&c2s).await;

    let dropped = tokio::time::timeout(TIMEOUT / 4, c2s.lead(&id, Instant::now())).await;
    assert!(dropped.is_err());
    assert_eq!(c2s.health().in_flight, 0);
    let probe = c2s.lead(&id, Instant::now()).await.expect_err("an error");

    assert_eq!(probe.code(), "c2s_timeout");
    assert_eq!(server.requests().len(), 3);
}

#[rstest]
#[case(
    "line\nbreak",
    "http://127.0.0.1:1/",
    SetupError::Credentials(Upstream::C2s)
)]
#[case("token", "mailto:a@example.com", SetupError::BaseUrl(Upstream::C2s))]
fn refuses_a_configuration_it_cannot_use(
    #[case] token: &str,
    #[case] base_url: &str,
    #[case] expected: SetupError,
) {
    let config = C2sConfig {
        base_url: Url::parse(base_url).expect("a URL"),
        token: SecretString::from(token),
        timeout: TIMEOUT,
        concurrency: 1,
    };
    assert_eq!(
        C2s::new(&config, PATIENT, Permission::new(|_| true)).err(),
        Some(expected)
    );
}
