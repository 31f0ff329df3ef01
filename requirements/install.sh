#!/usr/bin/env bash
# Puts locked requirements and Isovigil itself into .venv.
# Usage: bash requirements/install.sh LOCK...     (for instance: core, test)
#
# Every file that is fetched is named by its hash in requirements/*.txt; nothing is built from source
# except Isovigil, and that with the locked build tool and no network, and pyspark, which its makers
# publish as source only, with the locked setuptools.
set -euo pipefail
cd "$(dirname "$0")/.."

python=${PYTHON:-python3}
venv=.venv
export UV_PYTHON_DOWNLOADS=never
export UV_NO_CONFIG=1
# pip compares all of a machine's indexes; uv would stop at the first. Hashes are pinned, so comparing is safe.
export UV_INDEX_STRATEGY=${UV_INDEX_STRATEGY:-unsafe-best-match}
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore

stop() {
    printf 'make install: %s\n' "$@" >&2
    exit 1
}

check_python() {
    command -v "$python" >/dev/null || stop \
        "there is no '$python' on this machine." \
        "Type:  sudo apt-get install --yes python3 python3-venv"
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || stop \
        "'$python' is $("$python" --version 2>&1), and Isovigil needs Python 3.11 or newer." \
        "Name another one:  make install PYTHON=python3.12"
}

# Half an environment is left behind when somebody interrupts its making.
is_usable() {
    [ -f "$venv/pyvenv.cfg" ] && [ -x "$venv/bin/python" ] &&
        { [ -x "$venv/bin/uv" ] || "$venv/bin/python" -c 'import pip' 2>/dev/null; }
}

# Makes .venv by whichever of venv and pip this Python has, and puts uv into it.
prepare_uv() {
    if ! is_usable; then
        rm -rf "$venv"
        if "$python" -c 'import venv, ensurepip' 2>/dev/null; then
            "$python" -m venv "$venv"
        elif "$python" -c 'import pip' 2>/dev/null; then
            "$python" -m pip install --quiet --require-hashes --only-binary :all: --target "$venv.uv" \
                -r requirements/install.txt
            "$venv.uv/bin/uv" venv --quiet --python "$python" "$venv"
            mv "$venv.uv/bin/uv" "$venv/bin/uv"
            rm -rf "$venv.uv"
        else
            stop "'$python' has neither venv nor pip." "Type:  sudo apt-get install --yes python3-venv"
        fi
    fi
    if [ ! -x "$venv/bin/uv" ]; then
        "$venv/bin/python" -m pip install --quiet --require-hashes --only-binary :all: -r requirements/install.txt
    fi
}

# Speaks for the machine's pip settings: the environment's pip if it has one, else the system's.
use_the_machines_index() {
    local speaker=$venv/bin/python
    "$speaker" -c 'import pip' 2>/dev/null || speaker=$python
    eval "$("$speaker" requirements/machine_index.py)"
}

check_python
prepare_uv
use_the_machines_index

echo "Installing into $venv, by hash: $*"
locks=()
builds_spark=
for lock in install build "$@"; do
    [ -f "requirements/$lock.txt" ] || stop "there is no requirements/$lock.txt; make lock writes it."
    if [ "$lock" = spark ]; then
        builds_spark=yes
        # Everything but the entry of pyspark, so that what builds it is there first.
        awk '/^[^ ]/ { skip = /^pyspark==/ } !skip' requirements/spark.txt >"$venv/spark-without-pyspark.txt"
        locks+=(-r "$venv/spark-without-pyspark.txt")
    else
        locks+=(-r "requirements/$lock.txt")
    fi
done
"$venv/bin/uv" pip install --quiet --python "$venv/bin/python" --require-hashes --no-build \
    --compile-bytecode "${locks[@]}"
if [ -n "$builds_spark" ]; then
    "$venv/bin/uv" pip install --quiet --python "$venv/bin/python" --require-hashes --no-build-isolation \
        --only-binary :all: --no-binary pyspark -r requirements/spark.txt
    bash requirements/java.sh
fi
"$venv/bin/uv" pip install --quiet --python "$venv/bin/python" --offline --no-deps --no-build-isolation \
    --no-index --editable .
# A machine that never writes bytecode would otherwise compile everything again for each command.
"$venv/bin/python" -m compileall -q src/isovigil
