//! Address, access, limits and logs.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use http::HeaderValue;
use secrecy::SecretString;
use url::Url;

use super::reader::Reader;
use super::{api_keys, log_level};

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
    /// `CORS_ORIGINS`: the origins whose pages may read answers, each as a browser sends it; none when unset.
    pub cors_origins: Vec<HeaderValue>,
    /// `METRICS_ADDR`: where the metrics answer without a key.
    pub metrics_addr: Option<SocketAddr>,
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

impl ServerConfig {
    pub(super) fn read(reader: &mut Reader<'_>, environment: Option<Environment>) -> Option<Self> {
        let host = reader.parsed("HOST", "an IP address or `localhost`", parse_host);
        let port = reader.number("PORT", 0..=65_535);
        let api_keys = api_keys::read(reader);
        let trigger_anonymous = reader.boolean("TRIGGER_ANONYMOUS");
        let rate_limit_per_sec = reader.number("RATE_LIMIT_PER_SEC", 1..=100_000);
        let rate_limit_burst = reader.number("RATE_LIMIT_BURST", 1..=1_000_000);
        let trust_proxy = read_trust_proxy(reader);
        let log_format = reader.parsed("LOG_FORMAT", "text or json", |text| match text {
            "text" => Some(LogFormat::Text),
            "json" => Some(LogFormat::Json),
            _ => None,
        });
        let log_level = reader.parsed("RUST_LOG", log_level::EXPECTED, log_level::parse);
        let cors_origins = read_cors_origins(reader);
        let metrics_addr = read_metrics_addr(reader, host.zip(port));
        Some(Self {
            host: host?,
            port: port?,
            environment: environment?,
            api_keys: api_keys?,
            trigger_anonymous: trigger_anonymous?,
            rate_limit_per_sec: rate_limit_per_sec?,
            rate_limit_burst: rate_limit_burst?,
            trust_proxy: trust_proxy?,
            log_format: log_format?,
            log_level: log_level?,
            cors_origins: cors_origins?,
            metrics_addr: metrics_addr?,
        })
    }
}

impl Environment {
    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        reader.parsed("APP_ENV", "development or production", |text| match text {
            "development" => Some(Self::Development),
            "production" => Some(Self::Production),
            _ => None,
        })
    }
}

impl Scope {
    /// All scopes.
    pub const ALL: [Self; 4] = [Self::Trigger, Self::Read, Self::Admin, Self::Metrics];

    /// The word in `API_KEYS` and in answers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Trigger => "trigger",
            Self::Read => "read",
            Self::Admin => "admin",
            Self::Metrics => "metrics",
        }
    }
}

impl ApiKeys {
    /// Whether callers need no key because there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn parse_host(text: &str) -> Option<IpAddr> {
    if text.eq_ignore_ascii_case("localhost") {
        return Some(IpAddr::V4(Ipv4Addr::LOCALHOST));
    }
    text.parse().ok()
}

fn read_cors_origins(reader: &mut Reader<'_>) -> Option<Vec<HeaderValue>> {
    if reader.set("CORS_ORIGINS").is_none() {
        return Some(Vec::new());
    }
    let expected =
        "origins separated by commas, such as https://painel.example.com, without a path or *";
    reader.parsed("CORS_ORIGINS", expected, |text| {
        text.split(',').map(str::trim).map(parse_origin).collect()
    })
}

/// An origin in the one spelling in which browsers send it.
fn parse_origin(text: &str) -> Option<HeaderValue> {
    let url = Url::parse(text).ok()?;
    let is_web = matches!(url.scheme(), "http" | "https");
    let is_origin = url.origin().ascii_serialization() == text;
    (is_web && is_origin)
        .then(|| HeaderValue::from_str(text).ok())
        .flatten()
}

/// Not the service's own address: one of the two would find it taken, and on which the keys hold
/// would be left to chance.
fn read_metrics_addr(
    reader: &mut Reader<'_>,
    own: Option<(IpAddr, u16)>,
) -> Option<Option<SocketAddr>> {
    if reader.set("METRICS_ADDR").is_none() {
        return Some(None);
    }
    let expected = "an IP address or `localhost`, and a port, such as 127.0.0.1:9091";
    let address = reader.parsed("METRICS_ADDR", expected, parse_address)?;
    let (host, port) = own?;
    let meet = host == address.ip() || host.is_unspecified() || address.ip().is_unspecified();
    if port == address.port() && port != 0 && meet {
        let wrong = "is the service's own address (HOST and PORT)";
        reader.problem("METRICS_ADDR", wrong, "give the metrics another port");
        return None;
    }
    Some(Some(address))
}

fn parse_address(text: &str) -> Option<SocketAddr> {
    match text.split_once(':') {
        Some((host, port)) if host.eq_ignore_ascii_case("localhost") => {
            Some(SocketAddr::from((Ipv4Addr::LOCALHOST, port.parse().ok()?)))
        }
        _ => text.parse().ok(),
    }
}

fn read_trust_proxy(reader: &mut Reader<'_>) -> Option<TrustProxy> {
    if reader.set("TRUST_PROXY").is_none() {
        return Some(TrustProxy::Nobody);
    }
    let parse = |text: &str| (text == "fly").then_some(TrustProxy::Fly);
    reader.parsed("TRUST_PROXY", "`fly`", parse)
}
