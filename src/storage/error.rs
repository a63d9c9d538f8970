//! What can go wrong with the database, told without any value that was in it.

use sqlx::error::{DatabaseError, Error};

/// The SQLSTATE by which the functions of `migrations/` refuse a run that lost its lead.
const LOST_CLAIM: &str = "LC001";

/// A statement that did not do its work. Never holds a value, a row, a URL, or the error's DETAIL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StorageError {
    /// The database cannot be reached or takes no work at the moment.
    #[error("the database is unavailable: {0}; check that it runs and that DB_URL is right")]
    Unavailable(Outage),
    /// The database refuses the data (class 22 or 23): the same data will be refused again.
    #[error("the database refused the data with SQLSTATE {sqlstate} {}", constraint.as_deref().unwrap_or(""))]
    Refused {
        /// The five characters of the SQLSTATE.
        sqlstate: String,
        /// The constraint that was broken, if it was one.
        constraint: Option<String>,
    },
    /// Two transactions stood in each other's way (40001, 40P01), also after some retries; nothing
    /// was written, and the same call may be made again.
    #[error("another transaction was in the way; nothing was written, try again")]
    Conflict,
    /// The run lost its lead: nothing of it may be written any more.
    #[error("another run has taken the lead over; this run must stop")]
    LostClaim,
    /// Anything else the database says.
    #[error("the database answered SQLSTATE {sqlstate}; look in its log")]
    Other {
        /// The five characters of the SQLSTATE.
        sqlstate: String,
    },
    /// A row that cannot be read as what it should be.
    #[error("a stored {0} cannot be read; was it written by a newer version?")]
    Corrupt(&'static str),
    /// The database's URL cannot be used.
    #[error("the database URL must be postgres://user:password@host/database")]
    BadUrl,
    /// The database is behind a pooler that cannot be used.
    #[error(
        "the database is behind a pooler that loses prepared statements (SQLSTATE {sqlstate}): use \
         PgBouncer 1.21 or newer with max_prepared_statements above 0, or the direct endpoint"
    )]
    Pooler {
        /// The five characters of the SQLSTATE.
        sqlstate: String,
    },
    /// The schema could not be brought up to date.
    #[error("migration {version} cannot be applied: {problem}")]
    Migration {
        /// Which migration; 0 when it is none in particular.
        version: i64,
        /// What is wrong with it.
        problem: String,
    },
}

/// Why the database is unavailable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Outage {
    /// The connection broke, or none could be made.
    #[error("the connection is lost ({0})")]
    ConnectionLost(String),
    /// No connection became free, or could be opened, in time.
    #[error("no connection could be had in time")]
    NoConnectionFree,
    /// The server says so: it stops, starts, is read-only, out of resources, broken, or cancelled the
    /// statement.
    #[error("the server answered SQLSTATE {0}")]
    Server(String),
}

impl StorageError {
    /// The error as a lead's timeline has it: a code.
    #[must_use]
    pub fn code(&self) -> String {
        match self {
            Self::Unavailable(_) => "database_unavailable".to_owned(),
            Self::Refused { sqlstate, .. } => format!("database_refused_{sqlstate}"),
            Self::Conflict => "database_conflict".to_owned(),
            Self::LostClaim => "lost_claim".to_owned(),
            Self::Other { sqlstate } => format!("database_{sqlstate}"),
            Self::Corrupt(_) => "stored_row_unreadable".to_owned(),
            Self::BadUrl => "database_url".to_owned(),
            Self::Pooler { .. } => "database_pooler".to_owned(),
            Self::Migration { .. } => "migration".to_owned(),
        }
    }

    /// Whether the database cannot be reached or takes no work at the moment.
    #[must_use]
    pub const fn is_unavailable(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }

    /// Whether the connection broke, so that the statement may never have reached the server.
    pub(super) const fn is_connection_lost(&self) -> bool {
        matches!(self, Self::Unavailable(Outage::ConnectionLost(_)))
    }
}

impl From<Error> for StorageError {
    fn from(error: Error) -> Self {
        match error {
            Error::Database(error) => from_server(error.as_ref()),
            Error::Io(error) => Self::Unavailable(Outage::ConnectionLost(error.kind().to_string())),
            Error::Tls(_) => Self::Unavailable(Outage::ConnectionLost("TLS".to_owned())),
            Error::Protocol(_) | Error::WorkerCrashed => {
                Self::Unavailable(Outage::ConnectionLost("protocol".to_owned()))
            }
            Error::PoolTimedOut | Error::PoolClosed => Self::Unavailable(Outage::NoConnectionFree),
            Error::Configuration(_) => Self::BadUrl,
            Error::RowNotFound => Self::Corrupt("row that should be there"),
            _ => Self::Corrupt("row"),
        }
    }
}

fn from_server(error: &dyn DatabaseError) -> StorageError {
    let sqlstate = error.code().unwrap_or_default().into_owned();
    match sqlstate.as_str() {
        LOST_CLAIM => StorageError::LostClaim,
        "40001" | "40P01" => StorageError::Conflict,
        // The server closes the connection after these: as good as a broken one.
        "57P01" | "57P02" => StorageError::Unavailable(Outage::ConnectionLost(sqlstate)),
        // Read-only, as a standby is after a failover; a lock that is not to be had.
        "25006" | "55P03" => StorageError::Unavailable(Outage::Server(sqlstate)),
        // Damaged data or a damaged index: of this row, and it stays so.
        "XX001" | "XX002" => StorageError::Other { sqlstate },
        _ => match sqlstate.get(..2) {
            Some("22" | "23") => StorageError::Refused {
                constraint: error.constraint().map(ToOwned::to_owned),
                sqlstate,
            },
            // Connection, resources (a full disk), intervention, the system, the server itself: none of
            // them says anything of the statement.
            Some("08" | "53" | "57" | "58" | "XX") => {
                StorageError::Unavailable(Outage::Server(sqlstate))
            }
            _ => StorageError::Other { sqlstate },
        },
    }
}
