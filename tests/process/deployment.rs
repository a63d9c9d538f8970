//! What is deployed: Dockerfile, compose files, fly.toml and workflows, held against the code and, as far as goes
//! without a container engine, run: the real commands in the environments that they name.

mod files;
mod roles;
mod started;

use std::net::SocketAddr;

use rust_c2s_api::app::DRAIN;
use rust_c2s_api::config::variables;
use serde_json::Value;

use crate::running::of_the_package;
use files::{
    COMPOSE_FILES, compose, dockerfile_environment, dockerfile_lines, fly, pairs, strings,
    workflows,
};

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
    let metrics: SocketAddr = fly["env"]["METRICS_ADDR"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!(
        metrics.ip().is_unspecified(),
        "Fly's scraper comes from another address"
    );
    assert_eq!(
        fly["metrics"]["port"].to_string(),
        metrics.port().to_string()
    );
    assert_eq!(fly["http_service"]["auto_stop_machines"], "off");
    let running = fly["http_service"]["min_machines_running"].as_u64();
    assert!(running.is_some_and(|machines| machines >= 1), "{running:?}");
    assert_eq!(fly["restart"][0]["policy"], "always");
}

/// Whether what stands behind `@` is a digest or a commit of this many hexadecimal digits.
fn is_pinned(named: &str, mark: &str, digits: usize) -> bool {
    let pin = named.split_once(mark).map_or("", |(_, pin)| pin);
    let pin = pin.split(' ').next().unwrap();
    pin.len() == digits && pin.bytes().all(|b| b.is_ascii_hexdigit())
}

#[test]
fn the_images_are_pinned_and_built_by_our_compiler() {
    let bases = dockerfile_lines("FROM");
    assert_eq!(bases.len(), 2);
    let postgres = COMPOSE_FILES.map(|file| compose(file)["services"]["postgres"]["image"].take());
    let postgres = postgres.iter().map(|image| image.as_str().unwrap());
    for image in bases.iter().map(String::as_str).chain(postgres) {
        assert!(is_pinned(image, "@sha256:", 64), "{image}");
    }
    let toolchain: Value = toml::from_str(&of_the_package("rust-toolchain.toml")).unwrap();
    let channel = toolchain["toolchain"]["channel"].as_str().unwrap();
    let by_ours = bases[0].starts_with(&format!("rust:{channel}-"));
    assert!(by_ours, "{}", bases[0]);
}

#[test]
fn actions_and_tools_are_pinned() {
    let workflows = workflows();
    assert!(!workflows.is_empty());
    for (name, text) in &workflows {
        for used in text.lines().filter_map(|line| line.split_once("uses: ")) {
            let action = used.1.trim();
            assert!(
                is_pinned(action, "@", 40) || action.starts_with("./"),
                "{name}: {action}"
            );
        }
    }
    let run = (".ci/run".to_owned(), of_the_package(".ci/run"));
    let mut installed = 0;
    for (name, text) in workflows.into_iter().chain([run]) {
        for line in text.lines().filter(|line| line.contains("cargo install ")) {
            let (_, version) = line.split_once(" --version ").unwrap_or_default();
            let exact = version.split(' ').next().is_some_and(|version| {
                version
                    .split('.')
                    .filter(|part| part.parse::<u32>().is_ok())
                    .count()
                    == 3
            });
            assert!(exact && line.contains(" --locked "), "{name}: {line}");
            installed += 1;
        }
    }
    assert_eq!(installed, 3);
}
