//! How `backup.sh` and `psql.sh` tell libpq what the URL says, as the service understands it.

use std::collections::BTreeMap;
use std::fs;

use rust_c2s_api::models::DatabaseUrl;
use rust_c2s_api::storage::test_database::TestDatabase;

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
    let url = "postgresql://[::1]:6543?user=u&dbname=d&ssl-mode=VERIFY-CA&ssl-ca=/ro%6Ft.crt&ssl-cert=/c&ssl-key=/k&options=-c+a%3Db&options[x.y]=z&channel_binding=prefer&statement-cache-capacity=9&application_name=me&hostaddr=192.0.2.2";
    assert!(DatabaseUrl::parse(url).is_ok());
    let (_, named) = connected(15, &[("DATABASE_URL", url)]).await;
    assert_named(
        &named,
        &[
            ("PGAPPNAME", "me"),
            ("PGCHANNELBINDING", "prefer"),
            ("PGDATABASE", "d"),
            ("PGHOST", "::1"),
            ("PGHOSTADDR", "192.0.2.2"),
            ("PGOPTIONS", "-c a=b -c x.y=z"),
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
const REFUSED: [(&str, &str); 14] = [
    ("private", "only beside the service"),
    ("mysql://u:segredo@h/d", "is no PostgreSQL URL"),
    (
        "postgres://u:segredo@x-Pooler.example.com/d",
        "without -pooler",
    ),
    ("postgres://u@h/d?host=x-pooler.y", "without -pooler"),
    ("postgres://h/d", "names no user"),
    ("postgres://u@h", "names no database"),
    ("postgres://u@/d", "names no host"),
    ("postgres://u@h/d#segredo", "holds a #"),
    ("postgres://u%0A@h/d", "that is no text"),
    (
        "postgres://u@h/d?sslpassword=segredo",
        "sslpassword, which is not known",
    ),
    (
        "postgres://u@h/d?segredo%20x=1",
        "(not shown), which is not known",
    ),
    (
        "postgres://u@h/d?sslmode=full",
        "sslmode that must be one of",
    ),
    (
        "postgres://u@h/d?sslmode=require&ssl-mode=disable",
        "sslmode twice",
    ),
    (
        "postgres://u@h/d?channel_binding=yes",
        "channel_binding that must",
    ),
];

/// What may stand behind a URL's database.
const PARAMETERS: [&str; 19] = [
    "",
    "?",
    "?&&",
    "?sslmode=disable&channel_binding=require",
    "?sslmode=require&channel_binding=require",
    "?port=abc",
    "?port=65535",
    "?port=65536",
    "?port=",
    "?hostaddr=zz",
    "?hostaddr=192.0.2.1",
    "?hostaddr=2001:db8::1",
    "?hostaddr=",
    "?host=",
    "?options[a]=b&options[a]=c",
    "?options=a&options=b",
    "?statement-cache-capacity=100001",
    "?application_name=%0A",
    "?sslmode=",
];

/// URLs that are good or bad before that.
const OTHERS: [&str; 13] = [
    "POSTGRES://u@h/d",
    "postgres://u@h:99999/d",
    "postgres://u@h:x/d",
    "postgres://u@h i/d",
    "postgres://u@h%20i/d",
    "postgres://u@[::1]/d",
    "postgres://u@[zz]/d",
    "postgres://u:%FF@h/d",
    "postgres://u:%C3%A7@h/d",
    "postgres://u:%C2%85@h/d",
    "postgres://u@x-pooler.example.com/d?host=other",
    "postgres://u@%2Ftmp%2Fs/d",
    "postgres://u@h//d",
];

/// What the service makes of a URL the scripts make of it, too: else one of the two would work with a
/// database that the other cannot reach.
#[tokio::test]
async fn a_url_is_good_for_the_scripts_when_it_is_good_for_the_service() {
    let with_database = PARAMETERS.map(|rest| format!("postgres://u:p@h/d{rest}"));
    for url in with_database.iter().map(String::as_str).chain(OTHERS) {
        let of_the_service = DatabaseUrl::parse(url).is_ok_and(|url| !url.is_pooled());
        let (ended, named) = connected(17, &[("DB_URL", url)]).await;
        assert_eq!(
            ended.status.success(),
            of_the_service,
            "{url}: {}",
            ended.text
        );
        assert_eq!(named.contains_key("PGHOST"), of_the_service, "{url}");
    }
}

/// The service refuses them as well.
#[tokio::test]
async fn a_url_that_says_something_else_is_refused() {
    for (url, why) in REFUSED {
        let of_the_service = DatabaseUrl::parse(url);
        assert!(of_the_service.is_err() || of_the_service.unwrap().is_pooled());
        let (ended, named) = connected(15, &[("DB_URL", url)]).await;
        ended.assert_failure(why);
        assert!(named.is_empty(), "{named:?}");
    }
    let (ended, _) = connected(15, &[]).await;
    ended.assert_failure("Which database?");
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
