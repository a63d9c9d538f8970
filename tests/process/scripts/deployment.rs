//! The scripts for Fly.io, with a `fly` that notes how it is called.

mod deploy;
mod rollback;
mod secrets;

use std::fs;

use serde_json::{Value, json};

use super::StandIns;
use crate::home::Home;

/// Answers what the files beside it say, and keeps what it was given on standard input.
const FLY: &str = r#"here=${0%/*}
case "$1 $2" in
    "secrets list") cat "$here/secrets" ;;
    "secrets import") cat >"$here/imported" ;;
    "releases "*) cat "$here/releases" ;;
esac"#;
const ALL: &str = "NAME          │ DIGEST\n DB_URL │ aa11\n C2S_TOKEN │ bb\n DIRETRIX_USER │ c\n DIRETRIX_PASS │ d\n WORK_API │ e\n PRIVACY_KEY │ f\n API_KEYS │ a\n";

fn fly(home: &Home, secrets: &str, releases: &str) -> StandIns {
    let stand_ins = StandIns::new(home).put("fly", FLY);
    fs::write(stand_ins.0.join("secrets"), secrets).unwrap();
    fs::write(stand_ins.0.join("releases"), releases).unwrap();
    stand_ins
}

fn image(number: u32) -> String {
    format!("registry.fly.io/my-app:deployment-{number:02}")
}

/// What `fly releases --json` writes of releases, each a version, a status and the number of its image.
fn releases(of: &[(u32, &str, u32)]) -> String {
    let releases = of.iter().map(|(version, status, number)| {
        json!({
            "ID": format!("id-{version}"), "Version": version, "Stable": true, "Status": status,
            // a text of somebody's, which must not be taken for a member
            "Description": "\n\"ImageRef\": \"registry.fly.io/other\",\n", "User": { "Email": "a@example.com" },
            "CreatedAt": format!("2026-01-{version:02}T12:00:00Z"), "ImageRef": image(*number),
        })
    });
    // as flyctl's encoder does it, but for the width of a step
    format!("{:#}\n", Value::from_iter(releases))
}
