use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use sqlx::Connection;

use super::PrivateServerError;
use super::account::Account;
use super::binaries::{Binaries, Places};
use super::endpoint::Endpoint;

const READY_WITHIN: Duration = Duration::from_secs(60);
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// What the server is started with: no TCP, enough connections for a test process per core, and a log without the
/// errors' text, because that holds rows.
const SETTINGS: [&str; 5] = [
    "listen_addresses=",
    "unix_socket_permissions=0700",
    "max_connections=200",
    "log_min_messages=log",
    "log_checkpoints=off",
];

/// A data directory with what runs it. All methods block.
#[derive(Clone, Debug)]
pub(super) struct Cluster {
    binaries: Binaries,
    account: Account,
    data: PathBuf,
    endpoint: Endpoint,
}

/// Creates the root directory and gives its real path. Its contents are closed by their own modes.
pub(super) fn create_root(root: &Path) -> Result<PathBuf, PrivateServerError> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o711)
        .create(root)
        .map_err(PrivateServerError::file("create", root))?;
    root.canonicalize()
        .map_err(PrivateServerError::file("find", root))
}

impl Cluster {
    /// Finds the programs and makes the data directory if it is not there. The caller holds the root's lock.
    pub(super) fn prepare(root: &Path, places: &Places) -> Result<Self, PrivateServerError> {
        let endpoint = Endpoint::below(root)?;
        let account = Account::choose()?;
        account.check_reach(root)?;
        let data = root.join("data");
        let binaries = Binaries::find(places, &data, made_by(&data)?)?;
        let cluster = Self {
            binaries,
            account,
            data,
            endpoint,
        };
        cluster.create_closed(cluster.endpoint.directory())?;
        if made_by(&cluster.data)?.is_none() {
            cluster.initialise(&root.join("data.new"))?;
        }
        Ok(cluster)
    }

    pub(super) fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// Starts the server and waits until it accepts connections.
    pub(super) fn start(&self) -> Result<(), PrivateServerError> {
        let mut options = format!("-k {}", quote_for_shell(self.endpoint.directory()));
        for setting in SETTINGS {
            options.push_str(&format!(" -c {setting}"));
        }
        let log = self.data.join("server.log");
        self.run(
            "pg_ctl",
            Some(&log),
            self.command("pg_ctl")
                .args(["start", "--wait", "--timeout=60", "--silent", "--pgdata"])
                .arg(&self.data)
                .arg("--log")
                .arg(&log)
                .arg("--options")
                .arg(options),
        )
    }

    /// Stops the server, if it runs.
    pub(super) fn stop(&self) -> Result<(), PrivateServerError> {
        if !self.endpoint.is_open() {
            return Ok(());
        }
        self.run(
            "pg_ctl",
            Some(&self.data.join("server.log")),
            self.command("pg_ctl")
                .args(["stop", "--mode=fast", "--wait", "--silent", "--pgdata"])
                .arg(&self.data),
        )
    }

    /// Builds aside and renames: a crash in the middle leaves `aside`, which the next start throws away.
    fn initialise(&self, aside: &Path) -> Result<(), PrivateServerError> {
        remove(aside, |path| fs::remove_dir_all(path))?;
        remove(&self.data, |path| fs::remove_dir(path))?;
        self.create_closed(aside)?;
        // The C locale is the one every system has, and code point order is what production sorts by.
        self.run(
            "initdb",
            None,
            self.command("initdb")
                .current_dir(aside)
                .args(["--username=postgres", "--encoding=UTF8", "--locale=C"])
                .args(["--auth-local=trust", "--auth-host=reject", "--pgdata"])
                .arg(aside),
        )?;
        fs::rename(aside, &self.data).map_err(PrivateServerError::file("rename", aside))
    }

    /// A directory that only the server's account (and root) can enter.
    fn create_closed(&self, directory: &Path) -> Result<(), PrivateServerError> {
        fs::create_dir_all(directory).map_err(PrivateServerError::file("create", directory))?;
        fs::set_permissions(directory, Permissions::from_mode(0o700))
            .map_err(PrivateServerError::file("close", directory))?;
        self.account.own(directory)
    }

    /// One of PostgreSQL's programs, with nothing of our environment: no PG* variable, no secret of the service.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.binaries.program(program));
        command
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("LC_ALL", "C")
            .current_dir(&self.data);
        self.account.apply(&mut command);
        command
    }

    fn run(
        &self,
        program: &'static str,
        log: Option<&Path>,
        command: &mut Command,
    ) -> Result<(), PrivateServerError> {
        let output = command.output().map_err(PrivateServerError::file(
            "run",
            &self.binaries.program(program),
        ))?;
        if output.status.success() {
            return Ok(());
        }
        let said = [output.stdout, output.stderr].concat();
        Err(PrivateServerError::Command {
            program,
            output: String::from_utf8_lossy(&said).trim().to_owned(),
            log: log.map(Path::to_path_buf),
        })
    }
}

/// Adopts the server that runs, waits for one that starts or stops, starts it if there is none.
pub(super) async fn ensure_running(cluster: &Cluster) -> Result<(), PrivateServerError> {
    let deadline = Instant::now() + READY_WITHIN;
    while Instant::now() < deadline {
        if !cluster.endpoint.is_open() {
            let starting = cluster.clone();
            let started = tokio::task::spawn_blocking(move || starting.start()).await?;
            // one that was still starting when its parent was killed makes ours give up, and serves as well
            if started.is_err() && !cluster.endpoint.is_open() {
                return started;
            }
        }
        if let Some(connection) = cluster.endpoint.connect_if_open("postgres").await? {
            return connection
                .close()
                .await
                .map_err(PrivateServerError::database("close a connection"));
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
    Err(PrivateServerError::NotReady {
        data: cluster.data.clone(),
        seconds: READY_WITHIN.as_secs(),
    })
}

/// The major version that made the data; `None` when there is none yet. The directory is closed to everybody but
/// root and the server's account, which is ours unless we are root.
fn made_by(data: &Path) -> Result<Option<u32>, PrivateServerError> {
    let path = data.join("PG_VERSION");
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(PrivateServerError::file("read", &path)(error)),
    };
    text.trim()
        .parse()
        .map(Some)
        .map_err(|error| PrivateServerError::file("read", &path)(io::Error::other(error)))
}

fn remove(path: &Path, how: fn(&Path) -> io::Result<()>) -> Result<(), PrivateServerError> {
    match how(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(PrivateServerError::file("remove", path)(error))
        }
        _ => Ok(()),
    }
}

/// `pg_ctl` hands its options to a shell.
fn quote_for_shell(path: &Path) -> String {
    format!("'{}'", path.to_string_lossy().replace('\'', r"'\''"))
}
