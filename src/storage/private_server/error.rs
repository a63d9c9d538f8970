use std::io;
use std::path::{Path, PathBuf};

/// The oldest PostgreSQL the migrations are written for.
pub(super) const OLDEST_MAJOR: u32 = 15;

/// The command that installs PostgreSQL where this was compiled for.
const INSTALL: &str = if cfg!(target_os = "macos") {
    "brew install postgresql@17"
} else {
    "sudo apt-get install postgresql   (Fedora: sudo dnf install postgresql-server)"
};

/// Why there is no private server, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum PrivateServerError {
    /// No server programs of a usable version in any of the places.
    #[error(
        "no PostgreSQL {OLDEST_MAJOR} or newer is installed here{}. Either give the URL of a database \
         (DB_URL; for the demo and the tests TEST_DATABASE_URL), or set PG_BIN_DIR to the directory that holds initdb and postgres, or \
         install it: {INSTALL}", passed_over(.too_old)
    )]
    NotInstalled {
        /// Directories whose programs are older than that.
        too_old: Vec<PathBuf>,
    },
    /// PG_BIN_DIR names a directory without the programs.
    #[error(
        "PG_BIN_DIR={} holds no {missing}: set it to the directory of PostgreSQL's server programs (such as \
         /usr/lib/postgresql/15/bin), or unset it to have them searched for", directory.display()
    )]
    WrongBinDirectory {
        /// The variable's value.
        directory: PathBuf,
        /// The first program that is not there.
        missing: &'static str,
    },
    /// The data was made by a major version that is not installed (any more).
    #[error(
        "the data in {} was made by PostgreSQL {major}, which is not among the installed versions: install it again, or \
         move that directory away to start with an empty database", data.display()
    )]
    OtherVersion {
        /// The data directory.
        data: PathBuf,
        /// The version that made it.
        major: u32,
    },
    /// A program answered `--version` with something else.
    #[error("{} --version answered {answer:?}, which names no version", program.display())]
    UnreadableVersion {
        /// The program that was asked.
        program: PathBuf,
        /// Its answer.
        answer: String,
    },
    /// Another process holds the directory.
    #[error("the private PostgreSQL in {} is in use by another process: stop that one first", root.display())]
    InUse {
        /// The server's root directory.
        root: PathBuf,
    },
    /// Root drops to another account for PostgreSQL, and a parent directory is closed to that account.
    #[error(
        "PostgreSQL does not run as root but as {account}, and {account} may not enter {}: choose a place below \
         /var/lib, or run as an ordinary user", directory.display()
    )]
    Unreachable {
        /// The directory that is closed.
        directory: PathBuf,
        /// The account that PostgreSQL would run under.
        account: &'static str,
    },
    /// Root, on a machine without an account to drop to.
    #[error(
        "PostgreSQL does not run as root, and there is no account postgres or nobody here: run as an ordinary user"
    )]
    NoAccount,
    /// No place for the data.
    #[error(
        "no place to keep the private PostgreSQL: neither HOME nor XDG_STATE_HOME is an absolute path; set one"
    )]
    NoStateDirectory,
    /// A Unix socket's path is limited by the kernel (103 bytes on macOS), its file name included.
    #[error(
        "{} is too long for a Unix socket ({length} bytes, at most {limit}): choose a shorter place, for instance by \
         setting XDG_STATE_HOME", path.display()
    )]
    SocketPathTooLong {
        /// The socket's directory.
        path: PathBuf,
        /// Its length in bytes.
        length: usize,
        /// The longest that is taken.
        limit: usize,
    },
    /// The file system refused.
    #[error("could not {action} {}", path.display())]
    File {
        /// What was tried, as a verb.
        action: &'static str,
        /// On which path.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// One of PostgreSQL's programs failed.
    #[error("{program} failed{}: {output}", log.as_deref().map(|log| format!(" (its log: {})", log.display())).unwrap_or_default())]
    Command {
        /// The program's name.
        program: &'static str,
        /// What it said.
        output: String,
        /// The server's log, where there is one.
        log: Option<PathBuf>,
    },
    /// The server runs but accepted no connection in time.
    #[error("the private PostgreSQL in {} accepts no connection after {seconds} s; its log is server.log there", data.display())]
    NotReady {
        /// The data directory.
        data: PathBuf,
        /// How long it was waited for.
        seconds: u64,
    },
    /// The server refused a connection or a statement.
    #[error("the private PostgreSQL refused to {action}")]
    Database {
        /// What was tried, as a verb.
        action: &'static str,
        /// The server's answer.
        source: sqlx::Error,
    },
    /// The runtime ended while the work was under way.
    #[error("the work on the private PostgreSQL was cut off")]
    CutOff(#[from] tokio::task::JoinError),
}

impl PrivateServerError {
    pub(super) fn file(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::File {
            action,
            path,
            source,
        }
    }

    pub(super) fn database(action: &'static str) -> impl FnOnce(sqlx::Error) -> Self {
        move |source| Self::Database { action, source }
    }
}

fn passed_over(too_old: &[PathBuf]) -> String {
    if too_old.is_empty() {
        return String::new();
    }
    let names: Vec<_> = too_old
        .iter()
        .map(|directory| directory.display().to_string())
        .collect();
    format!(" (older: {})", names.join(", "))
}
