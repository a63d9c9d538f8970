# shellcheck shell=bash
# What the scripts for Fly.io share. Sourced after ../lib.sh.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)

# Secrets without which the service does not start in production, and those that it can do without. A test holds both
# against the configuration.
REQUIRED_SECRETS="DB_URL C2S_TOKEN DIRETRIX_USER DIRETRIX_PASS WORK_API PRIVACY_KEY"
OPTIONAL_SECRETS="DATABASE_URL DB_DIRECT_URL API_KEYS ALERT_WEBHOOK_URL"

is_secret() {
    case " $REQUIRED_SECRETS $OPTIONAL_SECRETS " in
        *" $1 "*) ;;
        *) return 1 ;;
    esac
}

# The app that fly.toml names.
app_of_fly_toml() {
    sed -nE "s/^app *= *[\"']([^\"']+)[\"'].*/\1/p" "$ROOT/fly.toml"
}

# Names of the secrets that the app has; their values cannot be read back.
list_secrets() {
    fly secrets list --app "$APP" || stop "fly could not list the secrets of '$APP': does the app exist, and are you logged in? (fly auth login)"
}

# has_secret NAME LIST: the name alone in LIST, which is fly's table or its JSON.
has_secret() {
    printf '%s\n' "$2" | grep -Eq "(^|[^A-Z0-9_])$1([^A-Z0-9_]|$)"
}

# Ends the script unless every required secret is in LIST. DATABASE_URL stands in for DB_URL.
require_secrets() {
    local name missing=''
    for name in $REQUIRED_SECRETS; do
        if ! has_secret "$name" "$1" && ! { [ "$name" = DB_URL ] && has_secret DATABASE_URL "$1"; }; then
            missing="$missing $name"
        fi
    done
    [ -z "$missing" ] || stop "$2:$missing"
}
