//! The URL of a PostgreSQL, understood without connecting, and without showing what it holds.

use std::collections::BTreeSet;
use std::fmt;
use std::net::IpAddr;

use percent_encoding::percent_decode_str;
use url::Url;

/// Every parameter that is understood, under each of its names; the first is the one told.
/// All but `channel_binding` are those of the client library.
const PARAMETERS: [&[&str]; 13] = [
    &["host"],
    &["hostaddr"],
    &["port"],
    &["user"],
    &["password"],
    &["dbname"],
    &["sslmode", "ssl-mode"],
    &["sslrootcert", "ssl-root-cert", "ssl-ca"],
    &["sslcert", "ssl-cert"],
    &["sslkey", "ssl-key"],
    &["application_name"],
    &["options"],
    &["statement-cache-capacity"],
];
const CHANNEL_BINDING: &str = "channel_binding";

/// Longest name of a parameter that is told. What is longer, or holds other signs than names do,
/// may be the rest of a password in which a `?` was not encoded.
const LONGEST_TOLD: usize = 32;

/// A PostgreSQL URL that names host, user and database, and no parameter but known ones.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl {
    url: Url,
    channel_binding: bool,
}

/// Why a text is no URL of a database. Never holds a value of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DatabaseUrlError {
    /// Another scheme, or no URL at all.
    #[error(
        "is no PostgreSQL URL; a sign such as @ / ? # % in the password is written %40 %2F %3F %23 %25"
    )]
    NotPostgres,
    /// Host, user or database is not named: it would be taken from somewhere else.
    #[error("names no {0}")]
    Missing(&'static str),
    /// A `#`, which would cut it off.
    #[error("holds a #, which is written %23")]
    Fragment,
    /// After percent-decoding something is no text, or holds control characters.
    #[error("holds something that is no text")]
    NotText,
    /// A parameter that the client does not know would be ignored, whatever it protects.
    #[error("has {}, which is not known here", told(.0.as_deref()))]
    Unknown(Option<String>),
    /// A parameter stands there twice.
    #[error("has the parameter `{0}` twice")]
    Twice(&'static str),
    /// A parameter's value cannot be used.
    #[error("has a parameter `{parameter}` that must be {expected}")]
    Value {
        /// Which parameter.
        parameter: &'static str,
        /// What it must be.
        expected: &'static str,
    },
}

fn told(name: Option<&str>) -> String {
    name.map_or_else(
        || "a parameter".to_owned(),
        |name| format!("the parameter `{name}`"),
    )
}

impl DatabaseUrl {
    /// Understands a URL.
    ///
    /// # Errors
    /// [`DatabaseUrlError`] for the first problem found. Parameters come last: in a URL that is
    /// whole before them, they are not the rest of something else.
    pub fn parse(text: &str) -> Result<Self, DatabaseUrlError> {
        let mut url = Url::parse(text).map_err(|_| DatabaseUrlError::NotPostgres)?;
        if !matches!(url.scheme(), "postgres" | "postgresql") {
            return Err(DatabaseUrlError::NotPostgres);
        }
        if url.fragment().is_some() {
            return Err(DatabaseUrlError::Fragment);
        }
        let names = |part: &str, parameters: &[&str]| {
            !part.is_empty() || parameters.iter().any(|name| value_of(&url, name).is_some())
        };
        let (host, database) = (url.host_str().unwrap_or_default(), database_in(&url));
        let parts = [
            ("host", names(host, &["host", "hostaddr"])),
            ("user", names(url.username(), &["user"])),
            ("database", names(database, &["dbname"])),
        ];
        if let Some((missing, _)) = parts.iter().find(|(_, named)| !named) {
            return Err(DatabaseUrlError::Missing(missing));
        }
        let password = url.password().unwrap_or_default();
        if ![host, url.username(), password, database]
            .into_iter()
            .all(is_text)
        {
            return Err(DatabaseUrlError::NotText);
        }
        check_parameters(&url)?;
        let channel_binding = value_of(&url, CHANNEL_BINDING).as_deref() == Some("require");
        remove_channel_binding(&mut url);
        Ok(Self {
            url,
            channel_binding,
        })
    }

    /// For the client alone: it holds the password.
    #[must_use]
    pub const fn expose(&self) -> &Url {
        &self.url
    }

    /// Whether the server has to prove that it is the one meant (`channel_binding=require`). A
    /// client without channel binding has to check its certificate and its name instead.
    #[must_use]
    pub const fn requires_channel_binding(&self) -> bool {
        self.channel_binding
    }

    /// Whether it leads through Neon's pooler, which is told by the host's name.
    #[must_use]
    pub fn is_pooled(&self) -> bool {
        let by_parameter = value_of(&self.url, "host");
        let hosts = [self.url.host_str(), by_parameter.as_deref()];
        let first_labels = hosts
            .into_iter()
            .flatten()
            .filter_map(|host| host.split('.').next());
        first_labels
            .into_iter()
            .any(|label| label.to_ascii_lowercase().ends_with("-pooler"))
    }

    /// Whether the URL names a port.
    #[must_use]
    pub fn names_port(&self) -> bool {
        self.url.port().is_some() || value_of(&self.url, "port").is_some()
    }

    /// Whether the URL names a password.
    #[must_use]
    pub fn names_password(&self) -> bool {
        self.url.password().is_some() || value_of(&self.url, "password").is_some()
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DatabaseUrl")
    }
}

fn database_in(url: &Url) -> &str {
    url.path().trim_start_matches('/')
}

/// What a parameter is set to, under this name; an empty value counts as unset.
fn value_of(url: &Url, name: &str) -> Option<String> {
    let set = url
        .query_pairs()
        .find(|(key, value)| key == name && !value.is_empty());
    set.map(|(_, value)| value.into_owned())
}

fn is_text(encoded: &str) -> bool {
    let decoded = percent_decode_str(encoded).decode_utf8();
    decoded.is_ok_and(|text| !text.chars().any(char::is_control))
}

fn check_parameters(url: &Url) -> Result<(), DatabaseUrlError> {
    let mut seen = BTreeSet::new();
    // then what stands before it may be the rest of a password in which `/` and `?` were not encoded
    let has_at = url.query().is_some_and(|query| query.contains('@'));
    for (name, value) in url.query_pairs() {
        let Some(parameter) = known(&name) else {
            let may_be_told = !has_at
                && name.len() <= LONGEST_TOLD
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
            return Err(DatabaseUrlError::Unknown(
                may_be_told.then(|| name.into_owned()),
            ));
        };
        let may_repeat = name.starts_with("options[");
        if !may_repeat && !seen.insert(parameter) {
            return Err(DatabaseUrlError::Twice(parameter));
        }
        if value.chars().any(char::is_control) {
            return Err(DatabaseUrlError::NotText);
        }
        check_value(parameter, &value)?;
    }
    let disabled = ["sslmode", "ssl-mode"]
        .iter()
        .any(|name| value_of(url, name).is_some_and(|mode| mode.eq_ignore_ascii_case("disable")));
    if disabled && value_of(url, CHANNEL_BINDING).as_deref() == Some("require") {
        let (parameter, expected) = (CHANNEL_BINDING, "left out where TLS is disabled");
        return Err(DatabaseUrlError::Value {
            parameter,
            expected,
        });
    }
    Ok(())
}

/// The name by which a parameter is told.
fn known(name: &str) -> Option<&'static str> {
    if name == CHANNEL_BINDING {
        return Some(CHANNEL_BINDING);
    }
    if name.starts_with("options[") && name.ends_with(']') {
        return Some("options");
    }
    let names = PARAMETERS.iter().find(|names| names.contains(&name))?;
    names.first().copied()
}

fn check_value(parameter: &'static str, value: &str) -> Result<(), DatabaseUrlError> {
    const MODES: [&str; 6] = [
        "disable",
        "allow",
        "prefer",
        "require",
        "verify-ca",
        "verify-full",
    ];
    let is_number = |largest: u32| value.parse().is_ok_and(|number: u32| number <= largest);
    let (good, expected) = match parameter {
        "sslmode" => (
            MODES.contains(&value.to_ascii_lowercase().as_str()),
            "one of disable, allow, prefer, require, verify-ca, verify-full",
        ),
        CHANNEL_BINDING => (
            ["disable", "prefer", "require"].contains(&value),
            "one of disable, prefer, require",
        ),
        "port" => (is_number(65_535), "a port"),
        "hostaddr" => (value.parse::<IpAddr>().is_ok(), "an IP address"),
        "statement-cache-capacity" => (is_number(100_000), "a whole number up to 100000"),
        _ => (true, ""),
    };
    if good {
        Ok(())
    } else {
        Err(DatabaseUrlError::Value {
            parameter,
            expected,
        })
    }
}

/// The client does not know it, and would log it.
fn remove_channel_binding(url: &mut Url) {
    if url.query().is_none() {
        return;
    }
    let pairs = url.query_pairs().into_owned();
    let kept: Vec<(String, String)> = pairs.filter(|(name, _)| name != CHANNEL_BINDING).collect();
    url.query_pairs_mut().clear().extend_pairs(kept);
}

#[cfg(test)]
#[path = "database_url_tests.rs"]
mod tests;
