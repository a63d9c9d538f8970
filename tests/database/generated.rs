//! Files that are written by a test and committed.

use std::fs;
use std::path::{Path, PathBuf};

/// Set to anything, the generated files are written instead of compared.
const UPDATE: &str = "UPDATE_GENERATED";

/// A file of the package.
pub(crate) fn package_file(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The committed file holds exactly this.
#[expect(
    clippy::disallowed_methods,
    reason = "a switch of the tests that is no configuration"
)]
pub(crate) fn agrees(file: &str, expected: &str) {
    let path = package_file(file);
    if std::env::var_os(UPDATE).is_some() {
        fs::write(&path, expected).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    let different = found.lines().zip(expected.lines()).find(|(a, b)| a != b);
    assert!(
        found == expected,
        "{file} differs from what the program says ({different:?}); \
         {UPDATE}=1 cargo nextest run generated writes it"
    );
}

/// The contract is reviewed as a file, and a caller may generate a client from it without a service.
#[test]
fn the_openapi_document_is_generated_from_the_routes() {
    agrees("docs/openapi.json", rust_c2s_api::handlers::document());
}
