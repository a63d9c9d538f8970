//! Everything in the database says what it means.

use crate::catalog::Catalog;

#[tokio::test]
async fn every_schema_table_function_and_type_has_a_comment() {
    let catalog = Catalog::read().await;
    let schemas = catalog.schemas.iter().map(|s| (s.name.clone(), &s.comment));
    let tables = catalog.tables.iter().map(|t| (t.full_name(), &t.comment));
    let functions = catalog.functions.iter();
    let functions = functions.map(|f| {
        (
            format!("{}.{}({})", f.schema, f.name, f.arguments),
            &f.comment,
        )
    });
    let types = catalog.enums.iter();
    let types = types.map(|t| (format!("{}.{}", t.schema, t.name), &t.comment));
    let all: Vec<_> = schemas
        .chain(tables)
        .chain(functions)
        .chain(types)
        .collect();
    assert!(all.len() > 50, "found {} things", all.len());

    let silent = all.iter().filter(|(_, comment)| comment.is_none());
    let silent: Vec<&String> = silent.map(|(name, _)| name).collect();
    assert!(silent.is_empty(), "a migration must comment on {silent:?}");
}

#[tokio::test]
async fn every_table_says_which_personal_data_it_holds_and_how_long() {
    let catalog = Catalog::read().await;
    for table in catalog.tables.iter().filter(|table| table.kind == "table") {
        let privacy = Privacy::of(table.comment.as_deref().unwrap_or_default());
        let name = table.full_name();
        let Some(privacy) = privacy else {
            panic!("{name}: its comment lacks \"Personal data: …\"");
        };
        let says_how_long = privacy.kept.is_some() || privacy.data.starts_with("none");
        assert!(says_how_long, "{name}: its comment lacks \"Kept: …\"");
    }
}

/// What the comment of a table says of personal data.
pub(crate) struct Privacy<'a> {
    pub(crate) data: &'a str,
    pub(crate) kept: Option<&'a str>,
}

impl<'a> Privacy<'a> {
    pub(crate) fn of(comment: &'a str) -> Option<Self> {
        let (_, rest) = comment.split_once("Personal data: ")?;
        let (data, kept) = match rest.split_once(". Kept: ") {
            Some((data, kept)) => (data, Some(kept)),
            None => (rest, None),
        };
        let data = data.trim_end_matches('.');
        Some(Self { data, kept })
    }
}
