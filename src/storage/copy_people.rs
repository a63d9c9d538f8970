//! Many invented people at once, by COPY: for `rust-c2s-api seed`.

use std::mem;

use sqlx::{AssertSqlSafe, PgConnection, PgPool, PgTransaction};
use uuid::Uuid;

use super::StorageError;

/// An invented person as the tables take it. The caller answers for the values: the database
/// refuses what breaks a constraint.
#[derive(Clone, Copy)]
pub struct PersonToCopy<'a> {
    /// The party.
    pub id: Uuid,
    /// 11 digits.
    pub cpf: &'a str,
    /// The name.
    pub name: &'a str,
    /// `M` or `F`.
    pub sex: &'static str,
    /// `YYYY-MM-DD`.
    pub birth: &'a str,
    /// The mother's name.
    pub mother: &'a str,
    /// National digits.
    pub phone: &'a str,
    /// Lower case.
    pub email: &'a str,
}

/// Who is in a database before people are copied into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Inhabitants {
    /// Parties whose ids lie in the range asked about.
    pub copied: u64,
    /// Whether there are any others.
    pub others: bool,
}

/// All of it, or nothing: a transaction in which people are copied and, at its end, counted for the
/// planner. Nobody else can copy meanwhile.
#[derive(Debug)]
pub struct CopyOfPeople {
    pool: PgPool,
    transaction: PgTransaction<'static>,
    /// Statements that make the indexes again which were dropped.
    indexes: Vec<String>,
}

impl CopyOfPeople {
    /// Begins, and tells who is there: `first` and `last` are the range of ids to be told apart.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn begin(
        pool: &PgPool,
        first: Uuid,
        last: Uuid,
    ) -> Result<(Self, Inhabitants), StorageError> {
        let mut transaction = pool.begin().await?;
        // It may take minutes; and two at once would both begin with the first person.
        sqlx::raw_sql(
            "set local statement_timeout = 0; lock table core.parties in share row exclusive mode",
        )
        .execute(&mut *transaction)
        .await?;
        let row = sqlx::query!(
            r#"select (select count(*) from core.parties where id between $1 and $2) as "copied!",
                      exists (select from core.parties where id < $1 or id > $2) as "others!""#,
            first,
            last,
        )
        .fetch_one(&mut *transaction)
        .await?;
        let inhabitants = Inhabitants {
            copied: row.copied.unsigned_abs(),
            others: row.others,
        };
        let indexes = Vec::new();
        let copy = Self {
            pool: pool.clone(),
            transaction,
            indexes,
        };
        Ok((copy, inhabitants))
    }

    /// Leaves indexes that only serve searches to be made anew at the end: for many people that takes
    /// a tenth of the time. Until then nobody else can read the tables.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn index_at_the_end(&mut self) -> Result<(), StorageError> {
        let indexes = sqlx::query!(
            r#"select format('drop index %s', i.indexrelid::regclass) as "drop!",
                      pg_get_indexdef(i.indexrelid) as "create!"
               from pg_index i
               where not i.indisunique and i.indrelid = any (array[
                   'core.parties'::regclass, 'core.people'::regclass, 'core.party_contacts'::regclass])
               order by i.indexrelid"#
        )
        .fetch_all(&mut *self.transaction)
        .await?;
        for index in indexes {
            // The catalog's own words for what stands in it.
            self.execute(index.drop).await?;
            self.indexes.push(index.create);
        }
        Ok(())
    }

    /// Copies some people with their phones and e-mails; answers the number of rows.
    ///
    /// # Errors
    /// [`StorageError::Refused`] when a value breaks a constraint: a CPF that is there already.
    pub async fn copy(&mut self, people: &[PersonToCopy<'_>]) -> Result<u64, StorageError> {
        let mut rows = 0;
        for (table, line) in TABLES {
            let mut text = String::new();
            for person in people {
                line(&mut text, person);
            }
            rows += copy_in(&mut self.transaction, table, text).await?;
        }
        Ok(rows)
    }

    /// Makes the indexes, counts what the planner has to know, commits, and cleans up: otherwise whoever
    /// reads the rows first writes into each page that its rows are committed.
    ///
    /// # Errors
    /// [`StorageError`]; nothing is there then, or all of it but not cleaned up.
    pub async fn commit(mut self) -> Result<(), StorageError> {
        // Enough that an index of a million names is sorted in memory; given back with the transaction.
        self.execute("set local maintenance_work_mem = '256MB'".to_owned())
            .await?;
        for index in mem::take(&mut self.indexes) {
            self.execute(index).await?;
        }
        self.execute("analyze core.parties, core.people, core.party_contacts".to_owned())
            .await?;
        self.transaction.commit().await?;
        let mut connection = self.pool.acquire().await?;
        for statement in [
            "set statement_timeout = 0",
            "vacuum core.parties, core.people, core.party_contacts",
            "reset statement_timeout",
        ] {
            sqlx::raw_sql(statement).execute(&mut *connection).await?;
        }
        Ok(())
    }

    async fn execute(&mut self, statement: String) -> Result<(), StorageError> {
        sqlx::raw_sql(AssertSqlSafe(statement))
            .execute(&mut *self.transaction)
            .await?;
        Ok(())
    }
}

type Line = fn(&mut String, &PersonToCopy<'_>);

const TABLES: [(&str, Line); 3] = [
    (
        "core.parties (id, party_type, cpf_cnpj, full_name, sex, birth_date, mother_name)",
        |text, p| {
            let id = p.id.to_string();
            push(
                text,
                [&id, "person", p.cpf, p.name, p.sex, p.birth, p.mother],
            );
        },
    ),
    (
        "core.people (party_id, full_name, mothers_name, birth_date, sex, document_cpf)",
        |text, p| {
            let id = p.id.to_string();
            push(text, [&id, p.name, p.mother, p.birth, p.sex, p.cpf]);
        },
    ),
    (
        "core.party_contacts (contact_id, party_id, contact_type, value, is_primary, source)",
        |text, p| {
            let id = p.id.to_string();
            for (nth, kind, value) in [(1, "phone", p.phone), (2, "email", p.email)] {
                // As the party's, with the variant's next bits counting the contacts.
                let contact = Uuid::from_u128(p.id.as_u128() | (nth << 48)).to_string();
                push(text, [&contact, &id, kind, value, "true", "c2s"]);
            }
        },
    ),
];

async fn copy_in(
    connection: &mut PgConnection,
    table: &str,
    text: String,
) -> Result<u64, StorageError> {
    let statement = format!("copy {table} from stdin");
    let mut copy = connection.copy_in_raw(&statement).await?;
    match copy.send(text.into_bytes()).await {
        Ok(_) => Ok(copy.finish().await?),
        Err(error) => {
            copy.abort("the rows could not be sent").await?;
            Err(error.into())
        }
    }
}

/// One row in COPY's text format.
fn push<const COLUMNS: usize>(text: &mut String, columns: [&str; COLUMNS]) {
    for (nth, column) in columns.into_iter().enumerate() {
        if nth > 0 {
            text.push('\t');
        }
        for c in column.chars() {
            match c {
                '\\' => text.push_str("\\\\"),
                '\t' => text.push_str("\\t"),
                '\n' => text.push_str("\\n"),
                '\r' => text.push_str("\\r"),
                other => text.push(other),
            }
        }
    }
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_separates_rows_and_columns_is_escaped() {
        let mut text = String::new();
        push(&mut text, ["a\tb", "c\nd", "e\\f\r"]);
        assert_eq!(text, "a\\tb\tc\\nd\te\\\\f\\r\n");
    }
}
