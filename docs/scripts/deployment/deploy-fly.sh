#!/usr/bin/env bash
# deploy-fly.sh [--app NAME] [--OPTION[=VALUE] OF fly deploy]…
#
# Deploys what is committed to Fly.io and verifies it. Refuses when the work tree has changes (what runs must be a
# commit) or when the app lacks a required secret (set-secrets.sh sets them). Migrations run in the release command,
# before a machine is replaced. The verification expects the version of Cargo.toml: raise it with each release.
#
#   --app      the app, anywhere among the arguments; unset: the one in fly.toml
#   BASE_URL   where it answers; unset: https://NAME.fly.dev
#   API_KEY    for the verification; see verify-deployment.sh
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$here/../lib.sh"
# shellcheck source-path=SCRIPTDIR source=fly.sh
. "$here/fly.sh"

APP=$(app_of_fly_toml)
passed_on=()
while [ $# != 0 ]; do
    case $1 in
        -h | --help) usage "$0" && exit ;;
        --app)
            need_value "$@"
            APP=$2
            shift
            ;;
        # what is checked, deployed and verified must be one app, and the commit that is here
        --app=*) stop "the app is named by --app NAME" ;;
        --config | --config=* | --dockerfile | --dockerfile=*) stop "'$1': what is deployed is the Dockerfile and fly.toml of this repository" ;;
        --image | --image=*) stop "'$1': rollback-fly.sh puts an image onto the app" ;;
        --?*) passed_on+=("$1") ;;
        *) stop "'$1': options of fly deploy are passed on in their long form, --option=value; see --help" ;;
    esac
    shift
done
need fly git curl
[ -n "$APP" ] || stop "Which app? --app NAME, or app = \"NAME\" in fly.toml"
cd "$ROOT"

changes=$(git status --porcelain)
[ -z "$changes" ] || stop "The work tree has changes; commit them first, so that what runs can be found again:" "$changes"

secrets=$(list_secrets)
require_secrets "$secrets" "App '$APP' lacks secrets (docs/scripts/deployment/set-secrets.sh sets them)"
has_secret API_KEYS "$secrets" || echo "API_KEYS is not set: only the masked trigger, /health and /ready will answer"

echo "Deploying $(git rev-parse --short HEAD) to $APP"
fly deploy --app "$APP" --config "$ROOT/fly.toml" ${passed_on[@]+"${passed_on[@]}"}
EXPECT_VERSION=$(sed -nE 's/^version = "([^"]+)".*/\1/p' Cargo.toml | sed -n 1p)
export EXPECT_VERSION
"$here/verify-deployment.sh" "${BASE_URL:-https://$APP.fly.dev}"
