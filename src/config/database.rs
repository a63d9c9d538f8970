//! `DB_URL`, `DB_DIRECT_URL`: where the database is.

use secrecy::SecretString;
use sqlx::postgres::PgConnectOptions;

use super::reader::Reader;
use super::{ConfigError, Environment};

const POSTGRES_URL: &str = "a PostgreSQL URL such as postgres://user:password@host/database";

/// Where the database is.
#[derive(Debug, Clone)]
pub struct DatabaseConfig {
    /// `DB_URL`, or `DATABASE_URL`.
    pub location: DatabaseLocation,
    /// `DB_DIRECT_URL`: for migrations behind a pooler; `location` if unset.
    pub direct_url: Option<SecretString>,
}

/// A database somewhere, or a private one of our own.
#[derive(Debug, Clone)]
pub enum DatabaseLocation {
    /// `private`: a server of the service's own on this machine; refused in production.
    Private,
    /// A PostgreSQL URL, which holds a password.
    Url(SecretString),
}

impl DatabaseConfig {
    /// Reads the database's variables alone, for commands that call no upstream.
    ///
    /// # Errors
    /// [`ConfigError`] with every problem found.
    pub fn from_env() -> Result<Self, ConfigError> {
        let lookup = |name: &str| super::of_the_process(name)?.into_string().ok();
        let mut reader = Reader::new(&lookup);
        let environment = Environment::read(&mut reader);
        let read = Self::read(&mut reader, environment);
        reader.finish(read)
    }

    pub(super) fn read(reader: &mut Reader<'_>, environment: Option<Environment>) -> Option<Self> {
        let location = read_location(reader, environment);
        let direct_url = reader.set("DB_DIRECT_URL");
        if let Some(url) = &direct_url {
            check_direct_url(reader, url, location.as_ref());
        }
        Some(Self {
            location: location?,
            direct_url: direct_url.map(SecretString::from),
        })
    }
}

fn read_location(
    reader: &mut Reader<'_>,
    environment: Option<Environment>,
) -> Option<DatabaseLocation> {
    let name = match (reader.set("DB_URL"), reader.set("DATABASE_URL")) {
        (None, Some(_)) => "DATABASE_URL",
        _ => "DB_URL",
    };
    let text = reader.text(name)?;
    if text != "private" {
        if !is_postgres_url(&text) {
            reader.malformed(name, &format!("{POSTGRES_URL}, or `private`"));
            return None;
        }
        return Some(DatabaseLocation::Url(SecretString::from(text)));
    }
    if environment == Some(Environment::Production) {
        let wrong =
            "`private` is refused in production: its data would live and die with this machine";
        reader.problem(name, wrong, format!("set it to {POSTGRES_URL}"));
        return None;
    }
    Some(DatabaseLocation::Private)
}

/// The migrator takes a session lock, which does not pass a pooler in transaction mode.
fn check_direct_url(reader: &mut Reader<'_>, url: &str, location: Option<&DatabaseLocation>) {
    let name = "DB_DIRECT_URL";
    if !is_postgres_url(url) {
        reader.malformed(name, POSTGRES_URL);
    } else if matches!(location, Some(DatabaseLocation::Private)) {
        reader.problem(name, "has no meaning beside DB_URL=private", "unset it");
    } else if is_pooler(url) {
        let wrong =
            "leads through a pooler (a `-pooler` host), where migrations cannot take their lock";
        reader.problem(name, wrong, "set it to the direct host");
    }
}

fn is_postgres_url(text: &str) -> bool {
    let scheme = ["postgres://", "postgresql://"];
    scheme.iter().any(|scheme| text.starts_with(scheme)) && text.parse::<PgConnectOptions>().is_ok()
}

fn is_pooler(url: &str) -> bool {
    let host = url::Url::parse(url).ok().and_then(|url| {
        let first = url.host_str()?.split('.').next()?.to_owned();
        Some(first)
    });
    host.is_some_and(|label| label.ends_with("-pooler"))
}
