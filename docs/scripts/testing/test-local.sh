#!/usr/bin/env bash
# test-local.sh [BASE_URL]
#
# Walks every endpoint of a running service and reports what each answered. Ends with "N passed, N failed"; the exit code
# is 0 only when nothing failed. Needs bash and curl.
#
#   BASE_URL   http://127.0.0.1:8081 unless given
#   API_KEY    a key of the service, with the scope trigger; unset: asks as somebody without a key
#   SIM_URL    the simulator (http://127.0.0.1:8090). When service and simulator are on this machine and the one uses
#              the other (`make demo`), the simulator's leads are processed.
#   LEAD_ID    a lead to process where there is no simulator: THIS SPENDS MONEY AND WRITES INTO THE CRM. Unset: only
#              what costs nothing is asked.
#   REQUIRE_LEADS   1: it is a failure when no lead was processed
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

PROCESS=/api/v1/leads/process
JSON=application/json
PROBLEM=application/problem+json

# walk KEY METHOD PATH STATUS EXPECTED [TEST ARGUMENT…]: asks, and tests the answer further if told to.
walk() {
    local key=$1 method=$2 path=$3 status=$4 expected=$5 is_so=0
    shift 5
    ask "$key" "$method" "$BASE$path"
    if [ "$STATUS" != "$status" ] || { [ $# != 0 ] && ! "$@"; }; then is_so=1; fi
    verdict "$method" "$path" "$status $expected" "$STATUS $(in_short)" "$is_so"
}

is_json() { [ "$TYPE" = "$JSON" ]; }
is_problem() { [ "$TYPE" = "$PROBLEM" ] && [ "$(field status)" = "$STATUS" ]; }
is_lead_problem() { is_problem && has_five_keys && [ "$(field success)" = false ]; }
is_healthy() { is_json && [ "$(field status)" = healthy ] && [ -n "$(field version)" ]; }
is_ready() { is_json && [ "$(field status)" = ready ]; }
is_metrics() { [ "$TYPE" = text/plain ] && [[ $BODY == *"# TYPE rust_c2s_database_up gauge"* ]]; }
is_state() { has_five_keys && [ "$(field state)" = "$1" ]; }

# Whoever has no key sees no CPF.
is_completed() {
    local cpf='"cpfs_processed":\["[0-9]{11}"\]'
    if [ "$1" = masked ]; then cpf='"cpfs_processed":\["\*\*\*\.[0-9]{3}\.[0-9]{3}-\*\*"\]'; fi
    is_json && is_state completed && [[ $BODY =~ $cpf ]]
}

is_page() { [ "$TYPE" = text/html ] && [[ $BODY == *swagger-ui* ]]; }
is_document() { is_json && [[ $BODY == *'"openapi": "3.1'* && $BODY == *'"/health"'* ]]; }
is_list() { is_json && [[ $BODY == '{"items":['* ]] && [[ $BODY == *'"next_cursor":'* ]]; }
is_enriched() { is_completed full && [ "$(field stored_in_db)" = true ] && [[ $BODY == *'"entity_ids":["'* ]]; }
is_shown() { is_json && [ "$(field state)" = completed ] && [[ $BODY == *'"steps":['* && $BODY == *'"message":"'* ]]; }
is_batch() { is_json && [[ $BODY == *'"state":"accepted"'* && $BODY == *'"state":null'* ]]; }

is_repeat() {
    local answer=$BODY
    is_completed "$1" && [[ $BODY == *'"duplicate_request":true'* ]] || return 1
    ask "" GET "$SIM/_sim/messages/$2"
    [ "$(printf '%s' "$BODY" | grep -o '"number":' | wc -l)" -eq 1 ] || return 1
    BODY=$answer
}

walk_up() {
    walk "" GET /health 200 "healthy, version" is_healthy
    walk "" POST /health 405 "problem" is_problem
    walk "" GET /ready 200 "ready" is_ready
    walk "" GET /docs 308 "to the page"
    walk "" GET /docs/ 200 "the page" is_page
    walk "" GET /api-docs/openapi.json 200 "OpenAPI 3.1" is_document
}

# Who may do what: sets OPEN (no keys, on a developer's machine), TRIGGER_OPEN, and SEES, what the caller sees of a CPF.
walk_access() {
    ask "" GET "$BASE/no-such-route"
    OPEN=no
    if is_loopback "$BASE" && [ "$STATUS" = 404 ]; then OPEN=yes; fi
    ask "" GET "$BASE$PROCESS"
    TRIGGER_OPEN=no
    if [ "$STATUS" = 400 ]; then TRIGGER_OPEN=yes; fi
    SEES=masked
    if [ -n "${API_KEY:-}" ] || [ "$OPEN" = yes ]; then SEES=full; fi

    if [ "$OPEN" = no ]; then
        walk "" GET /no-such-route 401 "without a key" is_problem
        if [ "$TRIGGER_OPEN" = no ]; then
            walk "" GET "$PROCESS" 401 "without a key" is_lead_problem
        fi
    fi
    if [ "$OPEN" = no ] && [ -n "${API_KEY:-}" ]; then
        walk "no-key-of-this-service" GET /no-such-route 401 "with an unknown key" is_problem
        walk "no-key-of-this-service" GET "$PROCESS" 401 "with an unknown key" is_lead_problem
    fi
    if [ "$SEES" = full ]; then
        walk "${API_KEY:-}" GET /no-such-route 404 "problem" is_problem
    fi
}

# The metrics are for keys with a scope of their own, which this one need not have.
walk_metrics() {
    if [ "$OPEN" = yes ]; then
        walk "" GET /metrics 200 "text for Prometheus" is_metrics
        return
    fi
    walk "" GET /metrics 401 "without a key" is_problem
    if [ -n "${API_KEY:-}" ]; then
        local is_so=1
        ask "$API_KEY" GET "$BASE/metrics"
        if { [ "$STATUS" = 200 ] && is_metrics; } || { [ "$STATUS" = 403 ] && is_problem; }; then is_so=0; fi
        verdict GET /metrics "200, or 403 without its scope" "$STATUS $(in_short)" "$is_so"
    fi
}

# walk_scoped METHOD PATH STATUS EXPECTED TEST [ARGUMENT…]: as walk, of a route whose scope this key need not have; without
# a key it is shut, also where the trigger is open.
walk_scoped() {
    local method=$1 path=$2 status=$3 expected=$4 is_so=1 refused=is_problem
    shift 4
    if [[ $path =~ ^/api/v1/(leads|c2s)(/|\?|$) ]]; then refused=is_lead_problem; fi
    if [ "$OPEN" = yes ]; then
        walk "" "$method" "$path" "$status" "$expected" "$@"
        return
    fi
    walk "" "$method" "$path" 401 "without a key" "$refused"
    if [ -n "${API_KEY:-}" ]; then
        ask "$API_KEY" "$method" "$BASE$path"
        if { [ "$STATUS" = "$status" ] && "$@"; } || { [ "$STATUS" = 403 ] && "$refused"; }; then is_so=0; fi
        verdict "$method" "$path" "$status, or 403 without its scope" "$STATUS $(in_short)" "$is_so"
    fi
}

# walk_body BODY METHOD PATH …: as walk_scoped, with a body.
walk_body() {
    local DATA=$1
    shift
    walk_scoped "$@"
}

# What costs nothing and changes nothing: a lead that was never accepted, and what cannot be used.
walk_lead_routes() {
    # no other walk asks for it: the lead of a trigger is kept, also when the CRM does not know it
    local never=eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee
    walk_scoped POST "/api/v1/leads/$never/replay" 404 "never accepted, five keys" is_lead_problem
    walk_body '{"dry_run":0}' POST "/api/v1/leads/$never/replay" 422 "malformed body, five keys" is_lead_problem
    walk_scoped GET "/api/v1/leads?limit=1" 200 "a list" is_list
    walk_scoped GET "/api/v1/leads?state=done" 400 "no such state, five keys" is_lead_problem
    walk_scoped GET "/api/v1/leads/$never" 404 "never accepted, five keys" is_lead_problem
    walk_scoped POST /api/v1/c2s/enrich/a%2Fb 400 "malformed id, five keys" is_lead_problem
    walk_body '{}' POST /api/v1/leads 422 "no lead_id, five keys" is_lead_problem
    walk_body '{"lead_ids":[]}' POST /api/v1/leads/batch 422 "no leads, five keys" is_lead_problem
}

# The simulator's leads by the other routes, where everything is open.
walk_open_leads() {
    local DATA=''
    walk "" GET "$PROCESS?id=$1&dry_run=true" 200 "dry run, completed" is_state completed
    walk "" POST "/api/v1/c2s/enrich/$1" 200 "completed, what was stored" is_enriched
    walk "" GET "/api/v1/leads/$1" 200 "completed, its steps" is_shown
    DATA="{\"lead_id\":\"$1\",\"contact_info\":{\"phones\":[]}}"
    walk "" POST /api/v1/leads 200 "completed, CPF full" is_completed full
    DATA="{\"lead_ids\":[\"$1\",7]}"
    walk "" POST /api/v1/leads/batch 202 "accepted, one refused" is_batch
}

# Doubts: nothing is decided.
walk_reviews() {
    local nobody=00000000-0000-0000-0000-000000000000
    walk_scoped GET "/api/v1/reviews?limit=1" 200 "a list" is_list
    walk_scoped GET "/api/v1/reviews?decided=yes" 400 "neither true nor false" is_problem
    walk_body '{"decision":"reject"}' POST "/api/v1/reviews/$nobody" 404 "no such review" is_problem
    walk_body '{"decision":"choose"}' POST "/api/v1/reviews/$nobody" 422 "no candidate" is_problem
}

# Looking people up: only what asks no provider, and so costs nothing.
walk_lookups() {
    local nobody=00000000-0000-0000-0000-000000000000
    walk_scoped GET /api/v1/contributor/customer 400 "nothing to look by" is_problem
    walk_scoped POST /api/v1/enrich 400 "no body" is_problem
    walk_body '{"cpf":"1"}' POST /api/v1/enrich 422 "no CPF" is_problem
    walk_scoped GET "/api/v1/customers/$nobody" 404 "nobody" is_problem
    walk_scoped GET /api/v1/work/modules/all 400 "no documento" is_problem
    walk_scoped GET /api/v1/work/modules/no-module 404 "not in the contract" is_problem
}

walk_refusals() {
    walk "${API_KEY:-}" GET "$PROCESS" 400 "no id, five keys" is_lead_problem
    walk "${API_KEY:-}" GET "$PROCESS?id=a%2Fb" 400 "malformed id, five keys" is_lead_problem
    walk "${API_KEY:-}" GET "$PROCESS?id=a&wait=soon" 400 "malformed wait, five keys" is_lead_problem
    walk "${API_KEY:-}" HEAD "$PROCESS?id=a" 405 "runs nothing"
    walk "${API_KEY:-}" POST "$PROCESS?id=a" 405 "runs nothing, five keys" is_lead_problem
}

# The simulator's first lead of a kind.
lead_of() {
    ask "" GET "$SIM/_sim/leads"
    printf '%s' "$BODY" | tr '}' '\n' | grep "\"situation\":\"$1\"" | sed -nE 's/.*"id":"([^"]+)".*/\1/p' | sed -n 1p
}

walk_leads() {
    local plain nobody
    plain=$(lead_of plain)
    nobody=$(lead_of unknown_contact)
    walk "${API_KEY:-}" GET "$PROCESS?id=ffffffffffffffffffffffffffffffff" 404 "lead_missing, five keys" is_lead_problem
    walk "${API_KEY:-}" GET "$PROCESS?id=$plain" 200 "completed, CPF $SEES" is_completed "$SEES"
    walk "${API_KEY:-}" GET "$PROCESS?id=$plain" 200 "repeat, one message" is_repeat "$SEES" "$plain"
    walk "${API_KEY:-}" GET "$PROCESS?id=$nobody" 200 "unidentified, five keys" is_state unidentified
    if [ "$OPEN" = yes ]; then walk_open_leads "$plain"; fi
    if [ "$OPEN" = no ] && [ "$TRIGGER_OPEN" = yes ] && [ -n "${API_KEY:-}" ]; then
        walk "" GET "$PROCESS?id=$plain" 200 "without a key, CPF masked" is_completed masked
    fi
}

# A real lead, which a person chose: any state is an answer.
walk_given_lead() {
    ask "${API_KEY:-}" GET "$BASE$PROCESS?id=$LEAD_ID"
    local is_so=1
    if [[ $STATUS =~ ^20[02]$ ]] && has_five_keys; then is_so=0; fi
    verdict GET "$PROCESS?id=$LEAD_ID" "200 or 202, five keys" "$STATUS $(in_short)" "$is_so"
}

# no_lead WHY
no_lead() {
    [ -z "${REQUIRE_LEADS:-}" ] || stop "$1" "REQUIRE_LEADS is set, so that is a failure."
    echo "$1"
}

main() {
    local why_not
    case ${1:-} in
        -h | --help) usage "$0" && exit ;;
        -*) stop "unknown option '$1'; see --help" ;;
    esac
    need curl
    BASE=$(base_url "${1:-http://127.0.0.1:8081}")
    SIM=$(bare "${SIM_URL:-http://127.0.0.1:8090}")
    LEAD_ID=${LEAD_ID:-}
    [[ $LEAD_ID =~ ^[A-Za-z0-9_-]{0,64}$ ]] || stop "LEAD_ID is no lead id: 1 to 64 of A-Z a-z 0-9 - _"

    ask "" GET "$BASE/health"
    [ "$STATUS" != 000 ] || stop "No service answers at $BASE: ${WHY:-no answer}" "Start one (make demo), or give its address: $0 BASE_URL"
    echo "Walking $BASE $([ -n "${API_KEY:-}" ] && echo 'with API_KEY' || echo 'without a key')"
    table_head
    walk_up
    walk_access
    walk_metrics
    walk_lead_routes
    walk_reviews
    walk_lookups
    if [ "$TRIGGER_OPEN" = no ] && [ -z "${API_KEY:-}" ]; then
        no_lead "The rest of $PROCESS is not walked without a key. Set API_KEY."
    else
        walk_refusals
        why_not=$(why_not_simulated)
        if [ -z "$why_not" ]; then
            walk_leads
        elif [ -n "$LEAD_ID" ]; then
            walk_given_lead
        else
            no_lead "No lead was processed: $why_not. LEAD_ID=… processes one, for money."
        fi
    fi
    tally
}

main "$@"
