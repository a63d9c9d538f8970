#!/usr/bin/env bash
# rollback-fly.sh [--app NAME] [--image IMAGE] [--yes]
#
# Puts the image of the last good release before this one back, and verifies it. THE DATABASE IS NOT ROLLED BACK:
# migrations only go forward, and an older version runs on the newer schema. It starts there and leaves the schema as
# it is; whether it fits is said in the migration. What cannot be undone that way is mended by a new release.
#
#   --app      the app; unset: the one in fly.toml
#   --image    this image, instead of the one found in `fly releases --image`
#   --yes      without asking
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
        --app) APP=${2:-} && shift ;;
        --image) IMAGE=${2:-} && shift ;;
        --yes) YES=yes ;;
        *) stop "unknown argument '$1'; see --help" ;;
    esac
    shift || stop "the last option needs a value; see --help"
done
need fly curl
[ -n "$APP" ] || stop "Which app? --app NAME, or app = \"NAME\" in fly.toml"

# The releases, newest first, one a line: `failed` is said of one that never ran.
last_good_image_before_this() {
    printf '%s\n' "$1" | awk '
        match($0, /registry\.fly\.io\/[^ |│"]+/) {
            image = substr($0, RSTART, RLENGTH)
            if (current == "") current = image
            else if (image != current && tolower($0) !~ /failed|interrupted/) { print image; exit }
        }'
}

if [ -z "$IMAGE" ]; then
    releases=$(fly releases --app "$APP" --image) || stop "fly could not list the releases of '$APP': does the app exist, and are you logged in? (fly auth login)"
    IMAGE=$(last_good_image_before_this "$releases")
    [ -n "$IMAGE" ] || stop "No earlier image in the releases of '$APP'; choose one with --image:" "$releases"
fi
echo "The database stays as it is: migrations only go forward."
[ "$YES" = yes ] || ask_first "Put $IMAGE on $APP?"
fly deploy --app "$APP" --config "$ROOT/fly.toml" --image "$IMAGE"
"$here/verify-deployment.sh" "${BASE_URL:-https://$APP.fly.dev}"
