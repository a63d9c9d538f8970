#!/usr/bin/env bash
# backup.sh [FILE]
#
# Dumps the service's database with pg_dump (custom format) into FILE, which only you may read: it holds people's data.
# All of the database: the schemas core and ops (and analytics, once it exists), the extension they need and the
# migrator's own table, without which a restored database could not be brought up to date.
#
#   DB_URL   in the environment, the direct host; it goes to pg_dump by the environment, so no process list shows it
#   FILE     rust-c2s-api-DATE.dump of the current directory unless given; an existing one is not written over
#
# Restore, into an EMPTY database:   pg_restore --no-owner --no-privileges --exit-on-error --dbname=… FILE
# WHOEVER WAS ERASED AFTER THE BACKUP IS IN IT AND MUST BE ERASED AGAIN AFTER A RESTORE (LGPD), before the service
# starts on it. Keep the PRIVACY_KEY with it: the hashes in it depend on that key.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

# %40 to @, as URLs write it.
percent_decoded() {
    local rest=$1 out=''
    while [[ $rest == *%[0-9A-Fa-f][0-9A-Fa-f]* ]]; do
        out=$out${rest%%\%[0-9A-Fa-f][0-9A-Fa-f]*}
        rest=${rest#"${rest%%\%[0-9A-Fa-f][0-9A-Fa-f]*}"}
        # shellcheck disable=SC2059 # the format is one escape, made here
        out=$out$(printf "\\x${rest:1:2}")
        rest=${rest:3}
    done
    printf '%s' "$out$rest"
}

# name_connection URL: sets libpq's variables, which no process list shows, from the parts of the URL.
name_connection() {
    local shape='^postgres(ql)?://(([^:@/]*)(:([^@/]*))?@)?(\[[^]]+\]|[^:/?]*)(:([0-9]+))?/([^?]+)(\?(.*))?$'
    [[ $1 =~ $shape ]] || stop "DB_URL is no PostgreSQL URL: postgres://user:password@host/database"
    local user=${BASH_REMATCH[3]} password=${BASH_REMATCH[5]} host=${BASH_REMATCH[6]} port=${BASH_REMATCH[8]}
    local database=${BASH_REMATCH[9]} parameters=${BASH_REMATCH[11]}
    case $host in
        *-pooler.*) stop "DB_URL names a pooled endpoint, which pg_dump cannot work with: give the host without -pooler" ;;
    esac
    host=${host#\[}
    PGHOST=$(percent_decoded "${host%\]}")
    PGPORT=${port:-5432}
    PGUSER=$(percent_decoded "$user")
    PGPASSWORD=$(percent_decoded "$password")
    PGDATABASE=$(percent_decoded "$database")
    export PGHOST PGPORT PGUSER PGPASSWORD PGDATABASE
    name_parameters "$parameters"
}

name_parameters() {
    local -a pairs
    local pair value
    IFS='&' read -ra pairs <<<"$1"
    for pair in ${pairs[@]+"${pairs[@]}"}; do
        value=$(percent_decoded "${pair#*=}")
        case ${pair%%=*} in
            host) export PGHOST=$value ;;
            sslmode) export PGSSLMODE=$value ;;
            sslrootcert) export PGSSLROOTCERT=$value ;;
            channel_binding) export PGCHANNELBINDING=$value ;;
            options) export PGOPTIONS=$value ;;
        esac
    done
}

case ${1:-} in
    -h | --help) usage "$0" && exit ;;
    -*) stop "unknown option '$1'; see --help" ;;
esac
FILE=${1:-rust-c2s-api-$(date -u +%Y-%m-%d-%H%M%S).dump}
need pg_dump
[ -n "${DB_URL:-}" ] || stop "Which database? DB_URL=… in the environment, postgres://user:password@host/database"
[ "$DB_URL" != private ] || stop "DB_URL=private is a server that runs only while the service does: give its URL"
[ ! -e "$FILE" ] || stop "$FILE exists already: give another name"
name_connection "$DB_URL"
unset DB_URL

umask 077
if ! pg_dump --format=custom --no-password --file="$FILE"; then
    rm -f "$FILE"
    stop "The dump failed; nothing was kept. pg_dump must be of the server's major version or newer: $(pg_dump --version)"
fi
echo "$FILE: $(wc -c <"$FILE" | tr -d ' ') bytes, readable by you alone"
echo "Whoever is erased from now on must be erased again after a restore of it; it needs the same PRIVACY_KEY."
