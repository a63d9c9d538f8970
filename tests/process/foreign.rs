//! Commands on invented people never look at somebody else's database or upstreams.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::home::Home;
use crate::running::{Running, demo, get, run};

/// Listens where somebody else's systems would, and counts who calls.
struct Trap {
    url: String,
    calls: Arc<AtomicUsize>,
}

impl Trap {
    fn set() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("127.0.0.1:{}", listener.local_addr().unwrap().port());
        let calls = Arc::new(AtomicUsize::new(0));
        let counter = calls.clone();
        std::thread::spawn(move || {
            for _call in listener.incoming() {
                counter.fetch_add(1, Ordering::SeqCst);
            }
        });
        Self { url, calls }
    }

    fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }

    /// Every variable by which a service, libpq or an HTTP client could be led here.
    fn variables(&self) -> Vec<(&'static str, String)> {
        let (web, port) = (format!("http://{}", self.url), &self.url[10..]);
        let database = format!("postgres://somebody:secret@{}/theirs", self.url);
        let secrets = ["C2S_TOKEN", "WORK_API", "DIRETRIX_USER", "DIRETRIX_PASS"];
        let databases = ["DB_URL", "DB_DIRECT_URL", "DATABASE_URL"];
        let webs = [
            "C2S_BASE_URL",
            "WORK_API_BASE_URL",
            "DIRETRIX_BASE_URL",
            "HTTP_PROXY",
            "http_proxy",
            "ALL_PROXY",
        ];
        let mut set: Vec<_> = databases.map(|name| (name, database.clone())).into();
        set.extend(secrets.map(|name| (name, "somebody-elses-secret".to_owned())));
        set.extend(webs.map(|name| (name, web.clone())));
        set.push(("PGHOST", "127.0.0.1".to_owned()));
        set.push(("PGPORT", port.to_owned()));
        set.push(("PGDATABASE", "theirs".to_owned()));
        set
    }

    /// A home whose `.env` leads here too.
    fn home(&self) -> Home {
        let home = Home::new();
        let lines = self.variables().into_iter();
        let lines = lines.map(|(name, value)| format!("{name}={value}\n"));
        home.write(".env", &lines.collect::<String>());
        home
    }
}

#[tokio::test]
async fn a_demo_works_beside_somebody_elses_variables_and_calls_none_of_them() {
    let trap = Trap::set();
    let home = trap.home();
    let (demo, tour) = demo(&home, &trap.variables()).await;
    assert!(tour.contains(r#""state":"completed""#), "{tour}");
    demo.stop("INT").await.assert_success();
    assert_eq!(trap.calls(), 0);
}

#[tokio::test]
async fn a_simulator_answers_beside_them() {
    let trap = Trap::set();
    let home = trap.home();
    let simulator = Running::start(&home, &["simulator", "--port", "0"], &trap.variables());
    let said = simulator.until_it_says("/_sim/leads").await;
    let url = said.split_whitespace().next_back().unwrap();
    assert_eq!(get(url).await.0, 200);
    let ended = simulator.stop("TERM").await;
    ended.assert_success();
    assert!(!ended.text.contains("somebody"), "{}", ended.text);
    assert_eq!(trap.calls(), 0);
}

#[tokio::test]
async fn the_tests_own_postgres_starts_and_stops_beside_them() {
    let trap = Trap::set();
    let home = trap.home();
    let set = trap.variables();
    run(&home, &["dev-postgres", "start"], &set)
        .await
        .assert_success();
    assert!(home.server_runs("tests"));
    let url = run(&home, &["dev-postgres", "url"], &set).await;
    let place = home.path().file_name().unwrap().to_str().unwrap();
    let place = place.trim_start_matches('.');
    assert!(url.assert_success().text.contains(place), "{}", url.text);
    run(&home, &["dev-postgres", "stop"], &set)
        .await
        .assert_success();
    assert!(!home.server_runs("tests"));
    assert_eq!(trap.calls(), 0);
}

/// What the others count on: whoever does read these variables is caught.
#[tokio::test]
async fn a_command_that_reads_them_is_caught() {
    let trap = Trap::set();
    let home = trap.home();
    let nothing: [(&str, &str); 0] = [];
    let ended = run(&home, &["leads", "list"], &nothing).await;
    ended.assert_failure("database");
    assert!(!ended.text.contains("secret"), "{}", ended.text);
    assert!(trap.calls() > 0);
}
