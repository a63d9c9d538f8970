#!/usr/bin/env bash
# measure-names.sh [PEOPLE]
#
# Measures the name search as a caller sees it, for docs/database/NAME_SEARCH.md: HTTP, who looks recorded, on this machine with
# nothing else to do. Invents the people first, which takes minutes for 1.5 million. Builds what it measures; ports 8181 and 8190.
#
#   PEOPLE     invented people in the database (1500000)
#   BUILD      debug or release (debug)
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

SERVICE=http://127.0.0.1:8181
TEXTS=150

# Becomes a program with nothing of the caller's environment, and a private server of its own.
become() {
    exec env -i PATH="$PATH" HOME="$SCRATCH" XDG_STATE_HOME="$SCRATCH" DB_URL=private "$@"
}

stop_all() {
    local process
    for process in ${service:-} ${simulator:-}; do
        kill -TERM "$process" && wait "$process" || echo "$process had ended before" >&2
    done
    rm -rf "$SCRATCH"
}

start() {
    # PostgreSQL's own account has to come in
    chmod 755 "$SCRATCH"
    (become "$binary" migrate) 2>"$SCRATCH/migrate.log"
    (become "$binary" seed --parties "$1")
    become "$binary" simulator --port 8190 >"$SCRATCH/variables" 2>"$SCRATCH/simulator.log" &
    simulator=$!
    until grep -q '^# leads:' "$SCRATCH/variables"; do
        kill -0 "$simulator" || stop "the simulator did not start" "$(cat "$SCRATCH/simulator.log")"
        sleep 0.1
    done
    local -a variables=(PRIVACY_KEY=for-invented-people PORT=8181 RATE_LIMIT_PER_SEC=100000 RATE_LIMIT_BURST=100000)
    while IFS= read -r line; do
        case $line in [A-Z]*=*) variables+=("$line") ;; esac
    done <"$SCRATCH/variables"
    become "${variables[@]}" "$binary" serve 2>"$SCRATCH/service.log" &
    service=$!
    until ask "" GET "$SERVICE/ready" && [ "$STATUS" = 200 ]; do
        kill -0 "$service" || stop "the service did not start" "$(tail -n 3 "$SCRATCH/service.log")"
        sleep 0.1
    done
}

# search TEXT [LIMIT]: 404 where nobody is of that name
search() {
    ask "" GET "$SERVICE/api/v1/contributor/customer?name=${1// /+}&limit=${2:-20}"
    case $STATUS in
        200 | 404) ;;
        *) stop "the search answered $STATUS: ${WHY:-$BODY}" ;;
    esac
}

# Names that are there, one a line: of people whose names hold three letters that many names hold, or few.
draw() {
    local piece
    for piece in SIL SAN OLI SOU PER ALV LIM GOM RIB MAR ANA JOS FER ROD COS ZUL XAV QUE FAB BRU GLO HEL PAL SIM VAL EDU; do
        search "$piece" 100
        printf '%s\n' "$BODY" | tr '{' '\n' | sed -nE 's/.*"name":"([A-Z]+( [A-Z]+)+)".*/\1/p'
    done | sort -u | awk -v wanted="$TEXTS" '
        { names[NR] = $0 }
        END {
            step = NR > wanted ? NR / wanted : 1
            for (at = 1; at <= NR; at += step) print names[int(at)]
        }'
}

# measure CLASS FILE: asks for each line, and prints a row of milliseconds.
measure() {
    local text truncated=0
    : >"$SCRATCH/times"
    while IFS= read -r text; do
        search "$text"
        echo "$MS" >>"$SCRATCH/times"
        if [[ $BODY == *'"truncated":true'* ]]; then truncated=$((truncated + 1)); fi
    done <"$2"
    sort -n "$SCRATCH/times" | awk -v class="$1" -v truncated="$truncated" '
        function at(percent) { place = int((NR * percent + 99) / 100); return times[place] }
        { times[NR] = $1 }
        END { printf "%-20s %5d %9d %5d %5d %5d %7d\n", class, NR, truncated, at(50), at(95), at(99), times[NR] }'
}

main() {
    case ${1:-} in
        -h | --help) usage "$0" && exit ;;
        -*) stop "unknown option '$1'; see --help" ;;
    esac
    need cargo curl awk
    cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
    local build=${BUILD:-debug}
    case $build in
        debug) cargo build --locked ;;
        release) cargo build --locked --release ;;
        *) stop "BUILD is debug or release" ;;
    esac
    binary=${CARGO_TARGET_DIR:-target}/$build/rust-c2s-api
    trap stop_all EXIT
    start "${1:-1500000}"
    draw >"$SCRATCH/names"
    awk '{ print $1, $NF }' "$SCRATCH/names" >"$SCRATCH/parts"
    awk '{ at = (NR * 7) % (length($0) > 8 ? length($0) - 7 : 1) + 1; print substr($0, at, 8) }' "$SCRATCH/names" |
        sed 's/^ //; s/ $//' >"$SCRATCH/pieces"
    tr '[:upper:]' '[:lower:]' <"$SCRATCH/parts" >"$SCRATCH/lower"
    printf '%s\n' 'MARIA SILVA' 'JOSE SILVA' 'SILVA SANTOS' 'ANA SANTOS' 'OLIVEIRA' 'SILVA' 'SOUZA LIMA' 'DA SILVA' 'PEREIRA' \
        'ANA MARIA' >"$SCRATCH/common"
    # the first time much is read from disk that is in memory the second time
    local round
    for round in first second; do
        echo "$round time, ms      texts truncated   p50   p95   p99 longest"
        measure 'two parts' "$SCRATCH/parts"
        measure 'two parts, lower' "$SCRATCH/lower"
        measure '8 characters' "$SCRATCH/pieces"
        measure 'very common' "$SCRATCH/common"
    done
}

main "$@"
