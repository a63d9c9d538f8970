//! What is written about the database is true: comments, the generated pages, the operator's questions.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod answers;
mod at_size;
mod catalog;
mod comments;
mod diagram;
mod examples;
mod generated;
mod market;
mod marketing;
mod placeholders;
mod questions;
mod ran;
#[path = "../support/reader.rs"]
mod reader;
mod report;
#[path = "../support/seeded.rs"]
mod seeded;
#[path = "../support/mod.rs"]
mod support;
