//! Address, access, limits and logs.

use std::net::IpAddr;

use secrecy::SecretString;

/// How the service is reached.
#[derive(Debug, Clone)]
pub struct ServerConfig {
    /// `HOST`: the address listened on.
    pub host: IpAddr,
    /// `PORT`.
    pub port: u16,
    /// `APP_ENV`.
    pub environment: Environment,
    /// `API_KEYS`.
    pub api_keys: ApiKeys,
    /// `TRIGGER_ANONYMOUS`: with keys set, the trigger still answers without one, masked.
    pub trigger_anonymous: bool,
    /// `RATE_LIMIT_PER_SEC`: requests per second of a key or client address.
    pub rate_limit_per_sec: u32,
    /// `RATE_LIMIT_BURST`: requests at once.
    pub rate_limit_burst: u32,
    /// `TRUST_PROXY`: whose header names the client's address.
    pub trust_proxy: TrustProxy,
    /// `LOG_FORMAT`.
    pub log_format: LogFormat,
    /// `RUST_LOG`: our own level; dependencies log at info at most.
    pub log_level: String,
}

/// Where the service runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Environment {
    /// A developer's machine.
    Development,
    /// A brokerage's service.
    Production,
}

/// Form of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Whose word on the client's address is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrustProxy {
    /// Nobody's: the peer's address counts.
    Nobody,
    /// Fly.io's `Fly-Client-IP`.
    Fly,
}

/// The keys callers present.
#[derive(Debug, Clone, Default)]
pub struct ApiKeys(pub(crate) Vec<ApiKey>);

/// One caller's key.
#[derive(Debug, Clone)]
pub struct ApiKey {
    /// Who holds it; the only part that is logged.
    pub name: String,
    /// What it opens; none implies another.
    pub scopes: Vec<Scope>,
    /// The key itself.
    pub secret: SecretString,
}

/// What a key opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Start the job for a lead.
    Trigger,
    /// Read personal data.
    Read,
    /// Change, decide, erase.
    Admin,
    /// Read the metrics.
    Metrics,
}
