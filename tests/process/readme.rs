//! The README shows what really comes back.

use serde_json::Value;

use crate::home::Home;
use crate::running::{demo, of_the_package};

const NOTHING: [(&str, &str); 0] = [];

/// The blocks between the README's two marks: the answer, and what the broker reads.
fn shown() -> [String; 2] {
    let readme = of_the_package("README.md");
    let (_, rest) = readme.split_once("<!-- real answer: begin -->").unwrap();
    let (part, _) = rest.split_once("<!-- real answer: end -->").unwrap();
    let fences: Vec<&str> = part.split("```").collect();
    let [_, answer, _, message, _] = fences[..] else {
        panic!("not two blocks: {part}");
    };
    let texts = [("json part", answer), ("text", message)];
    texts.map(|(info, block)| block.strip_prefix(info).unwrap().trim().to_owned())
}

/// The day the data was fetched is today's; all else of the demo is as its seed has it.
fn without_day(message: &str) -> String {
    let (before, rest) = message.split_once("Fonte: Work API em ").unwrap();
    let (day, after) = rest.split_at("24/11/2026".len());
    assert!(
        day.chars().all(|c| c.is_ascii_digit() || c == '/'),
        "{day} is no day"
    );
    format!("{before}Fonte: Work API em {after}")
}

#[tokio::test]
async fn the_answer_in_the_readme_is_the_demos() {
    let home = Home::new();
    let (demo, tour) = demo(&home, &NOTHING).await;
    demo.stop("INT").await.assert_success();

    let [answer, message] = shown();
    let line = tour.lines().find(|line| line.starts_with("  {")).unwrap();
    let answered: Value = serde_json::from_str(line).unwrap();
    let told: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(told, answered);

    let read: Vec<&str> = tour
        .lines()
        .filter_map(|line| line.strip_prefix("  │"))
        .map(|line| line.strip_prefix(' ').unwrap_or(line))
        .collect();
    assert_eq!(without_day(&message), without_day(&read.join("\n")));

    // the call that the README tells to make is the tour's
    let lead_id = answered["lead_id"].as_str().unwrap();
    let call = format!("curl 'http://127.0.0.1:8081/api/v1/leads/process?id={lead_id}'");
    assert!(of_the_package("README.md").contains(&call), "{call}");
}
