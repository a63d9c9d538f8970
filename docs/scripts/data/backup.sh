#!/usr/bin/env bash
# backup.sh [FILE]
#
# Dumps the service's database with pg_dump (custom format) into FILE, which only you may read: it holds people's data.
# All of the database: the schemas core and ops (and analytics, once it exists), the extension they need and the
# migrator's own table, without which a restored database could not be brought up to date.
#
#   DB_DIRECT_URL, DB_URL, DATABASE_URL
#            in the environment; the first one that is set, as for migrations. It goes to pg_dump by the environment, so
#            no process list shows it. The roles of docs/deployment/NEON.md may both read everything
#   FILE     rust-c2s-api-DATE.dump of the current directory unless given; an existing one is not written over, and
#            what is written before the dump is whole is FILE.part
#
# restore.sh puts it back, into an empty database.
# WHOEVER WAS ERASED AFTER THE BACKUP IS IN IT AND MUST BE ERASED AGAIN AFTER A RESTORE (LGPD), before the service
# starts on it. The restored database needs the same PRIVACY_KEY. Keep that in another place than the dump: whoever has
# both can try out whose hashes are in it.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$here/../lib.sh"
# shellcheck source-path=SCRIPTDIR source=database-url.sh
. "$here/database-url.sh"

# What is not whole does not stay, whatever ends this.
clear_away() {
    rm -rf "$SCRATCH" "$PART"
}

# Told to stop while pg_dump runs in the background: in the foreground, it would first be waited for.
give_up() {
    kill "$DUMP" 2>/dev/null || true
    wait "$DUMP" || true
    stop "Told to stop; nothing was kept."
}

case ${1:-} in
    -h | --help) usage "$0" && exit ;;
    -*) stop "unknown option '$1'; see --help" ;;
esac
[ $# -le 1 ] || stop "one file only, and '$2' is a second one; see --help"
FILE=${1:-rust-c2s-api-$(date -u +%Y-%m-%d-%H%M%S).dump}
need pg_dump
[ ! -e "$FILE" ] || stop "$FILE exists already: give another name"
connect_by pg_dump DB_DIRECT_URL DB_URL DATABASE_URL

umask 077
(set -o noclobber && : >"$FILE.part") 2>/dev/null ||
    stop "$FILE.part exists already (another backup runs, or one was killed: then remove it), or cannot be written there"
PART=$FILE.part
trap clear_away EXIT
pg_dump --format=custom --no-password --file="$PART" &
DUMP=$!
trap give_up INT TERM HUP
wait "$DUMP" || stop "The dump failed; nothing was kept. If pg_dump says that it is older than the server: it must be of the server's major version or newer; this one is $(pg_dump --version)"
trap - INT TERM HUP
[ -s "$PART" ] || stop "The dump is empty; nothing was kept."
# something may have got that name meanwhile
[ ! -e "$FILE" ] || stop "$FILE exists by now, and the dump was not kept: give another name"
mv "$PART" "$FILE"
echo "$FILE: $(wc -c <"$FILE" | tr -d ' ') bytes, readable by you alone"
echo "Whoever is erased from now on must be erased again after a restore of it. It needs the same PRIVACY_KEY: keep that in another place than this file."
