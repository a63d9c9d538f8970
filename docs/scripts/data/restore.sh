#!/usr/bin/env bash
# restore.sh FILE
#
# Restores a dump of backup.sh into an EMPTY database, whole or not at all.
#
#   DB_DIRECT_URL, DB_URL, DATABASE_URL
#            in the environment; the first one that is set, as for migrations: the owner of what is restored. It goes to
#            pg_restore by the environment, so no process list shows it
#
# Afterwards, BEFORE THE SERVICE STARTS ON IT: erase again whoever was erased after the dump (LGPD); where the service has
# a role of its own, run the statements of docs/deployment/NEON.md#roles again, since a dump holds no roles; give the
# service the same PRIVACY_KEY as before.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$here/../lib.sh"
# shellcheck source-path=SCRIPTDIR source=database-url.sh
. "$here/database-url.sh"

case ${1:-} in
    -h | --help) usage "$0" && exit ;;
    -*) stop "unknown option '$1'; see --help" ;;
esac
[ $# = 1 ] || stop "Which dump? $0 FILE"
[ -r "$1" ] || stop "$1 cannot be read"
need pg_restore psql
connect_by pg_restore DB_DIRECT_URL DB_URL DATABASE_URL

# Tables of anybody; those of extensions (Neon has some) do not count.
tables=$(psql --no-psqlrc --no-password --quiet --tuples-only --no-align --command "
    select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'm', 'f') and n.nspname !~ '^(pg_|information_schema$)'
        and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')") ||
    stop "Nothing was restored: the database could not be asked whether it is empty."
[ "$tables" = 0 ] || stop "Nothing was restored: the database $PGDATABASE at $PGHOST is not empty, it has $tables tables."

pg_restore --no-owner --no-privileges --single-transaction --no-password --dbname="" "$1" ||
    stop "Nothing was restored: see above. If pg_restore says that the dump's version is not supported: it must not be older than the pg_dump that made it; this one is $(pg_restore --version)"
echo "Restored. Before the service starts on it: erase again whoever was erased since, and run the statements of docs/deployment/NEON.md#roles where the service has a role of its own."
