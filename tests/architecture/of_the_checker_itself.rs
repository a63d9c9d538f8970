//! Planted sources: what the checker must find, and what it must leave alone.

use rstest::rstest;

use super::*;

#[rstest]
#[case::import(
    "src/models/cpf.rs",
    "use crate::storage::X;",
    "models must not use crate::storage::X"
)]
#[case::inline(
    "src/models.rs",
    "fn f() { crate::config::f() }",
    "models must not use crate::config::f"
)]
#[case::group(
    "src/storage/a.rs",
    "use crate::{\n    models::Cpf,\n    lookups::{A, B},\n};",
    "storage must not use crate::lookups::A"
)]
#[case::nested(
    "src/handlers/a.rs",
    "use crate::{services::{a, b::C}, upstream};",
    "handlers must not use crate::upstream"
)]
#[case::climbing(
    "src/services/a.rs",
    "use super::super::handlers::H;",
    "services must not use crate::handlers::H"
)]
#[case::one_part_only(
    "src/services/a.rs",
    "use crate::upstream::diretrix::D;",
    "services must not use crate::upstream::diretrix"
)]
#[case::one_part_in_a_group(
    "src/services/a.rs",
    "use crate::upstream::{c2s::Client, http::H};",
    "services must not use crate::upstream::http"
)]
#[case::own_name(
    "src/simulator/a.rs",
    "use rust_c2s_api::services::S;",
    "simulator must not use crate::services::S"
)]
#[case::foreign_crate("src/services/a.rs", "use axum::Json;", "services must not know axum")]
#[case::foreign_crate_inline(
    "src/models/a.rs",
    "let x = reqwest::Client::new();",
    "models must not know reqwest"
)]
#[case::after_the_tests(
    "src/models/a.rs",
    "#[cfg(test)]\nmod tests {\n    use crate::app::A;\n}\nuse crate::app::B;",
    "models must not use crate::app::B"
)]
#[case::behind_an_address(
    "src/models/a.rs",
    "f(\"https://example.com\", crate::app::B)",
    "models must not use crate::app::B"
)]
#[case::sql_in_a_model("src/models/a.rs", "use sqlx::Type;", "models must not know sqlx")]
#[case::everything(
    "src/models/a.rs",
    "use crate::*;",
    "the crate's root is taken as a whole"
)]
#[case::everything_in_a_group(
    "src/models/a.rs",
    "use crate::{*};",
    "the crate's root is taken as a whole"
)]
#[case::another_name(
    "src/models/a.rs",
    "use crate as all;\nuse all::storage::X;",
    "the crate's root is taken as a whole"
)]
#[case::its_own_name(
    "src/models/a.rs",
    "use rust_c2s_api as all;",
    "the crate's root is taken as a whole"
)]
#[case::itself(
    "src/models/a.rs",
    "use crate::{self as all};",
    "the crate's root is taken as a whole"
)]
#[case::all_of_a_module(
    "src/models/a.rs",
    "use crate::storage::*;",
    "models must not use crate::storage::*"
)]
#[case::a_write_in_a_handler(
    "src/handlers/a.rs",
    "use crate::storage::{accept_lead, show_lead};",
    "handlers must not use crate::storage::accept_lead"
)]
#[case::storage_as_a_whole(
    "src/handlers/a.rs",
    "use crate::storage;\nfn f() { storage::end_run() }",
    "handlers must not use crate::storage"
)]
#[case::unknown_module("src/helpers.rs", "", "module helpers is not in the table")]
fn a_planted_import_is_found(#[case] path: &str, #[case] text: &str, #[case] expected: &str) {
    let problems = check_imports(path, text);
    assert!(
        problems.iter().any(|problem| problem.contains(expected)),
        "{problems:?}"
    );
    let app = "app::A";
    assert!(!problems.iter().any(|problem| problem.ends_with(app)));
}

#[rstest]
#[case(
    "src/storage/a.rs",
    "use crate::models::Cpf;\nuse super::row::Row;\nuse crate::storage::b;"
)]
#[case(
    "src/services/a.rs",
    "use crate::upstream::c2s::Client;\nuse crate::upstream::{c2s};"
)]
#[case(
    "src/models/a.rs",
    "//! See [`crate::storage`] and axum::Json.\nlet my_crate::x; // crate::app"
)]
#[case(
    "src/models/a.rs",
    "#[cfg(test)]\nmod tests {\n    use crate::simulator::People;\n}"
)]
#[case(
    "src/handlers/a.rs",
    "use crate::storage::{LeadDetail, list_leads, show_lead};"
)]
#[case("src/models/a.rs", "pub(crate) use cpf::Cpf;\nuse super::*;")]
#[case("src/app.rs", "use crate::{handlers, upstream, storage};")]
#[case("src/main.rs", "use rust_c2s_api::cli;")]
fn what_is_allowed_is_not_found(#[case] path: &str, #[case] text: &str) {
    assert_eq!(check_imports(path, text), Vec::<String>::new());
}

#[rstest]
#[case(concat!("#[", "allow(dead_code)]\nfn f() {}"))]
#[case(concat!("#![", "allow(dead_code)]"))]
#[case(concat!("query(\"\").persistent(", "false)"))]
#[case(concat!("fn f() { todo", "!() }"))]
#[case(concat!("#[sqlx", "::test]\nasync fn f() {}"))]
fn a_planted_text_is_found(#[case] text: &str) {
    assert_eq!(check_text("src/a.rs", text).len(), 1);
    assert!(check_text("src/a.rs", &format!("// {text}").replace('\n', "\n// ")).is_empty());
}

#[test]
fn a_long_file_is_found() {
    assert!(check_text("src/a.rs", &"\n".repeat(LONGEST_FILE)).is_empty());
    assert_eq!(
        check_text("src/a.rs", &"\n".repeat(LONGEST_FILE + 1)).len(),
        1
    );
}
