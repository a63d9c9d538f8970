//! A pooler in transaction mode in front of a scenario's own server, as Neon's pooled endpoint is.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::Stdio;

use sqlx::postgres::{PgConnectOptions, PgSslMode};
use sqlx::{ConnectOptions, Connection};
use tokio::process::{Child, Command};

use crate::home::Home;
use crate::running::eventually;
use crate::size::variable;

/// Fewer than a service has connections, so that they are shared among its statements.
const SERVER_CONNECTIONS: u8 = 4;

/// PgBouncer 1.21 or newer; it ends with this value.
pub(crate) struct Pooler {
    _process: Child,
    address: SocketAddr,
}

impl Pooler {
    /// The program, when the scenarios are to be played through one: `CRASH_TEST_POOLED`.
    pub(crate) fn asked_for() -> Option<String> {
        variable("CRASH_TEST_POOLED")
    }

    /// Starts one in front of this database of the server whose socket is in this directory.
    pub(crate) async fn before(program: &str, home: &Home, socket: &Path, database: &str) -> Self {
        let address = free_address();
        let text = configuration(address, socket, database);
        home.write("pgbouncer.ini", &text);
        // it refuses to be root, and only the server's own account may use the server's socket
        let account = std::fs::metadata(socket).unwrap();
        let process = Command::new(program)
            .arg("pgbouncer.ini")
            .current_dir(home.path())
            .uid(account.uid())
            .gid(account.gid())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| panic!("{program}: {error}"));
        let pooler = Self {
            _process: process,
            address,
        };
        eventually("the pooler passes statements on", async || {
            pooler.answers(database).await
        })
        .await;
        pooler
    }

    pub(crate) fn connect_options(&self, database: &str) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass()
            .host(&self.address.ip().to_string())
            .port(self.address.port())
            .username("postgres")
            .database(database)
            .ssl_mode(PgSslMode::Disable)
    }

    pub(crate) fn url(&self, database: &str) -> String {
        format!("postgres://postgres@{}/{database}", self.address)
    }

    async fn answers(&self, database: &str) -> bool {
        let Ok(mut connection) = self.connect_options(database).connect().await else {
            return false;
        };
        let one = sqlx::query_scalar("select 1")
            .fetch_one(&mut connection)
            .await;
        let closed = connection.close().await;
        matches!(one, Ok(1)) && closed.is_ok()
    }
}

fn free_address() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap()
}

fn configuration(address: SocketAddr, socket: &Path, database: &str) -> String {
    let (host, port, socket) = (address.ip(), address.port(), socket.display());
    format!(
        "[databases]
{database} = host={socket} port=5432 user=postgres dbname={database}
[pgbouncer]
listen_addr = {host}
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {SERVER_CONNECTIONS}
max_client_conn = 200
max_prepared_statements = 200
ignore_startup_parameters = extra_float_digits,options
server_login_retry = 1
"
    )
}
