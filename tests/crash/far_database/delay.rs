//! A way to the database on which everything takes a while, in both directions.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection};

use crate::database::Database;

/// A port that leads to a database. Threads and blocking calls: a timer of the runtime is good for
/// whole milliseconds only.
pub(crate) struct DelayedWay {
    url: String,
}

impl DelayedWay {
    pub(crate) async fn to(database: &Database, each_way: Duration) -> Self {
        let target = Target::of(&database.options_of_a_service());
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            for near in listener.incoming() {
                target.join(&near.unwrap(), each_way);
            }
        });
        let url = database.url_by(address);
        Self { url }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Milliseconds of a round trip, the best of some.
    pub(crate) async fn measured(&self) -> f64 {
        let options: PgConnectOptions = self.url.parse().unwrap();
        let mut connection = options.connect().await.unwrap();
        let mut best = f64::MAX;
        for _ in 0..10 {
            let since = Instant::now();
            connection.ping().await.unwrap();
            best = best.min(since.elapsed().as_secs_f64() * 1_000.0);
        }
        connection.close().await.unwrap();
        best
    }
}

enum Target {
    Socket(PathBuf),
    Port(String, u16),
}

impl Target {
    fn of(options: &PgConnectOptions) -> Self {
        let port = options.get_port();
        match options.get_socket() {
            Some(directory) => Self::Socket(directory.join(format!(".s.PGSQL.{port}"))),
            None => Self::Port(options.get_host().to_owned(), port),
        }
    }

    fn join(&self, near: &TcpStream, each_way: Duration) {
        near.set_nodelay(true).unwrap();
        match self {
            Self::Socket(path) => {
                let far = UnixStream::connect(path).unwrap();
                pass_on(
                    near.try_clone().unwrap(),
                    far.try_clone().unwrap(),
                    each_way,
                );
                pass_on(far, near.try_clone().unwrap(), each_way);
            }
            Self::Port(host, port) => {
                let far = TcpStream::connect((host.as_str(), *port)).unwrap();
                far.set_nodelay(true).unwrap();
                pass_on(
                    near.try_clone().unwrap(),
                    far.try_clone().unwrap(),
                    each_way,
                );
                pass_on(far, near.try_clone().unwrap(), each_way);
            }
        }
    }
}

trait End: Write + Send + 'static {
    fn no_more(&self);
}

impl End for TcpStream {
    fn no_more(&self) {
        // closed already: nothing is to be done
        drop(self.shutdown(Shutdown::Write));
    }
}

impl End for UnixStream {
    fn no_more(&self) {
        drop(self.shutdown(Shutdown::Write));
    }
}

/// One direction: what is read is written when its time has come, and meanwhile more is read.
fn pass_on(mut from: impl Read + Send + 'static, mut to: impl End, each_way: Duration) {
    let (sender, receiver) = mpsc::channel::<(Instant, Vec<u8>)>();
    thread::spawn(move || {
        let mut buffer = vec![0; 1 << 16];
        while let Ok(read @ 1..) = from.read(&mut buffer) {
            let arrives = Instant::now() + each_way;
            if sender.send((arrives, buffer[..read].to_vec())).is_err() {
                return;
            }
        }
    });
    thread::spawn(move || {
        for (arrives, bytes) in receiver {
            thread::sleep(arrives.saturating_duration_since(Instant::now()));
            if to.write_all(&bytes).is_err() {
                return;
            }
        }
        to.no_more();
    });
}
