//! `API_KEYS`: `name:scopes:key;…`.

use std::collections::BTreeSet;

use secrecy::SecretString;

use super::reader::Reader;
use super::server::{ApiKey, ApiKeys, Scope};

const NAME: &str = "API_KEYS";
const SHORTEST_KEY: usize = 16;

/// The keys, none when unset. Every entry that is wrong is a problem of its own, told by its
/// place in the list: its text is a secret.
pub(super) fn read(reader: &mut Reader<'_>) -> Option<ApiKeys> {
    let Some(text) = reader.set(NAME) else {
        return Some(ApiKeys::default());
    };
    let mut keys = Vec::new();
    let (mut names, mut secrets) = (BTreeSet::new(), BTreeSet::new());
    let entries: Vec<&str> = text.split(';').map(str::trim).collect();
    // A list may end with its separator.
    let entries = match entries.split_last() {
        Some((&"", rest)) if !rest.is_empty() => rest,
        _ => &entries,
    };
    for (place, entry) in entries.iter().enumerate() {
        match parse_entry(entry, &mut names, &mut secrets) {
            Ok(key) => keys.push(key),
            Err(wrong) => reader.problem(
                NAME,
                format!("entry {} {wrong}", place + 1),
                "write name:scopes:key;… (docs/configuration.md)",
            ),
        }
    }
    (keys.len() == entries.len()).then_some(ApiKeys(keys))
}

fn parse_entry<'t>(
    entry: &'t str,
    names: &mut BTreeSet<&'t str>,
    secrets: &mut BTreeSet<&'t str>,
) -> Result<ApiKey, &'static str> {
    let mut parts = entry.splitn(3, ':');
    let (Some(name), Some(scopes), Some(secret)) = (parts.next(), parts.next(), parts.next())
    else {
        return Err("is not name:scopes:key");
    };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if name.is_empty() || !name.bytes().all(plain) {
        return Err("has a name that is not made of letters, digits, - and _");
    }
    let scopes = parse_scopes(scopes).ok_or(
        "has a scope that is none of trigger, read, admin, metrics (several are joined by +)",
    )?;
    if secret.len() < SHORTEST_KEY {
        return Err("has a key of less than 16 characters");
    }
    if !secret.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err("has a key with blanks or letters that a header cannot carry");
    }
    if !names.insert(name) {
        return Err("has the name of an earlier entry");
    }
    if !secrets.insert(secret) {
        return Err("has the key of an earlier entry");
    }
    Ok(ApiKey {
        name: name.to_owned(),
        scopes,
        secret: SecretString::from(secret),
    })
}

fn parse_scopes(text: &str) -> Option<Vec<Scope>> {
    let scope = |word: &str| Scope::ALL.into_iter().find(|scope| scope.as_str() == word);
    text.split('+').map(|word| scope(word.trim())).collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use rstest::rstest;
    use secrecy::ExposeSecret;

    use super::*;

    fn read_text(text: &str) -> Result<ApiKeys, String> {
        let lookup = |name: &str| (name == NAME).then(|| text.to_owned());
        let mut reader = Reader::new(&lookup);
        let keys = read(&mut reader);
        reader.finish(keys).map_err(|error| error.to_string())
    }

    #[test]
    fn reads_names_scopes_and_keys() {
        let keys =
            read_text("make:trigger:0123456789abcdef; ops:admin+read:with:colon:0123456789;")
                .unwrap();
        let shown: Vec<_> = keys
            .0
            .iter()
            .map(|key| {
                (
                    key.name.as_str(),
                    key.scopes.as_slice(),
                    key.secret.expose_secret(),
                )
            })
            .collect();
        assert_eq!(
            shown,
            [
                ("make", [Scope::Trigger].as_slice(), "0123456789abcdef"),
                (
                    "ops",
                    [Scope::Admin, Scope::Read].as_slice(),
                    "with:colon:0123456789"
                ),
            ]
        );
    }

    #[rstest]
    #[case::no_parts("justakey0123456789", "entry 1 is not name:scopes:key")]
    #[case::no_name(":read:0123456789abcdef", "entry 1 has a name")]
    #[case::no_scope("a::0123456789abcdef", "entry 1 has a scope")]
    #[case::unknown_scope("a:read+write:0123456789abcdef", "entry 1 has a scope")]
    #[case::short("a:read:0123456789abcde", "entry 1 has a key of less than 16")]
    #[case::blank("a:read:0123456789 abcdef", "entry 1 has a key with blanks")]
    #[case::same_name(
        "a:read:0123456789abcdef;a:read:fedcba9876543210",
        "entry 2 has the name"
    )]
    #[case::same_key(
        "a:read:0123456789abcdef;b:read:0123456789abcdef",
        "entry 2 has the key"
    )]
    #[case::hole("a:read:0123456789abcdef;;b:read:fedcba9876543210", "entry 2 is not")]
    fn a_wrong_entry_is_told_by_its_place(#[case] text: &str, #[case] expected: &str) {
        let said = read_text(text).unwrap_err();
        assert!(said.contains(expected), "{said}");
        assert!(
            !said.contains("0123456789") && !said.contains("fedcba"),
            "{said}"
        );
    }
}
