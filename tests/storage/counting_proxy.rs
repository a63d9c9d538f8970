//! A proxy between a pool and its server that counts what goes over the wire.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};

use sqlx::postgres::{PgConnectOptions, PgSslMode};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};

/// What was seen since the last look.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    /// How often the client spoke after the server had.
    pub(crate) round_trips: usize,
    /// How often the server said that it is ready and in no transaction: one was ended by then.
    pub(crate) transactions: usize,
}

/// By this alone the pool tests a connection that is put back, after whoever had it got the answer:
/// nobody waits for it and nothing is committed, so it does not count.
const LONE_SYNC: [u8; 5] = *b"S\0\0\0\x04";

#[derive(Default)]
struct Counters {
    server_spoke: AtomicBool,
    is_tested: AtomicBool,
    round_trips: AtomicUsize,
    transactions: AtomicUsize,
}

pub(crate) struct CountingProxy {
    pub(crate) options: PgConnectOptions,
    counters: Arc<Counters>,
}

impl CountingProxy {
    pub(crate) async fn before(server: PgConnectOptions) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let counters = Arc::new(Counters::default());
        let database = server.get_database().unwrap().to_owned();
        let options = PgConnectOptions::new_without_pgpass()
            .host("127.0.0.1")
            .port(port)
            .username(server.get_username())
            .database(&database)
            .ssl_mode(PgSslMode::Disable);
        tokio::spawn(serve(listener, server, counters.clone()));
        Self { options, counters }
    }

    /// What was seen since the last look.
    pub(crate) fn take(&self) -> Seen {
        Seen {
            round_trips: self.counters.round_trips.swap(0, SeqCst),
            transactions: self.counters.transactions.swap(0, SeqCst),
        }
    }
}

async fn serve(listener: TcpListener, server: PgConnectOptions, counters: Arc<Counters>) {
    while let Ok((client, _)) = listener.accept().await {
        let counters = counters.clone();
        let (client_in, client_out) = client.into_split();
        match server.get_socket() {
            Some(directory) => {
                let path = directory.join(format!(".s.PGSQL.{}", server.get_port()));
                let (server_in, server_out) = UnixStream::connect(path).await.unwrap().into_split();
                tokio::spawn(from_client(client_in, server_out, counters.clone()));
                tokio::spawn(from_server(server_in, client_out, counters));
            }
            None => {
                let address = (server.get_host(), server.get_port());
                let (server_in, server_out) =
                    TcpStream::connect(address).await.unwrap().into_split();
                tokio::spawn(from_client(client_in, server_out, counters.clone()));
                tokio::spawn(from_server(server_in, client_out, counters));
            }
        }
    }
}

async fn from_client(
    mut client: impl AsyncRead + Unpin,
    mut server: impl AsyncWrite + Unpin,
    counters: Arc<Counters>,
) {
    let mut buffer = vec![0; 1 << 16];
    while let Ok(read) = client.read(&mut buffer).await {
        if buffer[..read] == LONE_SYNC {
            counters.is_tested.store(true, SeqCst);
            counters.server_spoke.store(false, SeqCst);
        } else if counters.server_spoke.swap(false, SeqCst) {
            counters.round_trips.fetch_add(1, SeqCst);
        }
        if read == 0 || server.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
}

/// Messages of the server: a letter, four bytes of length that count themselves, a body.
async fn from_server(
    mut server: impl AsyncRead + Unpin,
    mut client: impl AsyncWrite + Unpin,
    counters: Arc<Counters>,
) {
    loop {
        let mut head = [0; 5];
        if server.read_exact(&mut head).await.is_err() {
            return;
        }
        let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]);
        let mut body = vec![0; length as usize - 4];
        if server.read_exact(&mut body).await.is_err() {
            return;
        }
        let is_ready = head[0] == b'Z';
        let was_tested = is_ready && counters.is_tested.swap(false, SeqCst);
        if is_ready && body == b"I" && !was_tested {
            counters.transactions.fetch_add(1, SeqCst);
        }
        counters.server_spoke.store(true, SeqCst);
        let sent = [&head[..], &body].concat();
        if client.write_all(&sent).await.is_err() {
            return;
        }
    }
}
