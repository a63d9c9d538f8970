//! Connections to the database.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, PgExecutor};
use url::Url;

use super::StorageError;

/// How long a caller waits for a connection (DATABASE.md: 3 s).
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(3);
/// How long one statement may take. The longest, storing a person, takes milliseconds.
const STATEMENT_TIMEOUT_MS: &str = "10000";
/// A connection idle for longer is tried before it is used: Neon cuts idle ones when it falls
/// asleep. A busy service never pays that round trip.
const TRUSTED_IDLE: Duration = Duration::from_secs(20);

/// Opens a pool. No SQL and no parameter of it is ever logged.
///
/// # Errors
/// [`StorageError::Unavailable`] when not even one connection can be made.
pub async fn connect(
    options: &PgConnectOptions,
    max_connections: u32,
) -> Result<PgPool, StorageError> {
    let options = options
        .clone()
        .application_name("rust-c2s-api")
        .options([("statement_timeout", STATEMENT_TIMEOUT_MS)])
        .disable_statement_logging();
    let pool = PgPoolOptions::new()
        .max_connections(max_connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .test_before_acquire(false)
        .before_acquire(|connection, idle| {
            Box::pin(async move {
                if idle.idle_for > TRUSTED_IDLE {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
        .connect_with(options)
        .await?;
    Ok(pool)
}

/// Reads a database URL. It has to name host, user and database itself: what it leaves out is not
/// taken from the environment (PGHOST, PGUSER, PGPASSWORD, PGDATABASE) or from `.pgpass`, where
/// somebody else's database may be named.
///
/// # Errors
/// [`StorageError::BadUrl`], without the URL, which holds a password.
pub fn options_from_url(url: &SecretString) -> Result<PgConnectOptions, StorageError> {
    let url = Url::parse(url.expose_secret()).map_err(|_| StorageError::BadUrl)?;
    let names_host =
        url.host_str().is_some_and(|host| !host.is_empty()) || has_parameter(&url, "host");
    let names_user = !url.username().is_empty() || has_parameter(&url, "user");
    let names_database =
        !url.path().trim_start_matches('/').is_empty() || has_parameter(&url, "dbname");
    if !(matches!(url.scheme(), "postgres" | "postgresql")
        && names_host
        && names_user
        && names_database)
    {
        return Err(StorageError::BadUrl);
    }
    let has_port = url.port().is_some() || has_parameter(&url, "port");
    let has_password = url.password().is_some() || has_parameter(&url, "password");
    let mut options = PgConnectOptions::from_url(&with_known_parameters(&url))
        .map_err(|_| StorageError::BadUrl)?;
    if !has_port {
        options = options.port(5432);
    }
    if !has_password {
        options = options.password("");
    }
    Ok(options)
}

/// The URL without parameters that the client does not know, such as Neon's `channel_binding`: it
/// would log them with their values, and one may be a misspelt password.
fn with_known_parameters(url: &Url) -> Url {
    const KNOWN: [&str; 8] = [
        "host",
        "port",
        "user",
        "password",
        "dbname",
        "sslmode",
        "sslrootcert",
        "options",
    ];
    let mut known = url.clone();
    known.query_pairs_mut().clear().extend_pairs(
        url.query_pairs()
            .filter(|(key, _)| KNOWN.contains(&key.as_ref())),
    );
    known
}

fn has_parameter(url: &Url, name: &str) -> bool {
    url.query_pairs()
        .any(|(key, value)| key == name && !value.is_empty())
}

/// Asks the database whether it answers.
///
/// # Errors
/// [`StorageError::Unavailable`] when it does not.
pub async fn ping(exec: impl PgExecutor<'_>) -> Result<(), StorageError> {
    sqlx::query!(r#"select 1 as "one!""#)
        .fetch_one(exec)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::whole("postgres://user:secret@localhost:5433/name", true)]
    #[case::short_scheme("postgresql://user@localhost/name?sslmode=require", true)]
    #[case::socket("postgres:///name?host=/tmp/here&user=user", true)]
    #[case::unknown_parameter(
        "postgres://user:secret@localhost/name?channel_binding=require",
        true
    )]
    #[case::no_host("postgres:///name", false)]
    #[case::no_user("postgres://localhost/name", false)]
    #[case::no_database("postgres://user:secret@localhost", false)]
    #[case::other("mysql://user:secret@localhost/name", false)]
    #[case::words("private", false)]
    fn a_url_names_everything(#[case] url: &str, #[case] good: bool) {
        let read = options_from_url(&SecretString::from(url));
        assert_eq!(read.is_ok(), good);
        if let Err(error) = read {
            assert!(!format!("{error} {error:?}").contains("secret"));
        }
    }
}
