//! A way to the database that answers some statements itself, with an error.

use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::{Mutex, watch};

use crate::database::Database;

/// Which statement is refused: every third.
const EVERY: usize = 3;

/// The request code of "may I speak TLS?", after which the real start follows.
const TLS_REQUEST: [u8; 4] = 80_877_103_u32.to_be_bytes();

pub(crate) struct ErringWay {
    url: String,
    sqlstate: watch::Sender<Option<&'static str>>,
    counters: Arc<Counters>,
}

#[derive(Default)]
struct Counters {
    seen: AtomicUsize,
    refused: AtomicUsize,
}

#[derive(Clone)]
enum Target {
    Socket(PathBuf),
    Port(String, u16),
}

/// What a connection needs to know.
#[derive(Clone)]
struct Rule {
    sqlstate: watch::Receiver<Option<&'static str>>,
    counters: Arc<Counters>,
}

impl ErringWay {
    pub(crate) async fn to(database: &Database) -> Self {
        let options = database.options_of_a_service();
        let port = options.get_port();
        let target = match options.get_socket() {
            Some(directory) => Target::Socket(directory.join(format!(".s.PGSQL.{port}"))),
            None => Target::Port(options.get_host().to_owned(), port),
        };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let url = database.url_by(listener.local_addr().unwrap());
        let (sqlstate, watched) = watch::channel(None);
        let counters = Arc::<Counters>::default();
        let rule = Rule {
            sqlstate: watched,
            counters: Arc::clone(&counters),
        };
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                tokio::spawn(join(near, target.clone(), rule.clone()));
            }
        });
        Self {
            url,
            sqlstate,
            counters,
        }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn answer_every_third_with(&self, sqlstate: &'static str) {
        self.sqlstate.send_replace(Some(sqlstate));
    }

    pub(crate) fn pass_on_everything(&self) {
        self.sqlstate.send_replace(None);
    }

    /// How many statements were answered with an error.
    pub(crate) fn refused(&self) -> usize {
        self.counters.refused.load(SeqCst)
    }
}

impl Rule {
    /// The error that a batch of messages is answered with, if it is.
    fn refusal(&self, executes: bool) -> Option<Vec<u8>> {
        let sqlstate = (*self.sqlstate.borrow()).filter(|_| executes)?;
        let seen = self.counters.seen.fetch_add(1, SeqCst) + 1;
        seen.is_multiple_of(EVERY).then(|| {
            self.counters.refused.fetch_add(1, SeqCst);
            error_and_ready(sqlstate)
        })
    }
}

/// `ErrorResponse`, then `ReadyForQuery` outside of a transaction.
fn error_and_ready(sqlstate: &str) -> Vec<u8> {
    let fields = format!("SERROR\0VERROR\0C{sqlstate}\0Msimulated\0\0");
    let length = u32::try_from(fields.len() + 4).unwrap().to_be_bytes();
    [b"E", &length[..], fields.as_bytes(), b"Z\0\0\0\x05I"].concat()
}

async fn join(near: TcpStream, target: Target, rule: Rule) {
    match target {
        Target::Socket(path) => {
            let (from, to) = UnixStream::connect(path).await.unwrap().into_split();
            between(near, from, to, rule).await;
        }
        Target::Port(host, port) => {
            let (from, to) = TcpStream::connect((host, port)).await.unwrap().into_split();
            between(near, from, to, rule).await;
        }
    }
}

async fn between(
    near: TcpStream,
    from_server: impl AsyncRead + Unpin,
    to_server: impl AsyncWrite + Unpin,
    rule: Rule,
) {
    let (from_client, to_client) = near.into_split();
    // shared, but never at the same time: a client waits for the answer to what it said
    let to_client = Mutex::new(to_client);
    tokio::select! {
        // Closed by either side: there is nobody to tell.
        _ended = requests(from_client, to_server, &to_client, &rule) => {}
        _ended = answers(from_server, &to_client) => {}
    }
}

async fn answers(
    mut from_server: impl AsyncRead + Unpin,
    to_client: &Mutex<impl AsyncWrite + Unpin>,
) -> std::io::Result<()> {
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = from_server.read(&mut buffer).await?;
        if read == 0 {
            return Ok(());
        }
        to_client.lock().await.write_all(&buffer[..read]).await?;
    }
}

async fn requests(
    mut from_client: impl AsyncRead + Unpin,
    mut to_server: impl AsyncWrite + Unpin,
    to_client: &Mutex<impl AsyncWrite + Unpin>,
    rule: &Rule,
) -> std::io::Result<()> {
    loop {
        let start = packet(&mut from_client, Vec::new()).await?;
        to_server.write_all(&start).await?;
        if start[4..8] != TLS_REQUEST {
            break;
        }
    }
    let (mut batch, mut executes) = (Vec::new(), false);
    loop {
        let kind = from_client.read_u8().await?;
        batch.extend(packet(&mut from_client, vec![kind]).await?);
        executes |= kind == b'E';
        // a batch ends with Sync; what comes without one (a password, a simple query) goes through
        if matches!(kind, b'P' | b'B' | b'D' | b'E' | b'C') {
            continue;
        }
        match rule.refusal(executes && kind == b'S') {
            Some(error) => to_client.lock().await.write_all(&error).await?,
            None => to_server.write_all(&batch).await?,
        }
        (batch, executes) = (Vec::new(), false);
    }
}

/// A message after its kind: four bytes of length that count themselves, a body.
async fn packet(
    from: &mut (impl AsyncRead + Unpin),
    mut packet: Vec<u8>,
) -> std::io::Result<Vec<u8>> {
    let length = from.read_u32().await?;
    packet.extend(length.to_be_bytes());
    let body = packet.len();
    packet.resize(body + length as usize - 4, 0);
    from.read_exact(&mut packet[body..]).await?;
    Ok(packet)
}
