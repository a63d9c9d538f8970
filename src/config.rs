//! The configuration: read once from the environment, all problems reported together.

mod alerts;
mod analytics;
mod api_keys;
mod c2s;
mod database;
mod diretrix;
mod log_level;
mod pipeline;
mod privacy;
mod problem;
mod reader;
mod server;
pub mod variables;
mod work_api;

use std::env;
use std::ffi::OsString;
use std::io;
use std::path::Path;

pub use crate::models::MessageField;
pub use alerts::AlertsConfig;
pub use analytics::AnalyticsConfig;
pub use c2s::C2sConfig;
pub use database::{DatabaseConfig, DatabaseLocation};
pub use diretrix::DiretrixConfig;
pub use pipeline::PipelineConfig;
pub use privacy::PrivacyConfig;
pub use problem::{ConfigError, Problem};
use reader::Reader;
pub use server::{ApiKey, ApiKeys, Environment, LogFormat, Scope, ServerConfig, TrustProxy};
pub use work_api::WorkApiConfig;

/// Everything that can be set. `Debug` shows no secret.
#[derive(Debug, Clone)]
pub struct Config {
    /// Address, access, limits, logs.
    pub server: ServerConfig,
    /// Where the database is.
    pub database: DatabaseConfig,
    /// The CRM.
    pub c2s: C2sConfig,
    /// Contact → CPF.
    pub diretrix: DiretrixConfig,
    /// CPF → profile.
    pub work_api: WorkApiConfig,
    /// Retries, waits, the message.
    pub pipeline: PipelineConfig,
    /// Data protection.
    pub privacy: PrivacyConfig,
    /// Who is told of what no retry mends.
    pub alerts: AlertsConfig,
    /// The views that marketing reads.
    pub analytics: AnalyticsConfig,
}

impl Config {
    /// Reads the environment of the process.
    ///
    /// # Errors
    /// [`ConfigError`] with every problem found.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::from_os_lookup(of_the_process)
    }

    fn from_os_lookup(lookup: impl Fn(&str) -> Option<OsString>) -> Result<Self, ConfigError> {
        let names = variables::all().map(|variable| variable.name);
        let names = names.chain(variables::NOT_BUILT.iter().copied());
        let unreadable = names.filter(|name| lookup(name).is_some_and(|v| v.to_str().is_none()));
        let unreadable: Vec<Problem> = unreadable
            .map(|variable| Problem {
                variable,
                wrong: "is not UTF-8 text".to_owned(),
                remedy: "correct it".to_owned(),
            })
            .collect();
        let read = Self::from_lookup(|name| lookup(name)?.into_string().ok());
        if unreadable.is_empty() {
            return read;
        }
        // Read as unset, such a variable may have been noted as missing as well.
        let known = |problem: &Problem| unreadable.iter().any(|p| p.variable == problem.variable);
        let others = read.err().map(|error| error.0).unwrap_or_default();
        let others: Vec<Problem> = others.into_iter().filter(|p| !known(p)).collect();
        Err(ConfigError([unreadable, others].concat()))
    }

    /// Reads variables by a function that knows their values, `None` for an unset one. An empty
    /// value counts as unset.
    ///
    /// # Errors
    /// [`ConfigError`] with every problem found.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let mut reader = Reader::new(&lookup);
        let read = Self::read(&mut reader);
        reader.finish(read)
    }

    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        refuse_what_is_not_built(reader);
        let environment = Environment::read(reader);
        let concurrency = match reader.set("UPSTREAM_CONCURRENCY") {
            Some(_) => reader.number("UPSTREAM_CONCURRENCY", 1..=1_000),
            None => None,
        };
        let server = ServerConfig::read(reader, environment);
        let database = DatabaseConfig::read(reader, environment);
        let c2s = C2sConfig::read(reader, concurrency);
        let diretrix = DiretrixConfig::read(reader, concurrency);
        let work_api = WorkApiConfig::read(reader, concurrency);
        let pipeline = PipelineConfig::read(reader);
        let privacy = PrivacyConfig::read(reader, environment);
        let alerts = AlertsConfig::read(reader);
        let analytics = AnalyticsConfig::read(reader);
        Some(Self {
            server: server?,
            database: database?,
            c2s: c2s?,
            diretrix: diretrix?,
            work_api: work_api?,
            pipeline: pipeline?,
            privacy: privacy?,
            alerts,
            analytics: analytics?,
        })
    }
}

fn refuse_what_is_not_built(reader: &mut Reader<'_>) {
    for name in variables::NOT_BUILT {
        if reader.set(name).is_some() {
            let wrong = "belongs to a feature that is not built yet and would be ignored";
            reader.problem(name, wrong, "unset it");
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the environment"
)]
fn of_the_process(name: &str) -> Option<OsString> {
    env::var_os(name)
}

/// Who runs the process, as the operating system says: `USER`, else `LOGNAME`; `None` where neither is set.
#[must_use]
pub fn operating_system_user() -> Option<String> {
    let names = ["USER", "LOGNAME"].into_iter();
    let names = names.filter_map(|name| of_the_process(name)?.into_string().ok());
    names
        .map(|name| name.trim().to_owned())
        .find(|name| !name.is_empty())
}

/// Why `.env` could not be read. Never holds a line of it.
#[derive(Debug, thiserror::Error)]
pub enum DotenvError {
    /// A line is not `NAME=value`.
    #[error(".env: a line is not NAME=value; values with blanks stand in double quotes")]
    Malformed,
    /// The file is there and cannot be read.
    #[error(".env cannot be read ({0}): correct its permissions, or remove it")]
    Unreadable(io::ErrorKind),
}

/// Takes variables that the environment does not set from `.env` of the current directory, if
/// there is one and `APP_ENV` is not `production`. For the commands that work on the operator's
/// systems (`serve`, `migrate`, `process`, `leads`), before any thread is started: it changes the
/// environment of the process.
///
/// # Errors
/// [`DotenvError`] when the file is there and cannot be used.
pub fn load_dotenv() -> Result<(), DotenvError> {
    if of_the_process("APP_ENV").is_some_and(|set| set.to_string_lossy().trim() == "production") {
        return Ok(());
    }
    load_dotenv_from(Path::new(".env"))
}

fn load_dotenv_from(path: &Path) -> Result<(), DotenvError> {
    match dotenvy::from_path(path) {
        Ok(()) => Ok(()),
        Err(dotenvy::Error::Io(error)) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(dotenvy::Error::Io(error)) => Err(DotenvError::Unreadable(error.kind())),
        Err(_) => Err(DotenvError::Malformed),
    }
}

#[cfg(test)]
#[path = "config/config_tests.rs"]
mod tests;
