//! The way to the database, which a test can break.

use std::future::pending;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use rust_c2s_api::storage::test_database::TestDatabase;
use tokio::io::{AsyncRead, AsyncWrite, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;

/// What the way does to connections.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Link {
    /// Passes everything on.
    Up,
    /// Closes them, old and new.
    Cut,
    /// Keeps them open and passes nothing on: a network that swallows packets.
    Silent,
    /// Passes new connections on; those that fell silent stay so, and nobody closes them.
    UpForNewOnes,
}

/// A port that leads to a database.
pub(crate) struct DatabaseLink {
    address: SocketAddr,
    url: String,
    state: watch::Sender<Link>,
}

#[derive(Clone)]
enum Target {
    Socket(PathBuf),
    Port(String, u16),
}

impl DatabaseLink {
    pub(crate) async fn to(database: &TestDatabase) -> Self {
        let options = database.connect_options().unwrap();
        let port = options.get_port();
        let target = match options.get_socket() {
            Some(directory) => Target::Socket(directory.join(format!(".s.PGSQL.{port}"))),
            None => Target::Port(options.get_host().to_owned(), port),
        };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let (state, watched) = watch::channel(Link::Up);
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(pass_on(stream, target.clone(), watched.clone()));
            }
        });
        Self {
            address,
            url: database.url(),
            state,
        }
    }

    /// The database's URL, by this way.
    pub(crate) fn url(&self) -> String {
        let (before, rest) = self.url.split_once('@').unwrap();
        let (_host, after) = rest.split_once('/').unwrap();
        format!("{before}@{}/{after}", self.address)
    }

    pub(crate) fn set(&self, link: Link) {
        self.state.send_replace(link);
    }
}

async fn pass_on(near: TcpStream, target: Target, state: watch::Receiver<Link>) {
    match target {
        Target::Socket(path) => {
            let far = UnixStream::connect(path).await.unwrap();
            between(near, far, state).await;
        }
        Target::Port(host, port) => {
            let far = TcpStream::connect((host, port)).await.unwrap();
            between(near, far, state).await;
        }
    }
}

async fn between(
    mut near: TcpStream,
    mut far: impl AsyncRead + AsyncWrite + Unpin,
    mut state: watch::Receiver<Link>,
) {
    let mut closed = state.clone();
    let passing = async {
        until(&mut state, |link| link != Link::Silent).await;
        tokio::select! {
            // Closed by either side: there is nobody to tell.
            _ended = copy_bidirectional(&mut near, &mut far) => {}
            () = until(&mut state, |link| link == Link::Silent) => {}
        }
        // What was swallowed is lost: the connection is of no use any more.
        until(&mut state, |link| matches!(link, Link::Up | Link::Cut)).await;
    };
    tokio::select! {
        () = passing => {}
        () = until(&mut closed, |link| link == Link::Cut) => {}
    }
}

async fn until(state: &mut watch::Receiver<Link>, wanted: impl Fn(Link) -> bool) {
    // The link is gone with its test: nothing will change any more.
    if state.wait_for(|link| wanted(*link)).await.is_err() {
        pending::<()>().await;
    }
}
