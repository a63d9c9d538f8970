#!/usr/bin/env bash
# set-secrets.sh FILE [--app NAME] [--stage] [--replace-privacy-key]
#
# Hands the secrets of a file like .env to Fly.io, over standard input: none gets into an argument list, a process list
# or the shell's history. Refuses what cannot work there: a missing one, DB_URL=private, a pooled host, a placeholder of
# .env.example. What is no secret in FILE is left out and named: that belongs into [env] of fly.toml.
#
#   --app                   the app; unset: the one in fly.toml
#   --stage                 set them for the next deploy, instead of restarting the machines now
#   --replace-privacy-key   the hashes of contacts and CPFs depend on PRIVACY_KEY, so one that the app has stays unless
#                           you say so
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$here/../lib.sh"
# shellcheck source-path=SCRIPTDIR source=fly.sh
. "$here/fly.sh"

# Secrets that the service can do without.
OPTIONAL_SECRETS="DATABASE_URL DB_DIRECT_URL API_KEYS"

# read_secrets FILE: sets SECRETS to NAME=VALUE lines, NAMES to their names, and OTHERS to what is no secret.
read_secrets() {
    local line name value number=0
    SECRETS='' NAMES='' OTHERS=''
    while IFS= read -r line || [ -n "$line" ]; do
        number=$((number + 1))
        line=${line%$'\r'}
        [[ $line =~ ^[[:space:]]*(#.*)?$ ]] && continue
        [[ $line =~ ^[[:space:]]*(export[[:space:]]+)?([A-Z][A-Z0-9_]*)=(.*)$ ]] ||
            stop "$1, line $number: is no NAME=VALUE"
        name=${BASH_REMATCH[2]}
        value=$(unquoted "${BASH_REMATCH[3]}") || stop "$1, line $number, $name: quote a value with blanks, once"
        [ -n "$value" ] || continue
        case " $REQUIRED_SECRETS $OPTIONAL_SECRETS " in
            *" $name "*)
                refuse_wrong "$name" "$value"
                SECRETS="$SECRETS$name=$value"$'\n'
                NAMES="$NAMES $name"
                ;;
            *) OTHERS="$OTHERS $name" ;;
        esac
    done <"$1"
}

unquoted() {
    case $1 in
        \"*\" | \'*\')
            [ ${#1} -ge 2 ] || return 1
            printf '%s' "${1:1:${#1}-2}"
            ;;
        *[[:space:]]* | [\"\']*) return 1 ;;
        *) printf '%s' "$1" ;;
    esac
}

# Never says the value.
refuse_wrong() {
    case $2 in
        *placeholder*) stop "$1 is the placeholder of .env.example: give the real value" ;;
        \"*) stop "$1 begins with a quotation mark, which fly would take away: choose another value" ;;
    esac
    case $1 in
        DB_URL | DATABASE_URL | DB_DIRECT_URL)
            case $2 in
                private) stop "$1=private is a server on one's own machine: give a PostgreSQL URL" ;;
                *-pooler.*) stop "$1 names Neon's pooled endpoint, which this version refuses: give the host without -pooler" ;;
                postgres://* | postgresql://*) ;;
                *) stop "$1 is no PostgreSQL URL: postgres://user:password@host/database" ;;
            esac
            ;;
    esac
}

# without NAME: takes it out of what is sent.
without() {
    SECRETS=$(printf '%s' "$SECRETS" | sed "/^$1=/d")$'\n'
    NAMES=$(printf '%s' "$NAMES " | sed "s/ $1 / /")
}

APP=$(app_of_fly_toml)
FILE=''
REPLACE=no
stage=()
while [ $# != 0 ]; do
    case $1 in
        -h | --help) usage "$0" && exit ;;
        --app) APP=${2:-} && shift ;;
        --stage) stage=(--stage) ;;
        --replace-privacy-key) REPLACE=yes ;;
        -*) stop "unknown option '$1'; see --help" ;;
        *) [ -z "$FILE" ] || stop "one file only; see --help" && FILE=$1 ;;
    esac
    shift || stop "the last option needs a value; see --help"
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
[ -z "$OTHERS" ] || echo "No secrets, left out (they belong into [env] of fly.toml):$OTHERS"
[ -n "${NAMES// /}" ] || stop "$FILE has no secret to set"
echo "Setting on $APP:$NAMES"
printf '%s' "$SECRETS" | fly secrets import --app "$APP" ${stage[@]+"${stage[@]}"}
