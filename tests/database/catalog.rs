//! What the catalog says of a migrated database.
//!
//! Read by `query_as` and not by its checked macro: of columns of the catalog the macro cannot tell which are null, so each
//! would have to be overridden, and what is asked is the server's own, the same in every version from 15 on.

use rust_c2s_api::storage::test_database::TestDatabase;
use sqlx::postgres::{PgConnection, PgRow};
use sqlx::{Executor, FromRow, PgPool};

/// Our schemas, those of them that exist.
pub(crate) const SCHEMAS: [&str; 3] = ["core", "analytics", "ops"];

#[derive(Debug, FromRow)]
pub(crate) struct Table {
    pub(crate) schema: String,
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) comment: Option<String>,
}

#[derive(Debug, FromRow)]
pub(crate) struct Column {
    pub(crate) schema: String,
    pub(crate) table: String,
    pub(crate) name: String,
    pub(crate) type_name: String,
    pub(crate) is_nullable: bool,
    pub(crate) is_generated: bool,
    pub(crate) is_identity: bool,
    pub(crate) expression: Option<String>,
    pub(crate) comment: Option<String>,
}

#[derive(Debug, FromRow)]
pub(crate) struct Constraint {
    pub(crate) schema: String,
    pub(crate) table: String,
    pub(crate) name: String,
    /// `p`, `u`, `f` or `c`, as `pg_constraint.contype` has it.
    pub(crate) kind: String,
    pub(crate) definition: String,
    pub(crate) columns: Vec<String>,
    /// The table that a foreign key leads to.
    pub(crate) target: Option<String>,
}

/// An index that no constraint stands for, or a trigger.
#[derive(Debug, FromRow)]
pub(crate) struct Attached {
    pub(crate) schema: String,
    pub(crate) table: String,
    pub(crate) name: String,
    pub(crate) definition: String,
}

#[derive(Debug, FromRow)]
pub(crate) struct Function {
    pub(crate) schema: String,
    pub(crate) name: String,
    pub(crate) arguments: String,
    pub(crate) result: String,
    pub(crate) language: String,
    pub(crate) volatility: String,
    pub(crate) comment: Option<String>,
}

#[derive(Debug, FromRow)]
pub(crate) struct Enum {
    pub(crate) schema: String,
    pub(crate) name: String,
    pub(crate) labels: Vec<String>,
    pub(crate) comment: Option<String>,
}

/// A schema or an extension.
#[derive(Debug, FromRow)]
pub(crate) struct Named {
    pub(crate) name: String,
    pub(crate) comment: Option<String>,
}

pub(crate) struct Catalog {
    pub(crate) schemas: Vec<Named>,
    pub(crate) extensions: Vec<Named>,
    pub(crate) tables: Vec<Table>,
    pub(crate) columns: Vec<Column>,
    pub(crate) constraints: Vec<Constraint>,
    pub(crate) indexes: Vec<Attached>,
    pub(crate) triggers: Vec<Attached>,
    pub(crate) functions: Vec<Function>,
    pub(crate) enums: Vec<Enum>,
}

const NAMED_SCHEMAS: &str = "
    select nspname::text as name, obj_description(oid, 'pg_namespace') as comment
    from pg_namespace where nspname = any ($1) order by array_position($1, nspname::text)";

/// Without versions, which differ from server to server; plpgsql is always there.
const EXTENSIONS: &str = "
    select extname::text as name, obj_description(oid, 'pg_extension') as comment
    from pg_extension where extname <> 'plpgsql' and $1::text[] is not null order by extname";

const TABLES: &str = "
    select n.nspname::text as schema, c.relname::text as name,
           case c.relkind when 'v' then 'view' when 'm' then 'materialized view' else 'table' end as kind,
           obj_description(c.oid, 'pg_class') as comment
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = any ($1) and c.relkind in ('r', 'p', 'v', 'm')
    order by array_position($1, n.nspname::text), c.relname";

const COLUMNS: &str = "
    select n.nspname::text as schema, c.relname::text as table, a.attname::text as name,
           format_type(a.atttypid, a.atttypmod) as type_name, not a.attnotnull as is_nullable,
           a.attgenerated <> '' as is_generated, a.attidentity <> '' as is_identity,
           pg_get_expr(d.adbin, d.adrelid) as expression, col_description(c.oid, a.attnum) as comment
    from pg_attribute a
    join pg_class c on c.oid = a.attrelid
    join pg_namespace n on n.oid = c.relnamespace
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where n.nspname = any ($1) and c.relkind in ('r', 'p', 'v', 'm') and a.attnum > 0 and not a.attisdropped
    order by a.attrelid, a.attnum";

/// That a column may not be null stands with the column; from version 18 on it is a constraint too.
const CONSTRAINTS: &str = "
    select n.nspname::text as schema, c.relname::text as table, k.conname::text as name,
           k.contype::text as kind, pg_get_constraintdef(k.oid) as definition,
           array(select a.attname::text from unnest(k.conkey) with ordinality as u (attnum, place)
                 join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.attnum
                 order by u.place) as columns,
           (select t.relname::text from pg_class t where t.oid = k.confrelid) as target
    from pg_constraint k
    join pg_class c on c.oid = k.conrelid
    join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = any ($1) and k.contype in ('p', 'u', 'f', 'c')
    order by array_position(array['p', 'u', 'f', 'c'], k.contype::text), k.conname";

const INDEXES: &str = "
    select n.nspname::text as schema, c.relname::text as table, i.relname::text as name,
           pg_get_indexdef(i.oid) as definition
    from pg_index x
    join pg_class i on i.oid = x.indexrelid
    join pg_class c on c.oid = x.indrelid
    join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = any ($1)
      and not exists (select from pg_constraint k where k.conindid = i.oid and k.contype in ('p', 'u', 'x'))
    order by i.relname";

const TRIGGERS: &str = "
    select n.nspname::text as schema, c.relname::text as table, t.tgname::text as name,
           pg_get_triggerdef(t.oid) as definition
    from pg_trigger t
    join pg_class c on c.oid = t.tgrelid
    join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = any ($1) and not t.tgisinternal
    order by t.tgname";

const FUNCTIONS: &str = "
    select n.nspname::text as schema, p.proname::text as name,
           pg_get_function_arguments(p.oid) as arguments, coalesce(pg_get_function_result(p.oid), '') as result,
           l.lanname::text as language,
           case p.provolatile when 'i' then 'immutable' when 's' then 'stable' else 'volatile' end as volatility,
           obj_description(p.oid, 'pg_proc') as comment
    from pg_proc p
    join pg_namespace n on n.oid = p.pronamespace
    join pg_language l on l.oid = p.prolang
    where n.nspname = any ($1)
    order by p.proname, 3";

const ENUMS: &str = "
    select n.nspname::text as schema, t.typname::text as name,
           array(select e.enumlabel::text from pg_enum e where e.enumtypid = t.oid order by e.enumsortorder) as labels,
           obj_description(t.oid, 'pg_type') as comment
    from pg_type t join pg_namespace n on n.oid = t.typnamespace
    where n.nspname = any ($1) and t.typtype in ('e', 'd')
    order by t.typname";

impl Catalog {
    /// Of a database that has just been migrated.
    pub(crate) async fn read() -> Self {
        let database = TestDatabase::create().await.unwrap();
        Self::of(database.pool()).await
    }

    async fn of(pool: &PgPool) -> Self {
        let mut connection = pool.acquire().await.unwrap();
        // Names are written with their schema when it is not on this path.
        connection
            .execute("set search_path = public")
            .await
            .unwrap();
        Self {
            schemas: rows(&mut connection, NAMED_SCHEMAS).await,
            extensions: rows(&mut connection, EXTENSIONS).await,
            tables: rows(&mut connection, TABLES).await,
            columns: rows(&mut connection, COLUMNS).await,
            constraints: rows(&mut connection, CONSTRAINTS).await,
            indexes: rows(&mut connection, INDEXES).await,
            triggers: rows(&mut connection, TRIGGERS).await,
            functions: rows(&mut connection, FUNCTIONS).await,
            enums: rows(&mut connection, ENUMS).await,
        }
    }

    /// The comment of a table, as `core.parties`.
    pub(crate) fn comment_of(&self, table: &str) -> &str {
        let found = self.tables.iter().find(|one| one.full_name() == table);
        found.and_then(|table| table.comment.as_deref()).unwrap()
    }
}

impl Table {
    pub(crate) fn full_name(&self) -> String {
        format!("{}.{}", self.schema, self.name)
    }
}

async fn rows<T>(connection: &mut PgConnection, query: &'static str) -> Vec<T>
where
    T: for<'r> FromRow<'r, PgRow> + Send + Unpin,
{
    let schemas: Vec<String> = SCHEMAS.map(str::to_owned).into();
    let rows = sqlx::query_as(query).bind(schemas);
    rows.fetch_all(connection).await.unwrap()
}
