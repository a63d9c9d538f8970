//! The real commands in the environments that the compose file and fly.toml make.

use rust_c2s_api::storage::test_database::TestDatabase;
use serde_json::Value;
use sqlx::PgPool;
use tokio::process::Command;

use super::files::{compose, dockerfile_environment, fly, health_command, pairs, strings};
use crate::home::Home;
use crate::running::{Running, get, of_the_package, run, simulator, text_of, variables};

/// Waits for the result, whatever `PROCESS_WAIT_SECS` is set to.
const PROCESS: &str = "/api/v1/leads/process?id=00000000000000000000000000000a01&wait=25";

/// Names and values.
type Environment = Vec<(String, String)>;

/// As [`Running::start`] takes them.
fn borrowed(environment: &Environment) -> Vec<(&str, &String)> {
    let pairs = environment.iter();
    pairs.map(|(name, value)| (name.as_str(), value)).collect()
}

/// The port that a service says it listens on, on every address of the machine as in a container.
async fn port_of(service: &Running) -> String {
    let said = service.until_it_says("listening").await;
    let (_, rest) = said.split_once("0.0.0.0:").unwrap();
    rest.chars().take_while(char::is_ascii_digit).collect()
}

#[expect(
    clippy::disallowed_methods,
    reason = "the test is a caller of the service, not an upstream call"
)]
async fn get_with_key(url: &str, key: &str) -> (u16, Value) {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = client.get(url).header("X-API-Key", key).send().await;
    let answer = answer.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

/// Whoever has no key sees none whole.
async fn assert_stranger_sees_a_masked_cpf(address: &str) {
    let (status, answer) = get(&format!("{address}{PROCESS}")).await;
    assert_eq!((status, &answer["state"]), (200, &Value::from("completed")));
    let cpf = answer["cpfs_processed"][0].as_str().unwrap();
    assert!(cpf.starts_with("***."), "{cpf}");
}

/// The compose file's simulator on a free port; where it is, and what it said at its start.
async fn composed_simulator(home: &Home, service: &Value) -> (Running, String, String) {
    let command = strings(&service["command"]);
    let arguments: Vec<&str> = command[1..].iter().map(String::as_str).collect();
    let (port, arguments) = arguments.split_last().unwrap();
    assert_eq!(*port, "8090");
    let nothing: [(&str, &str); 0] = [];
    let simulator = Running::start(home, &[arguments, &["0"]].concat(), &nothing);
    let told = simulator.until_it_says("whoever reaches").await;
    let mut words = told.split_whitespace();
    let leads = words.find(|word| word.ends_with("/_sim/leads")).unwrap();
    assert!(get(leads).await.1.as_array().unwrap().len() > 30);
    let address = leads.trim_end_matches("/_sim/leads");
    let address = address.trim_start_matches("http://").to_owned();
    (simulator, address, told)
}

/// The compose file's service, its simulator at this address instead of its network's.
fn composed_environment(service: &Value, simulator: &str, told: &str) -> Environment {
    let mut environment = dockerfile_environment();
    for (name, value) in pairs(&service["environment"]) {
        let value = value.replace("simulator:8090", simulator);
        // what the simulator says at its start is what the compose file sets
        let of_an_upstream = ["C2S_", "DIRETRIX_", "WORK_API"];
        if of_an_upstream.iter().any(|start| name.starts_with(start)) {
            let line = format!("{name}={value}\n");
            assert!(told.contains(&line), "{name}: {told}");
        }
        environment.push((name, value));
    }
    environment
}

/// `docker compose up`, with the host names of its network replaced by addresses of this machine.
#[tokio::test]
async fn the_compose_file_is_the_demo_that_the_readme_shows() {
    let services = compose("docker-compose.yml")["services"].take();
    let home = Home::new();
    let database = TestDatabase::create_empty().await.unwrap();
    let (simulator, upstream, told) = composed_simulator(&home, &services["simulator"]).await;
    let mut environment = composed_environment(&services["service"], &upstream, &told);
    environment.push(("DB_URL".to_owned(), database.url()));
    environment.push(("PORT".to_owned(), "0".to_owned()));
    let service = Running::start(&home, &["serve"], &borrowed(&environment));
    let port = port_of(&service).await;
    let address = format!("http://127.0.0.1:{port}");

    assert_stranger_sees_a_masked_cpf(&address).await;
    let key = "demo-key-of-the-compose-file";
    let (status, whole) = get_with_key(&format!("{address}{PROCESS}"), key).await;
    assert_eq!(status, 200, "{whole}");
    let shown = format!("\"cpfs_processed\": {}", whole["cpfs_processed"]);
    assert!(of_the_package("README.md").contains(&shown), "{shown}");

    let health = health_command();
    for (port, expected) in [(port.as_str(), true), ("1", false)] {
        let mut check = Command::new(&health[0]);
        let status = check.args(&health[1..]).env("PORT", port).status().await;
        assert_eq!(status.unwrap().success(), expected, "port {port}");
    }
    service.stop("TERM").await.assert_success();
    simulator.stop("TERM").await.assert_success();
}

/// As after a rollback: the database has a migration that this version does not know.
async fn migrated_by_a_newer_version(pool: &PgPool) {
    sqlx::query(
        "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
         values (9999, 'of a newer version', true, '\\x00', 0)",
    )
    .execute(pool)
    .await
    .unwrap();
}

async fn release(home: &Home, fly: &Value, environment: &Environment) {
    let command = fly["deploy"]["release_command"].as_str().unwrap();
    let (program, command) = command.split_once(' ').unwrap();
    assert_eq!(program, "rust-c2s-api");
    let released = run(home, &[command], &borrowed(environment)).await;
    let said = &released.assert_success().text;
    assert_eq!(said, "the database is up to date\n");
}

/// What fly.toml and the secrets that the service cannot do without make of it.
#[tokio::test]
async fn the_fly_app_migrates_becomes_ready_and_is_shut_without_keys() {
    let (home, simulator) = (Home::new(), simulator().await);
    let database = TestDatabase::create_empty().await.unwrap();
    let fly = fly();
    let mut environment = dockerfile_environment();
    environment.extend(pairs(&fly["env"]));
    let secrets = variables(&simulator, &database.url(), &[]).into_iter();
    environment.extend(secrets.map(|(name, value)| (name.to_owned(), value)));
    // the port of fly.toml may be taken on this machine
    environment.extend([("METRICS_ADDR".to_owned(), "127.0.0.1:0".to_owned())]);

    release(&home, &fly, &environment).await;
    migrated_by_a_newer_version(database.pool()).await;
    release(&home, &fly, &environment).await;
    let service = Running::start(&home, &["serve"], &borrowed(&environment));
    let address = format!("http://127.0.0.1:{}", port_of(&service).await);
    let checks = fly["http_service"]["checks"].as_array().unwrap();
    for check in checks.iter().chain([&fly["checks"]["ready"]]) {
        let path = check["path"].as_str().unwrap();
        assert_eq!(get(&format!("{address}{path}")).await.0, 200, "{path}");
    }
    let scraped = service.metrics_address().await + fly["metrics"]["path"].as_str().unwrap();
    assert_eq!(text_of(&format!("http://{scraped}"), "").await.0, 200);
    assert_stranger_sees_a_masked_cpf(&address).await;
    assert_eq!(get(&format!("{address}/api/v1/leads")).await.0, 401);
    let ended = service.stop("TERM").await;
    ended.assert_success();
    assert!(ended.text.contains("no API_KEYS"), "{}", ended.text);
}
