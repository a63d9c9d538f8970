//! Connections to the database.

use std::io;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use sqlx::error::DatabaseError;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions, PgSslMode};
use sqlx::{ConnectOptions, Connection, PgExecutor};
use tokio::time::timeout;

use super::StorageError;
use crate::models::DatabaseUrl;

/// How long a caller waits for a connection (DATABASE.md: 3 s).
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(3);
/// How long one statement may take. The longest, storing a person, takes milliseconds.
const STATEMENT_TIMEOUT_MS: &str = "10000";
/// A connection idle for longer is tried before it is used: Neon cuts idle ones when it falls
/// asleep. A busy service never pays that round trip.
const TRUSTED_IDLE: Duration = Duration::from_secs(20);

/// How long a connection that comes back to the pool may take to answer.
const LONGEST_PING: Duration = Duration::from_secs(2);

/// Opens a pool. No SQL and no parameter of it is ever logged. A pooler refuses what a session would
/// keep: then the limit of a statement's time has to be set for the role (docs/deployment/NEON.md),
/// and the pool's own options name none ([`super::probe_endpoint`]).
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
        .disable_statement_logging();
    let limited = options
        .clone()
        .options([("statement_timeout", STATEMENT_TIMEOUT_MS)]);
    match open(limited, max_connections).await {
        Err(error) if refuses_parameters(&error) => {
            tracing::debug!("the server takes no parameters of a session: a pooler");
            let unlimited = options.extra_float_digits(None);
            Ok(open(unlimited, max_connections).await?)
        }
        opened => Ok(opened?),
    }
}

/// What PgBouncer says of a parameter at the start of a session that it would have to keep.
fn refuses_parameters(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(DatabaseError::code);
    code.as_deref() == Some("08P01")
}

async fn open(options: PgConnectOptions, max_connections: u32) -> Result<PgPool, sqlx::Error> {
    PgPoolOptions::new()
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
        .after_release(|connection, _| {
            Box::pin(async move {
                // A statement that was given up leaves its connection silent, perhaps. An error here
                // closes it at once; otherwise it would keep its place in the pool for minutes.
                let pong = timeout(LONGEST_PING, connection.ping()).await;
                pong.unwrap_or_else(|_| Err(io::Error::from(io::ErrorKind::TimedOut).into()))?;
                Ok(true)
            })
        })
        .connect_with(options)
        .await
}

/// Reads a database URL. It has to name host, user and database itself: what it leaves out is not
/// taken from the environment (PGHOST, PGUSER, PGPASSWORD, PGDATABASE) or from `.pgpass`, where
/// somebody else's database may be named. A parameter that is not known is refused: the client
/// would log it with its value, and go on without what it asks for.
///
/// # Errors
/// [`StorageError::BadUrl`], without the URL, which holds a password.
pub fn options_from_url(url: &SecretString) -> Result<PgConnectOptions, StorageError> {
    let url = DatabaseUrl::parse(url.expose_secret()).map_err(|_| StorageError::BadUrl)?;
    let options = PgConnectOptions::from_url(url.expose());
    let mut options = options.map_err(|_| StorageError::BadUrl)?;
    if !url.names_port() {
        options = options.port(5432);
    }
    if !url.names_password() {
        options = options.password("");
    }
    if url.requires_channel_binding() {
        // The client has no channel binding. What it is for, that nobody sits in between, a
        // certificate checked together with the host's name ensures as well.
        options = options.ssl_mode(PgSslMode::VerifyFull);
    }
    Ok(options)
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
    #![expect(clippy::unwrap_used, reason = "tests")]
    use rstest::rstest;

    use super::*;

    fn read(url: &str) -> Result<PgConnectOptions, StorageError> {
        options_from_url(&SecretString::from(url))
    }

    #[rstest]
    #[case::no_host("postgres:///name")]
    #[case::no_user("postgres://localhost/name")]
    #[case::no_database("postgres://user:secret@localhost")]
    #[case::other("mysql://user:secret@localhost/name")]
    #[case::unknown("postgres://user@localhost/name?sslpassword=secret")]
    #[case::words("private")]
    fn a_url_that_leaves_something_open_is_refused(#[case] url: &str) {
        let error = read(url).unwrap_err();
        assert_eq!(error, StorageError::BadUrl);
        assert!(!format!("{error} {error:?}").contains("secret"));
    }

    #[rstest]
    #[case("sslmode=verify-full", "verify-full")]
    #[case("ssl-mode=verify-full", "verify-full")]
    #[case("ssl-mode=require", "require")]
    #[case("sslmode=disable", "disable")]
    #[case("sslmode=require&channel_binding=require", "verify-full")]
    #[case("channel_binding=require", "verify-full")]
    #[case("channel_binding=prefer&sslmode=require", "require")]
    fn the_protection_asked_for_holds(#[case] parameters: &str, #[case] mode: &str) {
        let options = read(&format!("postgres://user@localhost/name?{parameters}")).unwrap();
        let url = options.to_url_lossy();
        let sslmode = url.query_pairs().find(|(name, _)| name == "sslmode");
        assert_eq!(sslmode.unwrap().1, mode);
    }

    #[test]
    fn certificates_are_passed_on_under_each_name() {
        for names in [
            ["sslrootcert", "sslcert", "sslkey"],
            ["ssl-root-cert", "ssl-cert", "ssl-key"],
            ["ssl-ca", "ssl-cert", "ssl-key"],
        ] {
            let [root, certificate, key] = names;
            let url = format!("postgres://u@h/x?{root}=/a.pem&{certificate}=/b.pem&{key}=/c.pem");
            let said = format!("{:?}", read(&url).unwrap());
            for path in ["/a.pem", "/b.pem", "/c.pem"] {
                assert!(said.contains(path), "{names:?}: {said}");
            }
        }
    }

    #[test]
    fn what_is_left_out_has_a_value_of_its_own() {
        let options = read("postgres://user@localhost/name").unwrap();
        assert_eq!(options.get_port(), 5432);
        let options = read("postgres:///name?host=/tmp/here&user=user&port=5433").unwrap();
        assert_eq!(options.get_port(), 5433);
        assert_eq!(options.get_socket().unwrap().to_str(), Some("/tmp/here"));
    }
}
