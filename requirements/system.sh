#!/usr/bin/env bash
# Gets the programs that only the tests need and no Python package brings, from Debian's own packages.
# Where this user may not install, it says what to type; the tests that need a program then fail saying so.
set -euo pipefail

# program packages... : what is looked for, and what brings it
needed=(
    "chromium chromium fonts-liberation"
    "pg_ctl postgresql"
)

say() { printf 'programs for the tests: %s\n' "$@" >&2; }

is_there() {
    command -v "$1" >/dev/null && return
    # Debian keeps PostgreSQL's programs beside each version, outside of everybody's path.
    compgen -G "/usr/lib/postgresql/*/bin/$1" >/dev/null
}

missing() {
    local line program
    for line in "${needed[@]}"; do
        program=${line%% *}
        is_there "$program" || printf '%s\n' "${line#* }"
    done
}

install() {
    local as=()
    command -v apt-get >/dev/null || return 1
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null && sudo --non-interactive true 2>/dev/null || return 1
        as=(sudo --non-interactive)
    fi
    say "installing from Debian's packages: $*"
    "${as[@]}" apt-get update --quiet=2 &&
        DEBIAN_FRONTEND=noninteractive "${as[@]}" apt-get install --quiet=2 --yes --no-install-recommends "$@" >&2
}

packages=$(missing | tr '\n' ' ')
[ -n "$packages" ] || exit 0
# shellcheck disable=SC2086 # a list of names, parted by spaces
if ! install $packages || [ -n "$(missing)" ]; then
    say "missing, and not installed here: $packages" \
        "The tests that need them will fail until you type:  sudo apt-get install --yes $packages"
fi
