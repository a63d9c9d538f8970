//! `docs/database/DATABASE_SCHEMA_REPORT_FINAL.md`: the catalog of a migrated database, as a page.

use std::fmt::Write as _;

use crate::catalog::{Attached, Catalog, Column, Constraint, Function, Table};
use crate::comments::Privacy;
use crate::diagram::diagram;
use crate::generated::agrees;

const HEAD: &str = "# The database

Every schema, table, column, constraint, index, function and type, as the migrations build them. For whoever writes SQL
against this database, or changes it.

Generated from the catalog of a migrated database; a test fails when they differ. What things mean is written in the
database itself, by `comment on` in `migrations/`, so `psql` shows it too (`\\d+ core.parties`). After a new migration:

```sh by-hand
UPDATE_GENERATED=1 cargo nextest run generated
```

Real rows: [one enriched lead](examples/ONE_ENRICHED_LEAD.md). The same as SQL: [schemas](../schemas/README.md).
Questions to it: [queries](../queries/README.md). How the rows come about:
[The way of a lead](../architecture/THE_WAY_OF_A_LEAD.md).

How to read it: *null* says whether a column may be empty. Of keys, checks and indexes the definition is PostgreSQL's own.
Money is in centavos, and in reais where a column ends in `_brl`; times are instants (`timestamp with time zone`), identifiers of ours are UUIDs.
";

#[tokio::test]
async fn the_report_is_generated_from_a_migrated_database() {
    let catalog = Catalog::read().await;
    let path = "docs/database/DATABASE_SCHEMA_REPORT_FINAL.md";
    agrees(path, &report(&catalog));
}

fn report(catalog: &Catalog) -> String {
    let mut out = String::from(HEAD);
    contents(&mut out, catalog);
    privacy(&mut out, catalog);
    extensions(&mut out, catalog);
    for schema in &catalog.schemas {
        let comment = schema.comment.as_deref().unwrap_or_default();
        write!(out, "\n## Schema {}\n\n{comment}\n", schema.name).unwrap();
        out.push_str(&diagram(catalog, &schema.name));
        for table in tables_of(catalog, &schema.name) {
            one_table(&mut out, catalog, table);
        }
        types(&mut out, catalog, &schema.name);
        functions(&mut out, catalog, &schema.name);
    }
    out
}

fn tables_of<'a>(catalog: &'a Catalog, schema: &str) -> impl Iterator<Item = &'a Table> {
    let tables = catalog.tables.iter();
    tables.filter(move |table| table.schema == schema)
}

fn contents(out: &mut String, catalog: &Catalog) {
    out.push_str(
        "\n## Contents\n\n- [Personal data](#personal-data)\n- [Extensions](#extensions)\n",
    );
    for schema in &catalog.schemas {
        let name = &schema.name;
        writeln!(out, "- [Schema {name}](#schema-{name})").unwrap();
        for table in tables_of(catalog, name) {
            let full = table.full_name();
            writeln!(out, "  - [{full}](#{})", anchor(&full)).unwrap();
        }
        let types = format!("Types of {name}");
        let functions = format!("Functions of {name}");
        let has_types = catalog.enums.iter().any(|one| one.schema == *name);
        let has_functions = catalog.functions.iter().any(|one| one.schema == *name);
        let parts = [(has_types, types), (has_functions, functions)];
        for (_, title) in parts.iter().filter(|(is_there, _)| *is_there) {
            writeln!(out, "  - [{title}](#{})", anchor(title)).unwrap();
        }
    }
}

/// The anchor that a heading gets.
fn anchor(heading: &str) -> String {
    let lower = heading.to_lowercase().replace(' ', "-");
    let stays = |c: &char| c.is_alphanumeric() || *c == '-' || *c == '_';
    lower.chars().filter(stays).collect()
}

fn privacy(out: &mut String, catalog: &Catalog) {
    out.push_str("\n## Personal data\n\nTables that hold any, as their comments say.\n\n");
    out.push_str("| table | which | kept |\n|---|---|---|\n");
    for table in &catalog.tables {
        let comment = table.comment.as_deref().unwrap_or_default();
        let Some(Privacy {
            data,
            kept: Some(kept),
        }) = Privacy::of(comment)
        else {
            continue;
        };
        let full = table.full_name();
        let anchor = anchor(&full);
        let kept = kept.trim_end_matches('.');
        writeln!(
            out,
            "| [{full}](#{anchor}) | {} | {} |",
            cell(data),
            cell(kept)
        )
        .unwrap();
    }
}

fn extensions(out: &mut String, catalog: &Catalog) {
    out.push_str("\n## Extensions\n\n");
    for extension in &catalog.extensions {
        let comment = extension.comment.as_deref().unwrap_or_default();
        writeln!(out, "- `{}`: {comment}", extension.name).unwrap();
    }
}

fn one_table(out: &mut String, catalog: &Catalog, table: &Table) {
    let comment = table.comment.as_deref().unwrap_or_default();
    write!(out, "\n### {}\n\n{comment}\n\n", table.full_name()).unwrap();
    out.push_str("| column | type | null | default | meaning |\n|---|---|---|---|---|\n");
    let is_here = |schema: &str, name: &str| schema == table.schema && name == table.name;
    let columns = catalog.columns.iter();
    for column in columns.filter(|one| is_here(&one.schema, &one.table)) {
        one_column(out, column);
    }
    out.push('\n');
    let constraints = catalog.constraints.iter();
    for one in constraints.filter(|one| is_here(&one.schema, &one.table)) {
        constraint(out, one);
    }
    let here = |one: &&Attached| is_here(&one.schema, &one.table);
    for index in catalog.indexes.iter().filter(here) {
        let definition = &index.definition;
        let unique = if definition.starts_with("CREATE UNIQUE") {
            "unique index"
        } else {
            "index"
        };
        let by = definition
            .split_once(" USING ")
            .map_or(definition.as_str(), |parts| parts.1);
        writeln!(out, "- {unique} `{}`: `{by}`", index.name).unwrap();
    }
    for trigger in catalog.triggers.iter().filter(here) {
        writeln!(
            out,
            "- trigger `{}`: `{}`",
            trigger.name, trigger.definition
        )
        .unwrap();
    }
}

fn one_column(out: &mut String, column: &Column) {
    let null = if column.is_nullable { "null" } else { "" };
    let default = match &column.expression {
        Some(expression) if column.is_generated => format!("generated: `{expression}`"),
        Some(expression) => format!("`{expression}`"),
        None if column.is_identity => "identity".to_owned(),
        None => String::new(),
    };
    let comment = column.comment.as_deref().unwrap_or_default();
    let cells = [&column.type_name, null, &default, comment].map(cell);
    writeln!(out, "| `{}` | {} |", column.name, cells.join(" | ")).unwrap();
}

/// On one line, and without a bar that would end the cell.
fn cell(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").replace('|', "\\|")
}

fn constraint(out: &mut String, constraint: &Constraint) {
    let kind = match constraint.kind.as_str() {
        "p" => "primary key",
        "u" => "unique",
        "f" => "foreign key",
        _ => "check",
    };
    let definition = cell(&constraint.definition).replace("\\|", "|");
    let said = ["PRIMARY KEY ", "UNIQUE ", "FOREIGN KEY ", "CHECK "];
    let definition = said
        .iter()
        .find_map(|word| definition.strip_prefix(word))
        .unwrap_or(&definition);
    writeln!(out, "- {kind} `{}`: `{definition}`", constraint.name).unwrap();
}

fn types(out: &mut String, catalog: &Catalog, schema: &str) {
    let types: Vec<_> = catalog
        .enums
        .iter()
        .filter(|one| one.schema == schema)
        .collect();
    if types.is_empty() {
        return;
    }
    write!(out, "\n### Types of {schema}\n\n").unwrap();
    for one in types {
        let comment = one.comment.as_deref().unwrap_or_default();
        writeln!(
            out,
            "- `{schema}.{}`: {}. {comment}",
            one.name,
            one.labels.join(", ")
        )
        .unwrap();
    }
}

fn functions(out: &mut String, catalog: &Catalog, schema: &str) {
    let functions: Vec<&Function> = catalog
        .functions
        .iter()
        .filter(|one| one.schema == schema)
        .collect();
    if functions.is_empty() {
        return;
    }
    write!(out, "\n### Functions of {schema}\n").unwrap();
    for one in functions {
        let comment = one.comment.as_deref().unwrap_or_default();
        write!(
            out,
            "\n**`{schema}.{}`** ({}, {}): {comment}\n\n- takes `{}`\n- returns `{}`\n",
            one.name, one.language, one.volatility, one.arguments, one.result
        )
        .unwrap();
    }
}
