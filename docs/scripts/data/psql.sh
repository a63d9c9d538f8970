#!/usr/bin/env bash
# psql.sh [ARGUMENT OF psql]…
#
# psql on the service's database. The URL goes to it by the environment: written behind `psql`, its password would stand
# in the process list. Where the URL asks for a check of the certificate, root certificates are found.
#
#   DB_URL, DATABASE_URL   in the environment; the first one that is set
set -euo pipefail
callers_locale=${LC_ALL-}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$here/../lib.sh"
# shellcheck source-path=SCRIPTDIR source=database-url.sh
. "$here/database-url.sh"

case ${1:-} in
    --help) usage "$0" && exit ;;
esac
need psql
connect_by psql DB_URL DATABASE_URL
# as the caller reads, not as these scripts compare
if [ -n "$callers_locale" ]; then export LC_ALL=$callers_locale; else unset LC_ALL; fi
export PGCLIENTENCODING=UTF8
psql "$@"
