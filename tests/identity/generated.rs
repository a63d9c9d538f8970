//! Files that a test writes and that are committed.

use std::fs;
use std::path::{Path, PathBuf};

/// Set to anything, the files are written instead of compared.
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
        "{file} is not what is made now ({different:?}); {UPDATE}=1 writes it"
    );
}
