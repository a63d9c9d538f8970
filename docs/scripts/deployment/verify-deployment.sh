#!/usr/bin/env bash
# verify-deployment.sh BASE_URL
#
# Whether a deployed service is up, ready, of the expected version, and shut to strangers. Costs nothing: no lead is
# processed and nothing is looked up.
#
#   BASE_URL         https://my-app.fly.dev
#   API_KEY          a key with the scope trigger; unset: only what a stranger sees is tried
#   EXPECT_VERSION   the version that must run; unset: any
#   WAIT_SECS        how long a machine may take until it answers, because it just starts; unset: 60
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

PROCESS=/api/v1/leads/process

# try KEY PATH EXPECTED STATUS-PATTERN [FIELD VALUE]
try() {
    local is_so=0 got
    ask "$1" GET "$BASE$2"
    got="$STATUS $(in_short)"
    if ! [[ $STATUS =~ ^($4)$ ]]; then is_so=1; fi
    if [ $# -gt 4 ]; then
        got="$STATUS $(field "$5")"
        [ "$(field "$5")" = "$6" ] || is_so=1
    fi
    verdict GET "$2" "$3" "$got" "$is_so"
}

# Until something answers, and no proxy in its place (502, 503).
wait_for_a_service() {
    local until=$((SECONDS + WAIT_SECS)) said=no
    while PATIENCE=10 ask "" GET "$BASE/health" && [[ $STATUS =~ ^(000|5..)$ ]] && [ "$SECONDS" -lt "$until" ]; do
        if [ "$said" = no ]; then echo "Nothing answers at $BASE yet; waiting up to $WAIT_SECS s" && said=yes; fi
        sleep 1
    done
    [ "$STATUS" != 000 ] || stop "No service answers at $BASE: ${WHY:-no answer}"
}

case ${1:-} in
    -h | --help) usage "$0" && exit ;;
    '') stop "Which service? $0 https://my-app.fly.dev" ;;
    -*) stop "unknown option '$1'; see --help" ;;
esac
need curl
BASE=$(base_url "$1")
[[ ${WAIT_SECS:-60} =~ ^[0-9]{1,4}$ ]] || stop "WAIT_SECS is no number of seconds"
WAIT_SECS=$((10#${WAIT_SECS:-60}))

wait_for_a_service
echo "Verifying $BASE"
table_head
try "" /health "200 healthy" 200 status healthy
if [ -n "${EXPECT_VERSION:-}" ]; then
    try "" /health "200 version $EXPECT_VERSION" 200 version "$EXPECT_VERSION"
fi
try "" /ready "200 ready" 200 status ready
# A stranger: everything is shut but the trigger, and that masks CPFs where it answers at all (400: no id was given).
try "" /no-such-route "401 without a key" 401
try "" "$PROCESS" "401, or 400: open and masked" '400|401'
if [ -n "${API_KEY:-}" ]; then
    try "$API_KEY" "$PROCESS" "400 with API_KEY: no id" 400
    try "no-key-of-this-service" "$PROCESS" "401 with an unknown key" 401
fi
tally
