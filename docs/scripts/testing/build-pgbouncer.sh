#!/usr/bin/env bash
# build-pgbouncer.sh DIRECTORY
#
# Builds PgBouncer 1.24.1 from Debian's source package into DIRECTORY, unless it is there, and prints the program's path
# as its last line; `make crash-test-pooled` runs the service through it. Debian 12's own PgBouncer (1.18) cannot keep
# prepared statements in transaction mode. Debian or a system like it; nothing is installed but, by root and where they
# are missing, the packages that it is built with. What is downloaded is checked against its SHA-256.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

VERSION=1.24.1
SHA256=da72a3aba13072876d055a3e58dd4aba4a5de4ed6148e73033185245598fd3e0
# The release of Debian that has this version.
SUITE=trixie
PACKAGES=(gcc make pkg-config libevent-dev libssl-dev)

install_packages() {
    local package missing=()
    for package in "${PACKAGES[@]}"; do
        dpkg --status "$package" 2>/dev/null | grep -q '^Status: .* installed$' || missing+=("$package")
    done
    [ "${#missing[@]}" -gt 0 ] || return 0
    [ "$(id -u)" = 0 ] || stop "these packages are needed:  sudo apt-get install ${missing[*]}"
    echo "Installing ${missing[*]} with apt-get" >&2
    apt-get update -qq >&2
    DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes --no-install-recommends "${missing[@]}" >&2
}

# From where this system has its own packages.
mirror() {
    # shellcheck disable=SC2016 # apt-get's own placeholder
    apt-get indextargets --format '$(REPO_URI)' 'Identifier: Packages' | awk '/\/debian\/?$/ && !found { found = 1; print }'
}

# With package lists of its own: those of the system stay as they are.
download() {
    local mirror
    mirror=$(mirror)
    [ -n "$mirror" ] || stop "apt-get knows no Debian mirror: is this Debian?"
    mkdir -p "$SCRATCH/apt/lists/partial" "$SCRATCH/apt/cache/archives/partial" "$SCRATCH/source"
    printf 'Types: deb-src\nURIs: %s\nSuites: %s\nComponents: main\nSigned-By: %s\n' \
        "$mirror" "$SUITE" /usr/share/keyrings/debian-archive-keyring.gpg >"$SCRATCH/apt/debian.sources"
    local options=(
        -o Dir::Etc::sourcelist="$SCRATCH/apt/debian.sources" -o Dir::Etc::sourceparts=/dev/null
        -o Dir::State::lists="$SCRATCH/apt/lists" -o Dir::Cache="$SCRATCH/apt/cache"
        -o APT::Sandbox::User="$(id -un)"
    )
    apt-get "${options[@]}" -qq update >&2
    (cd "$SCRATCH/source" && apt-get "${options[@]}" -qq source --download-only pgbouncer >&2)
    local archive=$SCRATCH/source/pgbouncer_$VERSION.orig.tar.gz
    [ -f "$archive" ] || stop "Debian $SUITE has another version of PgBouncer by now: set VERSION and SHA256 in $0"
    echo "$SHA256  $archive" | sha256sum --check --quiet >&2 || stop "what was downloaded is not what was expected"
    tar --extract --gzip --file "$archive" --directory "$SCRATCH/source" --no-same-owner
}

build() {
    local log=$SCRATCH/build.log
    (
        cd "$SCRATCH/source/pgbouncer-$VERSION"
        ./configure --without-cares && make pgbouncer
    ) >"$log" 2>&1 || stop "PgBouncer cannot be built:" "$(tail -n 5 "$log")"
}

main() {
    case ${1:-} in
        -h | --help) usage "$0" && exit ;;
        -*) stop "unknown option '$1'; see --help" ;;
        '') stop "a directory is needed; see --help" ;;
    esac
    need apt-get dpkg sha256sum tar
    mkdir -p "$1"
    local program
    program=$(cd "$1" && pwd)/pgbouncer
    if ! [ -x "$program" ]; then
        install_packages
        download
        build
        install -m 755 "$SCRATCH/source/pgbouncer-$VERSION/pgbouncer" "$program"
    fi
    "$program" --version >&2
    echo "$program"
}

main "$@"
