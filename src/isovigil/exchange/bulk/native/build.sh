#!/usr/bin/env bash
# Makes the library that recognises known lines, where this machine has a Rust compiler.
# Usage: bash src/isovigil/exchange/bulk/native/build.sh PYTHON
#
# Nothing is fetched: it needs the compiler's own standard library only. Without a compiler Isovigil does the
# same, only slower where an export of many thousands of patients is read.
set -euo pipefail
python=$(realpath --no-symlinks "$1")
cd "$(dirname "$0")"

library=libisovigil_lines.so
if ! command -v rustc >/dev/null; then
    rm -f "$library"
    echo "There is no Rust compiler (rustc) here: exports will be read by Python alone, some four times as slowly." \
        "To have it:  sudo apt-get install --yes rustc, then make install" >&2
    exit 0
fi
ISOVIGIL_SOURCE=$("$python" -c 'from isovigil.exchange.bulk.native_lines import digest_of_sources as d; print(d())')
export ISOVIGIL_SOURCE
if rustc --edition 2021 --crate-type cdylib -C opt-level=3 -C lto=fat -C codegen-units=1 -C strip=symbols \
    lib.rs -o "$library.new"; then
    mv "$library.new" "$library"
else
    # Nobody is kept from Isovigil for want of speed; the tests say that the library is missing.
    rm -f "$library" "$library.new"
    echo "This Rust compiler ($(rustc --version)) could not make the library: exports will be read by Python alone." >&2
fi
