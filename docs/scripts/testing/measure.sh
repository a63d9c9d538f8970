#!/usr/bin/env bash
# measure.sh [PEOPLE]
#
# Measures the release build on this machine, for the tables of docs/testing/PERFORMANCE_MONITORING.md: memory and
# processor time of the service alone, idle and under tests/load-test.js. The upstreams are the simulator without any
# latency, so what is measured is ours. Linux; builds what it measures; ports 8181 and 8190.
#
#   PEOPLE     invented people, and so fresh leads (6000)
#   PAUSE      seconds that each of the 20 users pauses between two leads (1); 0 finds out what the machine can do
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

SERVICE=http://127.0.0.1:8181
SIMULATOR=http://127.0.0.1:8190

# Becomes a program with nothing of the caller's environment, and private servers of its own; for the background.
become() {
    exec env -i PATH="$PATH" HOME="$SCRATCH" XDG_STATE_HOME="$SCRATCH" "$@"
}

until_answers() {
    local tries=0
    until ask "" GET "$1" && [ "$STATUS" = 200 ]; do
        tries=$((tries + 1))
        [ "$tries" -lt 100 ] || stop "$1 does not answer: ${WHY:-$BODY}" "$(tail -n 3 "$SCRATCH/service.log")"
        sleep 0.1
    done
}

# From the kernel: memory in MB by the name of its line, processor time in hundredths of a second.
memory() { awk -v key="$1:" '$1 == key { printf "%.0f", $2 / 1024 }' "/proc/$service/status"; }
processor_time() { awk '{ print $14 + $15 }' "/proc/$service/stat"; }

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
    : >"$SCRATCH/service.log"
    become "$binary" simulator --port 8190 --people "$1" >"$SCRATCH/variables" &
    simulator=$!
    until_answers "$SIMULATOR/_sim/state"
    local -a variables=(DB_URL=private PRIVACY_KEY=for-invented-people PORT=8181 LOG_FORMAT=json)
    # 20 users at one address are not what the limit is for
    variables+=(RATE_LIMIT_PER_SEC=100000 RATE_LIMIT_BURST=100000)
    while IFS= read -r line; do
        case $line in [A-Z]*=*) variables+=("$line") ;; esac
    done <"$SCRATCH/variables"
    become "${variables[@]}" "$binary" serve 2>"$SCRATCH/service.log" &
    service=$!
    until_answers "$SERVICE/ready"
}

main() {
    case ${1:-} in
        -h | --help) usage "$0" && exit ;;
        -*) stop "unknown option '$1'; see --help" ;;
    esac
    need cargo curl k6
    cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
    cargo build --release --locked
    binary=${CARGO_TARGET_DIR:-target}/release/rust-c2s-api
    trap stop_all EXIT
    start "${1:-6000}"

    sleep 10
    local idle_memory idle_time before
    idle_memory=$(memory VmRSS)
    before=$(processor_time)
    sleep 20
    idle_time=$(($(processor_time) - before))
    before=$(processor_time)
    K6_NO_USAGE_REPORT=true k6 run --env BASE_URL="$SERVICE" --env SIM_URL="$SIMULATOR" --env PAUSE="${PAUSE:-1}" \
        tests/load-test.js
    local took=$(($(processor_time) - before)) runs
    runs=$(grep -c '"message":"run"' "$SCRATCH/service.log")
    echo "idle: $idle_memory MB, $((idle_time * 10 / 20)) ms of processor time a second"
    echo "under load: at most $(memory VmHWM) MB; afterwards $(memory VmRSS) MB"
    echo "$runs leads ran; processor time $((took * 10)) ms, that is $((took * 10000 / runs)) µs a lead, repeats and /health included"
}

main "$@"
