//! `test-local.sh`, `verify-deployment.sh` and `test-docker.sh`.

use rust_c2s_api::simulator::Simulator;
use rust_c2s_api::storage::test_database::TestDatabase;
use serde_json::Value;

use super::{PASS_ON, StandIns, script};
use crate::home::Home;
use crate::running::{Ended, Running, demo, get, simulator, urls_of, variables};

const WALK: &str = "testing/test-local.sh";
const VERIFY: &str = "deployment/verify-deployment.sh";
const KEY: &str = "a-key-for-the-walk-alone";
const NOTHING: [(&str, &str); 0] = [];

/// A URL on a port of this machine where nothing listens.
pub(super) fn closed() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

/// The routes: those of the OpenAPI document, and the page that shows it.
fn mounted() -> Vec<String> {
    let document: Value = serde_json::from_str(rust_c2s_api::handlers::document()).unwrap();
    let paths = document["paths"].as_object().unwrap().keys().cloned();
    paths.chain(["/docs".to_owned(), "/docs/".to_owned()]).collect()
}

/// Whether a path that was asked for is of this route, whose `{…}` stand for anything.
fn is_of(route: &str, path: &str) -> bool {
    let path = path.split('?').next().unwrap();
    let (route, path) = (route.split('/'), path.split('/'));
    route.clone().count() == path.clone().count()
        && route
            .zip(path)
            .all(|(wanted, part)| wanted.starts_with('{') || wanted == part)
}

/// The paths that the table of a walk shows as walked well.
fn walked(text: &str) -> Vec<&str> {
    let rows = text.lines().filter(|line| line.ends_with("  ok"));
    rows.map(|row| row.split_whitespace().nth(1).unwrap())
        .collect()
}

#[tokio::test]
async fn the_demo_is_walked_and_every_route_with_it() {
    let home = Home::new();
    let (demo, tour) = demo(&home, &NOTHING).await;
    let [base, simulator] = urls_of(&tour);
    let set = [("SIM_URL", simulator.as_str())];

    let walk = script(&home, WALK, &[&base], &set).await;
    println!("{}", walk.assert_success().text);
    assert!(walk.text.ends_with(" passed, 0 failed\n"), "{}", walk.text);
    let paths = walked(&walk.text);
    let routes = mounted();
    assert!(routes.len() >= 15, "{routes:?}");
    for route in routes {
        let is_walked = paths.iter().any(|path| is_of(&route, path));
        assert!(
            is_walked,
            "test-local.sh does not walk {route}: add it there"
        );
    }
    assert!(walk.text.contains("completed, CPF full"), "{}", walk.text);

    // everybody on this machine may do everything: no deployment
    let verified = script(&home, VERIFY, &[&base], &[]).await;
    verified.assert_failure("3 passed, 1 failed");
    demo.stop("INT").await.assert_success();
}

#[tokio::test]
async fn a_service_that_is_away_or_another_one_is_told() {
    let home = Home::new();
    let closed = closed();
    for name in [WALK, VERIFY] {
        let away = script(&home, name, &[&closed], &[("WAIT_SECS", "0")]).await;
        away.assert_failure(&format!("No service answers at {closed}: curl: (7)"));
        for no_base in ["127.0.0.1:1", "http://user:secret@127.0.0.1:1"] {
            let refused = script(&home, name, &[no_base], &[]).await;
            refused.assert_failure("no base URL");
            assert!(!refused.text.contains("secret"), "{}", refused.text);
        }
        let in_clear = [("API_KEY", KEY)];
        let in_clear = script(&home, name, &["http://192.0.2.1"], &in_clear).await;
        in_clear.assert_failure("not sent over plain HTTP");
    }
    let simulator = simulator().await;
    let another = format!("http://{}", simulator.addr());
    let walk = script(&home, WALK, &[&another], &[]).await;
    assert!(walk.text.contains("  FAILED\n"), "{}", walk.text);
    walk.assert_failure(" failed");
}

/// A service with one key, whose trigger is open to strangers too.
async fn keyed_service(home: &Home, simulator: &Simulator, database: &TestDatabase) -> Running {
    let keys = format!("walk:trigger:{KEY}");
    let more = [("API_KEYS", keys.as_str()), ("TRIGGER_ANONYMOUS", "true")];
    let set = variables(simulator, &database.url(), &more);
    Running::start(home, &["serve"], &set)
}

#[track_caller]
fn assert_says(ended: &Ended, what: &str) {
    let text = &ended.assert_success().text;
    assert!(text.contains(what), "no {what}: {text}");
}

#[tokio::test]
async fn strangers_see_masks_and_the_key_is_in_no_argument() {
    let (home, simulator) = (Home::new(), simulator().await);
    let database = TestDatabase::create().await.unwrap();
    let service = keyed_service(&home, &simulator, &database).await;
    let base = format!("http://{}", service.address().await);
    let simulated = format!("http://{}/", simulator.addr());
    let stand_ins = StandIns::new(&home).put("curl", PASS_ON);
    let path = stand_ins.path();
    let with_key = [
        ("PATH", path.as_str()),
        ("API_KEY", KEY),
        ("SIM_URL", &simulated),
        ("REQUIRE_LEADS", "1"),
    ];
    let walk = script(&home, WALK, &[&base], &with_key).await;
    println!("{}", walk.text);
    for row in [
        "with an unknown key",
        "completed, CPF full",
        "without a key, CPF masked",
    ] {
        assert_says(&walk, row);
    }
    let stranger = script(&home, WALK, &[&base], &[("SIM_URL", &simulated)]).await;
    assert_says(&stranger, "completed, CPF masked");

    let calls = stand_ins.calls();
    assert!(calls.len() > 20, "{calls:?}");
    for call in calls {
        assert!(!call.contains(KEY), "{call}");
        // nothing of the caller's own ~/.curlrc
        assert!(call.starts_with("curl --disable "), "{call}");
    }
    service.stop("TERM").await.assert_success();
}

#[tokio::test]
async fn without_a_simulator_it_asks_what_costs_nothing_and_for_no_lead() {
    let (home, simulator) = (Home::new(), simulator().await);
    let database = TestDatabase::create().await.unwrap();
    let service = keyed_service(&home, &simulator, &database).await;
    let base = format!("http://{}", service.address().await);
    let closed = closed();

    let alone = [("API_KEY", KEY), ("SIM_URL", closed.as_str())];
    let walk = script(&home, WALK, &[&base], &alone).await;
    assert_says(&walk, "No lead was processed");
    let required = [&alone[..], &[("REQUIRE_LEADS", "1")]].concat();
    let walk = script(&home, WALK, &[&base], &required).await;
    walk.assert_failure("REQUIRE_LEADS is set");
    let verified = script(&home, VERIFY, &[&base], &alone).await;
    assert_says(&verified, "6 passed, 0 failed");
    let older = [("EXPECT_VERSION", "9.9.9")];
    let older = script(&home, VERIFY, &[&base], &older).await;
    older.assert_failure("200 version 9.9.9");
    let calls = simulator.calls();
    assert!(calls.all().is_empty(), "{calls:?}");
    service.stop("TERM").await.assert_success();
}

/// Somebody else's traffic must not make it look as if the service asked this simulator.
#[tokio::test]
async fn a_simulator_that_another_service_uses_is_not_taken_for_this_ones() {
    let (home, of_another, own) = (Home::new(), simulator().await, simulator().await);
    let database = TestDatabase::create().await.unwrap();
    let service = keyed_service(&home, &own, &database).await;
    let base = format!("http://{}", service.address().await);
    let another = format!("http://{}", of_another.addr());
    let lead = format!("{}/api/v1/leads/1", of_another.c2s_base_url());
    let busy = tokio::spawn(async move {
        loop {
            // without a token it is refused, and counted
            let (status, _) = get(&lead).await;
            assert_eq!(status, 401);
        }
    });
    let set = [("API_KEY", KEY), ("SIM_URL", another.as_str())];
    let walk = script(&home, WALK, &[&base], &set).await;
    assert_says(&walk, "does not use the simulator");
    busy.abort();
    service.stop("TERM").await.assert_success();
}

#[tokio::test]
async fn docker_that_is_missing_is_told_and_a_stack_that_fails_is_taken_down() {
    let home = Home::new();
    let stand_ins = StandIns::new(&home).put("docker", "[ \"$1\" != compose ]");
    let path = stand_ins.path();
    let set = [("PATH", path.as_str())];
    let missing = script(&home, "testing/test-docker.sh", &[], &set).await;
    missing.assert_failure("compose plugin is needed");
    assert_eq!(missing.status.code(), Some(2));
    let stand_ins = stand_ins.put("docker", "[ \"$1\" != info ]");
    let missing = script(&home, "testing/test-docker.sh", &[], &set).await;
    missing.assert_failure("engine does not answer");
    assert_eq!(missing.status.code(), Some(2));

    let stand_ins = stand_ins.put(
        "docker",
        "case \" $* \" in *' up '*) exit 3 ;; *' logs '*) echo a log line ;; esac",
    );
    stand_ins.forget_calls();
    let failed = script(&home, "testing/test-docker.sh", &[], &set).await;
    failed.assert_failure("the stack's logs: ");
    assert_eq!(failed.status.code(), Some(3));
    let (_, log) = failed.text.split_once("the stack's logs: ").unwrap();
    let log = std::fs::read_to_string(log.lines().next().unwrap()).unwrap();
    assert_eq!(log, "a log line\n");
    // on a machine that is gone afterwards, nobody could open the file
    let set = [("PATH", path.as_str()), ("CI", "true")];
    let failed = script(&home, "testing/test-docker.sh", &[], &set).await;
    failed.assert_failure("the stack's logs:\na log line\n");
    let calls = stand_ins.calls();
    assert!(
        calls[2].contains("docker-compose.test.yml up --build --detach --wait"),
        "{calls:?}"
    );
    assert!(
        calls.last().unwrap().contains(" down --volumes"),
        "{calls:?}"
    );
}
