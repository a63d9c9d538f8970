# shellcheck shell=bash
# What the scripts beside this file share: asking a service, and a table of what it answered. Sourced, not run.
# Bash 3.2 and curl are enough.

# No `head` behind a pipe in these scripts: it leaves early, and with pipefail that counts as a failure.
export LC_ALL=C

SCRATCH=$(mktemp -d)
trap 'rm -rf "$SCRATCH"' EXIT

stop() {
    printf '%s\n' "$@" >&2
    exit 1
}

need() {
    local program
    for program in "$@"; do
        if ! command -v "$program" >/dev/null; then
            echo "$program is needed and not installed here" >&2
            exit 2
        fi
    done
}

# need_value OPTION VALUE: an unset variable, or the next option, is none.
need_value() {
    case ${2:-} in '' | -*) stop "$1 needs a value; see --help" ;; esac
}

# The comment at a script's top, which is its manual.
usage() {
    sed -n '2,/^[^#]/{ s/^# \{0,1\}//p; }' "$1"
}

# Anchored at both ends of the host, so that http://127.0.0.1@elsewhere.example is none.
is_loopback() {
    [[ $1 =~ ^http://(127\.0\.0\.1|localhost|\[::1\])(:[0-9]+)?$ ]]
}

# Without slashes at its end.
bare() {
    local url=$1
    while [[ $url == */ ]]; do url=${url%/}; done
    printf '%s\n' "$url"
}

# base_url URL: the bare URL, spelled in one way. A key over plain HTTP would be everybody's on the way; a password in the URL would be in
# the process list.
base_url() {
    local url
    url=$(bare "$1" | tr '[:upper:]' '[:lower:]')
    [[ $url =~ ^https?://[^/?#@[:space:]]+$ ]] ||
        stop "That is no base URL: give one like https://my-app.fly.dev, without a path, user or password"
    if [[ $url == http://* && -n ${API_KEY:-} ]] && ! is_loopback "$url"; then
        stop "API_KEY is not sent over plain HTTP: give the https:// address"
    fi
    case $url in
        http://*:80) url=${url%:80} ;;
        https://*:443) url=${url%:443} ;;
    esac
    printf '%s\n' "$url"
}

# Without what a terminal would obey; line breaks stay.
harmless() {
    tr -d '\000-\010\013\014\016-\037\177'
}

# ask KEY METHOD URL: sends DATA, if it is set, as JSON; sets STATUS (000 when nothing answered), TYPE, MS, BODY and WHY (curl's words).
# The key goes in by standard input: an argument would be seen in the process list. KEY may be empty. ~/.curlrc is left
# out (--disable, which must come first): it could send the key by another way, or write it down.
ask() {
    local key=$1 method=$2 url=$3 timing
    local -a how=(--request "$method")
    if [ "$method" = HEAD ]; then how=(--head); fi
    if [ -n "${DATA:-}" ]; then how+=(--header 'Content-Type: application/json' --data "$DATA"); fi
    : >"$SCRATCH/head"
    : >"$SCRATCH/body"
    timing=$(
        { [ -z "$key" ] || printf 'X-API-Key: %s\n' "$key"; } |
            curl --disable --silent --show-error "${how[@]}" --header @- --noproxy 127.0.0.1,localhost,::1 \
                --connect-timeout 5 --max-time "${PATIENCE:-40}" --dump-header "$SCRATCH/head" \
                --output "$SCRATCH/body" --write-out '%{http_code} %{time_total}' "$url" 2>"$SCRATCH/why"
    ) || true
    # nothing at all: curl was killed
    timing=${timing:-000 0.0}
    STATUS=${timing%% *}
    timing=${timing##* }
    MS=$((${timing%%.*} * 1000 + 10#$(printf '%.3s' "${timing#*.}000")))
    BODY=$(harmless <"$SCRATCH/body")
    WHY=$(harmless <"$SCRATCH/why")
    TYPE=$(header content-type)
    TYPE=${TYPE%%;*}
}

# A header of the last answer.
header() {
    harmless <"$SCRATCH/head" | tr -d '\r' | awk -v name="$1:" 'tolower($1) == name { value = $2 } END { print value }'
}

# The value of a text, number or boolean of the answer's first level, as written; JSON's quotes taken off.
field() {
    printf '%s\n' "$BODY" | sed -nE "s/.*\"$1\":(\"([^\"]*)\"|[a-z0-9.]+).*/\1/p" | sed -E 's/^"(.*)"$/\1/' | sed -n 1p
}

# The five keys that every answer about a lead has; their types never change.
has_five_keys() {
    [[ $BODY =~ \"success\":(true|false) && $BODY =~ \"message\":\" && $BODY =~ \"lead_id\":\" &&
        $BODY =~ \"cpfs_processed\":\[ && $BODY =~ \"entities_stored\":[0-9] ]]
}

# What the answer says of itself, without a person's data.
in_short() {
    local said
    said=$(field state)
    if [ -z "$said" ]; then
        case $TYPE in
            */problem+json) said=problem ;;
            *) said=$(field status) ;;
        esac
    fi
    if [[ $BODY == *'"duplicate_request":true'* ]]; then said="$said, repeat"; fi
    printf '%s' "${said:-$TYPE}"
}

# Whether the simulator's CRM was asked for a lead; fails when there is no simulator, too.
was_asked_for() {
    ask "" GET "$SIM/_sim/asked/$1"
    [ "$STATUS" = 200 ] && [ "$(field asked)" != 0 ]
}

# Why leads may not be processed at BASE without asking; nothing when its CRM is the simulator at SIM. That is shown, not
# believed: an id that no CRM knows, and nobody else, is asked for, which costs nothing anywhere; the simulator must have
# been asked for exactly that.
why_not_simulated() {
    local unknown=no-such-lead-$$-$RANDOM$RANDOM$RANDOM
    if ! is_loopback "$BASE" || ! is_loopback "$SIM"; then
        echo "$BASE is not a service on this machine with a simulator beside it"
        return
    fi
    ask "" GET "$SIM/_sim/asked/$unknown"
    if [ "$STATUS" != 200 ]; then
        echo "no simulator answers at $SIM"
        return
    fi
    ask "${API_KEY:-}" GET "$BASE/api/v1/leads/process?id=$unknown"
    if [ "$STATUS" != 404 ] || ! was_asked_for "$unknown"; then
        echo "the service at $BASE does not use the simulator at $SIM"
    fi
}

# ask_first QUESTION: asks on the terminal; without one, or with an answer other than yes, the script ends.
ask_first() {
    local answer=''
    [ -t 0 ] || stop "$1" "Nothing was done: there is no terminal to ask at. Say --yes."
    # the end of input is no yes
    read -r -p "$1 Type yes to go on: " answer || true
    [ "$answer" = yes ] || stop "Nothing was done."
}

PASSED=0
FAILED=0

row() {
    printf '%-6s %-66s %-34s %-28s %6s  %s\n' "$@"
}

table_head() {
    row METHOD PATH EXPECTED GOT MS ''
}

# verdict METHOD PATH EXPECTED GOT IS_SO: a line of the table. IS_SO is the exit code of what was tested.
verdict() {
    local said=ok
    if [ "$5" = 0 ]; then
        PASSED=$((PASSED + 1))
    else
        FAILED=$((FAILED + 1))
        said=FAILED
    fi
    row "$1" "$2" "$3" "$4" "$MS" "$said"
    if [ "$said" = FAILED ]; then
        # a CPF is eleven digits
        printf '       %.300s\n' "$(printf '%s' "${WHY:-$BODY}" | sed -E 's/[0-9]{11,}/***********/g')"
    fi
}

# The closing line; fails when something did.
tally() {
    printf '\n%s passed, %s failed\n' "$PASSED" "$FAILED"
    [ "$FAILED" = 0 ]
}
