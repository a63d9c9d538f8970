//! `DB_URL`, `DB_DIRECT_URL`: where the database is.

use std::ffi::OsString;

use secrecy::SecretString;

use super::reader::Reader;
use super::{Config, ConfigError, Environment};
use crate::models::DatabaseUrl;

const POSTGRES_URL: &str = "a PostgreSQL URL such as postgres://user:password@host/database";

/// Where the database is.
#[derive(Debug, Clone)]
pub struct DatabaseConfig {
    /// `DB_URL`, or `DATABASE_URL`.
    pub location: DatabaseLocation,
    /// `DB_DIRECT_URL`: for migrations; `location` if unset.
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
        Self::from_os_lookup(super::of_the_process)
    }

    /// Reads the database's variables for `migrate`. In production that is the release command of a
    /// deploy: what `serve` would refuse there is refused here, before anything is replaced.
    ///
    /// # Errors
    /// [`ConfigError`] with every problem found.
    pub fn for_migration() -> Result<Self, ConfigError> {
        Self::for_migration_from(super::of_the_process)
    }

    fn for_migration_from(lookup: impl Fn(&str) -> Option<OsString>) -> Result<Self, ConfigError> {
        let environment = Environment::read(&mut Reader::new(&readable(&lookup)));
        match environment {
            Some(Environment::Production) => Ok(Config::from_os_lookup(lookup)?.database),
            // one that cannot be read is told below
            Some(Environment::Development) | None => Self::from_os_lookup(lookup),
        }
    }

    /// Reads the database's variables for `seed`, which production refuses: invented people have no
    /// place among real ones.
    ///
    /// # Errors
    /// [`ConfigError`] with every problem found.
    pub fn for_invented_people() -> Result<Self, ConfigError> {
        Self::for_invented_people_from(super::of_the_process)
    }

    fn for_invented_people_from(
        lookup: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Self, ConfigError> {
        let lookup = readable(&lookup);
        let mut reader = Reader::new(&lookup);
        let environment = Environment::read(&mut reader);
        if environment == Some(Environment::Production) {
            let wrong = "is `production`, where nobody may be invented";
            reader.problem(
                "APP_ENV",
                wrong,
                "name another database, with APP_ENV=development",
            );
        }
        let read = Self::read(&mut reader, environment);
        reader.finish(read)
    }

    fn from_os_lookup(lookup: impl Fn(&str) -> Option<OsString>) -> Result<Self, ConfigError> {
        let lookup = readable(&lookup);
        let mut reader = Reader::new(&lookup);
        let environment = Environment::read(&mut reader);
        let read = Self::read(&mut reader, environment);
        reader.finish(read)
    }

    pub(super) fn read(reader: &mut Reader<'_>, environment: Option<Environment>) -> Option<Self> {
        let location = read_location(reader, environment);
        let direct_url = reader.set("DB_DIRECT_URL");
        match (&direct_url, &location) {
            (Some(url), _) => check_direct_url(reader, url, location.as_ref()),
            (None, Some(Location { pooled: true, .. })) => {
                let wrong = "is required where the database is reached through a pooler (a `-pooler` host): \
                             nothing can be migrated there";
                let remedy = "set it to the direct endpoint: the host's name without `-pooler`";
                reader.problem("DB_DIRECT_URL", wrong, remedy);
            }
            (None, _) => {}
        }
        Some(Self {
            location: location?.location,
            direct_url: direct_url.map(SecretString::from),
        })
    }
}

/// Where the database is, and whether a pooler is in between, as the host's name says.
struct Location {
    location: DatabaseLocation,
    pooled: bool,
}

/// A value that is not UTF-8 stays set, with what cannot be read replaced: taken for unset, it
/// would send the command to the database that `DATABASE_URL` names.
fn readable(lookup: &impl Fn(&str) -> Option<OsString>) -> impl Fn(&str) -> Option<String> {
    move |name| Some(lookup(name)?.to_string_lossy().into_owned())
}

fn read_location(reader: &mut Reader<'_>, environment: Option<Environment>) -> Option<Location> {
    let name = match (reader.set("DB_URL"), reader.set("DATABASE_URL")) {
        (None, Some(_)) => "DATABASE_URL",
        _ => "DB_URL",
    };
    let text = reader.text(name)?;
    if text != "private" {
        let remedy = format!("set it to {POSTGRES_URL}, or to `private`");
        let pooled = check_url(reader, name, &text, remedy)?.is_pooled();
        let location = DatabaseLocation::Url(SecretString::from(text));
        return Some(Location { location, pooled });
    }
    if environment == Some(Environment::Production) {
        let wrong =
            "`private` is refused in production: its data would live and die with this machine";
        reader.problem(name, wrong, format!("set it to {POSTGRES_URL}"));
        return None;
    }
    Some(Location {
        location: DatabaseLocation::Private,
        pooled: false,
    })
}

fn check_direct_url(reader: &mut Reader<'_>, url: &str, location: Option<&Location>) {
    let name = "DB_DIRECT_URL";
    let remedy = format!("set it to {POSTGRES_URL}, or unset it");
    let Some(url) = check_url(reader, name, url, remedy) else {
        return;
    };
    if url.is_pooled() {
        // The migrator's lock belongs to a session, which a pooler in transaction mode hands to
        // another caller.
        let wrong = "leads through a pooler (a `-pooler` host), where nothing can be migrated";
        let remedy = "use the direct endpoint: the host's name without `-pooler`";
        reader.problem(name, wrong, remedy);
    }
    let private = location.is_some_and(|at| matches!(at.location, DatabaseLocation::Private));
    if private {
        reader.problem(name, "has no meaning beside DB_URL=private", "unset it");
    }
}

/// Nothing of the URL is told but names: the client library would log what it does not know, so it
/// sees only what was understood here.
fn check_url(
    reader: &mut Reader<'_>,
    name: &'static str,
    text: &str,
    remedy: String,
) -> Option<DatabaseUrl> {
    match DatabaseUrl::parse(text) {
        Err(error) => reader.problem(name, error.to_string(), remedy),
        Ok(url) => return Some(url),
    }
    None
}

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStringExt;

    use super::*;

    #[test]
    fn an_unreadable_url_is_not_taken_for_unset() {
        let read = DatabaseConfig::from_os_lookup(|name| match name {
            "DB_URL" => Some(OsString::from_vec(vec![b'p', 0xff])),
            "DATABASE_URL" => Some("postgres://user:secret@localhost/somebodys".into()),
            _ => None,
        });
        let variables = read
            .err()
            .map(|error| error.0.iter().map(|p| p.variable).collect());
        assert_eq!(variables, Some(vec!["DB_URL"]));
    }

    #[test]
    fn an_unreadable_environment_is_not_taken_for_development() {
        let read = DatabaseConfig::for_migration_from(|name| match name {
            "APP_ENV" => Some(OsString::from_vec(b"production\xff".to_vec())),
            "DB_URL" => Some("postgres://user:secret@localhost/name".into()),
            _ => None,
        });
        let variables = read
            .err()
            .map(|error| error.0.iter().map(|p| p.variable).collect());
        assert_eq!(variables, Some(vec!["APP_ENV"]));
    }
}
