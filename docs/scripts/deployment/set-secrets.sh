#!/usr/bin/env bash
# set-secrets.sh FILE [--app NAME] [--stage] [--replace-api-keys] [--replace-privacy-key]
#
# Hands the secrets of a file like .env to Fly.io, over standard input: none gets into an argument list, a process list
# or the shell's history. Refuses what cannot work there: a missing one, DB_URL=private, a pooled host without a direct one, a placeholder of
# .env.example, a short key, a name that the service does not know. A setting that is no secret is left out and named:
# that belongs into [env] of fly.toml.
#
#   FILE                    lines NAME=VALUE. A value with blanks, quotes, \, $ or ` stands in single quotes
#   --app                   the app; unset: the one in fly.toml
#   --stage                 set them for the next deploy, which checks them before it replaces a machine. Without it, all
#                           machines restart with them now
#   --replace-api-keys      API_KEYS is replaced as a whole, and fly gives the keys of before to nobody: they end, unless
#                           FILE has them, too. So where the app has API_KEYS, FILE must not name it unless you say this
#   --replace-privacy-key   the hashes of contacts and CPFs depend on PRIVACY_KEY, so one that the app has stays unless
#                           you say so
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$here/../lib.sh"
# shellcheck source-path=SCRIPTDIR source=fly.sh
. "$here/fly.sh"
# shellcheck source-path=SCRIPTDIR source=../data/database-url.sh
. "$here/../data/database-url.sh"

# read_secrets FILE: sets SECRETS to NAME=VALUE lines, NAMES to their names, and OTHERS to what is no secret.
read_secrets() {
    local line name value number=0 known
    SECRETS='' NAMES='' OTHERS='' POOLED_BY=''
    known=$(known_names)
    while IFS= read -r line || [ -n "$line" ]; do
        number=$((number + 1))
        line=${line%$'\r'}
        [[ $line =~ ^[[:space:]]*(#.*)?$ ]] && continue
        [[ $line =~ ^[[:space:]]*(export[[:space:]]+)?([A-Z][A-Z0-9_]*)=(.*)$ ]] ||
            stop "$1, line $number: is no NAME=VALUE, with the name in capital letters"
        name=${BASH_REMATCH[2]}
        value=${BASH_REMATCH[3]}
        # A misspelt secret must not be taken for a setting.
        case " $known " in
            *" $name "*) ;;
            *) stop "$1, line $number: $name is no variable of this version; docs/configuration.md has them all" ;;
        esac
        value=$(unquoted "$value") || stop "$1, line $number, $name: $HOW_TO_QUOTE"
        [ -n "$value" ] || continue
        take "$name" "$value" "$1, line $number"
    done <"$1"
}

# take NAME VALUE PLACE
take() {
    if ! is_secret "$1"; then
        OTHERS="$OTHERS $1"
        return
    fi
    case "$NAMES " in *" $1 "*) stop "$3: $1 stands there twice" ;; esac
    refuse_wrong "$1" "$2"
    SECRETS="$SECRETS$1=$2"$'\n'
    NAMES="$NAMES $1"
}

# Every variable of the service; .env.example is generated from its configuration.
known_names() {
    sed -nE 's/^#?([A-Z][A-Z0-9_]*)=.*/\1/p' "$ROOT/.env.example" | tr '\n' ' '
}

HOW_TO_QUOTE="a value with blanks, quotes, \\, \$ or \` stands in single quotes, and nothing behind them; those it cannot have in it"

# Exactly what stands there, where a shell, the service's .env and fly all read the same; else it fails.
unquoted() {
    local inner
    case $1 in
        \'?*\' | \'\')
            inner=${1:1:${#1}-2}
            case $inner in *\'*) return 1 ;; esac
            ;;
        \"?*\" | \"\")
            inner=${1:1:${#1}-2}
            case $inner in *[\"\\\$\`]*) return 1 ;; esac
            ;;
        *[[:space:]\"\'\\\$\`]* | \#*) return 1 ;;
        *) inner=$1 ;;
    esac
    printf '%s' "$inner"
}

# What fly would change, or the service would refuse at its start. Never says the value. Sets POOLED_BY to a variable
# whose URL leads through a pooler.
refuse_wrong() {
    local pooled
    case $2 in
        *placeholder*) stop "$1 is the placeholder of .env.example: give the real value" ;;
        \"*) stop "$1 begins with a quotation mark, which fly would take away: choose another value" ;;
        [[:space:]]* | *[[:space:]]) stop "$1 begins or ends with a blank, which would be taken away: choose another value" ;;
        *[[:cntrl:]]*) stop "$1 holds a control character: choose another value" ;;
    esac
    case $1 in
        DB_URL | DATABASE_URL | DB_DIRECT_URL)
            [ "$2" != private ] || stop "$1=private is a server on one's own machine: give a PostgreSQL URL"
            pooled=$(name_connection "$1" "$2" && printf '%s' "$POOLED") || exit
            [ "$1$pooled" != DB_DIRECT_URLyes ] ||
                stop "DB_DIRECT_URL names a pooled endpoint, where nothing can be migrated: give the host without -pooler"
            [ "$pooled" = no ] || POOLED_BY=$1
            ;;
        C2S_TOKEN | WORK_API)
            [[ $2 =~ ^[[:graph:]]+$ ]] || stop "$1 holds a blank or a letter that a header cannot carry"
            ;;
        DIRETRIX_USER)
            case $2 in *:*) stop "$1 holds a colon, which separates user and password" ;; esac
            ;;
        PRIVACY_KEY)
            [ ${#2} -ge 16 ] || stop "PRIVACY_KEY has less than 16 bytes: openssl rand -hex 32 makes one"
            ;;
        API_KEYS) refuse_wrong_keys "$2" ;;
    esac
}

# Each entry as the service reads it, told by its place: its text is a secret. Sets KEY_NAMES, which are none.
refuse_wrong_keys() {
    local -a entries
    local entry name key names=' ' keys=' ' place=0
    local scope='(trigger|read|admin|metrics)'
    local shape="^([A-Za-z0-9_-]+):$scope(\\+$scope)*:([[:graph:]]{16,})$"
    IFS=';' read -ra entries <<<"$1"
    for entry in "${entries[@]}"; do
        place=$((place + 1))
        entry=${entry#"${entry%%[![:blank:]]*}"}
        entry=${entry%"${entry##*[![:blank:]]}"}
        [[ $entry =~ $shape ]] ||
            stop "API_KEYS, entry $place: is not name:scopes:key, with scopes out of trigger, read, admin, metrics joined by + and a key of 16 characters or more without blanks"
        name=${BASH_REMATCH[1]} key=${BASH_REMATCH[5]}
        case $names in *" $name "*) stop "API_KEYS, entry $place: has the name of an earlier one" ;; esac
        case $keys in *" $key "*) stop "API_KEYS, entry $place: has the key of an earlier one" ;; esac
        names="$names$name " keys="$keys$key "
    done
    KEY_NAMES=${names# }
    KEY_NAMES=${KEY_NAMES% }
}

# without NAME: takes it out of what is sent.
without() {
    SECRETS=$(printf '%s' "$SECRETS" | sed "/^$1=/d")$'\n'
    NAMES=$(printf '%s' "$NAMES " | sed "s/ $1 / /")
}

APP=$(app_of_fly_toml)
FILE=''
REPLACE=no
REPLACE_KEYS=no
stage=()
while [ $# != 0 ]; do
    case $1 in
        -h | --help) usage "$0" && exit ;;
        --app)
            need_value "$@"
            APP=$2
            shift
            ;;
        --stage) stage=(--stage) ;;
        --replace-api-keys) REPLACE_KEYS=yes ;;
        --replace-privacy-key) REPLACE=yes ;;
        -*) stop "unknown option '$1'; see --help" ;;
        *) [ -z "$FILE" ] || stop "one file only; see --help" && FILE=$1 ;;
    esac
    shift
done
[ -n "$FILE" ] || stop "Which file? $0 FILE, with lines NAME=VALUE"
[ -r "$FILE" ] || stop "$FILE cannot be read"
need fly
[ -n "$APP" ] || stop "Which app? --app NAME, or app = \"NAME\" in fly.toml"

read_secrets "$FILE"
there=$(list_secrets)
require_secrets "$NAMES $there" "Neither $FILE nor app '$APP' has these, without which the service does not start"
if [ "$REPLACE" = no ] && has_secret PRIVACY_KEY "$there" && has_secret PRIVACY_KEY "$NAMES"; then
    without PRIVACY_KEY
    echo "PRIVACY_KEY is set already and stays (--replace-privacy-key replaces it)"
fi
if has_secret API_KEYS "$NAMES" && has_secret API_KEYS "$there"; then
    [ "$REPLACE_KEYS" = yes ] ||
        stop "$FILE has the keys of $KEY_NAMES, and '$APP' has API_KEYS: those of before end when these are set. Say --replace-api-keys if $FILE names every key that shall work."
    echo "The keys are now those of $KEY_NAMES; all others end"
fi
if has_secret DATABASE_URL "$NAMES" && has_secret DB_URL "$NAMES $there"; then
    echo "DATABASE_URL is not read where DB_URL is set, as it is on '$APP'"
fi
# DATABASE_URL is not read where DB_URL is set.
if [ "$POOLED_BY" = DATABASE_URL ] && has_secret DB_URL "$NAMES $there"; then POOLED_BY=''; fi
if [ -n "$POOLED_BY" ] && ! has_secret DB_DIRECT_URL "$NAMES $there"; then
    stop "$POOLED_BY names a pooled endpoint, where nothing can be migrated: give DB_DIRECT_URL too, the same without -pooler"
fi
[ -z "$OTHERS" ] || echo "No secrets, left out (they belong into [env] of fly.toml):$OTHERS"
[ -n "${NAMES// /}" ] || stop "$FILE has no secret to set"
echo "Setting on $APP:$NAMES"
printf '%s' "$SECRETS" | fly secrets import --app "$APP" ${stage[@]+"${stage[@]}"}
