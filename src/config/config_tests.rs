#![expect(clippy::unwrap_used, reason = "tests")]
use std::time::Duration;

use rstest::rstest;
use secrecy::ExposeSecret;

use super::*;

const REQUIRED: [(&str, &str); 5] = [
    (
        "DB_URL",
        "postgres://service:planted-password@db.example.com/leads",
    ),
    ("C2S_TOKEN", "planted-c2s-token"),
    ("WORK_API", "planted-work-api-token"),
    ("DIRETRIX_USER", "planted-user"),
    ("DIRETRIX_PASS", "planted-pass"),
];

fn read(changes: &[(&str, &str)]) -> Result<Config, ConfigError> {
    Config::from_lookup(|name| {
        let all = changes.iter().chain(&REQUIRED);
        let pair = all.into_iter().find(|(known, _)| *known == name);
        pair.map(|(_, value)| (*value).to_owned())
    })
}

fn variables_of(error: &ConfigError) -> Vec<&'static str> {
    error.0.iter().map(|problem| problem.variable).collect()
}

#[test]
fn the_defaults_hold_when_only_the_required_is_set() {
    let config = read(&[]).unwrap();
    assert_eq!(config.server.host.to_string(), "127.0.0.1");
    assert_eq!(config.server.port, 8081);
    assert_eq!(config.server.environment, Environment::Development);
    assert_eq!(config.server.log_format, LogFormat::Text);
    assert_eq!(config.server.trust_proxy, TrustProxy::Nobody);
    assert_eq!(
        (
            config.server.rate_limit_per_sec,
            config.server.rate_limit_burst
        ),
        (100, 200)
    );
    assert_eq!(
        config.c2s.base_url.as_str(),
        "https://api.contact2sale.com/"
    );
    assert_eq!(
        (config.c2s.concurrency, config.work_api.concurrency),
        (16, 4)
    );
    assert_eq!(config.work_api.timeout, Duration::from_secs(60));
    assert_eq!(config.pipeline.retry_max, Duration::from_secs(900));
    assert_eq!(config.pipeline.income_multiplier_thousandths, 1_000);
    assert_eq!(config.pipeline.message_fields, MessageField::ALL);
    assert!(config.privacy.key.is_none());
}

#[test]
fn all_problems_are_reported_at_once() {
    let error = Config::from_lookup(|name| match name {
        "PORT" => Some("eighty".to_owned()),
        "BUDGET_DAY_CENTAVOS" => Some("1000".to_owned()),
        "C2S_TOKEN" => Some("  ".to_owned()),
        _ => None,
    })
    .unwrap_err();
    let expected = [
        "BUDGET_DAY_CENTAVOS",
        "PORT",
        "DB_URL",
        "C2S_TOKEN",
        "DIRETRIX_USER",
        "DIRETRIX_PASS",
        "WORK_API",
    ];
    assert_eq!(variables_of(&error), expected);
    assert_eq!(error.to_string().lines().count(), 1 + expected.len());
}

#[rstest]
#[case::host(&[("HOST", "example.com")], "HOST")]
#[case::port(&[("PORT", "65536")], "PORT")]
#[case::environment(&[("APP_ENV", "staging")], "APP_ENV")]
#[case::level(&[("RUST_LOG", "inof")], "RUST_LOG")]
#[case::format(&[("LOG_FORMAT", "xml")], "LOG_FORMAT")]
#[case::keys(&[("API_KEYS", "make:trigger:short")], "API_KEYS")]
#[case::anonymous(&[("TRIGGER_ANONYMOUS", "maybe")], "TRIGGER_ANONYMOUS")]
#[case::no_rate(&[("RATE_LIMIT_PER_SEC", "0")], "RATE_LIMIT_PER_SEC")]
#[case::proxy(&[("TRUST_PROXY", "everybody")], "TRUST_PROXY")]
#[case::database(&[("DB_URL", "mysql://db.example.com/x")], "DB_URL")]
#[case::database_option(&[("DB_URL", "postgres://u@db.example.com/x?sslmode=sometimes")], "DB_URL")]
#[case::other_database(&[("DB_URL", ""), ("DATABASE_URL", "x")], "DATABASE_URL")]
#[case::direct(&[("DB_DIRECT_URL", "x")], "DB_DIRECT_URL")]
#[case::pooler(&[("DB_DIRECT_URL", "postgres://u:p@ep-1-pooler.example.com/x")], "DB_DIRECT_URL")]
#[case::database_name(&[("DB_URL", "postgres://u:p@db.example.com")], "DB_URL")]
#[case::database_user(&[("DB_URL", "postgres://db.example.com/x")], "DB_URL")]
#[case::database_host(&[("DB_URL", "postgres:///x?user=u")], "DB_URL")]
#[case::database_unknown(&[("DB_URL", "postgres://u:p@db.example.com/x?pasword=planted")], "DB_URL")]
#[case::database_pooler(&[("DB_URL", "postgres://u:p@ep-1-pooler.example.com/x")], "DB_DIRECT_URL")]
#[case::other_pooler(&[("DB_URL", ""), ("DATABASE_URL", "postgres://u:p@ep-1-pooler.example.com/x")], "DB_DIRECT_URL")]
#[case::direct_name(&[("DB_DIRECT_URL", "postgres://u:p@db.example.com")], "DB_DIRECT_URL")]
#[case::direct_unknown(&[("DB_DIRECT_URL", "postgres://u:p@db.example.com/x?pasword=planted")], "DB_DIRECT_URL")]
#[case::direct_private(&[("DB_URL", "private"), ("DB_DIRECT_URL", "postgres://u@db.example.com/x")], "DB_DIRECT_URL")]
#[case::base_scheme(&[("C2S_BASE_URL", "ftp://example.com")], "C2S_BASE_URL")]
#[case::base_user(&[("WORK_API_BASE_URL", "https://u:p@example.com")], "WORK_API_BASE_URL")]
#[case::base_token(&[("WORK_API_BASE_URL", "https://example.com/?token=x")], "WORK_API_BASE_URL")]
#[case::token_blank(&[("C2S_TOKEN", "two words")], "C2S_TOKEN")]
#[case::user_colon(&[("DIRETRIX_USER", "a:b")], "DIRETRIX_USER")]
#[case::timeout(&[("C2S_TIMEOUT_SECS", "0")], "C2S_TIMEOUT_SECS")]
#[case::concurrency(&[("UPSTREAM_CONCURRENCY", "0")], "UPSTREAM_CONCURRENCY")]
#[case::price(&[("PRICE_WORK_API_CENTAVOS", "-1")], "PRICE_WORK_API_CENTAVOS")]
#[case::wait(&[("PROCESS_WAIT_SECS", "26")], "PROCESS_WAIT_SECS")]
#[case::backoff(&[("RETRY_BASE_MS", "2000"), ("RETRY_MAX_MS", "1000")], "RETRY_MAX_MS")]
#[case::income(&[("INCOME_MULTIPLIER", "1.2345")], "INCOME_MULTIPLIER")]
#[case::no_income(&[("INCOME_MULTIPLIER", "0")], "INCOME_MULTIPLIER")]
#[case::fields(&[("MESSAGE_FIELDS", "emails,relatives")], "MESSAGE_FIELDS")]
#[case::privacy(&[("PRIVACY_KEY", "short")], "PRIVACY_KEY")]
#[case::production(&[("APP_ENV", "production")], "PRIVACY_KEY")]
#[case::cors_any(&[("CORS_ORIGINS", "*")], "CORS_ORIGINS")]
#[case::cors_path(&[("CORS_ORIGINS", "https://painel.example.com, https://example.com/")], "CORS_ORIGINS")]
#[case::cors_scheme(&[("CORS_ORIGINS", "file:///x")], "CORS_ORIGINS")]
#[case::cors_null(&[("CORS_ORIGINS", "null")], "CORS_ORIGINS")]
#[case::cors_port(&[("CORS_ORIGINS", "https://example.com:443")], "CORS_ORIGINS")]
#[case::metrics_address(&[("METRICS_ADDR", "9091")], "METRICS_ADDR")]
#[case::metrics_host(&[("METRICS_ADDR", "metrics.example.com:9091")], "METRICS_ADDR")]
#[case::metrics_own(&[("METRICS_ADDR", "127.0.0.1:8081")], "METRICS_ADDR")]
#[case::metrics_own_by_name(&[("METRICS_ADDR", "localhost:8081")], "METRICS_ADDR")]
#[case::metrics_around_own(&[("METRICS_ADDR", "0.0.0.0:8081")], "METRICS_ADDR")]
#[case::metrics_within_own(&[("HOST", "0.0.0.0"), ("METRICS_ADDR", "127.0.0.1:8081")], "METRICS_ADDR")]
#[case::production_private(&[("APP_ENV", "production"), ("DB_URL", "private"), ("PRIVACY_KEY", "0123456789abcdef")], "DB_URL")]
fn a_value_that_cannot_be_used_is_named(#[case] changes: &[(&str, &str)], #[case] variable: &str) {
    assert_eq!(variables_of(&read(changes).unwrap_err()), [variable]);
}

#[test]
fn what_is_not_built_is_refused_and_empty_is_unset() {
    for name in variables::NOT_BUILT {
        assert_eq!(variables_of(&read(&[(name, "1")]).unwrap_err()), [*name]);
        assert!(read(&[(name, "")]).is_ok());
    }
}

#[rstest]
#[case("1.0", 1_000)]
#[case("1,9", 1_900)]
#[case("2", 2_000)]
#[case("0.125", 125)]
fn the_income_multiplier_takes_point_or_comma(#[case] text: &str, #[case] thousandths: u32) {
    let config = read(&[("INCOME_MULTIPLIER", text)]).unwrap();
    assert_eq!(config.pipeline.income_multiplier_thousandths, thousandths);
}

#[rstest]
#[case("127.0.0.1:9091", "127.0.0.1:9091")]
#[case("localhost:9091", "127.0.0.1:9091")]
#[case("[::]:9091", "[::]:9091")]
#[case("127.0.0.2:8081", "127.0.0.2:8081")]
fn the_metrics_have_an_address_of_their_own(#[case] text: &str, #[case] address: &str) {
    let config = read(&[("METRICS_ADDR", text)]).unwrap();
    assert_eq!(config.server.metrics_addr, Some(address.parse().unwrap()));
}

#[test]
fn what_is_set_is_taken() {
    let config = read(&[
        ("HOST", "localhost"),
        ("DB_URL", ""),
        ("DATABASE_URL", "private"),
        ("UPSTREAM_CONCURRENCY", "7"),
        ("MESSAGE_FIELDS", "phones, emails"),
        ("TRUST_PROXY", "fly"),
        ("DIRETRIX_BASE_URL", "http://127.0.0.1:9/diretrix"),
    ])
    .unwrap();
    assert!(config.server.host.is_loopback());
    assert!(matches!(
        config.database.location,
        DatabaseLocation::Private
    ));
    assert_eq!(
        (config.c2s.concurrency, config.work_api.concurrency),
        (7, 7)
    );
    assert_eq!(
        config.pipeline.message_fields,
        [MessageField::Emails, MessageField::Phones]
    );
    assert_eq!(config.server.trust_proxy, TrustProxy::Fly);
    assert_eq!(config.diretrix.base_url.path(), "/diretrix");
    assert_eq!(config.diretrix.user.expose_secret(), "planted-user");
}

#[test]
fn no_secret_is_shown() {
    let secrets = [
        ("API_KEYS", "make:trigger:planted-api-key-1"),
        ("PRIVACY_KEY", "planted-privacy-key"),
        (
            "DB_DIRECT_URL",
            "postgres://service:planted-direct@db.example.com/leads",
        ),
    ];
    let shown = format!("{:?}", read(&secrets).unwrap());
    assert!(shown.contains("make"), "the name of a key is no secret");
    assert!(!shown.contains("planted"), "{shown}");

    let wrong = [
        ("API_KEYS", "make:trigger:planted"),
        ("PRIVACY_KEY", "planted"),
        ("DB_URL", "planted"),
        ("DB_DIRECT_URL", "planted"),
        ("C2S_TOKEN", "planted token"),
        ("WORK_API", "planted token"),
        ("DIRETRIX_USER", "planted:user"),
    ];
    let error = read(&wrong).unwrap_err();
    assert_eq!(error.0.len(), wrong.len());
    assert!(!format!("{error} {error:?}").contains("planted"), "{error}");
}

#[cfg(unix)]
#[test]
fn a_value_that_is_no_text_is_named_once() {
    use std::os::unix::ffi::OsStringExt;

    let error = Config::from_os_lookup(|name| match name {
        "C2S_TOKEN" | "HOST" => Some(OsString::from_vec(vec![0xff])),
        "PORT" => Some("eighty".into()),
        _ => REQUIRED
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value.into()),
    })
    .unwrap_err();
    assert_eq!(variables_of(&error), ["C2S_TOKEN", "HOST", "PORT"]);
}

#[test]
fn a_missing_dotenv_is_fine_and_a_malformed_one_is_not_quoted() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(".env");
    assert!(load_dotenv_from(&path).is_ok());
    std::fs::write(&path, "DIRETRIX_PASS=planted two words\n").unwrap();
    let error = load_dotenv_from(&path).unwrap_err();
    assert!(matches!(error, DotenvError::Malformed));
    assert!(!format!("{error} {error:?}").contains("planted"));
}
