#!/usr/bin/env bash
# Writes requirements/*.txt from the lists in pyproject.toml, with a hash for every file.
# Usage: bash requirements/lock.sh [--upgrade]
#
# The widest list is resolved first and constrains the others, so every lock names the same versions.
# No index, path or command line is written into a lock.
set -euo pipefail
cd "$(dirname "$0")/.."

uv=.venv/bin/uv
export UV_PYTHON_DOWNLOADS=never UV_NO_CONFIG=1
eval "$(.venv/bin/python requirements/machine_index.py)"
# Only the default index knows the files of every platform; the others are this machine's convenience.
unset UV_INDEX UV_FIND_LINKS

lock() {
    local name=$1
    shift
    "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --only-binary :all: \
        --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
        --output-file "requirements/$name.txt" "$@"
}

lock test pyproject.toml --extra forecast --extra population --extra postgres --extra web \
    --group test "$@"
lock core pyproject.toml --constraint requirements/test.txt
lock forecast pyproject.toml --extra forecast --constraint requirements/test.txt
lock population pyproject.toml --extra population --constraint requirements/test.txt
lock web pyproject.toml --extra web --constraint requirements/test.txt
lock postgres pyproject.toml --extra postgres --extra web --constraint requirements/test.txt
# pyspark is published as source only; of everything else a wheel is asked for.
lock spark pyproject.toml --extra spark --no-binary pyspark --constraint requirements/test.txt \
    --constraint requirements/install.txt
lock build --group build "$@"
lock install --group install "$@"
