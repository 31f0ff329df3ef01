#!/usr/bin/env bash
# Puts the second validator of FHIR (tests/fhir/second_opinion) into .venv/second_opinion, by hash.
#
# It needs node and npm. Where they are missing, Debian's own are installed if this user may do that without
# being asked for a password; otherwise this says what to type, and the tests that need them fail saying so.
set -euo pipefail
cd "$(dirname "$0")/.."

here=tests/fhir/second_opinion
there=.venv/second_opinion
oldest=18

say() { printf 'second validator: %s\n' "$@" >&2; }

has_node() {
    command -v npm >/dev/null && command -v node >/dev/null &&
        [ "$(node --version | sed 's/^v\([0-9]*\).*/\1/')" -ge "$oldest" ]
}

install_debians() {
    local as=()
    command -v apt-get >/dev/null || return 1
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null && sudo --non-interactive true 2>/dev/null || return 1
        as=(sudo --non-interactive)
    fi
    say "node and npm are missing, so Debian's nodejs and npm are being installed."
    "${as[@]}" apt-get update --quiet=2 &&
        DEBIAN_FRONTEND=noninteractive "${as[@]}" apt-get install --quiet=2 --yes --no-install-recommends nodejs npm >&2
}

if ! has_node && ! { install_debians && has_node; }; then
    say "there is no node $oldest or newer with npm on this machine, so it was not installed." \
        "Its tests will fail until you type:  sudo apt-get install --yes nodejs npm && make install-test"
    exit 0
fi

rm -rf "$there"
mkdir -p "$there"
cp "$here/package.json" "$here/package-lock.json" "$there/"
npm ci --prefix "$there" --silent --no-audit --no-fund --ignore-scripts
touch .venv/.second-opinion
