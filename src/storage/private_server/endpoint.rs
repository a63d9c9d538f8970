use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use percent_encoding::{NON_ALPHANUMERIC, percent_encode};
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};

use super::PrivateServerError;

const SUPERUSER: &str = "postgres";
/// Only part of the socket's file name: no TCP port is opened.
const PORT: u16 = 5432;
/// macOS takes 103 bytes; `/.s.PGSQL.5432` and its lock file's suffix take 18 of them.
const LONGEST_DIRECTORY: usize = 85;
/// SQLSTATE cannot_connect_now: the server is starting up, recovering or shutting down.
const CANNOT_CONNECT_NOW: &str = "57P03";
/// SQLSTATE duplicate_database, and the unique_violation two simultaneous creations end in.
const ALREADY_THERE: [&str; 2] = ["42P04", "23505"];

/// Where a server listens.
#[derive(Clone, Debug)]
pub(super) struct Endpoint {
    directory: PathBuf,
}

impl Endpoint {
    pub(super) fn below(root: &Path) -> Result<Self, PrivateServerError> {
        let directory = root.join("socket");
        let length = directory.as_os_str().len();
        if length > LONGEST_DIRECTORY {
            return Err(PrivateServerError::SocketPathTooLong {
                path: directory,
                length,
                limit: LONGEST_DIRECTORY,
            });
        }
        Ok(Self { directory })
    }

    pub(super) fn directory(&self) -> &Path {
        &self.directory
    }

    pub(super) fn connect_options(&self, database: &str) -> PgConnectOptions {
        // This constructor takes defaults from the PG* variables, so each of them that matters is set here.
        PgConnectOptions::new_without_pgpass()
            .host("localhost")
            .socket(&self.directory)
            .port(PORT)
            .username(SUPERUSER)
            .password("")
            .database(database)
            .ssl_mode(PgSslMode::Disable)
            .application_name("rust-c2s-api")
    }

    pub(super) fn url(&self, database: &str) -> String {
        let host = percent_encode(self.directory.as_os_str().as_bytes(), NON_ALPHANUMERIC);
        let database = percent_encode(database.as_bytes(), NON_ALPHANUMERIC);
        format!("postgres://{SUPERUSER}@{host}:{PORT}/{database}?sslmode=disable")
    }

    /// Whether a server holds the socket. The kernel's word: neither the socket's file nor a process number in a pid
    /// file proves it, both outlive a crash.
    pub(super) fn is_open(&self) -> bool {
        UnixStream::connect(self.directory.join(format!(".s.PGSQL.{PORT}"))).is_ok()
    }

    /// Connects; `None` if there is no server, or while it starts or stops.
    pub(super) async fn connect_if_open(
        &self,
        database: &str,
    ) -> Result<Option<PgConnection>, PrivateServerError> {
        match self.connect_options(database).connect().await {
            Ok(connection) => Ok(Some(connection)),
            Err(error) if has_code(&error, &[CANNOT_CONNECT_NOW]) => Ok(None),
            // nobody listens, or it has gone this moment
            Err(sqlx::Error::Io(_)) => Ok(None),
            Err(error) => Err(PrivateServerError::database("connect")(error)),
        }
    }

    /// Makes `name` anew, ending whoever is connected to an older one.
    pub(super) async fn recreate_database(&self, name: &str) -> Result<(), PrivateServerError> {
        let mut connection = self
            .connect_options("postgres")
            .connect()
            .await
            .map_err(PrivateServerError::database("connect"))?;
        let name = quote_identifier(name);
        let statements = [
            format!("drop database if exists {name} with (force)"),
            format!("create database {name}"),
        ];
        for statement in statements {
            sqlx::query(AssertSqlSafe(statement))
                .execute(&mut connection)
                .await
                .map_err(PrivateServerError::database("make a database anew"))?;
        }
        connection
            .close()
            .await
            .map_err(PrivateServerError::database("close a connection"))
    }

    pub(super) async fn ensure_database(&self, name: &str) -> Result<(), PrivateServerError> {
        let mut connection = self
            .connect_options("postgres")
            .connect()
            .await
            .map_err(PrivateServerError::database("connect"))?;
        let exists: bool =
            sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
                .bind(name)
                .fetch_one(&mut connection)
                .await
                .map_err(PrivateServerError::database("list its databases"))?;
        if !exists {
            let create = format!("create database {}", quote_identifier(name));
            match sqlx::query(AssertSqlSafe(create))
                .execute(&mut connection)
                .await
            {
                Ok(_) => {}
                Err(error) if has_code(&error, &ALREADY_THERE) => {}
                Err(error) => {
                    return Err(PrivateServerError::database("create a database")(error));
                }
            }
        }
        connection
            .close()
            .await
            .map_err(PrivateServerError::database("close a connection"))
    }
}

pub(super) fn quote_identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn has_code(error: &sqlx::Error, codes: &[&str]) -> bool {
    error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code)
        .is_some_and(|code| codes.contains(&code.as_ref()))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn the_url_means_the_socket() {
        let endpoint = Endpoint::below(Path::new("/tmp/a b/é")).unwrap();
        let options: PgConnectOptions = endpoint.url("c2s-dev").parse().unwrap();
        assert_eq!(
            options.get_socket().unwrap(),
            Path::new("/tmp/a b/é/socket")
        );
        assert_eq!(options.get_port(), 5432);
        assert_eq!(options.get_username(), "postgres");
        assert_eq!(options.get_database(), Some("c2s-dev"));
    }

    #[test]
    fn a_long_place_is_refused() {
        let refused = Endpoint::below(Path::new(&format!("/{}", "d".repeat(80)))).unwrap_err();
        assert!(refused.to_string().contains("88 bytes, at most 85"));
    }
}
