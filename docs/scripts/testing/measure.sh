#!/usr/bin/env bash
# Measures the release build on this machine, for the tables of docs/testing/PERFORMANCE_MONITORING.md: memory and
# processor time of the service alone, idle and under the load test. Linux; needs PostgreSQL, curl and k6.
set -euo pipefail

if [ "${1:-}" = --help ]; then
    echo "usage: measure.sh [PEOPLE]   invented people, and so fresh leads, to have (default 6000)"
    exit
fi
people=${1:-6000}
cd "$(dirname "$0")/../../.."
for program in curl k6; do
    command -v "$program" >/dev/null || { echo "$program is needed: .ci/tools brings k6" >&2; exit 2; }
done

cargo build --release --locked
binary=${CARGO_TARGET_DIR:-target}/release/rust-c2s-api
place=$(mktemp -d /tmp/c2s-XXXXXX)
chmod 755 "$place"
export XDG_STATE_HOME=$place
stop() {
    # shellcheck disable=SC2046 # one word per process
    kill -TERM $(jobs -p) 2>/dev/null || true
    wait
    rm -rf "$place"
}
trap stop EXIT

# of the machine's clock ticks, in hundredths of a second
processor_time() { awk '{print $14 + $15}' "/proc/$service/stat"; }
memory() { awk -v key="$1:" '$1 == key {printf "%.0f MB", $2 / 1024}' "/proc/$service/status"; }
until_answers() {
    for _ in $(seq 100); do
        curl --silent --fail --output /dev/null "$1" && return
        sleep 0.1
    done
    echo "$1 never answered: see $place" >&2
    exit 1
}

"$binary" simulator --port 8190 --people "$people" >"$place/simulator.log" &
until_answers http://127.0.0.1:8190/_sim/state
(
    # what the simulator prints is what a service needs to be told
    while IFS= read -r line; do
        case $line in [A-Z]*=*) export "${line?}" ;; esac
    done <"$place/simulator.log"
    DB_URL=private PRIVACY_KEY=a-key-for-invented-people PORT=8181 \
        RATE_LIMIT_PER_SEC=10000 RATE_LIMIT_BURST=10000 exec "$binary" serve 2>"$place/service.log"
) &
service=$!
until_answers http://127.0.0.1:8181/ready

sleep 10
echo "idle: $(memory VmRSS)"
before=$(processor_time)
k6 run --env BASE_URL=http://127.0.0.1:8181 --env SIM_URL=http://127.0.0.1:8190 tests/load-test.js
after=$(processor_time)
leads=$(grep -c ' run lead_id=.*outcome="completed"' "$place/service.log")
echo "after the load: $(memory VmRSS), at most $(memory VmHWM)"
echo "leads completed: $leads; processor time of the service: $(((after - before) * 10)) ms, $(((after - before) * 10000 / leads)) µs a lead"
