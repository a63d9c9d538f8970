//! How `backup.sh` and `psql.sh` tell libpq what the URL says, as the service understands it.

use std::collections::BTreeMap;
use std::fs;

use rust_c2s_api::models::DatabaseUrl;
use rust_c2s_api::storage;
use rust_c2s_api::storage::test_database::TestDatabase;
use secrecy::SecretString;

use crate::home::Home;
use crate::running::Ended;
use crate::scripts::{StandIns, script};

const BACKUP: &str = "data/backup.sh";
const PSQL: &str = "data/psql.sh";

/// A `psql` of a version, which notes libpq's variables.
fn noting(version: u32) -> String {
    format!(
        "[ \"$1\" = --version ] && echo 'psql (PostgreSQL) {version}.4 (Debian {version}.4-1)' && exit
env >\"${{0%/*}}/environment\""
    )
}

/// Runs `psql.sh` with these variables; tells what `psql` then finds in its environment.
async fn connected(version: u32, set: &[(&str, &str)]) -> (Ended, BTreeMap<String, String>) {
    let home = Home::new();
    let stand_ins = StandIns::new(&home).put("psql", &noting(version));
    let path = stand_ins.path();
    let set = [set, &[("PATH", path.as_str())]].concat();
    let ended = script(&home, PSQL, &["-c", "select 1"], &set).await;
    let noted = fs::read_to_string(stand_ins.0.join("environment")).unwrap_or_default();
    let pairs = noted.lines().filter_map(|line| line.split_once('='));
    let pairs = pairs.filter(|(name, _)| name.starts_with("PG") || name.contains("URL"));
    let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let mut pairs: BTreeMap<_, _> = pairs.collect();
    // names a file that is not there
    pairs.remove("PGPASSFILE");
    let encoding = pairs.remove("PGCLIENTENCODING");
    assert!(encoding.is_none_or(|encoding| encoding == "UTF8"));
    let calls = stand_ins.calls();
    assert!(!format!("{calls:?}{}", ended.text).contains("segredo"));
    (ended, pairs)
}

#[track_caller]
fn assert_named(named: &BTreeMap<String, String>, expected: &[(&str, &str)]) {
    let named: Vec<_> = named
        .iter()
        .map(|(n, v)| (n.as_str(), v.as_str()))
        .collect();
    assert_eq!(named, expected);
}

#[tokio::test]
async fn only_what_the_url_says_is_told() {
    let url = "postgres://us%65r:segredo%40+@db.example.com/data%62ase";
    let of_the_caller = [
        ("DB_URL", url),
        ("DATABASE_URL", "postgres://u:segredo@other.example.com/d"),
        ("PGHOSTADDR", "192.0.2.1"),
        ("PGSERVICE", "other"),
        ("PGSSLMODE", "disable"),
        ("PGOPTIONS", "-c search_path=other"),
    ];
    let (_, named) = connected(15, &of_the_caller).await;
    assert_named(
        &named,
        &[
            ("PGDATABASE", "database"),
            ("PGHOST", "db.example.com"),
            ("PGPASSWORD", "segredo@+"),
            ("PGPORT", "5432"),
            ("PGUSER", "user"),
        ],
    );
}

#[tokio::test]
async fn parameters_are_known_under_the_services_names() {
    let url = "postgresql://u@db.example.com:6543/d?ssl-mode=VERIFY-CA&ssl-ca=/ro%6Ft.crt&ssl-cert=/c&ssl-key=/k&options=-c+a%3Db&channel_binding=prefer&application_name=me&";
    assert!(DatabaseUrl::parse(url).is_ok());
    let (_, named) = connected(15, &[("DATABASE_URL", url)]).await;
    assert_named(
        &named,
        &[
            ("PGAPPNAME", "me"),
            ("PGCHANNELBINDING", "prefer"),
            ("PGDATABASE", "d"),
            ("PGHOST", "db.example.com"),
            ("PGOPTIONS", "-c a=b"),
            ("PGPASSWORD", ""),
            ("PGPORT", "6543"),
            ("PGSSLCERT", "/c"),
            ("PGSSLKEY", "/k"),
            ("PGSSLMODE", "verify-ca"),
            ("PGSSLROOTCERT", "/root.crt"),
            ("PGUSER", "u"),
        ],
    );
}

#[tokio::test]
async fn a_certificate_is_checked_against_roots_that_are_found() {
    let bundle = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let cases = [
        (15, "verify-full", Some(bundle)),
        (16, "verify-full", Some("system")),
        (17, "verify-full", Some("system")),
        // libpq takes `system` for verify-full only
        (17, "verify-ca", Some(bundle)),
        (17, "require", None),
    ];
    for (version, mode, roots) in cases {
        let url = format!("postgres://u@db.example.com/d?sslmode={mode}");
        let set = [("DB_URL", url.as_str()), ("SSL_CERT_FILE", bundle)];
        let (ended, named) = connected(version, &set).await;
        ended.assert_success();
        let named = named.get("PGSSLROOTCERT").map(String::as_str);
        assert_eq!(named, roots, "{version} {mode}");
    }
}

/// What is wrong with a URL, and with what words it is refused.
const REFUSED: [(&str, &str); 22] = [
    ("private", "only beside the service"),
    ("mysql://u:segredo@h/d", "is no PostgreSQL URL"),
    (
        "postgres://u:segredo@x-Pooler.example.com/d",
        "without -pooler",
    ),
    ("postgres://h/d", "is no PostgreSQL URL"),
    ("postgres://u@h", "is no PostgreSQL URL"),
    ("postgres://u@/d", "is no PostgreSQL URL"),
    ("postgres://u@h/..", "names no database"),
    ("postgres://u@h/d#segredo", "holds a #"),
    ("postgres://u%0A@h/d", "that is no text"),
    ("postgres://u:%ED%A0%80@h/d", "that is no text"),
    ("postgres://u:%E0%80%80@h/d", "that is no text"),
    ("postgres://u:%F4%90%80%80@h/d", "that is no text"),
    ("postgres://u:%C2%85@h/d", "that is no text"),
    ("postgres://u@h:65536/d", "a port that is none"),
    // what is not encoded in a password is no parameter
    ("postgres://u:1234?segredo=abc@h/d", "is no PostgreSQL URL"),
    ("postgres://u:12/a?segredo&x@h/d", "is no PostgreSQL URL"),
    ("postgres://u:1@2/a?segredo&x@h/d", "an @ behind a ?"),
    (
        "postgres://u@h/d?sslpassword=segredo",
        "sslpassword, which is not read",
    ),
    (
        "postgres://u@h/d?segredo%20x=1",
        "(not shown), which is not read",
    ),
    (
        "postgres://u@h/d?sslmode=full",
        "sslmode that must be one of disable",
    ),
    (
        "postgres://u@h/d?sslmode=require&ssl-mode=disable",
        "sslmode twice",
    ),
    (
        "postgres://u@h/d?sslmode=disable&channel_binding=require",
        "must be left out",
    ),
];

/// None of them may be told in part.
#[tokio::test]
async fn a_url_that_cannot_be_used_is_refused() {
    for (url, why) in REFUSED {
        let (ended, named) = connected(15, &[("DB_URL", url)]).await;
        ended.assert_failure(why);
        assert!(named.is_empty(), "{named:?}");
        // and the service does not tell it either
        if let Err(error) = DatabaseUrl::parse(url) {
            assert!(!error.to_string().contains("segredo"), "{url}: {error}");
        }
    }
    let (ended, _) = connected(15, &[]).await;
    ended.assert_failure("Which database?");
}

/// URLs in forms that are seldom seen. The scripts need not read them all.
const SELDOM: [&str; 26] = [
    "postgres://u:p@h/d?",
    "postgres://u:p@h/d?&&",
    "postgres://u:p@h/d?sslmode=",
    "postgres://u:p@h/d?sslmode=require&channel_binding=require",
    "postgres://u:p@h/d?channel_binding=",
    "postgres://u:p@h/d?port=1",
    "postgres://u:p@h/d?host=i",
    "postgres://u:p@h/d?hostaddr=999.1.1.1",
    "postgres://u:p@h/d?options[a]=b",
    "postgres://u:p@h/d?sslroot%63ert=/r",
    "postgres://u:p@h/d?statement-cache-capacity=x",
    "postgres://u:p@/d?host=h",
    "postgres://:1/d?host=h&user=u",
    "POSTGRES://u@h/d",
    "postgres://u@h:00080/d",
    "postgres://u@h:0/d",
    "postgres://u@H.Example.com/d",
    "postgres://u@h%20i/d",
    "postgres://u@[::1]/d",
    "postgres://u@[:]/d",
    "postgres://u:%C3%A7@h/d",
    "postgres://u@%2Ftmp%2Fs/d",
    "postgres://u@h//d",
    "postgres://u@h///d%20e",
    "postgres://u@h/d/e",
    "postgres://u@h/%2e%2e",
];

/// Else the operator would look into another database than the service writes to.
#[tokio::test]
async fn a_url_that_the_scripts_take_means_the_same_to_the_service() {
    let mut taken = 0;
    for url in SELDOM {
        let (ended, named) = connected(17, &[("DB_URL", url)]).await;
        if !ended.status.success() {
            continue;
        }
        taken += 1;
        let of_the_service =
            DatabaseUrl::parse(url).unwrap_or_else(|error| panic!("{url}: {error}"));
        assert!(!of_the_service.is_pooled(), "{url}");
        let options = storage::options_from_url(&SecretString::from(url)).unwrap();
        let socket = options.get_socket().map(|path| path.to_str().unwrap());
        assert_eq!(
            named["PGHOST"],
            socket.unwrap_or(options.get_host()),
            "{url}"
        );
        assert_eq!(named["PGPORT"], options.get_port().to_string(), "{url}");
        assert_eq!(named["PGUSER"], options.get_username(), "{url}");
        assert_eq!(
            Some(named["PGDATABASE"].as_str()),
            options.get_database(),
            "{url}"
        );
    }
    assert!(taken > 8, "{taken}");
}

#[tokio::test]
async fn the_url_of_the_migrations_is_dumped_first() {
    let home = Home::new();
    let [direct, url] = ["direct", "url"].map(|name| format!("postgres://u@127.0.0.1:1/{name}"));
    let set = [("DATABASE_URL", url.as_str()), ("DB_DIRECT_URL", &direct)];
    let dumped = script(&home, BACKUP, &["a.dump"], &set).await;
    dumped.assert_failure("The database is the one that DB_DIRECT_URL names.");
}

#[tokio::test]
async fn psql_asks_the_database() {
    let home = Home::new();
    let database = TestDatabase::create().await.unwrap();
    let set = [("DB_URL", database.url())];
    let set = [(set[0].0, set[0].1.as_str())];
    let asked = script(
        &home,
        PSQL,
        &["-Atc", "select 'x' || count(*) from ops.leads"],
        &set,
    )
    .await;
    assert!(
        asked.assert_success().text.contains("x0\n"),
        "{}",
        asked.text
    );
}
