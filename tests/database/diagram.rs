//! The tables of a schema and how they hang together, as a Mermaid diagram. Views have no keys to hang by.

use std::fmt::Write as _;

use crate::catalog::{Catalog, Column, Constraint};

/// Nothing for a schema without tables.
pub(crate) fn diagram(catalog: &Catalog, schema: &str) -> String {
    let tables = catalog.tables.iter();
    let mut tables = tables
        .filter(|one| one.schema == schema && one.kind == "table")
        .peekable();
    if tables.peek().is_none() {
        return String::new();
    }
    let mut out = String::from("\n```mermaid\nerDiagram\n");
    for table in tables {
        let constraints: Vec<&Constraint> = catalog
            .constraints
            .iter()
            .filter(|one| one.schema == schema && one.table == table.name)
            .collect();
        let columns = catalog.columns.iter();
        let columns = columns.filter(|one| one.schema == schema && one.table == table.name);
        entity(&mut out, &table.name, columns, &constraints);
        for foreign in constraints.iter().filter(|one| one.kind == "f") {
            relation(&mut out, foreign, &constraints);
        }
    }
    out.push_str("```\n");
    out
}

/// A table with the columns of its keys.
fn entity<'a>(
    out: &mut String,
    table: &str,
    columns: impl Iterator<Item = &'a Column>,
    constraints: &[&Constraint],
) {
    writeln!(out, "    {table} {{").unwrap();
    for column in columns {
        let is_in = |kind: &str| {
            let mut keys = constraints.iter().filter(|one| one.kind == kind);
            keys.any(|one| one.columns.contains(&column.name))
        };
        let keys = match (is_in("p"), is_in("f")) {
            (true, true) => "PK, FK",
            (true, false) => "PK",
            (false, true) => "FK",
            (false, false) => continue,
        };
        let type_name = column.type_name.replace(' ', "_");
        writeln!(out, "        {type_name} {} {keys}", column.name).unwrap();
    }
    out.push_str("    }\n");
}

/// One row of the target has one or many of this table: one, when the key's columns hold a unique key.
fn relation(out: &mut String, foreign: &Constraint, constraints: &[&Constraint]) {
    let Some(target) = &foreign.target else {
        return;
    };
    let is_one = constraints.iter().any(|one| {
        let is_key = one.kind == "p" || one.kind == "u";
        is_key
            && one
                .columns
                .iter()
                .all(|column| foreign.columns.contains(column))
    });
    let many = if is_one { "o|" } else { "o{" };
    let by = foreign.columns.join(", ");
    writeln!(out, "    {target} ||--{many} {} : \"{by}\"", foreign.table).unwrap();
}
