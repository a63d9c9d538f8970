//! The files of a deployment, read as their tools read them.

use std::path::Path;

use serde_json::Value;

use crate::running::of_the_package;

pub(super) const COMPOSE_FILES: [&str; 2] = ["docker-compose.yml", "docker-compose.test.yml"];

pub(super) fn compose(name: &str) -> Value {
    serde_saphyr::from_str(&of_the_package(name)).unwrap()
}

pub(super) fn fly() -> Value {
    toml::from_str(&of_the_package("fly.toml")).unwrap()
}

/// The workflows' names and texts.
pub(super) fn workflows() -> Vec<(String, String)> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join(".github/workflows");
    let entries = std::fs::read_dir(directory).unwrap();
    let read = |entry: std::fs::DirEntry| {
        let name = entry.file_name().into_string().unwrap();
        (name, std::fs::read_to_string(entry.path()).unwrap())
    };
    entries.map(|entry| read(entry.unwrap())).collect()
}

/// The arguments of an instruction wherever it stands, lines that are continued joined.
pub(super) fn dockerfile_lines(instruction: &str) -> Vec<String> {
    let text = of_the_package("Dockerfile").replace("\\\n", " ");
    let arguments = text
        .lines()
        .filter_map(|line| line.strip_prefix(instruction)?.strip_prefix(' '));
    arguments.map(|found| found.trim().to_owned()).collect()
}

/// What the image sets: its last stage is the one that runs.
pub(super) fn dockerfile_environment() -> Vec<(String, String)> {
    let set = dockerfile_lines("ENV").pop().unwrap();
    let pairs = set
        .split_whitespace()
        .map(|pair| pair.split_once('=').unwrap());
    pairs
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// The image's health check: a program and its arguments.
pub(super) fn health_command() -> Vec<String> {
    let check = dockerfile_lines("HEALTHCHECK").pop().unwrap();
    let (_, command) = check.split_once("CMD ").unwrap();
    serde_json::from_str(command).unwrap()
}

/// A table of texts.
pub(super) fn pairs(table: &Value) -> Vec<(String, String)> {
    let entries = table.as_object().unwrap().iter();
    entries
        .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()))
        .collect()
}

/// A list of texts.
pub(super) fn strings(list: &Value) -> Vec<String> {
    let entries = list.as_array().unwrap().iter();
    entries
        .map(|entry| entry.as_str().unwrap().to_owned())
        .collect()
}
