//! `set-secrets.sh`: what it hands to fly, and what it refuses.

use std::fs;

use rust_c2s_api::config::variables::{self, Fallback};

use super::{ALL, fly};
use crate::home::Home;
use crate::running::{Ended, of_the_package};
use crate::scripts::{StandIns, script};

const SET: &str = "deployment/set-secrets.sh";
const SECRETS: &str = "
C2S_TOKEN='segredo-c2s'
export DIRETRIX_USER=segredo-user
DIRETRIX_PASS=\"segredo pass\"
WORK_API=segredo-work
PRIVACY_KEY=segredo-privacy-key
# a comment
HOST=127.0.0.1
API_KEYS=
";
const DATABASE: &str = "DB_URL=postgres://u:segredo@db.example.com/c2s?sslmode=verify-full\n";

fn imported(stand_ins: &StandIns) -> Option<String> {
    fs::read_to_string(stand_ins.0.join("imported")).ok()
}

async fn set_secrets(home: &Home, stand_ins: &StandIns, text: &str, more: &[&str]) -> Ended {
    home.write("production.env", text);
    let path = stand_ins.path();
    let arguments = [&["production.env", "--app", "my-app"], more].concat();
    let ended = script(home, SET, &arguments, &[("PATH", &path)]).await;
    assert!(!ended.text.contains("segredo"), "{}", ended.text);
    let calls = stand_ins.calls();
    assert!(
        !calls.iter().any(|call| call.contains("segredo")),
        "{calls:?}"
    );
    ended
}

/// Each file is refused for its reason, and nothing is set.
async fn assert_refused(refused: &[(&str, &str)]) {
    let home = Home::new();
    let stand_ins = fly(&home, ALL, "");
    for (text, why) in refused {
        let ended = set_secrets(&home, &stand_ins, text, &["--replace-privacy-key"]).await;
        ended.assert_failure(why);
        assert_eq!(imported(&stand_ins), None, "{why}");
    }
}

/// The words of a variable of the scripts.
fn words_of(name: &str) -> Vec<String> {
    let script = of_the_package("docs/scripts/deployment/fly.sh");
    let (_, rest) = script.split_once(&format!("{name}=\"")).unwrap();
    let (words, _) = rest.split_once('"').unwrap();
    words.split(' ').map(str::to_owned).collect()
}

#[test]
fn the_secrets_are_those_of_the_configuration() {
    let [required, optional] = ["REQUIRED_SECRETS", "OPTIONAL_SECRETS"].map(words_of);
    let mut listed = [required.clone(), optional].concat();
    let secret = variables::all().filter(|variable| variable.meaning.contains("Secret"));
    let mut secret: Vec<&str> = secret.map(|variable| variable.name).collect();
    secret.sort_unstable();
    listed.sort_unstable();
    assert_eq!(listed, secret);
    for variable in variables::all() {
        // required in production alone
        let is_needed = variable.fallback == Fallback::Required || variable.name == "PRIVACY_KEY";
        let is_listed = required.iter().any(|name| name == variable.name);
        assert_eq!(is_listed, is_needed, "{}", variable.name);
    }
}

#[tokio::test]
async fn secrets_go_to_fly_over_standard_input_alone() {
    let home = Home::new();
    let stand_ins = fly(&home, "NAME DIGEST\n", "");
    let text = format!("{DATABASE}{SECRETS}");
    let set = set_secrets(&home, &stand_ins, &text, &["--stage"]).await;
    set.assert_success();
    let expected = format!(
        "{DATABASE}C2S_TOKEN=segredo-c2s\nDIRETRIX_USER=segredo-user\nDIRETRIX_PASS=segredo pass\nWORK_API=segredo-work\nPRIVACY_KEY=segredo-privacy-key\n"
    );
    assert_eq!(imported(&stand_ins), Some(expected));
    assert!(
        set.text.contains("[env] of fly.toml): HOST\n"),
        "{}",
        set.text
    );
    let calls = [
        "fly secrets list --app my-app",
        "fly secrets import --app my-app --stage",
    ];
    assert_eq!(stand_ins.calls(), calls);
}

#[tokio::test]
async fn values_arrive_as_they_stand_there() {
    let home = Home::new();
    let stand_ins = fly(&home, ALL, "");
    let text = "DIRETRIX_PASS='segredo  \\n $HOME `x` \"y\" #ç %40 !'\r\nWORK_API=segredo#=&;~\nAPI_KEYS=\"make:trigger:segredo-segredo1; ops:read+admin:segredo:segredo2\"";
    set_secrets(&home, &stand_ins, text, &["--replace-api-keys"])
        .await
        .assert_success();
    let expected = "DIRETRIX_PASS=segredo  \\n $HOME `x` \"y\" #ç %40 !\nWORK_API=segredo#=&;~\nAPI_KEYS=make:trigger:segredo-segredo1; ops:read+admin:segredo:segredo2\n";
    assert_eq!(imported(&stand_ins).unwrap(), expected);
}

#[tokio::test]
async fn a_privacy_key_stays_unless_told_otherwise() {
    let home = Home::new();
    let stand_ins = fly(&home, ALL, "");
    let text = "PRIVACY_KEY=segredo-new-key-0\nWORK_API=segredo-new\n";
    let kept = set_secrets(&home, &stand_ins, text, &[]).await;
    assert!(
        kept.assert_success().text.contains("stays"),
        "{}",
        kept.text
    );
    assert_eq!(imported(&stand_ins).unwrap(), "WORK_API=segredo-new\n");
    let replaced = set_secrets(&home, &stand_ins, text, &["--replace-privacy-key"]).await;
    replaced.assert_success();
    assert_eq!(imported(&stand_ins).unwrap(), text);
    let only_key = set_secrets(&home, &stand_ins, "PRIVACY_KEY=segredo-new-key-1\n", &[]).await;
    only_key.assert_failure("has no secret to set");
}

/// Fly gives no key back: those that the file lacks are gone.
#[tokio::test]
async fn the_keys_of_before_do_not_end_unnoticed() {
    let home = Home::new();
    let stand_ins = fly(&home, ALL, "");
    let text = "API_KEYS=new:trigger:segredo-segredo1;ops:read:segredo-segredo2\n";
    let refused = set_secrets(&home, &stand_ins, text, &[]).await;
    refused.assert_failure("has the keys of new ops, and 'my-app' has API_KEYS");
    assert_eq!(imported(&stand_ins), None);
    let replaced = set_secrets(&home, &stand_ins, text, &["--replace-api-keys"]).await;
    let said = &replaced.assert_success().text;
    assert!(
        said.contains("now those of new ops; all others end"),
        "{said}"
    );
    assert_eq!(imported(&stand_ins).unwrap(), text);
}

#[tokio::test]
async fn a_second_name_of_the_database_is_told_to_be_unread() {
    let home = Home::new();
    let stand_ins = fly(&home, ALL, "");
    let text = DATABASE.replace("DB_URL", "DATABASE_URL");
    let set = set_secrets(&home, &stand_ins, &text, &[]).await;
    let said = &set.assert_success().text;
    assert!(said.contains("DATABASE_URL is not read"), "{said}");
}

#[tokio::test]
async fn an_app_that_would_lack_a_secret_gets_none() {
    let home = Home::new();
    let stand_ins = fly(&home, "NAME DIGEST\n", "");
    for (text, lacking) in [
        (SECRETS, "does not start: DB_URL\n"),
        (
            DATABASE,
            "C2S_TOKEN DIRETRIX_USER DIRETRIX_PASS WORK_API PRIVACY_KEY",
        ),
    ] {
        let ended = set_secrets(&home, &stand_ins, text, &[]).await;
        ended.assert_failure(lacking);
        assert_eq!(imported(&stand_ins), None);
    }
}

#[tokio::test]
async fn names_that_the_service_does_not_know_are_refused() {
    assert_refused(&[
        (
            "DIRETRIX_PASSWORD=segredo\n",
            "line 1: DIRETRIX_PASSWORD is no variable",
        ),
        ("WEBHOOK_SECRET=\n", "WEBHOOK_SECRET is no variable"),
        ("WORK_API=segredo\nsegredo\n", "line 2: is no NAME=VALUE"),
        (
            "WORK_API=segredo\nsegredo_x==\n",
            "line 2: is no NAME=VALUE",
        ),
        (
            "WORK_API=segredo\nWORK_API=segredo2\n",
            "line 2: WORK_API stands there twice",
        ),
    ])
    .await;
}

#[tokio::test]
async fn values_that_are_read_in_two_ways_are_refused() {
    let quote = "line 1, DIRETRIX_PASS: a value with blanks";
    for value in [
        "segredo blank",
        " segredo",
        "segredo ",
        "segredo$x",
        "segredo\\x",
        "segredo`x`",
        "segredo'x",
        "#segredo",
        "\"segredo$x\"",
        "\"segredo\\n\"",
        "\"segredo\"x\"",
        "'segredo'x'",
        "'segredo' # why",
        "\"segredo",
        "'",
    ] {
        assert_refused(&[(&format!("DIRETRIX_PASS={value}\n"), quote)]).await;
    }
    assert_refused(&[
        (
            "DIRETRIX_PASS='\"segredo\"'\n",
            "begins with a quotation mark",
        ),
        ("DIRETRIX_PASS=' segredo'\n", "begins or ends with a blank"),
        ("DIRETRIX_PASS='segre\u{7}do'\n", "a control character"),
    ])
    .await;
}

#[tokio::test]
async fn what_the_service_would_not_start_with_is_refused() {
    let example = of_the_package(".env.example").replace("private", "postgres://u@h/d");
    assert_refused(&[
        (&example, "C2S_TOKEN is the placeholder"),
        (
            "DB_URL=private\n",
            "DB_URL=private is a server on one's own machine",
        ),
        (
            "DB_DIRECT_URL=postgres://u:segredo@ep-x-pooler.example.com/c2s\n",
            "nothing can be migrated: give the host without -pooler",
        ),
        ("DB_URL=segredo\n", "is no PostgreSQL URL"),
        (
            "DATABASE_URL=postgres://u:segredo@h/d?sslmod=require\n",
            "the parameter sslmod, which is not read",
        ),
        ("C2S_TOKEN=segredoç\n", "a header cannot carry"),
        ("DIRETRIX_USER=segredo:x\n", "DIRETRIX_USER holds a colon"),
        ("PRIVACY_KEY=segredo\n", "less than 16 bytes"),
        (
            "API_KEYS=a:read:segredo-segredo1;b:read:segredo\n",
            "API_KEYS, entry 2: is not name:scopes:key",
        ),
        (
            "API_KEYS=a:write:segredo-segredo1\n",
            "API_KEYS, entry 1: is not",
        ),
        (
            "API_KEYS=a:read:segredo-segredo1;a:read:segredo-segredo2\n",
            "entry 2: has the name",
        ),
        (
            "API_KEYS=a:read:segredo-segredo1;b:read:segredo-segredo1\n",
            "entry 2: has the key",
        ),
    ])
    .await;
}
