//! The role of dashboards: it reads the two views of analytics, and nothing else.

use sqlx::{AssertSqlSafe, PgConnection, PgPool};

use super::StorageError;
use crate::models::AnalyticsView;

/// A role's name that needs no quotes: small letters, digits, `_`, a letter first, up to 63 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReaderName(String);

impl ReaderName {
    /// Reads a name.
    ///
    /// # Errors
    /// What a name must be.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        let begins = text.starts_with(|c: char| c.is_ascii_lowercase());
        let reserved = text.starts_with("pg_") || text == "public" || text == "none";
        if !begins || text.len() > 63 || !text.chars().all(plain) || reserved {
            return Err(
                "must be 1 to 63 small letters, digits and _, a letter first, and none of PostgreSQL's own names",
            );
        }
        Ok(Self(text.to_owned()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a role cannot be the dashboards'.
#[derive(Debug, thiserror::Error)]
pub enum ReaderError {
    /// The role is there and more than a reader.
    #[error("the role {role} is {what}; nothing was changed: name another role, or a new one")]
    IsMore {
        /// The role.
        role: String,
        /// What it is.
        what: &'static str,
    },
    /// With all grants of this kind gone it could still read something else.
    #[error(
        "the role {role} could still use {}; nothing was changed: revoke that from it or from PUBLIC, or name a new role",
        what.join(", ")
    )]
    SeesMore {
        /// The role.
        role: String,
        /// What it could read, change, or run as its owner.
        what: Vec<String>,
    },
    /// The database refused.
    #[error(
        "the role {role} could not be set up: connect as the owner of the views, who may create roles (DB_DIRECT_URL, or DB_URL)"
    )]
    Database {
        /// The role.
        role: String,
        /// What it said.
        source: StorageError,
    },
}

/// Creates the role, if it is not there, and lets it read the two views and nothing else. With a password it is set,
/// whether the role is new or not: letters and digits only. All of it or nothing is done. Answers whether the role is new.
///
/// # Errors
/// [`ReaderError`].
pub async fn let_reader_in(
    pool: &PgPool,
    role: &ReaderName,
    password: impl FnOnce(bool) -> Option<String>,
) -> Result<bool, ReaderError> {
    let failed = |source: sqlx::Error| ReaderError::Database {
        role: role.0.clone(),
        source: source.into(),
    };
    let mut transaction = pool.begin().await.map_err(failed)?;
    let is_new = is_new(&mut transaction, role).await?;
    let statements = statements(role, is_new, password(is_new).as_deref());
    sqlx::raw_sql(AssertSqlSafe(statements))
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
    let what = sees_besides(&mut transaction, role).await.map_err(failed)?;
    if !what.is_empty() {
        let role = role.0.clone();
        return Err(ReaderError::SeesMore { role, what });
    }
    transaction.commit().await.map_err(failed)?;
    Ok(is_new)
}

/// Whether the role has to be created. One that is there must be no more than a reader: what it is a member of, or owns,
/// no grant takes from it.
async fn is_new(connection: &mut PgConnection, role: &ReaderName) -> Result<bool, ReaderError> {
    let found = sqlx::query!(
        r#"select r.rolsuper or r.rolcreaterole or r.rolcreatedb or r.rolreplication or r.rolbypassrls as "is_powerful!",
                  exists (select from pg_auth_members m where m.member = r.oid) as "is_member!",
                  exists (select from pg_shdepend d
                          where d.refclassid = 'pg_authid'::regclass and d.refobjid = r.oid and d.deptype = 'o') as "is_owner!"
           from pg_roles r where r.rolname = $1"#,
        role.as_str()
    )
    .fetch_optional(connection)
    .await
    .map_err(|error| ReaderError::Database {
        role: role.0.clone(),
        source: error.into(),
    })?;
    let Some(found) = found else { return Ok(true) };
    let what = match (found.is_powerful, found.is_member, found.is_owner) {
        (true, _, _) => "a superuser, or may create roles or databases, or replicate",
        (_, true, _) => "a member of another role",
        (_, _, true) => "the owner of something",
        (false, false, false) => return Ok(false),
    };
    let role = role.0.clone();
    Err(ReaderError::IsMore { role, what })
}

/// The name is letters, digits and `_`, so is the password.
fn statements(role: &ReaderName, is_new: bool, password: Option<&str>) -> String {
    let role = role.as_str();
    let create = if is_new {
        format!("create role {role};")
    } else {
        String::new()
    };
    let set_password = password.map_or_else(String::new, |password| {
        format!("alter role {role} password '{password}';")
    });
    let views = AnalyticsView::ALL.map(AnalyticsView::name).join(", ");
    format!(
        "{create} {set_password}
         alter role {role} login noinherit connection limit 10;
         alter role {role} set default_transaction_read_only = on;
         alter role {role} set statement_timeout = '60s';
         alter role {role} set idle_in_transaction_session_timeout = '60s';
         revoke all on all tables in schema core, analytics, ops from {role};
         revoke all on all sequences in schema core, analytics, ops from {role};
         revoke all on all functions in schema core, analytics, ops from {role};
         revoke all on schema core, analytics, ops from {role};
         grant usage on schema core, analytics to {role};
         grant select on {views} to {role};"
    )
}

/// What the role can read, change, or run with the rights of its owner, beside the two views.
async fn sees_besides(
    connection: &mut PgConnection,
    role: &ReaderName,
) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"with ours as (
               select n.oid, n.nspname from pg_namespace n
               where n.nspname not like 'pg\_%' and n.nspname <> 'information_schema'
                 and has_schema_privilege($1, n.oid, 'usage')),
           relations as (
               select c.oid, format('%I.%I', n.nspname, c.relname) as name, c.relkind
               from pg_class c join ours n on n.oid = c.relnamespace
               where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S'))
           select r.name as "name!" from relations r
           where case when r.relkind = 'S' then has_sequence_privilege($1, r.oid, 'usage, select, update')
                 else has_table_privilege($1, r.oid, 'insert, update, delete, truncate, trigger')
                      or has_any_column_privilege($1, r.oid, 'insert, update')
                      or (has_any_column_privilege($1, r.oid, 'select') and r.name <> all ($2)) end
           union all
           select p.oid::regprocedure::text from pg_proc p join ours n on n.oid = p.pronamespace
           where p.prosecdef and has_function_privilege($1, p.oid, 'execute')
           union all
           select format('new objects in %I', n.nspname) from ours n
           where has_schema_privilege($1, n.oid, 'create')
           union all
           select 'new schemas in this database' where has_database_privilege($1, current_database(), 'create')
           union all
           -- Whatever else the role itself was granted: of the system's catalog, large objects, what is yet to be created.
           select pg_describe_object(d.classid, d.objid, d.objsubid) from pg_shdepend d
           where d.refclassid = 'pg_authid'::regclass and d.refobjid = $1::regrole and d.deptype = 'a'
             and d.dbid in (0, (select oid from pg_database where datname = current_database()))
             and not (d.classid = 'pg_namespace'::regclass
                      and d.objid = any (array['core'::regnamespace, 'analytics'::regnamespace]))
             and not (d.classid = 'pg_class'::regclass and d.objid = any ($2::text[]::regclass[]))
           union all
           select format('what is yet to be created by %s', pg_get_userbyid(a.defaclrole))
           from pg_default_acl a, aclexplode(a.defaclacl) granted where granted.grantee = 0
           order by 1"#,
        role.as_str(),
        &AnalyticsView::ALL.map(|view| view.name().to_owned())[..]
    )
    .fetch_all(connection)
    .await
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("painel", true)]
    #[case("painel_2", true)]
    #[case("", false)]
    #[case("Painel", false)]
    #[case("2painel", false)]
    #[case("pg_read_all_data", false)]
    #[case("public", false)]
    #[case("painel; drop role postgres", false)]
    #[case("a\"b", false)]
    #[case("painél", false)]
    fn a_name_needs_no_quotes(#[case] name: &str, #[case] accepted: bool) {
        assert_eq!(ReaderName::parse(name).is_ok(), accepted, "{name}");
    }
}
