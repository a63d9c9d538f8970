#!/usr/bin/env bash
# rollback-fly.sh [--app NAME] [--image IMAGE] [--yes]
#
# The fast way back: puts the image of the last complete release with another image than the newest one onto the app, and
# verifies it. Shows which that is and asks first. Lasts until the next deploy: revert the commit on main, and cancel a
# deploy that runs (docs/deployment/FLY.md#rollback).
#
# THE DATABASE IS NOT ROLLED BACK: migrations only go forward, and an older version runs on the newer schema. fly.toml and
# the secrets stay as they are, too: an older version refuses to start with variables that it does not know.
#
#   --app      the app; unset: the one in fly.toml
#   --image    this image, one of `fly releases --image`
#   --yes      without asking. Refused without --image where the releases do not tell which one is meant: after a
#              rollback (the last other image is the bad one), and after a deploy that did not complete
#   BASE_URL   where it answers; unset: https://NAME.fly.dev
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$here/../lib.sh"
# shellcheck source-path=SCRIPTDIR source=fly.sh
. "$here/fly.sh"

APP=$(app_of_fly_toml)
IMAGE=''
YES=no
while [ $# != 0 ]; do
    case $1 in
        -h | --help) usage "$0" && exit ;;
        --app)
            need_value "$@"
            APP=$2
            shift
            ;;
        --image)
            need_value "$@"
            IMAGE=$2
            shift
            ;;
        --yes) YES=yes ;;
        *) stop "unknown argument '$1'; see --help" ;;
    esac
    shift
done
need fly curl
[ -n "$APP" ] || stop "Which app? --app NAME, or app = \"NAME\" in fly.toml"

# The releases, newest first, one a line: version, status, date and image, tabs between. fly writes one member of its JSON
# a line, and each of these four once for each release; a text in it cannot begin a line.
list_releases() {
    local json listed
    json=$(fly releases --app "$APP" --json) || stop "fly could not list the releases of '$APP': does the app exist, and are you logged in? (fly auth login)"
    listed=$(printf '%s\n' "$json" | awk '
        match($0, /^ *"(Version|Status|CreatedAt|ImageRef)": /) {
            name = substr($0, RSTART, RLENGTH)
            value = substr($0, RSTART + RLENGTH)
            gsub(/[ ":]/, "", name)
            gsub(/^"|"?,? *$/, "", value)
            of[name] = value
            if (++told == 4) {
                told = 0
                if (of["ImageRef"] != "") print of["Version"] "\t" of["Status"] "\t" of["CreatedAt"] "\t" of["ImageRef"]
            }
        }' | sort -rn)
    [ -n "$listed" ] || stop "fly releases --json of '$APP' names no image; choose one of fly releases --image with --image"
    printf '%s\n' "$listed"
}

# The last complete release with another image than the newest.
last_other_release() {
    awk -F '\t' '
        NR == 1 { newest = $4 }
        $2 == "complete" && $4 != newest && !found { print; found = 1 }' <<<"$RELEASES"
}

# Why the releases do not tell which one is meant; nothing when they do.
doubt() {
    awk -F '\t' '
        NR == 1 && $2 != "complete" { print "The newest release is not complete: its image may run on some machines, on all, or on none."; exit }
        $2 != "complete" { next }
        current == "" { current = $4 }
        $4 != current { between = 1 }
        $4 == current && between { print "The image of the newest release ran before another one: as after a rollback, when the last other image is the bad one."; exit }
    ' <<<"$RELEASES"
}

if [ -z "$IMAGE" ]; then
    RELEASES=$(list_releases)
    RELEASE=$(last_other_release)
    [ -n "$RELEASE" ] || stop "No earlier image in the releases of '$APP'; choose one with --image:" "$RELEASES"
    DOUBT=$(doubt)
    if [ -n "$DOUBT" ]; then
        [ "$YES" = no ] || stop "$DOUBT Choose with --image:" "$RELEASES"
        printf '%s\n' "$DOUBT" "$RELEASES"
    fi
    IFS=$'\t' read -r VERSION _ DATE IMAGE <<<"$RELEASE"
    echo "Back to v$VERSION of $DATE: $IMAGE"
fi
echo "The database stays as it is: migrations only go forward. So do fly.toml and the secrets."
if [ -n "${DOUBT:-}" ] && ! [ -t 0 ]; then stop "Nothing was done: there is no terminal to ask at. Choose with --image and --yes."; fi
[ "$YES" = yes ] || ask_first "Put $IMAGE on $APP?"
fly deploy --app "$APP" --config "$ROOT/fly.toml" --image "$IMAGE"
"$here/verify-deployment.sh" "${BASE_URL:-https://$APP.fly.dev}"
