//! `ALERT_WEBHOOK_URL`: where a person is told of what no retry mends.

use secrecy::SecretString;
use url::Url;

use super::reader::Reader;

/// Who is told.
#[derive(Debug, Clone)]
pub struct AlertsConfig {
    /// `ALERT_WEBHOOK_URL`: a chat's incoming webhook; its path is its secret.
    pub webhook: Option<SecretString>,
}

impl AlertsConfig {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let expected = "an http or https URL without user and password";
        let webhook = reader.parsed("ALERT_WEBHOOK_URL", expected, |text| {
            let url = Url::parse(text).ok()?;
            let web = matches!(url.scheme(), "http" | "https") && url.has_host();
            let plain = url.username().is_empty() && url.password().is_none();
            (web && plain).then(|| SecretString::from(text))
        });
        Self { webhook }
    }
}
