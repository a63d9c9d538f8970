#!/usr/bin/env bash
# process-leads.sh FILE [BASE_URL] [--results FILE] [--again] [--yes]
#
# Triggers the leads of FILE, one id a line (empty lines and # are skipped), one after the other, and prints how each
# ended. What ended is written to the results file, and skipped when the script is started again at the same BASE_URL, so
# it can be stopped at any time. It waits and asks again at 429, 503 and for a lead that is processing; a retrying one goes on by itself.
#
# EACH NEW LEAD SPENDS MONEY AND WRITES INTO THE CRM, except in front of the simulator (`make demo`). So everywhere else it
# asks before it starts.
#
#   BASE_URL    http://127.0.0.1:8081 unless given
#   API_KEY     a key with the scope trigger
#   SIM_URL     where the simulator would be (http://127.0.0.1:8090)
#   --results   FILE.results unless given: lead id, state, time and BASE_URL, separated by tabs
#   --again     leads that ended as lead_missing or failed are processed again
#   --yes       without asking
#
# Exit code 0: all ended. 1: some did not, or the service is away.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

# How often a lead is asked for before the next one's turn, and the longest pause between.
MOST_ASKS=20
LONGEST_PAUSE=60
END_STATES=' completed unidentified review suppressed lead_missing failed delivery_unknown '

# process LEAD_ID: sets STATE to the lead's state, or to what stood in its way.
process() {
    local asks=0 away=0
    while [ "$asks" -lt "$MOST_ASKS" ]; do
        asks=$((asks + 1))
        ask "${API_KEY:-}" GET "$BASE/api/v1/leads/process?id=$1"
        STATE=$(field state)
        case $STATUS in
            200 | 404)
                [ -n "$STATE" ] || STATE="HTTP $STATUS"
                return
                ;;
            # a retrying lead goes on by itself; asking runs it at once, for an attempt and perhaps for money
            202) if [ "$STATE" = retrying ]; then return; fi ;;
            429 | 503) STATE="HTTP $STATUS" ;;
            401 | 403) stop "$BASE answers $STATUS: set API_KEY to a key with the scope trigger" ;;
            000)
                STATE='no answer'
                away=$((away + 1))
                [ "$away" -lt 5 ] || stop "$1: the service at $BASE does not answer: ${WHY:-no answer}" "Start this again when it does; what ended is in $RESULTS."
                ;;
            *)
                STATE="HTTP $STATUS"
                return
                ;;
        esac
        if [ "$asks" -lt "$MOST_ASKS" ]; then pause "$(header retry-after)"; fi
    done
}

pause() {
    local secs=${1:-5}
    [[ $secs =~ ^[0-9]{1,6}$ ]] || secs=5
    if [ "$secs" -gt "$LONGEST_PAUSE" ]; then secs=$LONGEST_PAUSE; fi
    sleep "$secs"
}

# By its last end there. Compared as texts (`""`): two long numbers would be equal. The file comes in by <, because awk
# takes a path with a = in it for something else.
has_ended() {
    awk -F '\t' -v id="$1" -v base="$BASE" -v again="$AGAIN" '
        ($1 "") == (id "") && ($4 "") == (base "") {
            ended = again == "no" || ($2 != "lead_missing" && $2 != "failed")
        }
        END { exit !ended }' <"$RESULTS"
}

# How many ended at another address: they are processed here, too.
ended_elsewhere() {
    [ ! -e "$RESULTS" ] || awk -F '\t' -v base="$BASE" '
        ($4 "") != (base "") && !seen[$1]++ { elsewhere++ }
        END { if (elsewhere) printf " (%d of the results are of another address)", elsewhere }' <"$RESULTS"
}

# The ids of the file, in order, each once. Spreadsheets write a byte-order mark before the first.
lead_ids() {
    tr -d '\r' <"$FILE" | sed $'1s/^\xef\xbb\xbf//' | awk '{ sub(/#.*/, ""); gsub(/^[ \t]+|[ \t]+$/, "") } $0 != "" && !seen[$0]++'
}

FILE='' BASE='' RESULTS='' AGAIN=no YES=no
while [ $# != 0 ]; do
    case $1 in
        -h | --help) usage "$0" && exit ;;
        --results)
            need_value "$@"
            RESULTS=$2
            shift
            ;;
        --again) AGAIN=yes ;;
        --yes) YES=yes ;;
        -*) stop "unknown option '$1'; see --help" ;;
        *)
            if [ -z "$FILE" ]; then FILE=$1; elif [ -z "$BASE" ]; then BASE=$1; else stop "too many arguments; see --help"; fi
            ;;
    esac
    shift
done
[ -n "$FILE" ] || stop "Which leads? $0 FILE, one id a line"
[ -r "$FILE" ] || stop "$FILE cannot be read"
need curl
BASE=$(base_url "${BASE:-http://127.0.0.1:8081}")
SIM=$(bare "${SIM_URL:-http://127.0.0.1:8090}")
RESULTS=${RESULTS:-$FILE.results}

ids=$(lead_ids)
[ -n "$ids" ] || stop "$FILE names no lead"
count=$(printf '%s\n' "$ids" | wc -l | tr -d ' ')
if [ "$YES" = no ]; then
    why_not=$(why_not_simulated)
    [ -z "$why_not" ] || ask_first "$count leads$(ended_elsewhere): $why_not, so each new one spends money and writes into the CRM."
fi

# before money is spent on a lead whose end could not be written down
(: >>"$RESULTS") 2>/dev/null || stop "$RESULTS cannot be written: name another file with --results"

ended=0 skipped=0 open=0
while IFS= read -r id <&3; do
    if has_ended "$id"; then
        skipped=$((skipped + 1))
        continue
    fi
    MS=0
    if [[ $id =~ ^[A-Za-z0-9_-]{1,64}$ ]]; then process "$id"; else STATE='no lead id'; fi
    printf '%-34s %-16s %7s ms\n' "$id" "$STATE" "$MS"
    if [[ $END_STATES == *" $STATE "* ]]; then
        ended=$((ended + 1))
        printf '%s\t%s\t%s\t%s\n' "$id" "$STATE" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$BASE" >>"$RESULTS"
    else
        open=$((open + 1))
    fi
done 3<<<"$ids"
printf '\n%s ended, %s ended before, %s did not end\n' "$ended" "$skipped" "$open"
[ "$open" = 0 ]
