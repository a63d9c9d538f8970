#!/usr/bin/env bash
# test-docker.sh
#
# Builds the image, starts the test stack of docker-compose.test.yml (service, PostgreSQL, simulator; invented people),
# walks it with test-local.sh and, where k6 is installed, with the smoke test, and takes it down with its volumes,
# whatever happened. The stack's logs, if it failed, are in a file, or with CI set among the rest of the output. Exit
# code 2: docker, its compose plugin or its engine is missing.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

# As docker-compose.test.yml publishes them; the key is public and opens nothing else.
export BASE_URL=http://127.0.0.1:18081
export SIM_URL=http://127.0.0.1:18090
export API_KEY=demo-key-of-the-compose-file
# a simulator that is not seen is a failure
export REQUIRE_LEADS=1
WAIT_SECS=120

compose() {
    docker compose --project-name rust-c2s-api-test --file "$ROOT/docker-compose.test.yml" "$@"
}

missing() {
    echo "$1" >&2
    exit 2
}

# Nobody can open a file on a machine of the integration, which is gone afterwards.
keep_logs() {
    local logs
    if [ -n "${CI:-}" ]; then
        echo "FAILED; the stack's logs:" >&2
        compose logs --no-color >&2
    else
        logs=$(mktemp "${TMPDIR:-/tmp}/rust-c2s-api-test.XXXXXX")
        echo "FAILED; the stack's logs: $logs" >&2
        compose logs --no-color >"$logs" 2>&1
    fi
}

take_down() {
    local code=$?
    if [ "$code" != 0 ]; then
        keep_logs || echo "the stack's logs could not be read" >&2
    fi
    compose down --volumes --remove-orphans --timeout 30 || echo "the stack could not be taken down: docker compose --project-name rust-c2s-api-test down --volumes" >&2
    rm -rf "$SCRATCH"
    exit "$code"
}

case ${1:-} in
    -h | --help) usage "$0" && exit ;;
    ?*) stop "unknown argument '$1'; see --help" ;;
esac
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
need docker curl
docker compose version >/dev/null 2>&1 || missing "docker's compose plugin is needed and not installed (Debian: docker-compose-plugin)"
docker info >/dev/null 2>&1 || missing "docker's engine does not answer: start it (is this user allowed to use it?)"

trap take_down EXIT
trap 'exit 130' INT TERM
compose up --build --detach --wait --wait-timeout "$WAIT_SECS"
"$ROOT/docs/scripts/testing/test-local.sh" "$BASE_URL"
if command -v k6 >/dev/null; then
    K6_NO_USAGE_REPORT=true k6 run "$ROOT/tests/smoke-test.js"
else
    echo "k6 is not installed: the smoke test was left out (.ci/tools installs it)"
fi
