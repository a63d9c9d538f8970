//! `rollback-fly.sh`: which release it goes back to, and where it leaves the choice to a person.

use super::{fly, image, releases};
use crate::home::Home;
use crate::running::Ended;
use crate::scripts::script;
use crate::scripts::walk::closed;

const ROLLBACK: &str = "deployment/rollback-fly.sh";

/// Rolls back an app that has these releases; tells the image that was deployed, if one was.
async fn rolled_back(releases: &str, more: &[&str]) -> (Ended, Option<String>) {
    let home = Home::new();
    let stand_ins = fly(&home, "", releases);
    let (path, closed) = (stand_ins.path(), closed());
    let set = [
        ("PATH", path.as_str()),
        ("BASE_URL", &closed),
        ("WAIT_SECS", "0"),
    ];
    let arguments = [&["--app", "my-app"], more].concat();
    let ended = script(&home, ROLLBACK, &arguments, &set).await;
    let calls = stand_ins.calls();
    let deploy = calls.iter().find(|call| call.starts_with("fly deploy "));
    let deployed = deploy.map(|call| call.split_once(" --image ").unwrap().1.to_owned());
    (ended, deployed)
}

#[tokio::test]
async fn the_last_complete_release_with_another_image_is_shown_and_put_back() {
    let releases = releases(&[
        (9, "complete", 9),
        (8, "complete", 9),
        (7, "failed", 7),
        (6, "complete", 6),
        (5, "complete", 5),
    ]);
    let (asked, deployed) = rolled_back(&releases, &[]).await;
    asked.assert_failure("Nothing was done");
    let shown = format!("Back to v6 of 2026-01-06T12:00:00Z: {}\n", image(6));
    for what in [&shown, "migrations only go forward"] {
        assert!(asked.text.contains(what), "{}", asked.text);
    }
    assert_eq!(deployed, None);
    let (verified, deployed) = rolled_back(&releases, &["--yes"]).await;
    verified.assert_failure("No service answers");
    assert_eq!(deployed, Some(image(6)));
}

#[tokio::test]
async fn a_second_rollback_does_not_bring_the_bad_release_back() {
    let rolled_back_once = releases(&[
        (10, "complete", 8),
        (9, "complete", 9),
        (8, "complete", 8),
        (7, "complete", 7),
    ]);
    let (refused, deployed) = rolled_back(&rolled_back_once, &["--yes"]).await;
    refused.assert_failure("as after a rollback");
    let list = format!("7\tcomplete\t2026-01-07T12:00:00Z\t{}\n", image(7));
    assert!(refused.text.contains(&list), "{}", refused.text);
    assert_eq!(deployed, None);
    let (asked, _) = rolled_back(&rolled_back_once, &[]).await;
    asked.assert_failure("Nothing was done");
    assert!(asked.text.contains("as after a rollback"), "{}", asked.text);
    let chosen = image(7);
    let (_, deployed) = rolled_back(&rolled_back_once, &["--yes", "--image", &chosen]).await;
    assert_eq!(deployed, Some(chosen));
}

#[tokio::test]
async fn what_failed_is_neither_what_runs_nor_what_is_put_back() {
    let failed_before = releases(&[
        (11, "complete", 9),
        (10, "failed", 10),
        (9, "complete", 9),
        (8, "interrupted", 12),
        (7, "complete", 7),
    ]);
    let (_, deployed) = rolled_back(&failed_before, &["--yes"]).await;
    assert_eq!(deployed, Some(image(7)));
    let failed_last = releases(&[(10, "failed", 10), (9, "complete", 9), (8, "complete", 8)]);
    let (refused, deployed) = rolled_back(&failed_last, &["--yes"]).await;
    refused.assert_failure("is not complete");
    assert_eq!(deployed, None);
    let (asked, _) = rolled_back(&failed_last, &[]).await;
    asked.assert_failure("Nothing was done");
    assert!(asked.text.contains("Back to v9 "), "{}", asked.text);
}

#[tokio::test]
async fn without_an_earlier_release_the_choice_is_a_persons() {
    let (alone, _) = rolled_back(&releases(&[(1, "complete", 1)]), &["--yes"]).await;
    alone.assert_failure("No earlier image");
    let (unreadable, _) = rolled_back("VERSION STATUS\nv1 complete\n", &["--yes"]).await;
    unreadable.assert_failure("names no image");
    let (lacking, _) = rolled_back("[]", &["--image"]).await;
    lacking.assert_failure("needs a value");
}
