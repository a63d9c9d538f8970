//! What is deployed: Dockerfile, compose files, fly.toml and workflows, held against the code and, as far as goes
//! without a container engine, run: the real commands in the environments that they name.

mod files;
mod roles;

use rust_c2s_api::app::DRAIN;
use rust_c2s_api::config::variables;
use rust_c2s_api::storage::test_database::TestDatabase;
use serde_json::Value;
use tokio::process::Command;

use crate::home::Home;
use crate::running::{Running, get, of_the_package, run, simulator, variables as of_a_service};
use files::{
    COMPOSE_FILES, compose, dockerfile_environment, dockerfile_lines, fly, health_command, pairs,
    strings, workflows,
};

/// Waits for the result, whatever `PROCESS_WAIT_SECS` is set to.
const PROCESS: &str = "/api/v1/leads/process?id=00000000000000000000000000000a01&wait=25";

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

#[test]
fn every_variable_that_is_set_is_one_of_the_configuration() {
    let known: Vec<&str> = variables::all().map(|variable| variable.name).collect();
    let mut set = dockerfile_environment();
    set.extend(pairs(&fly()["env"]));
    for file in COMPOSE_FILES {
        set.extend(pairs(&compose(file)["services"]["service"]["environment"]));
    }
    assert!(set.len() > 30);
    for (name, _) in set {
        assert!(known.contains(&name.as_str()), "{name}");
    }
}

/// Whether an image of a compose file is the one that is built here.
fn is_ours(image: &Value) -> bool {
    let image = image.as_str().unwrap();
    image.starts_with("rust-c2s-api:")
}

/// Newer Docker builds services at the same time; two that tag one image fail with "already exists".
#[test]
fn one_service_builds_the_image_and_the_other_does_not_look_for_it_elsewhere() {
    for file in COMPOSE_FILES {
        let services = compose(file)["services"].take();
        let ours = services.as_object().unwrap().iter();
        let ours: Vec<_> = ours.filter(|(_, it)| is_ours(&it["image"])).collect();
        assert_eq!(ours.len(), 2);
        let (_, first) = ours[0];
        for (name, it) in &ours {
            assert_eq!(it["image"], first["image"]);
            match name.as_str() {
                "simulator" => assert_eq!(it["build"], "."),
                _ => assert_eq!(
                    (&it["build"], &it["pull_policy"]),
                    (&Value::Null, &Value::from("never"))
                ),
            }
        }
    }
}

#[test]
fn the_test_stack_is_the_demo_but_for_its_ports_and_networks() {
    let [mut demo, mut tested] = COMPOSE_FILES.map(compose);
    assert_ne!(demo["name"], tested["name"]);
    for file in [&mut demo, &mut tested] {
        for service in file["services"].as_object_mut().unwrap().values_mut() {
            let service = service.as_object_mut().unwrap();
            for differs in ["ports", "networks", "restart"] {
                service.remove(differs);
            }
            if is_ours(&service["image"]) {
                service.remove("image");
            }
        }
    }
    assert_eq!(demo["services"], tested["services"]);
}

#[test]
fn nothing_is_published_beyond_the_machine() {
    let expected = [["8081", "8090"], ["18081", "18090"]];
    for (file, [service, simulator]) in COMPOSE_FILES.into_iter().zip(expected) {
        let services = compose(file)["services"].take();
        let ports = |name: &str| strings(&services[name]["ports"]);
        assert_eq!(ports("service"), [format!("127.0.0.1:{service}:8081")]);
        assert_eq!(ports("simulator"), [format!("127.0.0.1:{simulator}:8090")]);
        assert!(services["postgres"]["ports"].is_null());
    }
}

/// `docker compose up`, with the host names of its network replaced by addresses of this machine.
#[tokio::test]
async fn the_compose_file_is_the_demo_that_the_readme_shows() {
    let services = compose("docker-compose.yml")["services"].take();
    let home = Home::new();
    let database = TestDatabase::create_empty().await.unwrap();

    let command = strings(&services["simulator"]["command"]);
    let arguments: Vec<&str> = command[1..].iter().map(String::as_str).collect();
    let (port, arguments) = arguments.split_last().unwrap();
    assert_eq!(*port, "8090");
    let nothing: [(&str, &str); 0] = [];
    let simulator = Running::start(&home, &[arguments, &["0"]].concat(), &nothing);
    let told = simulator.until_it_says("whoever reaches").await;
    let leads = told
        .split_whitespace()
        .find(|word| word.ends_with("/_sim/leads"));
    let leads = leads.unwrap();
    let upstream = leads
        .trim_end_matches("/_sim/leads")
        .trim_start_matches("http://");
    assert!(get(leads).await.1.as_array().unwrap().len() > 30);

    let mut environment = dockerfile_environment();
    for (name, value) in pairs(&services["service"]["environment"]) {
        let value = value.replace("simulator:8090", upstream);
        // what the simulator says at its start is what the compose file sets
        if name.starts_with("C2S_") || name.starts_with("DIRETRIX_") || name.starts_with("WORK_API")
        {
            assert!(
                told.contains(&format!("{name}={value}\n")),
                "{name}: {told}"
            );
        }
        environment.push((name, value));
    }
    environment.push(("DB_URL".to_owned(), database.url()));
    environment.push(("PORT".to_owned(), "0".to_owned()));
    let set: Vec<_> = environment
        .iter()
        .map(|(name, value)| (name.as_str(), value))
        .collect();
    let service = Running::start(&home, &["serve"], &set);
    let port = port_of(&service).await;
    let address = format!("http://127.0.0.1:{port}");

    let (status, masked) = get(&format!("{address}{PROCESS}")).await;
    assert_eq!((status, &masked["state"]), (200, &Value::from("completed")));
    let cpf = masked["cpfs_processed"][0].as_str().unwrap();
    assert!(cpf.starts_with("***."), "{cpf}");
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

/// What fly.toml and the secrets that the service cannot do without make of it.
#[tokio::test]
async fn the_fly_app_migrates_becomes_ready_and_is_shut_without_keys() {
    let (home, simulator) = (Home::new(), simulator().await);
    let database = TestDatabase::create_empty().await.unwrap();
    let fly = fly();
    let mut environment = dockerfile_environment();
    environment.extend(pairs(&fly["env"]));
    let secrets = of_a_service(&simulator, &database.url(), &[]);
    environment.extend(
        secrets
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value)),
    );
    let set: Vec<_> = environment
        .iter()
        .map(|(name, value)| (name.as_str(), value))
        .collect();

    let release = fly["deploy"]["release_command"].as_str().unwrap();
    let (program, command) = release.split_once(' ').unwrap();
    assert_eq!(program, "rust-c2s-api");
    let migrated = run(&home, &[command], &set).await;
    assert_eq!(
        migrated.assert_success().text,
        "the database is up to date\n"
    );

    // as after a rollback: the database has a migration that this version does not know
    sqlx::query(
        "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
         values (9999, 'of a newer version', true, '\\x00', 0)",
    )
    .execute(database.pool())
    .await
    .unwrap();
    let service = Running::start(&home, &["serve"], &set);
    let address = format!("http://127.0.0.1:{}", port_of(&service).await);
    let http_checks = fly["http_service"]["checks"].as_array().unwrap();
    for check in http_checks.iter().chain([&fly["checks"]["ready"]]) {
        let path = check["path"].as_str().unwrap();
        assert_eq!(get(&format!("{address}{path}")).await.0, 200, "{path}");
    }
    let (status, answer) = get(&format!("{address}{PROCESS}")).await;
    assert_eq!(status, 200, "{answer}");
    let cpf = answer["cpfs_processed"][0].as_str().unwrap();
    assert!(cpf.starts_with("***."), "{cpf}");
    assert_eq!(get(&format!("{address}/api/v1/leads")).await.0, 401);
    let ended = service.stop("TERM").await;
    ended.assert_success();
    assert!(ended.text.contains("no API_KEYS"), "{}", ended.text);
}

#[test]
fn fly_and_docker_leave_the_time_that_stopping_takes() {
    let fly = fly();
    assert_eq!(fly["kill_signal"], "SIGTERM");
    assert!(fly["kill_timeout"].as_u64().unwrap() > DRAIN.as_secs());
    for file in COMPOSE_FILES {
        let grace = compose(file)["services"]["service"]["stop_grace_period"].take();
        let seconds = grace.as_str().unwrap().strip_suffix('s').unwrap();
        assert!(seconds.parse::<u64>().unwrap() > DRAIN.as_secs());
    }
}

#[test]
fn the_ports_agree_and_a_machine_always_runs() {
    let (fly, environment) = (fly(), dockerfile_environment());
    let port = environment.iter().find(|(name, _)| name == "PORT").unwrap();
    let exposed = dockerfile_lines("EXPOSE").pop().unwrap();
    assert_eq!(exposed, port.1);
    assert_eq!(fly["env"]["PORT"], *port.1);
    assert_eq!(fly["http_service"]["internal_port"].to_string(), port.1);
    assert_eq!(fly["checks"]["ready"]["port"].to_string(), port.1);
    assert_eq!(fly["http_service"]["auto_stop_machines"], "off");
    let running = fly["http_service"]["min_machines_running"].as_u64();
    assert!(running.is_some_and(|machines| machines >= 1), "{running:?}");
    assert_eq!(fly["restart"][0]["policy"], "always");
}

#[test]
fn what_is_built_and_run_on_is_pinned() {
    let bases = dockerfile_lines("FROM");
    assert_eq!(bases.len(), 2);
    for base in &bases {
        let digest = base.split_once("@sha256:").unwrap().1;
        let digest = digest.split(' ').next().unwrap();
        assert!(digest.len() == 64, "{base}");
    }
    let toolchain: Value = toml::from_str(&of_the_package("rust-toolchain.toml")).unwrap();
    let channel = toolchain["toolchain"]["channel"].as_str().unwrap();
    assert!(
        bases[0].starts_with(&format!("rust:{channel}-")),
        "{}",
        bases[0]
    );

    let workflows = workflows();
    assert!(!workflows.is_empty());
    for (name, text) in workflows {
        for used in text.lines().filter_map(|line| line.split_once("uses: ")) {
            let action = used.1.split(" #").next().unwrap().trim();
            let commit = action.split_once('@').map_or("", |(_, commit)| commit);
            let pinned = commit.len() == 40 && commit.bytes().all(|b| b.is_ascii_hexdigit());
            assert!(pinned || action.starts_with("./"), "{name}: {action}");
        }
    }
}
